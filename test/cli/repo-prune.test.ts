import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runCli, type CliRun } from "../support/run-cli.ts";

describe("a repository kept small and sound", { timeout: 120_000 }, () => {
  let home: string;
  const run = (...words: readonly string[]): Promise<CliRun> => runCli(home, words);
  const repo = ["--repo", "store"];
  const opener = ["--pfx", "keys/holdfast.pfx", "--password-file", "keys/holdfast.password"];

  async function restoreNewest(target: string): Promise<void> {
    const words = ["repo", "restore", "latest", ...repo, "--target", target, ...opener];
    const { code, stderr } = await run(...words);
    assert.equal(code, 0, stderr);
    const restored = fs.readFileSync(join(home, target, "source/file"), "utf8");
    assert.equal(restored, "three".repeat(1000));
  }

  async function listIds(): Promise<string[]> {
    const { stdout } = await run("repo", "list", ...repo, "--output", "json");
    return (JSON.parse(stdout) as { backupId: string }[]).map(({ backupId }) => backupId);
  }

  before(async () => {
    home = fs.mkdtempSync(join(tmpdir(), "holdfast-cli-"));
    fs.mkdirSync(join(home, "source"));
    assert.equal((await run("keys", "create", "--out", "keys")).code, 0);
    assert.equal((await run("repo", "init", ...repo, "--cert", "keys/holdfast.cer")).code, 0);
    for (const text of ["one", "two", "three"]) {
      fs.writeFileSync(join(home, "source/file"), text.repeat(1000));
      const { code, stderr } = await run("repo", "backup", ...repo, "source");
      assert.equal(code, 0, stderr);
    }
  });
  after(() => fs.rmSync(home, { recursive: true, force: true }));

  it("shows the plan and does nothing", async () => {
    const [first] = await listIds();
    const { code, stdout } = await run("repo", "prune", ...repo, "--keep-last", "1", "--dry-run");
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`remove +${first} +no rule keeps it`));
    assert.equal((await listIds()).length, 3);
  });

  it("shows packs of which little is needed, to whom has the key", async () => {
    const words = ["repo", "prune", ...repo, "--dry-run"];
    const plain = await run(...words);
    assert.equal(plain.code, 0);
    assert.match(plain.stdout, /Sparse packs are not shown: that needs the private key/);
    const withKey = await run(...words, ...opener);
    assert.equal(withKey.code, 0, withKey.stderr);
    assert.doesNotMatch(withKey.stdout, /not shown/);
    const other = ["--pfx", "other/holdfast.pfx", "--password-file", "other/holdfast.password"];
    assert.equal((await run("keys", "create", "--out", "other")).code, 0);
    const stranger = await run(...words, ...other);
    assert.equal(stranger.code, 0, stranger.stderr);
    assert.match(stranger.stdout, /not shown/);
  });

  it("does nothing unasked", async () => {
    const { code, stderr } = await run("repo", "prune", ...repo, "--keep-last", "1");
    assert.equal(code, 2);
    assert.match(stderr, /--yes/);
    assert.equal((await listIds()).length, 3);
  });

  it("removes nothing without a rule", async () => {
    assert.equal((await run("repo", "prune", ...repo, "--yes")).code, 0);
    assert.equal((await run("repo", "prune", ...repo, "--keep-last", "0", "--yes")).code, 0);
    assert.equal((await listIds()).length, 3);
  });

  it("refuses to go below the floor", async () => {
    const ids = await listIds();
    const remove = ids.slice(0, 2).flatMap((id) => ["--remove", id]);
    const { code } = await run("repo", "prune", ...repo, ...remove, "--floor", "2", "--yes");
    assert.equal(code, 6);
    assert.equal((await listIds()).length, 3);
  });

  it("removes old backups and frees their space", async () => {
    const packs = listFiles(join(home, "store/holdfast/data")).length;
    const { code, stdout, stderr } = await run(
      ...["repo", "prune", ...repo, "--keep-last", "1", "--grace", "0", "--yes"],
      ...["--output", "json"],
    );
    assert.equal(code, 0, stderr);
    const [plan, summary] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    assert.equal((plan as { message_type: string }).message_type, "plan");
    const { removedBackups, deleted } = summary as { removedBackups: unknown[]; deleted: number };
    assert.equal(removedBackups.length, 2);
    assert.ok(deleted >= 6, stdout);
    assert.equal(listFiles(join(home, "store/holdfast/data")).length, packs - 2);
    assert.equal((await listIds()).length, 1);
    assert.equal((await run("repo", "verify", ...repo)).code, 0);
  });

  it("verifies a part at a time", async () => {
    for (const part of ["1/2", "2/2"])
      assert.equal((await run("repo", "verify", ...repo, "--subset", part)).code, 0);
    for (const part of ["3/2", "0/2", "1", "a/b"])
      assert.equal((await run("repo", "verify", ...repo, "--subset", part)).code, 2);
  });

  it("goes on without its cache, and stores nothing twice", async () => {
    const cache = join(home, ".cache/holdfast");
    assert.ok(fs.existsSync(cache));
    fs.rmSync(cache, { recursive: true });
    const words = ["repo", "backup", ...repo, "source", "--output", "json"];
    const { code, stdout } = await run(...words);
    assert.equal(code, 0);
    const { newBytes } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { newBytes: number };
    assert.equal(newBytes, 0);
    await restoreNewest("without cache");
  });

  it("makes a lost index anew from the packs", async () => {
    const index = join(home, "store/holdfast/index");
    for (const name of fs.readdirSync(index)) fs.rmSync(join(index, name));
    assert.equal((await run("repo", "verify", ...repo)).code, 8);
    const dry = await run("repo", "repair", ...repo, "--dry-run");
    assert.equal(dry.code, 8);
    assert.match(dry.stdout, /set aside: index\/[0-9a-f]{64} \(MissingObject\)/);
    assert.deepEqual(fs.readdirSync(index), []);
    const { code, stdout, stderr } = await run("repo", "repair", ...repo, "--yes");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /in 1 new index object$/m);
    assert.equal((await run("repo", "verify", ...repo)).code, 0);
    await restoreNewest("new index");
  });

  it("says that nothing is damaged", async () => {
    const { code, stdout } = await run("repo", "repair", ...repo, "--dry-run");
    assert.equal(code, 0);
    assert.match(stdout, /No damage/);
  });

  it("sets damage aside, and the next backup heals", async () => {
    const data = join(home, "store/holdfast/data");
    const [pack = ""] = listFiles(data);
    const path = join(data, pack);
    fs.chmodSync(path, 0o600);
    const bytes = fs.readFileSync(path);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    fs.writeFileSync(path, bytes);
    const dry = await run("repo", "repair", ...repo, "--dry-run");
    assert.equal(dry.code, 8);
    assert.match(dry.stdout, new RegExp(`set aside: data/${pack}`));
    const { code, stderr } = await run("repo", "repair", ...repo, "--yes");
    assert.equal(code, 0, stderr);
    assert.equal((await run("repo", "backup", ...repo, "source")).code, 0);
    await restoreNewest("back");
  });
});

/** Paths of all files below a folder. */
function listFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(join(folder, name)).isFile());
}
