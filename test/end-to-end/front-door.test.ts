import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request as requestHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, type Json } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

type Pair = ReturnType<typeof makeTlsPair>;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Json;
}

const hour = 3_600_000;
const traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const ofAnn = {
  "x-ms-client-object-id": "ann-object",
  "x-ms-client-principal-name": "ann@example",
  "x-ms-client-tenant-id": "tenant-of-ann",
  "x-ms-home-tenant-id": "tenant-of-stamp",
  "x-ms-client-ip-address": "192.0.2.7",
  traceparent: traceParent,
  referer: `https://portal.example${pathOf("north")}?api-version=2026-12-01`,
  "x-ms-arm-resource-system-data": JSON.stringify({ createdBy: "ann", createdByType: "User" }),
};

describe("the service behind Azure Resource Manager", () => {
  const [own, arm, stranger] = [makeTlsPair(), makeTlsPair(), makeTlsPair()];
  let folder: string;
  let metadata: Server;
  let service: Service;
  let internalUrl: string;

  before(async () => {
    folder = await makeTempFolder();
    metadata = await startMetadata(arm);
    const { port } = metadata.address() as AddressInfo;
    const tls = { certificateFile: join(folder, "own.pem"), keyFile: join(folder, "own.key") };
    writeFileSync(tls.certificateFile, own.certPem);
    writeFileSync(tls.keyFile, own.keyPem, { mode: 0o600 });
    const metadataUrl = `http://127.0.0.1:${port}/metadata/authentication?api-version=2015-01-01`;
    service = await startService({
      config: {
        tls,
        internal: { port: 0 },
        unknownSubscriptions: "refuse",
        authentication: { mode: "arm", arm: { metadataUrl, refererHosts: ["portal.example"] } },
      },
    });
    internalUrl = /"address":"(http:[^"]+)"/.exec(service.readLog())?.[1] ?? "";
  });
  after(async () => {
    await service.close();
    await new Promise((resolve) => metadata.close(resolve).closeAllConnections());
    await removeFolder(folder);
  });

  const ask = (
    pair: Pair | undefined,
    method: string,
    path: string,
    { headers = {}, body }: { readonly headers?: object; readonly body?: object } = {},
  ): Promise<Answer> =>
    exchange(service.url, pair, method, path, { headers: { ...headers }, body });

  it("rule 245, A1, A3: takes the certificate ARM lists and no other", async () => {
    const path = `${pathOf("north")}?api-version=2026-12-01`;
    const strange = await ask(undefined, "GET", path);
    assert.equal(strange.status, 401);
    assert.equal(strange.headers["www-authenticate"], 'Bearer realm="holdfast"');
    assert.equal((await ask(stranger, "GET", path, { headers: ofAnn })).status, 403);
    assert.equal((await ask(arm, "GET", path)).status, 404);
  });

  it("rule 252: believes no certificate that a header forwards", async () => {
    const path = `${pathOf("north")}?api-version=2026-12-01`;
    const forwarded = Buffer.from(new X509Certificate(arm.certPem).raw).toString("base64");
    for (const name of [
      "x-arr-clientcert",
      "x-forwarded-client-cert",
      "x-client-cert",
      "ssl-client-cert",
    ])
      assert.equal(
        (await ask(undefined, "GET", path, { headers: { [name]: forwarded } })).status,
        401,
      );
  });

  it("rule 254, A83: answers health on its own port and on no other", async () => {
    for (const path of [
      "/livez",
      "/readyz",
      "/metrics",
      "/livez?api-version=2026-12-01",
      "//readyz",
    ]) {
      const answer = await ask(arm, "GET", path);
      assert.equal(answer.status, 404, path);
      assert.equal(answer.body.error.code, "ResourceNotFound");
    }
    const ready = await fetch(`${internalUrl}/readyz`);
    assert.equal(ready.status, 200, await ready.text());
    assert.equal((await fetch(`${internalUrl}${pathOf("north")}`)).status, 404);
  });

  it("rules 70, 98 and 219: refuses writes in a subscription nobody announced, where there is nothing to delete, and takes them afterwards", async () => {
    const path = `${pathOf("north")}?api-version=2026-12-01`;
    const body = { location: "north", properties: {} };
    const refused = await ask(arm, "PUT", path, { headers: ofAnn, body });
    assert.equal(refused.status, 404);
    assert.equal(refused.body.error.code, "SubscriptionNotFound");
    const made = await ask(arm, "POST", path.replace("?", "/createBackup?"), { headers: ofAnn });
    assert.deepEqual([made.status, made.body.error.code], [404, "SubscriptionNotFound"]);
    const backup = path.replace("?", "/backups/5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21?");
    for (const gone of [path, backup, path.replace("?", "/notificationRoutes/x?")])
      assert.equal((await ask(arm, "DELETE", gone, { headers: ofAnn })).status, 204, gone);
    const [, , subscription = ""] = path.split("/");
    const announced = { state: "Registered", registrationDate: "2026-03-02T12:00:00Z" };
    const told = await ask(arm, "PUT", `/subscriptions/${subscription}?api-version=2.0`, {
      body: announced,
    });
    assert.equal(told.status, 200, JSON.stringify(told.body));
    assert.equal((await ask(arm, "PUT", path, { headers: ofAnn, body })).status, 201);
  });

  it("rules 29, 31 and 38: keeps who asked apart from whose it is, and the trace with the operation", async () => {
    const path = `${pathOf("south")}?api-version=2026-12-01`;
    const body = { location: "north", properties: {} };
    const accepted = await ask(arm, "PUT", path, { headers: ofAnn, body });
    assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
    assert.equal(accepted.body.systemData.createdBy, "ann");
    const status = String(accepted.headers["azure-asyncoperation"]);
    assert.match(status, /^https:\/\/portal\.example\//);
    const statusPath = status.replace("https://portal.example", "");
    const ofBob = { ...ofAnn, "x-ms-client-tenant-id": "tenant-of-bob" };
    assert.equal((await ask(arm, "GET", statusPath, { headers: ofBob })).status, 404);
    assert.equal((await ask(arm, "GET", statusPath, { headers: ofAnn })).status, 200);
    await service.stop();
    const rows = await readState(service.folder);
    const operation = rows.find(({ resourceId }) => String(resourceId).endsWith("south"));
    assert.equal(operation?.["tenantId"], "tenant-of-ann");
    assert.equal(operation?.["homeTenantId"], "tenant-of-stamp");
    assert.equal(operation?.["traceParent"], traceParent);
    const written = rows.filter(({ resource }) => String(resource).endsWith("south"));
    assert.deepEqual(
      written.map(({ event }) => event),
      ["Started", "Ended"],
    );
    for (const record of written) {
      assert.equal(record["principalId"], "ann-object");
      assert.equal(record["principalName"], "ann@example");
      assert.equal(record["clientAddress"], "192.0.2.7");
      assert.equal(record["address"], "127.0.0.1");
    }
    await service.restart();
  });
});

async function startMetadata(pair: Pair): Promise<Server> {
  const { raw, fingerprint } = new X509Certificate(pair.certPem);
  const clientCertificates = [
    {
      thumbprint: fingerprint.replaceAll(":", ""),
      certificate: raw.toString("base64"),
      notBefore: new Date(Date.now() - hour).toISOString(),
      notAfter: new Date(Date.now() + 100 * hour).toISOString(),
    },
  ];
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ clientCertificates })),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function exchange(
  url: string,
  pair: Pair | undefined,
  method: string,
  path: string,
  {
    headers,
    body,
  }: { readonly headers: Record<string, string>; readonly body?: object | undefined },
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const shown = pair === undefined ? {} : { cert: pair.certPem, key: pair.keyPem };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const typed = text === undefined ? {} : { "content-type": "application/json" };
  const options = {
    ...shown,
    method,
    path,
    headers: { ...typed, ...headers },
    agent: false as const,
    // Its own certificate is nobody's.
    rejectUnauthorized: false,
  };
  const request = requestHttps(url, options, (response) => {
    let said = "";
    response.setEncoding("utf8").on("data", (piece: string) => (said += piece));
    response.once("end", () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: said === "" ? undefined : JSON.parse(said),
      }),
    );
  });
  request.once("error", reject).end(text);
  return promise;
}

/** Operations and audit records, in the order of their keys. */
async function readState(folder: string): Promise<readonly Record<string, unknown>[]> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(join(folder, "state", "holdfast.db"), { readOnly: true });
  const rows = database
    .prepare("select body from document where kind in ('operation', 'audit') order by kind, key")
    .all();
  database.close();
  return rows.map(({ body }) => JSON.parse(String(body)) as Record<string, unknown>);
}
