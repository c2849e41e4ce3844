import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { inspect } from "node:util";

import { toAppError } from "../../src/base/errors.ts";
import type { AppError, ErrorCode } from "../../src/base/errors.ts";
import { openSftpStore } from "../../src/storage/sftp.ts";
import type { SftpSettings } from "../../src/storage/sftp.ts";
import { assertCode, listAll, someBytes } from "../contracts/object-store.ts";
import { startPasswordServer } from "../support/password-sftp.ts";
import { findFreePort, startSshd } from "../support/sshd.ts";
import { assertFromBelow, cannotTrace, traceFlushes } from "../support/trace-flushes.ts";

const sshd = await startSshd();
after(() => sshd.dispose());

const strangeKey = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

async function makeSettings(change: Partial<SftpSettings> = {}): Promise<SftpSettings> {
  const path = join(sshd.files, randomUUID());
  await mkdir(path);
  const { port, userName, hostKey, writerKey } = sshd;
  const credential = { kind: "private-key", privateKey: writerKey } as const;
  return { host: "127.0.0.1", port, path, userName, hostKey, credential, ...change };
}

async function failureOf(change: Partial<SftpSettings>): Promise<AppError> {
  const store = await openSftpStore(await makeSettings(change)).catch((error: unknown) => error);
  assert.ok(store instanceof Error, "it opened");
  return toAppError(store);
}

describe("SFTP store", () => {
  it("keeps objects as plain files below holdfast", async () => {
    const settings = await makeSettings();
    const store = await openSftpStore(settings);
    await store.put("data/ab/pack", someBytes(300_000));
    const file = join(settings.path, "holdfast", "data", "ab", "pack");
    assert.deepEqual(await readFile(file), someBytes(300_000));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await store.stat("data/ab/pack");
    assert.deepEqual(await readdir(join(settings.path, "holdfast", ".parts")), []);
    await store.close();
  });

  it("flushes what a writer that died may have left", { skip: cannotTrace }, async () => {
    const settings = await makeSettings();
    const writer = await openSftpStore(settings);
    for (const name of ["data/aa/pack", "data/bb/pack", "locks/1"])
      await writer.put(name, someBytes(10));
    await writer.close();
    const flushed = await traceFlushes(sshd.pid(), settings.path, async () => {
      const store = await openSftpStore(settings);
      await store.settle?.();
      await store.close();
    });
    assertFromBelow(flushed, "holdfast");
  });

  it("makes nothing when opened for reading", async () => {
    const settings = await makeSettings({ access: "read" });
    await assertCode(openSftpStore(settings), "RepositoryNotFound");
    assert.deepEqual(await readdir(settings.path), []);
    await (await openSftpStore({ ...settings, access: "write" })).close();
    const store = await openSftpStore(settings);
    await assertCode(store.put("a", someBytes(1)), "StoreReadOnly");
    await assertCode(store.remove("a"), "StoreReadOnly");
    assert.equal((await store.probe()).canWrite, false);
    await store.close();
  });

  it("removes parts older than a day", async () => {
    const settings = await makeSettings();
    const parts = join(settings.path, "holdfast", ".parts");
    await mkdir(parts, { recursive: true });
    for (const [name, hours] of [
      ["old", 25],
      ["young", 23],
    ] as const) {
      await writeFile(join(parts, name), "");
      const time = new Date(Date.now() - hours * 3_600_000);
      await utimes(join(parts, name), time, time);
    }
    await (await openSftpStore(settings)).close();
    assert.deepEqual(await readdir(parts), ["young"]);
  });

  it("follows no link in the place of an object", async () => {
    const settings = await makeSettings();
    const store = await openSftpStore(settings);
    await store.put("present", someBytes(5));
    await symlink("present", join(settings.path, "holdfast", "link"));
    await symlink("/", join(settings.path, "holdfast", "data"));
    await assertCode(store.get("link"), "StoreTampered");
    await assertCode(store.stat("link"), "StoreTampered");
    await assertCode(store.put("data/aa/pack", someBytes(5)), "StoreTampered");
    const names = (await listAll(store, "")).map(({ name }) => name);
    assert.deepEqual(names, ["present"]);
    await store.close();
  });

  it("calls nothing absent when the folder is gone", async () => {
    const settings = await makeSettings();
    const store = await openSftpStore(settings);
    const other = await openSftpStore({ ...settings, path: sshd.files });
    assert.deepEqual(await listAll(other, "never/"), []);
    await rm(settings.path, { recursive: true });
    await assertCode(store.get("config"), "StoreUnreachable");
    await assertCode(store.stat("config"), "StoreUnreachable");
    await assertCode(store.remove("config"), "StoreUnreachable");
    await assertCode(listAll(store, "data/"), "StoreUnreachable");
    await assertCode(store.put("config", someBytes(1)), "StoreUnreachable");
    await store.close();
    await other.close();
  });

  it("opens with a password, asked for plainly or by prompts", async () => {
    for (const method of ["password", "keyboard-interactive"] as const) {
      const server = await startPasswordServer({ method, password: "R1ght-secret" });
      const { port, hostKey } = server;
      const credential = { kind: "password", password: "R1ght-secret" } as const;
      const store = await openSftpStore(await makeSettings({ port, hostKey, credential }));
      await store.put("data/aa/pack", someBytes(700_000));
      assert.deepEqual(Buffer.from(await store.get("data/aa/pack")), someBytes(700_000));
      await store.close();
      const wrong = { kind: "password", password: "Wr0ng-secret" } as const;
      const error = await failureOf({ port, hostKey, credential: wrong });
      assert.equal(error.code, "StoreAuthRefused");
      assert.match(error.message, /refused the password; check the account and the password/);
      assert.ok(!inspect(error, { depth: 20 }).includes("Wr0ng-secret"));
      await server.close();
    }
  });
});

describe("A40: SFTP store of an odd account", () => {
  it("has its name and password sent as they are", async () => {
    const userName = `-oProxyCommand=x a'b"c%d/e\\f`;
    const password = `-p,"%u\n\0'é`;
    const server = await startPasswordServer({ method: "password", password });
    const { port, hostKey } = server;
    const credential = { kind: "password", password } as const;
    const store = await openSftpStore(await makeSettings({ port, hostKey, userName, credential }));
    await store.put("config", someBytes(10));
    await store.close();
    assert.deepEqual([...new Set(server.listNames())], [userName]);
    await server.close();
  });

  it("is refused for a name with a control character", async () => {
    for (const userName of ["a\nb", "a\0b", "\u001bx"])
      assert.equal((await failureOf({ userName })).code, "InvalidArgument");
  });
});

describe("SFTP store that cannot be opened", () => {
  it("shows both fingerprints of a changed host key", async () => {
    const error = await failureOf({ hostKey: strangeKey });
    assert.equal(error.code, "StoreNotTrusted");
    assert.equal(error.retryable, false);
    assert.ok(error.message.includes(sshd.hostKey) && error.message.includes(strangeKey));
    assert.match(error.message, /ssh-keygen -lf/);
  });

  it("sends no secret to a server with another key", async () => {
    const server = await startPasswordServer({ method: "password", password: "R1ght-secret" });
    const credential = { kind: "password", password: "R1ght-secret" } as const;
    const error = await failureOf({ port: server.port, hostKey: strangeKey, credential });
    assert.equal(error.code, "StoreNotTrusted");
    assert.deepEqual(server.listSignIns(), []);
    await server.close();
  });

  it("says that a server offers no SFTP", async () => {
    const server = await startPasswordServer({ method: "password", password: "x", hasSftp: false });
    const { port, hostKey } = server;
    const error = await failureOf({
      port,
      hostKey,
      credential: { kind: "password", password: "x" },
    });
    assert.equal(error.code, "StoreUnsupported");
    assert.match(error.message, /enable the subsystem "sftp"/);
    await server.close();
  });

  it("refuses servers with old algorithms only", async () => {
    const kex = ["diffie-hellman-group14-sha1"] as const;
    const server = await startPasswordServer({ method: "password", password: "x", kex });
    const { port, hostKey } = server;
    const error = await failureOf({
      port,
      hostKey,
      credential: { kind: "password", password: "x" },
    });
    assert.equal(error.code, "StoreUnsupported");
    assert.match(error.message, /update the SSH server/);
    await server.close();
  });

  it("names what is wrong with the settings", async () => {
    const free = await findFreePort();
    const key = { kind: "private-key", privateKey: "-----BEGIN nonsense 4711-----" } as const;
    const cases: readonly (readonly [Partial<SftpSettings>, ErrorCode, RegExp])[] = [
      [{ port: free }, "StoreUnreachable", /ECONNREFUSED.*check the name, the port/],
      [{ host: "no-such-host.invalid" }, "StoreUnreachable", /the name of the host is unknown/],
      [{ userName: "nobody-known" }, "StoreAuthRefused", /as "nobody-known".*the private key/],
      [{ credential: key }, "InvalidArgument", /give it whole, as OpenSSH or PEM text/],
      [{ path: "/no/such/folder" }, "BackupPathNotFound", /create it there/],
      [{ path: sshd.writerKeyFile }, "InvalidBackupPath", /it is not a folder/],
      [{ path: "" }, "InvalidBackupPath", /give its path/],
      [{ hostKey: "MD5:00" }, "InvalidArgument", /ssh-keygen -lf/],
      [{ host: "user@host" }, "InvalidArgument", /without user or port/],
      [{ port: 0 }, "InvalidArgument", /from 1 to 65535/],
      [{ userName: "" }, "InvalidArgument", /give the account/],
    ];
    for (const [change, code, message] of cases) {
      const error = await failureOf(change);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.ok(!inspect(error, { depth: 20 }).includes("4711"));
    }
  });
});
