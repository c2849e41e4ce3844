import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readStoreSpec } from "../../src/cli/store-url.ts";
import { runCli, type CliRun } from "../support/run-cli.ts";
import { sambaAccount, startSamba, type SambaServer } from "../support/samba.ts";
import { startSshd, type Sshd } from "../support/sshd.ts";

describe("repositories on servers from the command line", () => {
  let home: string;
  let sshd: Sshd;
  let samba: SambaServer;
  let sftp: string;
  let share: string;
  const secrets: Record<string, string> = {};
  const run = (...words: readonly string[]): Promise<CliRun> =>
    runCli(home, words, { environment: secrets });
  const succeed = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...words);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout + stderr, /P@ss/);
    return stdout;
  };
  const opener = ["--pfx", "keys/holdfast.pfx", "--password-file", "keys/holdfast.password"];
  const restore = async (repo: string, target: string): Promise<void> => {
    await succeed("repo", "restore", "latest", "--repo", repo, "--target", target, ...opener);
    const read = fs.readFileSync(join(home, target, "tree/file"));
    assert.deepEqual(read, fs.readFileSync(join(home, "source/file")));
  };

  before(async () => {
    home = fs.mkdtempSync(join(tmpdir(), "holdfast-cli-"));
    fs.mkdirSync(join(home, "source"));
    fs.writeFileSync(join(home, "source/file"), "content ".repeat(10_000));
    sshd = await startSshd();
    samba = await startSamba();
    fs.mkdirSync(join(sshd.files, "north"));
    fs.mkdirSync(join(samba.folder, "copy"));
    sftp = `sftp://${sshd.userName}@127.0.0.1:${sshd.port}${sshd.files}/north`;
    const { domain, user, password } = sambaAccount;
    share = `smb://${domain};${user}@127.0.0.1:${samba.port}/backup/copy`;
    fs.writeFileSync(join(home, "password"), `${password}\n`, { mode: 0o600 });
    secrets["HOLDFAST_SFTP_KEY_FILE"] = sshd.writerKeyFile;
    secrets["HOLDFAST_SFTP_HOST_KEY"] = sshd.hostKey;
    secrets["HOLDFAST_PASSWORD_FILE"] = join(home, "password");
    await succeed("keys", "create", "--out", "keys");
  });
  after(async () => {
    await samba?.stop();
    await sshd?.dispose();
    fs.rmSync(home, { recursive: true, force: true });
  });

  it("are made, filled, checked, pruned and restored from", async () => {
    await succeed("repo", "init", "--repo", sftp, "--cert", "keys/holdfast.cer");
    await succeed("repo", "backup", "--repo", sftp, "tree=source");
    fs.appendFileSync(join(home, "source/file"), "more");
    await succeed("repo", "backup", "--repo", sftp, "tree=source");
    await succeed("repo", "verify", "--repo", sftp);
    await succeed("repo", "prune", "--repo", sftp, "--keep-last", "5", "--dry-run");
    await restore(sftp, "back-sftp");
  });

  it("are copied to another server, again without work, and restore from there alone", async () => {
    const copy = ["repo", "copy", "--from", sftp, "--to", share, "--output", "json"];
    const first = JSON.parse((await succeed(...copy)).trim()) as Record<string, unknown>;
    assert.equal((first["copied"] as unknown[]).length, 2);
    const second = JSON.parse((await succeed(...copy)).trim()) as Record<string, unknown>;
    assert.deepEqual([second["copied"], second["objects"]], [[], 0]);
    assert.match(await succeed("repo", "verify", "--repo", share), /2 backups/);
    await restore(share, "back-share");
  });

  it("are copied into a folder that the copy makes, but not below one that is missing", async () => {
    await succeed("repo", "copy", "--from", sftp, "--to", "second");
    await restore("second", "back-second");
    const lost = await run("repo", "copy", "--from", sftp, "--to", "not/mounted");
    assert.equal(lost.code, 5, lost.stderr);
    assert.match(lost.stderr, /create or mount what is above it/);
  });

  it("heal a copy that lost an object", async () => {
    const packs = fs.readdirSync(join(samba.folder, "copy/holdfast/data"), { recursive: true });
    const pack = packs.map(String).find((name) => /\/[0-9a-f]{64}$/.test(name)) ?? assert.fail();
    fs.rmSync(join(samba.folder, "copy/holdfast/data", pack));
    assert.equal((await run("repo", "verify", "--repo", share)).code, 8);
    await succeed("repo", "copy", "--from", sftp, "--to", share);
    await succeed("repo", "verify", "--repo", share);
  });

  it("are not copied over another repository, nor when damaged", async () => {
    fs.mkdirSync(join(home, "other"));
    await succeed("repo", "init", "--repo", "other", "--cert", "keys/holdfast.cer");
    const foreign = await run("repo", "copy", "--from", sftp, "--to", "other");
    assert.equal(foreign.code, 8, foreign.stderr);
    assert.match(foreign.stderr, /choose an empty folder/);
    const data = join(sshd.files, "north/holdfast/data");
    const names = fs.readdirSync(data, { recursive: true }).map(String);
    for (const name of names.filter((one) => /\/[0-9a-f]{64}$/.test(one))) {
      const bytes = fs.readFileSync(join(data, name));
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      fs.writeFileSync(join(data, name), bytes);
    }
    fs.mkdirSync(join(home, "third"));
    const damaged = await run("repo", "copy", "--from", sftp, "--to", "third");
    assert.equal(damaged.code, 8, damaged.stderr);
    assert.match(damaged.stderr, /CorruptObject/);
    assert.deepEqual(fs.existsSync(join(home, "third/holdfast/backups")), false);
  });

  it("name what is wrong with an account", async () => {
    secrets["HOLDFAST_TO_PASSWORD"] = "wrong";
    const { code, stderr } = await run("repo", "copy", "--from", "other", "--to", share);
    delete secrets["HOLDFAST_TO_PASSWORD"];
    assert.equal(code, 4, stderr);
    assert.match(stderr, /StoreAuthRefused/);
  });
});

describe("addresses of repositories", () => {
  const environment = {
    HOLDFAST_PASSWORD: "p",
    HOLDFAST_S3_ACCESS_KEY_ID: "id",
    HOLDFAST_S3_SECRET_ACCESS_KEY: "s",
    HOLDFAST_AZURE_KEY: "k",
    HOLDFAST_FROM_AZURE_KEY: "from",
  };

  it("become what opens a store", () => {
    assert.deepEqual(readStoreSpec("s3:https://s3.example/backups/a/b", environment), {
      kind: "s3",
      endpoint: "https://s3.example",
      region: "us-east-1",
      bucket: "backups",
      prefix: "a/b",
      accessKeyId: "id",
      secretAccessKey: "s",
      usesPathStyle: true,
    });
    const azure = readStoreSpec("azure:https://n.blob.example/backups/a", environment, "FROM");
    assert.deepEqual(azure, {
      kind: "azure-blob",
      containerUrl: "https://n.blob.example/backups",
      prefix: "a",
      credential: { kind: "account-key", accountKey: "from" },
    });
    const share = readStoreSpec("smb://EX;u@files.example/share/a%20b", environment);
    assert.deepEqual(share, {
      kind: "smb",
      server: "files.example",
      port: 445,
      share: "share",
      folders: ["a b"],
      userName: "EX\\u",
      password: "p",
      requireEncryption: true,
    });
    const server = { HOLDFAST_PASSWORD: "p", HOLDFAST_SFTP_HOST_KEY: `SHA256:${"A".repeat(43)}` };
    const own = readStoreSpec("sftp://u@host/~/backups", server);
    assert.equal(own.kind === "sftp" && own.path, "backups");
    assert.equal(readStoreSpec("/mnt/backup", {}).kind, "local");
  });

  for (const [text, fault] of [
    ["smb://u:hunter2@files.example/share", /others can see/],
    ["smb://files.example/share", /names no user/],
    ["smb://u@files.example", /names no share/],
    ["smb://u@files.example/share/%2e%2e/x", /step/],
    ["sftp://u@host/a", /SFTP_HOST_KEY/],
    ["s3:https://s3.example", /bucket/],
    ["s3:s3.example/b", /write s3:https/],
  ] as const) {
    it(`are refused: ${text}`, () => {
      assert.throws(
        () => readStoreSpec(text, environment),
        (error: Error) => {
          assert.match(error.message, fault);
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    });
  }
});
