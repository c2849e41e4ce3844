import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";

import {
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";

import { systemClock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import type { ErrorCode } from "../../src/base/errors.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { openBlobStore } from "../../src/storage/azure-blob.ts";
import type { BlobStoreOptions } from "../../src/storage/azure-blob.ts";
import type { BlobCredential } from "../../src/storage/azure-blob-client.ts";
import { someBytes } from "../contracts/object-store.ts";
import { azuriteAccount, createPipeline, startAzurite } from "../support/azurite.ts";
import type { Azurite } from "../support/azurite.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const tls = makeTlsPair();
let folder: string;
let azurite: Azurite;
let containerUrl: string;

before(async () => {
  folder = await makeTempFolder();
  const files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  await writeFile(files.certFile, tls.certPem);
  await writeFile(files.keyFile, tls.keyPem);
  azurite = await startAzurite({ tls: files });
  containerUrl = `${azurite.url}/backups`;
  await makeContainer();
});
after(async () => {
  await azurite.stop();
  await removeFolder(folder);
});

/** With our own adapter's trust the SDK's client of the test cannot be built: it uses an agent that trusts the test. */
async function makeContainer(): Promise<void> {
  const { Agent } = await import("node:https");
  const pipeline = createPipeline(login());
  const agent = new Agent({ ca: tls.certPem });
  pipeline.factories.unshift({
    create: (next) => ({
      sendRequest: (request) => {
        request.agent = agent;
        return next.sendRequest(request);
      },
    }),
  });
  await new ContainerClient(containerUrl, pipeline).create();
  agent.destroy();
}

const login = (): StorageSharedKeyCredential =>
  new StorageSharedKeyCredential(azuriteAccount, azurite.accountKey);
const key = (): BlobCredential => ({ kind: "account-key", accountKey: azurite.accountKey });

function sas(rights: string, minutes = 60): BlobCredential {
  const sasToken = generateBlobSASQueryParameters(
    {
      containerName: "backups",
      permissions: ContainerSASPermissions.parse(rights),
      startsOn: new Date(Date.now() - 3_600_000 * 2),
      expiresOn: new Date(Date.now() + minutes * 60_000),
      version: "2021-08-06",
    },
    login(),
  ).toString();
  return { kind: "sas", sasToken };
}

function open(credential: BlobCredential, options: BlobStoreOptions = {}): Promise<ObjectStore> {
  const prefix = "p";
  return openBlobStore({ containerUrl, prefix, credential }, { caPem: tls.certPem, ...options });
}

async function assertFails(
  work: Promise<unknown>,
  code: ErrorCode,
  secret?: string,
): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isAppError(error, code), `expected ${code}, got ${inspect(error)}`);
    const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
    if (secret !== undefined) assert.ok(!shown.includes(secret), "the error shows a secret");
    return true;
  });
}

async function listen(handler: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

describe("Azure Blob", () => {
  it("trusts the custom authority and no unknown one", async () => {
    const store = await open(key());
    const probe = await store.probe();
    assert.equal(probe.encryptedInFlight, true);
    assert.equal(probe.canRemove, true);
    await store.close();
    const strict = openBlobStore({ containerUrl, prefix: "p", credential: key() });
    await assertFails(strict, "StoreNotTrusted", azurite.accountKey);
  });

  it("names a wrong key", async () => {
    const accountKey = Buffer.alloc(64, 7).toString("base64");
    await assertFails(open({ kind: "account-key", accountKey }), "StoreAuthRefused", accountKey);
  });

  it("names an absent container", async () => {
    const settings = { containerUrl: `${azurite.url}/absent`, prefix: "", credential: key() };
    await assertFails(openBlobStore(settings, { caPem: tls.certPem }), "BackupPathNotFound");
  });

  it("writes with a signature that may not remove", async () => {
    const store = await open(sas("rcwl"));
    await store.put("data/sas", someBytes(600_000));
    assert.deepEqual(await store.stat("data/sas"), { bytes: 600_000 });
    assert.equal((await store.probe()).canRemove, false);
    await assertFails(store.remove("data/sas"), "StoreReadOnly");
    await store.close();
  });

  it("A37: refuses signatures that are expired or too weak", async () => {
    const expired = sas("rcwl", -1);
    await assertFails(open(expired), "StoreAccountProblem");
    await assertFails(open(sas("rl")), "StoreAuthRefused");
    // By a clock of ours that is behind, the signature looks good: then the service says it.
    const behind = { ...systemClock, now: () => Date.now() - 1_800_000 };
    const token = expired.kind === "sas" ? expired.sasToken : "";
    const sig = new URLSearchParams(token).get("sig") ?? "none";
    await assert.rejects(open(expired, { clock: behind }), (error) => {
      const isNamed = isAppError(error, "StoreAuthRefused") || isAppError(error, "ClockMismatch");
      assert.ok(isNamed, inspect(error));
      assert.ok(!inspect(error, { depth: 20 }).includes(sig));
      return true;
    });
  });

  it("signs in as the machine", async () => {
    const encode = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const token = [
      encode({ alg: "none", typ: "JWT" }),
      encode({
        aud: "https://storage.azure.com",
        iss: "https://sts.windows.net/00000000-0000-0000-0000-000000000001/",
        iat: now - 60,
        nbf: now - 60,
        exp: now + 3600,
        ver: "1.0",
      }),
      "c2ln",
    ].join(".");
    let asked: string | undefined;
    const metadata = await listen((request, response) => {
      assert.equal(request.headers["metadata"], "true");
      asked = request.url;
      response.end(
        JSON.stringify({ access_token: token, expires_in: "3599", token_type: "Bearer" }),
      );
    });
    try {
      const store = await open(
        { kind: "managed-identity", clientId: "an-id" },
        { identityEndpoint: metadata.url },
      );
      await store.put("data/identity", someBytes(10));
      await store.close();
      assert.match(asked ?? "", /client_id=an-id/);
    } finally {
      metadata.close();
    }
    const absent = open(
      { kind: "managed-identity", clientId: undefined },
      { identityEndpoint: metadata.url },
    );
    await assertFails(absent, "StoreUnreachable");
  });

  it("takes bytes in shared memory", async () => {
    const store = await open(key());
    const bytes = new Uint8Array(new SharedArrayBuffer(5_000_000));
    bytes.set(someBytes(5_000_000));
    await store.put("data/shared", bytes);
    assert.ok(Buffer.compare(await store.get("data/shared"), someBytes(5_000_000)) === 0);
    await store.close();
  });

  it("A36: follows no redirect", async () => {
    let visits = 0;
    const evil = await listen((_, response) => {
      visits += 1;
      response.end();
    });
    const first = await listen((_, response) => {
      response.writeHead(307, { location: `${evil.url}/x` }).end();
    });
    const settings = { containerUrl: `${first.url}/acc/backups`, prefix: "", credential: key() };
    await assertFails(openBlobStore(settings), "StoreUnsupported");
    assert.equal(visits, 0);
    first.close();
    evil.close();
  });

  it("gives up a silent service", async () => {
    const mute = await listen(() => undefined);
    const settings = { containerUrl: `${mute.url}/acc/backups`, prefix: "", credential: key() };
    await assertFails(openBlobStore(settings, { idleMilliseconds: 300 }), "StoreTimeout");
    mute.close();
    await assertFails(openBlobStore(settings), "StoreUnreachable");
  });

  it("refuses plain http to other machines, and secrets in the URL", async () => {
    const bad = [
      "http://store.example/c1",
      "https://u:p@acc.blob.example/c1",
      "https://acc.blob.example/c1?sig=x",
    ];
    for (const url of bad) {
      const settings = { containerUrl: url, prefix: "", credential: key() };
      await assertFails(openBlobStore(settings), "InvalidBackupPath", "u:p");
    }
  });
});
