import assert from "node:assert/strict";
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { SMTPServer } from "smtp-server";
import { pathOf, succeed, type Json } from "../support/arm-caller.ts";
import { runCli } from "../support/run-cli.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate } from "../support/test-certificates.ts";
import { waitFor } from "../support/wait-for.ts";

interface Hook {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const signingSecret = "the secret of hook and receiver";
const title = "The backup store is not accessible";

describe("a store that fails under a running service", () => {
  const hooks: Hook[] = [];
  const mails: string[] = [];
  let hookServer: Server;
  let mailServer: SMTPServer;
  let service: Service;
  let alert: Json;

  before(async () => {
    hookServer = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      request.on("end", () => {
        hooks.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    }).listen(0, "127.0.0.1");
    mailServer = new SMTPServer({
      authOptional: true,
      disableReverseLookup: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      onData: (stream, _session, done) => {
        let text = "";
        stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        stream.on("end", () => {
          mails.push(text.replaceAll("=\r\n", "").replaceAll("\r\n", "\n"));
          done();
        });
      },
    });
    const mailListener = mailServer.listen(0, "127.0.0.1");
    await Promise.all([once(hookServer, "listening"), once(mailListener, "listening")]);
    const hookPort = (hookServer.address() as AddressInfo).port;
    const mailPort = (mailListener.address() as AddressInfo).port;
    const hosts = [`http://127.0.0.1:${hookPort}`, `plain://127.0.0.1:${mailPort}`];
    service = await startService({
      config: {
        internal: { port: 0 },
        watchSeconds: 1,
        storeProbeSeconds: 3,
        notifications: { allowedHosts: hosts },
      },
    });
    await setUp(`http://127.0.0.1:${hookPort}/hook`, mailPort);
  });
  after(async () => {
    await service.close();
    hookServer.closeAllConnections();
    hookServer.close();
    await new Promise<void>((done) => mailServer.close(() => done()));
  });

  async function setUp(targetUrl: string, port: number): Promise<void> {
    const api = service.call("2026-12-01");
    const { certificateBase64 } = makeCertificate(service.folder, "alarm", "P-256");
    mkdirSync(join(service.folder, "store"));
    const properties = {
      store: { kind: "Local", path: join(service.folder, "store") },
      encryption: { recipients: [{ certificateBase64 }] },
      schedule: { isEnabled: true, frequencyInHours: 12 },
    };
    await succeed(api, await api.put(pathOf("north"), { location: "north", properties }));
    await succeed(api, await api.post(pathOf("north", "/createBackup")));
    const addresses = { from: "holdfast@example.net", to: ["operators@example.net"] };
    const routes = {
      hook: { kind: "Webhook", targetUrl, signingSecret },
      mail: { kind: "Email", host: "127.0.0.1", port, security: "None", ...addresses },
    };
    for (const [name, route] of Object.entries(routes)) {
      const path = pathOf("north", `/notificationRoutes/${name}`);
      const made = await api.put(path, { properties: route });
      assert.equal(made.status, 201, made.text);
    }
  }

  const alertsOf = async (state: string): Promise<readonly Json[]> => {
    const { body } = await service.call("2026-12-01").get(pathOf("north", "/alerts"));
    const wanted = (one: Json): boolean =>
      one.properties.alertTypeId === "StoreNotAccessible" && one.properties.state === state;
    return body.value.filter(wanted);
  };
  /** What a receiver was sent, checked as the specification tells receivers to. */
  const hooksOf = (event: string): readonly Json[] =>
    hooks.flatMap(({ headers, body }) => {
      const [, t = "", v1 = ""] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["holdfast-signature"])) ?? [];
      const expected = createHmac("sha256", signingSecret).update(`${t}.${body}`).digest();
      assert.ok(timingSafeEqual(expected, Buffer.from(v1, "hex")), "Not signed");
      assert.ok(Math.abs(Date.now() / 1000 - Number(t)) < 300);
      const notice: Json = JSON.parse(body);
      const isOurs = notice.data.alertTypeId === "StoreNotAccessible";
      return notice.event === event && isOurs ? [notice] : [];
    });
  const mailsOf = (subject: string): readonly string[] =>
    mails.filter((text) => text.includes(`Subject: [Critical] north: ${subject}`));
  const metric = async (): Promise<boolean> => {
    const url = /"address":"(http:[^"]+)"/.exec(service.readLog())?.[1] ?? "";
    const text = await (await fetch(`${url}/metrics`)).text();
    return /^holdfast_alerts_open\{[^}]*type="StoreNotAccessible",severity="Critical"\} 1$/m.test(
      text,
    );
  };

  it("raises an alert that every place tells in the same words", async () => {
    renameSync(join(service.folder, "store"), join(service.folder, "away"));
    await waitFor("the alert is open", async () => (await alertsOf("Active")).length === 1);
    [alert] = await alertsOf("Active");
    const { properties } = alert;
    assert.equal(properties.title, title);
    const { code, message } = properties.error;
    await waitFor(
      "the alert is told",
      () => hooksOf("AlertOpened").length === 1 && mailsOf(title).length === 1,
    );
    const said = [properties.cause, `Error: ${code}: ${message}`, ...properties.remediation];
    const [hook] = hooksOf("AlertOpened");
    assert.equal(hook.title, title);
    assert.deepEqual(hook.data.alert.properties, properties);
    const [mail = ""] = mailsOf(title);
    for (const words of said) {
      const flat = (text: string): string => text.replaceAll(/\s+/g, " ");
      assert.ok(flat(hook.lines.join(" ")).includes(flat(words)), words);
      assert.ok(flat(mail).includes(flat(words)), `${words}\n${mail}`);
    }
    assert.equal(await metric(), true);
    const line = service
      .readLog()
      .split("\n")
      .find((one) => one.includes(`"Alert: ${title}"`));
    assert.equal((JSON.parse(line ?? "{}") as { error?: string }).error, `${code}: ${message}`);
    const environment = {
      HOLDFAST_URL: service.url,
      HOLDFAST_RESOURCE_GROUP: "system.north",
    };
    const listed = await runCli(service.folder, ["alert", "list"], { environment });
    assert.match(listed.stdout, new RegExp(`north +Critical +Active +\\S+ +${title}`));
    const words = ["alert", "show", alert.name, "--location", "north", "--output", "json"];
    const shown = await runCli(service.folder, words, { environment });
    assert.deepEqual((JSON.parse(shown.stdout) as Json).properties, properties);
  });

  it("closes it when the store is back, and says so", async () => {
    const store = join(service.folder, "store");
    rmSync(store, { recursive: true, force: true });
    renameSync(join(service.folder, "away"), store);
    await waitFor("the alert is closed", async () => (await alertsOf("Closed")).length === 1);
    const [closed] = await alertsOf("Closed");
    assert.equal(closed.name, alert.name);
    assert.equal(closed.properties.closedBy, null);
    await waitFor(
      "the end is told",
      () => hooksOf("AlertClosed").length === 1 && mailsOf(`Closed: ${title}`).length === 1,
    );
    assert.equal(hooksOf("AlertClosed")[0].data.alertId, alert.name);
    assert.equal(await metric(), false);
    assert.match(service.readLog(), new RegExp(`"Alert closed: ${title}"`));
    assert.equal(hooksOf("AlertOpened").length, 1);
  });

  it("A95: a backup that was made unrestorable is found, and the alarm leaves the machine", async () => {
    const packs = join(service.folder, "store", "holdfast", "data");
    const [pack = ""] = readdirSync(packs, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const bytes = readFileSync(pack);
    const middle = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    chmodSync(pack, 0o600);
    writeFileSync(pack, bytes);
    const api = service.call("2026-12-01");
    const verified = await succeed(api, await api.post(pathOf("north", "/verify"), {}));
    assert.notDeepEqual(verified.resultAnswer.body.findings, []);
    const isTold = (text: string): boolean => text.includes('"alertTypeId":"VerifyFailed"');
    await waitFor("the alarm is told", () => hooks.some(({ body }) => isTold(body)));
  });
});
