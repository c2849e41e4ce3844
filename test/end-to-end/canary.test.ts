import assert from "node:assert/strict";
import { createPrivateKey, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Answer, type ArmCaller } from "../support/arm-caller.ts";
import { findSecrets, secretForms, type Secret } from "../support/find-secrets.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

const words = (name: string): string => `canary ${name} ${randomBytes(12).toString("hex")}`;
const pfxPassword = words("pfx");
const wrongPassword = words("wrong");
const sharePassword = words("share");
const folderPassword = words("folder");
const preSharedKey = randomBytes(48);
const hookSecret = words("hook");
const hookPath = randomBytes(18).toString("hex");
const mailPassword = words("mail");

let service: Service;
let certificate: TestCertificate;
let pfxBase64: string;
let secrets: readonly Secret[];
/** Everything the service has said over HTTP. */
const heard: string[] = [];

before(async () => {
  const config = {
    log: { format: "json", level: "debug" },
    // Nobody listens there.
    notifications: { allowedHosts: ["127.0.0.1:1"] },
    watchSeconds: 1,
  };
  service = await startService({ config });
  certificate = makeCertificate(service.folder, "canary", "rsa:2048");
  pfxBase64 = makePfx(service.folder, "canary", certificate, pfxPassword);
  for (const name of ["old", "new"])
    mkdirSync(join(service.folder, "stores", name), { recursive: true });
  secrets = [
    ...Object.entries({
      ...{ pfxPassword, wrongPassword, sharePassword, folderPassword },
      ...{ hookSecret, hookPath, mailPassword },
    }).map(([name, text]) => secretForms(name, Buffer.from(text))),
    secretForms("preSharedKey", preSharedKey),
    // A window suffices, and finds what was cut out of the whole too.
    secretForms("pfx", Buffer.from(pfxBase64, "base64").subarray(300, 348)),
    secretForms("private key", privateExponent(certificate).subarray(64, 112)),
  ];
});
after(() => service.close());

function privateExponent({ keyFile }: TestCertificate): Buffer {
  const { d = "" } = createPrivateKey(readFileSync(keyFile)).export({ format: "jwk" });
  return Buffer.from(d, "base64url");
}

/** A caller whose answers are all kept. */
function listen(apiVersion: string): ArmCaller {
  const api = service.call(apiVersion);
  const hear = (answer: Answer): Answer => {
    heard.push(answer.text, JSON.stringify([...answer.headers]));
    return answer;
  };
  return {
    ...api,
    get: async (path) => hear(await api.get(path)),
    put: async (path, body) => hear(await api.put(path, body)),
    post: async (path, body) => hear(await api.post(path, body)),
    send: async (method, path, init) => hear(await api.send(method, path, init)),
    finish: async (accepted) => {
      const ended = await api.finish(accepted);
      hear(ended.resultAnswer);
      hear(ended.statusAnswer);
      return ended;
    },
  };
}

const published = (store: object): object => ({
  location: "north",
  properties: { externalStoreDefault: store },
});

describe("secrets of calls", () => {
  it("serve what succeeds", async () => {
    const old = listen("2016-05-01");
    const path = join(service.folder, "stores", "old");
    const encryptionKeyBase64 = preSharedKey.toString("base64");
    const account = { userName: "example\\canary-user", password: folderPassword };
    const body = published({ path, encryptionKeyBase64, ...account });
    await succeed(old, await old.put(pathOf("old"), body));
    await runBoth(old, "old", undefined);
    const api = listen("2026-12-01");
    const recipients = [{ certificateBase64: certificate.certificateBase64 }];
    const store = { kind: "Local", path: join(service.folder, "stores", "new") };
    const properties = { store, encryption: { recipients } };
    await succeed(api, await api.put(pathOf("new"), { location: "north", properties }));
    const key = { decryptionCertBase64: pfxBase64, decryptionCertPassword: pfxPassword };
    await runBoth(api, "new", { targetPath: join(service.restoreRoot, "new"), ...key });
    const checked = await api.post(pathOf("new", "/verify"), { depth: "Content", ...key });
    await succeed(api, checked);
  });

  it("are kept for messages that do not arrive", async () => {
    const api = listen("2026-12-01");
    const targetUrl = `https://127.0.0.1:1/${hookPath}`;
    const mail = { host: "127.0.0.1", port: 1, userName: "canary", password: mailPassword };
    const addresses = { from: "a@example.net", to: ["b@example.net"] };
    const routes = {
      hook: { kind: "Webhook", targetUrl, signingSecret: hookSecret },
      mail: { kind: "Email", ...mail, ...addresses },
    };
    for (const [name, properties] of Object.entries(routes)) {
      const path = pathOf("new", `/notificationRoutes/${name}`);
      const made = await api.put(path, { properties });
      assert.equal(made.status, 201, made.text);
      const tested = await api.post(`${path}/test`);
      assert.equal(tested.body.isDelivered, false, tested.text);
      const short = { ...properties, targetUrl: `ftp://${hookPath}`, to: [] };
      assert.equal((await api.put(path, { properties: short })).status, 400);
      await api.get(path);
    }
  });

  it("are refused with what holds them", async () => {
    const api = listen("2018-09-01");
    const share = { path: "\\\\127.0.0.1\\backups", userName: "example\\backup" };
    const keyPem = readFileSync(certificate.keyFile);
    const bodies = {
      StoreHostNotAllowed: { ...share, password: sharePassword },
      InvalidProperty: { ...share, password: [sharePassword] },
      UnknownProperty: { ...share, passwort: sharePassword },
      InvalidBackupPath: { path: "relative", password: sharePassword },
      CertificateContainsPrivateKey: { encryptionCertBase64: keyPem.toString("base64") },
    };
    for (const [code, store] of Object.entries(bodies)) {
      const answer = await api.put(pathOf("new"), published(store));
      assert.equal(answer.body.error.code, code, answer.text);
    }
    const text = JSON.stringify(published(bodies.StoreHostNotAllowed)).slice(0, -3);
    const headers = { "content-type": "application/json" };
    const broken = await api.send("PUT", pathOf("new"), { body: text, headers });
    assert.equal(broken.body.error.code, "InvalidRequestContent");
  });

  it("are refused when they do not open", async () => {
    const api = listen("2018-09-01");
    const backups = (await api.get(pathOf("new", "/backups"))).body.value;
    const id: string = backups[0].properties.backupInfo.backupId;
    const keyBase64 = readFileSync(certificate.keyFile).toString("base64");
    const asked = {
      WrongPfxPassword: { decryptionCertBase64: pfxBase64, decryptionCertPassword: wrongPassword },
      InvalidPfx: { decryptionCertBase64: keyBase64, decryptionCertPassword: pfxPassword },
      InvalidProperty: { decryptionCertBase64: pfxBase64, decryptionCertPassword: [pfxPassword] },
      RoleNotFound: {
        roleName: "none",
        decryptionCertBase64: pfxBase64,
        decryptionCertPassword: pfxPassword,
      },
    };
    for (const [code, options] of Object.entries(asked)) {
      const answer = await api.post(pathOf("new", `/backups/${id}/restore`), options);
      assert.equal(answer.body.error.code, code, answer.text);
    }
  });
});

describe("what the service tells of itself", () => {
  it("holds the log of every operation, and the diagnosis", async () => {
    const api = listen("2026-12-01");
    const started = /\/operation(?:Statuses|Results)\/([0-9a-f-]{36})/g;
    const operations = new Set([...heard.join().matchAll(started)].map(([, id]) => id));
    assert.ok(operations.size >= 5, [...operations].join());
    const provider = pathOf("new").replace(
      /\/resourceGroups.*/,
      "/providers/Microsoft.Backup.Admin",
    );
    for (const id of operations) {
      const path = `${provider}/locations/new/operationStatuses/${id}/log`;
      const other = path.replace("/new/", "/old/");
      const logs = [await api.get(path), await api.get(other)].filter(
        ({ status }) => status === 200,
      );
      assert.ok(
        logs.some(({ body }) => body.value.length > 1),
        `No log of ${id}`,
      );
    }
    assert.equal((await api.post(`${provider}/diagnose`)).status, 200);
  });
});

describe("P5: secrets", () => {
  const places = ["state", "stores", "log"];

  it("are found by the search when planted", () => {
    const planted = join(service.folder, "planted");
    mkdirSync(planted);
    for (const secret of secrets) {
      secret.forms.forEach((form, index) => {
        writeFileSync(
          join(planted, "file"),
          Buffer.concat([randomBytes(50), form, randomBytes(9)]),
        );
        const found = findSecrets(secrets, planted);
        assert.ok(
          found.some((line) => line.startsWith(secret.name)),
          `${secret.name} ${index}`,
        );
      });
    }
    const state = join(service.folder, "state");
    assert.notDeepEqual(findSecrets([secretForms("user", Buffer.from("canary-user"))], state), []);
  });

  it("rules 121, 182, 267: are in no answer", () => {
    writeFileSync(join(service.folder, "heard"), heard.join("\n"));
    assert.ok(heard.length > 40);
    assert.deepEqual(findSecrets(secrets, join(service.folder, "heard")), []);
  });

  it("are in no file while the service runs", () => {
    for (const place of places) {
      assert.deepEqual(findSecrets(secrets, join(service.folder, place)), []);
    }
  });

  it("are in no argument or variable of the process", () => {
    for (const file of ["cmdline", "environ"]) {
      assert.deepEqual(findSecrets(secrets, `/proc/${service.pid}/${file}`), []);
    }
  });

  it("A23: are in no file after a stop and after a kill", async () => {
    await service.kill();
    for (const place of places) {
      assert.deepEqual(findSecrets(secrets, join(service.folder, place)), []);
    }
    await service.restart();
    await service.stop();
    for (const place of places) {
      assert.deepEqual(findSecrets(secrets, join(service.folder, place)), []);
    }
  });
});

/** A backup and its restore. */
async function runBoth(api: ArmCaller, name: string, options: object | undefined): Promise<void> {
  const made = await succeed(api, await api.post(pathOf(name, "/createBackup")));
  const id = String(made.resultAnswer.body.name).split("/").at(-1) ?? "";
  await succeed(api, await api.post(pathOf(name, `/backups/${id}/restore`), options));
}
