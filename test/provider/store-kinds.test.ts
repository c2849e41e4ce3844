import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aCertificate } from "../support/fake-identity.ts";
import {
  groupPath,
  type Json,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { aBody } from "../support/provider-steps.ts";
import { locationPath } from "../support/provider-world.ts";

const apiVersion = "2026-12-01";
const path = `${groupPath}/backupLocations/north-main`;

const share = {
  kind: "Smb",
  path: "\\\\files.example\\backups\\north",
  userName: "example\\backup",
  password: "canary-share",
};
const container = {
  kind: "AzureBlob",
  containerUrl: "https://north.blob.example/backups/a",
  accountKey: "canary-account",
};
const bucket = {
  kind: "S3",
  endpoint: "https://s3.example",
  bucket: "north-backups",
  accessKeyId: "ID",
  secretAccessKey: "canary-access",
};
const folder = {
  kind: "Sftp",
  host: "sftp.example",
  path: "/srv/backups",
  userName: "backup",
  hostKey: `SHA256:${"A".repeat(43)}`,
  password: "canary-sftp",
};

async function write(world: ProviderWorld, store: object, method = "PUT"): Promise<void> {
  const properties = {
    store,
    ...(method === "PUT"
      ? { encryption: { recipients: [{ certificateBase64: aCertificate("north") }] } }
      : {}),
  };
  const body = method === "PUT" ? { location: "north", properties } : { properties };
  const operation = await world.finish(await world.accept(method, path, { apiVersion, body }));
  assert.equal(operation.state, "Succeeded", JSON.stringify(operation.error));
}

function refuse(
  world: ProviderWorld,
  store: object,
  method: string,
  expected: object,
): Promise<void> {
  const body =
    method === "PUT" ? { location: "north", properties: { store } } : { properties: { store } };
  return assert.rejects(world.call(method, path, { apiVersion, body }), expected);
}

async function readStore(world: ProviderWorld): Promise<Json> {
  return (await world.read(path, apiVersion)).properties.store;
}

/** What the engine is given for a backup. */
async function specOfBackup(world: ProviderWorld): Promise<Json> {
  const operation = await world.accept("POST", `${path}/createBackup`, { apiVersion });
  assert.equal((await world.finish(operation)).state, "Succeeded");
  return world.engine.backupRuns.at(-1)?.store;
}

describe("kinds of stores", () => {
  const cases = [
    {
      store: share,
      shown: { ...share, requireEncryption: true, password: null },
      spec: {
        kind: "smb",
        server: "files.example",
        port: 445,
        share: "backups",
        folders: ["north"],
        userName: "example\\backup",
        password: "canary-share",
        requireEncryption: true,
      },
    },
    {
      store: container,
      shown: { ...container, authentication: "AccountKey", accountKey: null, sasToken: null },
      spec: {
        kind: "azure-blob",
        containerUrl: "https://north.blob.example/backups",
        prefix: "a",
        credential: { kind: "account-key", accountKey: "canary-account" },
      },
    },
    {
      store: bucket,
      shown: {
        ...bucket,
        region: "us-east-1",
        prefix: "",
        usesPathStyle: true,
        secretAccessKey: null,
        sessionToken: null,
      },
      spec: {
        ...bucket,
        kind: "s3",
        region: "us-east-1",
        prefix: "",
        usesPathStyle: true,
      },
    },
    {
      store: folder,
      shown: {
        ...folder,
        port: 22,
        password: null,
        privateKey: null,
        privateKeyPassphrase: null,
      },
      spec: {
        kind: "sftp",
        host: "sftp.example",
        port: 22,
        path: "/srv/backups",
        userName: "backup",
        hostKey: folder.hostKey,
        credential: { kind: "password", password: "canary-sftp" },
      },
    },
  ];
  for (const { store, shown, spec } of cases) {
    it(`${store.kind}: goes to the engine with its secret, and comes back without it`, () =>
      withProviderWorld(async (world) => {
        await write(world, store);
        assert.deepEqual(await readStore(world), shown);
        assert.deepEqual(await specOfBackup(world), spec);
        // What was read can be sent again.
        await write(world, await readStore(world));
        assert.deepEqual(await specOfBackup(world), spec);
        const state = await world.dump();
        assert.doesNotMatch(state, /canary-/);
      }));
  }

  it("S3 and SFTP pass through a published version unchanged", () =>
    withProviderWorld(async (world) => {
      for (const store of [bucket, folder]) {
        await write(world, store);
        const body = await world.read(path, "2021-09-01");
        assert.match(body.properties.externalStoreDefault.path, /^(?:s3:https|sftp):\/\//);
        const accepted = await world.accept("PUT", path, { apiVersion: "2021-09-01", body });
        assert.equal((await world.finish(accepted)).state, "Succeeded");
        assert.equal((await readStore(world)).kind, store.kind);
      }
    }));

  it("PATCH keeps what is left out", () =>
    withProviderWorld(async (world) => {
      await write(world, { ...share, port: 10445, requireEncryption: false });
      await write(world, { kind: "Smb", path: "\\\\files.example\\backups\\south" }, "PATCH");
      const { path: shownPath, port, requireEncryption } = await readStore(world);
      assert.deepEqual(
        { shownPath, port, requireEncryption },
        { shownPath: "\\\\files.example\\backups\\south", port: 10445, requireEncryption: false },
      );
    }));

  it("a session goes with its access key", () =>
    withProviderWorld(async (world) => {
      await write(world, { ...bucket, sessionToken: "canary-session" });
      assert.equal((await specOfBackup(world)).sessionToken, "canary-session");
      await write(world, { kind: "S3", prefix: "b" }, "PATCH");
      assert.equal((await specOfBackup(world)).sessionToken, "canary-session");
      await write(world, { kind: "S3", secretAccessKey: "canary-lasting" }, "PATCH");
      assert.equal("sessionToken" in (await specOfBackup(world)), false);
      assert.doesNotMatch(await world.dump(), /canary-/);
    }));

  it("an older version of the blob service is kept until it is taken back", () =>
    withProviderWorld(async (world) => {
      await write(world, { ...container, serviceVersion: "2019-07-07" });
      await write(world, { kind: "AzureBlob", accountKey: "canary-other" }, "PATCH");
      assert.equal((await readStore(world)).serviceVersion, "2019-07-07");
      assert.equal((await specOfBackup(world)).serviceVersion, "2019-07-07");
      await write(world, container);
      assert.equal("serviceVersion" in (await specOfBackup(world)), false);
    }));

  it("a new private key takes the place of the password", () =>
    withProviderWorld(async (world) => {
      await write(world, folder);
      await write(world, { kind: "Sftp", privateKey: "canary-key" }, "PATCH");
      assert.deepEqual((await specOfBackup(world)).credential, {
        kind: "private-key",
        privateKey: "canary-key",
        passphrase: undefined,
      });
    }));
});

describe("A21: a kept secret", () => {
  const moves = [
    [share, { kind: "Smb", path: "\\\\evil.example\\backups" }, "password"],
    [share, { kind: "Smb", userName: "other" }, "password"],
    [share, { kind: "Smb", port: 1445 }, "password"],
    [container, { kind: "AzureBlob", containerUrl: "https://evil.example/abc/b" }, "accountKey"],
    [bucket, { kind: "S3", endpoint: "https://evil.example" }, "secretAccessKey"],
    [bucket, { kind: "S3", accessKeyId: "OTHER" }, "secretAccessKey"],
    [folder, { kind: "Sftp", host: "evil.example" }, "password"],
    [folder, { kind: "Sftp", hostKey: `SHA256:${"B".repeat(43)}` }, "password"],
  ] as const;
  for (const [store, change, secret] of moves) {
    it(`does not follow ${JSON.stringify(change)}`, () =>
      withProviderWorld(async (world) => {
        await write(world, store);
        const before = await world.dump();
        await refuse(world, change, "PATCH", {
          code: "StoreSecretRequired",
          target: `properties.store.${secret}`,
        });
        assert.equal(await world.dump(), before);
        await write(world, { ...change, [secret]: "canary-new" }, "PATCH");
      }));
  }

  it("does not follow the path of a published version", () =>
    withProviderWorld(async (world) => {
      const good = { path: "\\\\files.example\\a", userName: "u", password: "hunter2" };
      await world.finish(await world.accept("PUT", locationPath, { body: aBody(good) }));
      const body = aBody({ path: "\\\\evil.example\\a", userName: "u" });
      await assert.rejects(world.call("PUT", locationPath, { body }), {
        code: "StoreSecretRequired",
        target: "properties.externalStoreDefault.password",
      });
      const near = aBody({ path: "\\\\FILES.example\\b" });
      const moved = await world.finish(await world.accept("PUT", locationPath, { body: near }));
      assert.equal(moved.state, "Succeeded");
    }));

  it("stays within an account's containers", () =>
    withProviderWorld(async (world) => {
      await write(world, container);
      const containerUrl = "https://north.blob.example/other";
      await write(world, { kind: "AzureBlob", containerUrl }, "PATCH");
      assert.equal((await specOfBackup(world)).containerUrl, containerUrl);
    }));
});

describe("A40: an odd account", () => {
  it("goes to the store as it was given", () =>
    withProviderWorld(async (world) => {
      const odd = {
        userName: `-U x/y %u 'a' "b"`,
        password: `-p,"%u';\n$(id)\\\u0001`,
      };
      for (const store of [share, folder]) {
        await write(world, { ...store, ...odd });
        const spec = await specOfBackup(world);
        assert.equal(spec.userName, odd.userName);
        assert.ok(JSON.stringify(spec).includes(JSON.stringify(odd.password)));
      }
    }));

  for (const userName of ["a\nb", "a\u0000b", "a\u202eb", "x".repeat(513)])
    it(`is refused by the name ${JSON.stringify(userName.slice(0, 8))}`, () =>
      withProviderWorld(async (world) => {
        for (const store of [share, folder])
          await refuse(world, { ...store, userName }, "PUT", {
            code: "InvalidArgument",
            target: "properties.store.userName",
          });
      }));
});

describe("a store that lacks something", () => {
  const cases = [
    [{ ...share, path: undefined, kind: "Smb" }, "InvalidArgument", "path"],
    [{ ...share, path: "/srv" }, "InvalidBackupPath", "path"],
    [{ ...share, path: "\\\\files.example\\a\\..\\b" }, "InvalidBackupPath", "path"],
    [{ kind: "Local", path: "\\\\files.example\\a" }, "InvalidBackupPath", "path"],
    [{ ...share, password: undefined }, "StoreSecretRequired", "password"],
    [{ ...container, authentication: "Sas" }, "StoreSecretRequired", "sasToken"],
    [{ ...container, containerUrl: "https://localhost/a/b" }, "InvalidBackupPath", "containerUrl"],
    [
      { ...container, containerUrl: "https://127.0.0.1/a/bcd" },
      "StoreHostNotAllowed",
      "containerUrl",
    ],
    [{ ...container, containerUrl: "http://a.example/bcd" }, "StoreHostNotAllowed", "containerUrl"],
    [{ ...bucket, endpoint: "https://169.254.169.254" }, "StoreHostNotAllowed", "endpoint"],
    [{ ...bucket, prefix: "../x" }, "InvalidBackupPath", "prefix"],
    [{ ...folder, host: "localhost" }, "StoreHostNotAllowed", "host"],
    [{ ...folder, path: "/a/../b" }, "InvalidBackupPath", "path"],
    [{ ...folder, userName: "a\u0000b" }, "InvalidArgument", "userName"],
  ] as const;
  for (const [store, code, property] of cases) {
    it(`is refused: ${JSON.stringify(store)}`, () =>
      withProviderWorld(async (world) => {
        const before = await world.dump();
        await refuse(world, store, "PUT", { code, target: `properties.store.${property}` });
        assert.equal(await world.dump(), before);
      }));
  }
});

describe("a path of 2018-09-01", () => {
  const account = { userName: "u", password: "hunter2" };
  const cases = [
    ["a share for nobody", { path: "\\\\server\\share" }, "InvalidArgument", "userName"],
    [
      "a share without a password",
      { path: "\\\\server\\share", userName: "u" },
      "StoreSecretRequired",
      "password",
    ],
    [
      "A31: a share of this machine",
      { path: "\\\\127.0.0.1\\share", ...account },
      "StoreHostNotAllowed",
      "path",
    ],
    ["A34: a device", { path: "\\\\.\\pipe\\a", ...account }, "InvalidBackupPath", "path"],
    [
      "A35: steps up",
      { path: "\\\\server\\share\\..\\other", ...account },
      "InvalidBackupPath",
      "path",
    ],
    ["a device name", { path: "\\\\server\\share\\con", ...account }, "InvalidBackupPath", "path"],
    [
      "an Azure Files address",
      { path: "https://north.file.core.windows.net/b" },
      "InvalidBackupPath",
      "path",
    ],
  ] as const;
  for (const [title, store, code, property] of cases) {
    it(`is refused with ${title}`, () =>
      withProviderWorld(async (world) => {
        const before = await world.dump();
        await assert.rejects(world.call("PUT", locationPath, { body: aBody(store) }), {
          code,
          target: `properties.externalStoreDefault.${property}`,
        });
        assert.equal(await world.dump(), before);
      }));
  }
});
