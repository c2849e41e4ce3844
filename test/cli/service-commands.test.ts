import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { runCli, startCli, type CliRun } from "../support/run-cli.ts";

const subscription = "11111111-2222-4333-8444-555555555555";
const root = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Backup.Admin/backupLocations`;
const operation = "99999999-2222-4333-8444-555555555555";
const statusPath = `/subscriptions/${subscription}/providers/Microsoft.Backup.Admin/locations/north/operationStatuses/${operation}`;
const resultPath = statusPath.replace("operationStatuses", "operationResults");

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: unknown;
  readonly prefer: string | undefined;
  readonly at: number;
}

/** A service that answers what a test tells it to, in order; the last answer of a path stays. */
describe("the service from the command line", () => {
  let home: string;
  let url: string;
  let server: Server;
  let received: Received[] = [];
  let answers = new Map<string, Answer[]>();

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
    server = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? "", "http://localhost");
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const text = Buffer.concat(pieces).toString("utf8");
        const method = request.method ?? "";
        const body: unknown = text === "" ? undefined : JSON.parse(text);
        const { prefer } = request.headers as { readonly prefer?: string };
        const at = performance.now();
        received.push({ method, path: pathname, query: search, body, prefer, at });
        const queue = answers.get(`${method} ${pathname}`) ?? [];
        const answer = (queue.length > 1 ? queue.shift() : queue[0]) ?? { status: 404 };
        response.writeHead(answer.status, {
          "content-type": "application/json",
          ...answer.headers,
        });
        response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  after(() => {
    server.close();
    rmSync(home, { recursive: true, force: true });
  });
  beforeEach(() => {
    received = [];
    answers = new Map();
  });

  const environment = (): Record<string, string> => ({
    HOLDFAST_URL: url,
    HOLDFAST_SUBSCRIPTION: subscription,
    HOLDFAST_RESOURCE_GROUP: "rg",
    HOLDFAST_LOCATION: "north",
    // A proxy of the machine is none of loopback's business.
    HTTP_PROXY: "http://127.0.0.1:1",
    HTTPS_PROXY: "http://127.0.0.1:1",
  });
  const run = (...words: readonly string[]): Promise<CliRun> =>
    runCli(home, words, { environment: environment() });
  const answer = (key: string, ...list: readonly Answer[]): void =>
    void answers.set(key, [...list]);
  const accepted = (): Answer => ({
    status: 202,
    headers: {
      "Azure-AsyncOperation": `${url}${statusPath}?api-version=2026-12-01`,
      Location: `${url}${resultPath}?api-version=2026-12-01`,
      "Retry-After": "1",
    },
  });

  it("sends settings and shows the answer", async () => {
    writeFileSync(join(home, "c.cer"), Buffer.from("certificate"));
    answer(`PUT ${root}/north`, { status: 201, body: { name: "north", location: "local" } });
    const { code, stdout, stderr } = await run(
      ...["location", "create", "north", "--region", "local", "--path", "/srv/b"],
      ...["--cert", "c.cer", "--every", "8", "--keep-days", "30", "--output", "json"],
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { name: "north", location: "local" });
    assert.equal(received[0]?.query, "?api-version=2026-12-01");
    assert.deepEqual(received[0]?.body, {
      location: "local",
      properties: {
        store: { kind: "Local", path: "/srv/b" },
        encryption: { recipients: [{ certificateBase64: "Y2VydGlmaWNhdGU=" }] },
        schedule: { isEnabled: true, frequencyInHours: 8 },
        retention: { periodInDays: 30 },
      },
    });
  });

  it("takes the store's address, and its secrets from files, environment or standard input", async () => {
    writeFileSync(join(home, "share.password"), "share secret\n");
    const hostKey = `SHA256:${"A".repeat(43)}`;
    const cases = [
      {
        address: "smb://NORTH;backup@files.example:1445/backups/a",
        environment: { HOLDFAST_PASSWORD_FILE: join(home, "share.password") },
        store: {
          kind: "Smb",
          path: "\\\\files.example\\backups\\a",
          port: 1445,
          userName: "NORTH\\backup",
          password: "share secret",
          requireEncryption: true,
        },
      },
      {
        address: "sftp://backup@files.example/srv/a",
        environment: { HOLDFAST_SFTP_HOST_KEY: hostKey },
        stdin: "sftp secret\n",
        store: {
          kind: "Sftp",
          host: "files.example",
          port: 22,
          path: "/srv/a",
          userName: "backup",
          hostKey,
          password: "sftp secret",
        },
      },
      {
        address: "s3:https://s3.example/north/a/b",
        environment: { HOLDFAST_S3_ACCESS_KEY_ID: "ID", HOLDFAST_S3_SESSION_TOKEN: "session" },
        stdin: "key",
        store: {
          kind: "S3",
          endpoint: "https://s3.example",
          region: "us-east-1",
          bucket: "north",
          prefix: "a/b",
          accessKeyId: "ID",
          secretAccessKey: "key",
          sessionToken: "session",
          usesPathStyle: true,
        },
      },
      {
        address: "azure:https://account.blob.example/north/a",
        environment: { HOLDFAST_AZURE_SAS: "sv=1&sig=2", HOLDFAST_AZURE_VERSION: "2019-07-07" },
        store: {
          kind: "AzureBlob",
          containerUrl: "https://account.blob.example/north/a",
          authentication: "Sas",
          serviceVersion: "2019-07-07",
          sasToken: "sv=1&sig=2",
        },
      },
    ];
    answer(`PATCH ${root}/north`, { status: 200, body: {} });
    for (const { address, environment: more, stdin, store } of cases) {
      const piped = stdin === undefined ? [] : ["--secret-stdin"];
      const words = ["location", "update", "north", "--store", address, ...piped];
      const { code, stderr } = await runCli(home, words, {
        environment: { ...environment(), ...more },
        ...(stdin === undefined ? {} : { stdin }),
      });
      assert.equal(code, 0, stderr);
      assert.deepEqual(received.at(-1)?.body, { properties: { store } });
    }
  });

  it("sends no store that is only half told", async () => {
    const create = ["location", "create", "north", "--region", "local"];
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--store", "smb://backup@files.example/backups"], /HOLDFAST_PASSWORD/],
      [["--store", "smb://backup:secret@files.example/backups"], /others can see/],
      [["--store", "/srv/backup"], /with --path/],
      [["--path", "\\\\files.example\\backups"], /--store smb:/],
      [["--path", "/a", "--store", "s3:https://s3.example/b"], /one store/],
      [["--secret-stdin"], /give its address/],
      [["--store", "sftp://b@files.example/a", "--secret-stdin"], /no secret/],
    ];
    for (const [words, message] of cases) {
      const { code, stderr } = await run(...create, ...words);
      assert.equal(code, 2, words.join(" "));
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /:secret@/);
    }
    assert.equal(received.length, 0);
  });

  it("patches only what is given", async () => {
    answer(`PATCH ${root}/north`, { status: 200, body: {} });
    assert.equal((await run("location", "update", "north", "--every", "0")).code, 0);
    assert.deepEqual(received[0]?.body, { properties: { schedule: { isEnabled: false } } });
    assert.equal((await run("location", "update", "north")).code, 2);
  });

  it("lists open alerts, and shows and closes one", async () => {
    const id = "8f2b6c1e-4d70-4a3b-9c55-1e7d0f6a2b94";
    const properties = {
      severity: "Critical",
      state: "Active",
      openedTime: "2026-03-02T12:00:00Z",
      title: "The backup store is not accessible",
      impactedResourceId: `${root}/north`,
    };
    const all = `/subscriptions/${subscription}/providers/Microsoft.Backup.Admin/alerts`;
    answer(`GET ${all}`, { status: 200, body: { value: [{ name: id, properties }] } });
    const list = await run("alert", "list", "--severity", "critical");
    assert.equal(list.code, 0, list.stderr);
    assert.match(list.stdout, /north +Critical +Active +\S+ +The backup store is not accessible/);
    const filter = new URLSearchParams(received[0]?.query).get("$filter");
    assert.equal(filter, "state eq 'Active' and severity eq 'critical'");
    answer(`GET ${root}/north/alerts/${id}`, { status: 200, body: { name: id, properties } });
    assert.match((await run("alert", "show", id)).stdout, /title: The backup store/);
    answer(`POST ${root}/north/alerts/${id}/close`, { status: 200, body: { name: id } });
    assert.equal((await run("alert", "close", id)).code, 0);
    answer(`POST ${statusPath}/cancel`, { status: 204 });
    assert.equal((await run("operation", "cancel", operation)).code, 0);
    assert.equal(received.at(-1)?.path, `${statusPath}/cancel`);
  });

  it("shows what retention does, pins and removes backups", async () => {
    const one = { backupId: "a1", startTime: "2026-03-02T00:00:00Z", status: "Succeeded" };
    const preview = {
      keep: [{ ...one, keptBecause: ["pinned", "daily 1 of 7"] }],
      remove: [{ ...one, backupId: "b2", reason: "no rule keeps it" }],
    };
    answer(`POST ${root}/north/previewRetention`, { status: 200, body: preview });
    const shown = await run("retention", "preview", "--keep-days", "0", "--keep-daily", "7");
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /keep +a1 .*pinned; daily 1 of 7/);
    assert.match(shown.stdout, /remove +b2 .*no rule keeps it/);
    assert.deepEqual(received[0]?.body, { retention: { periodInDays: 0, daily: 7 } });
    answer(`POST ${root}/north/backups/a1/pin`, { status: 200, body: { name: "a1" } });
    assert.equal((await run("backup", "pin", "a1", "--reason", "update")).code, 0);
    assert.deepEqual(received.at(-1)?.body, { reason: "update" });
    answer(`POST ${root}/north/backups/a1/unpin`, { status: 200, body: { name: "a1" } });
    assert.equal((await run("backup", "unpin", "a1")).code, 0);
    answer(`DELETE ${root}/north/backups/a1`, accepted());
    answer(`GET ${statusPath}`, { status: 200, body: { status: "Succeeded" } });
    const removed = await run("backup", "delete", "a1", "--wait");
    assert.equal(removed.code, 0, removed.stderr);
    assert.match(removed.stderr, /Removed a1/);
    const error = { code: "LastGoodBackup", message: "It is the last good one" };
    answer(`DELETE ${root}/north/backups/a1`, { status: 409, body: { error } });
    const refused = await run("backup", "delete", "a1");
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /last good one/);
    answer(`DELETE ${root}/north/backups/a1`, { status: 204 });
    assert.match((await run("backup", "delete", "a1")).stderr, /Nothing is left of a1/);
  });

  it("looks ahead at a schedule, in force or given, and sets it", async () => {
    const runs = [
      {
        tick: "2026-03-29T01:00:00Z",
        time: "2026-03-29T04:00:00Z",
        localTime: "2026-03-29T06:00:00+02:00",
      },
    ];
    const preview = { isEnabled: false, timeZone: "Europe/Berlin", runs };
    answer(`POST ${root}/north/previewSchedule`, { status: 200, body: preview });
    const cron = ["--cron", "30 2 * * *", "--time-zone", "Europe/Berlin"];
    const shown = await run("schedule", "preview", ...cron, "--count", "1");
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /04:00:00Z +2026-03-29T06:00:00\+02:00 +due 2026-03-29T01:00:00Z/);
    assert.match(shown.stderr, /schedule is off/);
    const schedule = { isEnabled: true, cron: "30 2 * * *", timeZone: "Europe/Berlin" };
    assert.deepEqual(received[0]?.body, { schedule, count: 1 });
    answer(`PATCH ${root}/north`, { status: 200, body: {} });
    const pause = ["--pause-until", "2026-04-01T00:00Z"];
    assert.equal((await run("location", "update", "north", ...cron, ...pause)).code, 0);
    const pausedUntil = "2026-04-01T00:00:00.000Z";
    assert.deepEqual(received[1]?.body, { properties: { schedule: { ...schedule, pausedUntil } } });
    const end = await run("location", "update", "north", "--pause-until", "none");
    assert.equal(end.code, 0);
    assert.deepEqual(received[2]?.body, { properties: { schedule: { pausedUntil: null } } });
    assert.equal((await run("schedule", "preview", "--every", "4", ...cron)).code, 2);
    assert.equal((await run("schedule", "preview", "--pause-until", "soon")).code, 2);
  });

  it("tells by its exit code whether a test message arrived", async () => {
    const path = `POST ${root}/north/notificationRoutes/mail/test`;
    answer(path, { status: 200, body: { isDelivered: true } });
    assert.equal((await run("notification", "test", "mail")).code, 0);
    const refused = { isDelivered: false, code: "NotificationFailed", message: "It refuses" };
    answer(path, { status: 200, body: refused });
    const second = await run("notification", "test", "mail");
    assert.equal(second.code, 7);
    assert.match(second.stdout, /message: It refuses/);
  });

  it("polls as often as told, then brings the result", async () => {
    answer(`POST ${root}/north/createBackup`, accepted());
    answer(
      `GET ${statusPath}`,
      {
        status: 200,
        body: { status: "Running", percentComplete: 40 },
        headers: { "Retry-After": "1" },
      },
      { status: 200, body: { status: "Succeeded", percentComplete: 100 } },
    );
    const backup = { name: operation, properties: { status: "Succeeded" } };
    answer(`GET ${resultPath}`, { status: 200, body: backup });
    const { code, stdout, stderr } = await run("backup", "start", "--wait", "--output", "json");
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), backup);
    const [, first, second] = received.map(({ at }) => at) as [number, number, number];
    assert.ok(second - first >= 950);
  });

  it("asks again at once a service that waits with it", async () => {
    const waited = { "Preference-Applied": "wait=5", "Retry-After": "3600" };
    answer(
      `GET ${statusPath}`,
      { status: 200, body: { status: "Running" }, headers: waited },
      { status: 200, body: { status: "Succeeded" } },
    );
    answer(`GET ${resultPath}`, { status: 200, body: { name: operation } });
    assert.equal((await run("operation", "wait", operation)).code, 0);
    assert.equal(received[0]?.prefer, "wait=5");
  });

  it("ends partial with a partial backup", async () => {
    answer(`POST ${root}/north/createBackup`, accepted());
    answer(`GET ${statusPath}`, { status: 200, body: { status: "Succeeded" } });
    answer(`GET ${resultPath}`, {
      status: 200,
      body: { properties: { status: "PartialSucceeded" } },
    });
    assert.equal((await run("backup", "start", "--wait")).code, 3);
  });

  it("stops waiting when the time is up", async () => {
    const running = { status: 200, body: { status: "Running" }, headers: { "Retry-After": "60" } };
    answer(`GET ${statusPath}`, running);
    const { code, stderr } = await run("operation", "wait", operation, "--timeout", "1s");
    assert.equal(code, 9);
    assert.match(stderr, /still runs/);
  });

  it("maps failures of the service to codes", async () => {
    const failure = (code: string): unknown => ({ error: { code, message: "Because" } });
    const path = `GET ${root}/north`;
    const cases: readonly (readonly [Answer, number])[] = [
      [{ status: 404, body: failure("ResourceNotFound") }, 5],
      [{ status: 401, body: failure("AuthenticationFailed") }, 4],
      [{ status: 403 }, 4],
      [{ status: 409, body: failure("BackupInProgress") }, 6],
      [{ status: 500, body: failure("InternalServerError") }, 1],
    ];
    for (const [given, expected] of cases) {
      answer(path, given);
      const { code, stdout } = await run("location", "show", "north");
      assert.equal(code, expected, String(given.status));
      assert.equal(stdout, "");
    }
  });

  it("tells why an operation failed", async () => {
    const error = { code: "CorruptObject", message: "Object data/ab is damaged" };
    answer(`POST ${root}/north/verify`, accepted());
    answer(`GET ${statusPath}`, { status: 200, body: { status: "Failed", error } });
    const { code, stderr } = await run("backup", "verify", "--wait");
    assert.equal(code, 8);
    assert.match(stderr, /Object data\/ab is damaged/);
  });

  it("ends with code 8 when damage is found", async () => {
    answer(`POST ${root}/north/verify`, accepted());
    answer(`GET ${statusPath}`, { status: 200, body: { status: "Succeeded" } });
    answer(`GET ${resultPath}`, { status: 200, body: { isHealthy: false, findings: [] } });
    assert.equal((await run("backup", "verify", "--wait")).code, 8);
  });

  it("sends the key for a restore and shows none", async () => {
    writeFileSync(join(home, "k.pfx"), "pfx");
    writeFileSync(join(home, "k.password"), "s3cret-word\n");
    answer(`POST ${root}/north/backups/b1/restore`, {
      status: 200,
      body: { files: 1, warnings: [] },
    });
    const { code, stdout, stderr } = await run(
      ...["backup", "restore", "b1", "--target", "/srv/back", "--role", "etc"],
      ...["--pfx", "k.pfx", "--password-file", "k.password"],
    );
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout + stderr, /s3cret/);
    assert.deepEqual(received[0]?.body, {
      targetPath: "/srv/back",
      overwrite: false,
      roleNames: ["etc"],
      decryptionCertBase64: "cGZ4",
      decryptionCertPassword: "s3cret-word",
    });
  });

  it("follows every page of a list", async () => {
    const next = `${url}${root}/north/backups?api-version=2026-12-01&%24skipToken=t`;
    answer(
      `GET ${root}/north/backups`,
      { status: 200, body: { value: [{ name: "one" }], nextLink: next } },
      { status: 200, body: { value: [{ name: "two" }] } },
    );
    const { code, stdout } = await run("backup", "list", "--output", "json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), [{ name: "one" }, { name: "two" }]);
    assert.equal(received[1]?.query, "?api-version=2026-12-01&%24skipToken=t");
  });

  it("says that nobody answers", async () => {
    const { code, stderr } = await run("location", "list", "--url", "http://127.0.0.1:1");
    assert.equal(code, 7);
    assert.match(stderr, /holdfast serve/);
  });

  it("A86: leaves the operation alone on Ctrl-C", async () => {
    answer(`POST ${root}/north/createBackup`, accepted());
    const headers = { "Retry-After": "60" };
    answer(`GET ${statusPath}`, { status: 200, body: { status: "Running" }, headers });
    const child = startCli(home, ["backup", "start", "--wait"], environment());
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const closed = once(child, "close");
    while (!said.includes("Accepted")) await once(child.stderr, "data");
    child.kill("SIGINT");
    assert.equal(((await closed) as [number])[0], 130);
    assert.match(said, new RegExp(`goes on in the service: ${operation}`));
  });
});
