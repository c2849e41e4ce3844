import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runCli, startCli, type CliRun } from "../support/run-cli.ts";

const oddName = Buffer.from("od\nd \u00e9 \\ '\"$(x)");
const rawName = Buffer.concat([Buffer.from("raw-"), Buffer.from([0xff, 0xfe])]);

describe("a repository from the command line", () => {
  let home: string;
  let source: string;
  const at = (name: string): string => join(home, name);
  const run = (...words: readonly string[]): Promise<CliRun> => runCli(home, words);
  const opener = ["--pfx", "keys/holdfast.pfx", "--password-file", "keys/holdfast.password"];

  before(async () => {
    home = fs.mkdtempSync(join(tmpdir(), "holdfast-cli-"));
    source = at("source");
    makeTree(source);
    assert.equal((await run("keys", "create", "--out", "keys")).code, 0);
    const init = await run("repo", "init", "--repo", "store", "--cert", "keys/holdfast.cer");
    assert.equal(init.code, 0, init.stderr);
    const backup = await run("repo", "backup", "--repo", "store", "tree=source");
    assert.equal(backup.code, 0, backup.stderr);
  });
  after(() => fs.rmSync(home, { recursive: true, force: true }));

  it("restores bytes, modes, times and links", async () => {
    const { code, stderr } = await run(
      ...["repo", "restore", "latest", "--repo", "store", "--target", "back", ...opener],
    );
    assert.equal(code, 0, stderr);
    assertSameTree(source, at("back/tree"));
  });

  it("keeps keys and password private", async () => {
    for (const name of ["keys/holdfast.pfx", "keys/holdfast.password", "keys/holdfast.cer"]) {
      assert.equal(fs.statSync(at(name)).mode & 0o777, 0o600);
    }
    const state = at(".local/state/holdfast");
    const [keysFile = ""] = fs.readdirSync(state);
    assert.equal(fs.statSync(join(state, keysFile)).mode & 0o777, 0o600);
  });

  it("never replaces a private key", async () => {
    const before = fs.readFileSync(at("keys/holdfast.pfx"));
    const { code, stderr } = await run("keys", "create", "--out", "keys");
    assert.equal(code, 2);
    assert.match(stderr, /is not replaced/);
    assert.deepEqual(fs.readFileSync(at("keys/holdfast.pfx")), before);
  });

  it("remembers each run before it starts", async () => {
    const state = at(".local/state/holdfast");
    const path = join(state, fs.readdirSync(state)[0] ?? "");
    const read = (): { fence: number; ledgerHead: { sequence: number } } =>
      JSON.parse(fs.readFileSync(path, "utf8")) as never;
    const earlier = read();
    assert.equal((await run("repo", "backup", "--repo", "store", "tree=source")).code, 0);
    assert.equal(read().fence, earlier.fence + 1);
    assert.equal(read().ledgerHead.sequence, earlier.ledgerHead.sequence + 1);
  });

  it("lists as JSON for programs", async () => {
    const { code, stdout } = await run("repo", "list", "--repo", "store", "--output", "json");
    assert.equal(code, 0);
    const backups = JSON.parse(stdout) as { status: string; signature: string }[];
    assert.ok(backups.length >= 1);
    assert.ok(backups.every((backup) => backup.signature === "trusted"));
  });

  it("reports a backup as JSON lines", async () => {
    const { code, stdout } = await run(
      ...["repo", "backup", "--repo", "store", "tree=source", "--output", "json"],
    );
    assert.equal(code, 0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(lines.at(-1)?.["message_type"], "summary");
    assert.equal(lines.at(-1)?.["status"], "Succeeded");
  });

  it("says which key it believed", async () => {
    const words = ["repo", "list", "--repo", "store"];
    const elsewhere = fs.mkdtempSync(join(tmpdir(), "holdfast-cli-"));
    const list = (...more: string[]): Promise<CliRun> =>
      runCli(home, [...words, ...more], { environment: { XDG_STATE_HOME: elsewhere } });
    const believing = await list();
    const id = /was believed: ([0-9a-f]{64})/.exec(believing.stderr)?.[1] ?? "";
    assert.equal(believing.code, 0);
    assert.equal(id.length, 64);
    const trusting = await list("--trust", id);
    assert.equal(trusting.code, 0);
    assert.doesNotMatch(trusting.stderr, /believed/);
    assert.equal((await list("--trust", "0".repeat(64))).code, 8);
    fs.rmSync(elsewhere, { recursive: true });
  });

  it("refuses a wrong password with code 8", async () => {
    const { code, stdout, stderr } = await runCli(
      home,
      [
        "repo",
        "restore",
        "latest",
        "--repo",
        "store",
        "--target",
        "w1",
        "--pfx",
        "keys/holdfast.pfx",
        "--password-stdin",
      ],
      { stdin: "wrong horse\n" },
    );
    assert.equal(code, 8);
    assert.match(stderr, /WrongPfxPassword/);
    assert.doesNotMatch(stdout + stderr, /wrong horse/);
    assert.ok(!fs.existsSync(at("w1")));
  });

  it("refuses another private key with code 8", async () => {
    assert.equal((await run("keys", "create", "--out", "keys", "--name", "other")).code, 0);
    const { code } = await run(
      ...["repo", "restore", "latest", "--repo", "store", "--target", "w2"],
      ...["--pfx", "keys/other.pfx", "--password-file", "keys/other.password"],
    );
    assert.equal(code, 8);
    assert.ok(!fs.existsSync(at("w2")));
  });

  it("refuses a target that is not empty", async () => {
    fs.mkdirSync(at("full"));
    fs.writeFileSync(at("full/mine"), "precious");
    const { code } = await run(
      ...["repo", "restore", "latest", "--repo", "store", "--target", "full", ...opener],
    );
    assert.equal(code, 6);
    assert.deepEqual(fs.readdirSync(at("full")), ["mine"]);
  });

  it("says that there is no repository", async () => {
    fs.mkdirSync(at("nothing"));
    const { code, stderr } = await run("repo", "list", "--repo", "nothing");
    assert.equal(code, 5);
    assert.match(stderr, /RepositoryNotFound/);
  });

  it("refuses an unknown backup and role", async () => {
    const words = ["--repo", "store", "--target", "w3", ...opener];
    const none = "00000000-0000-4000-8000-000000000000";
    assert.equal((await run("repo", "restore", none, ...words)).code, 5);
    assert.equal((await run("repo", "restore", "latest", ...words, "--role", "x")).code, 5);
  });

  it("refuses a repository whose keys are elsewhere", async () => {
    const { code, stderr } = await run(
      ...["repo", "init", "--repo", "store", "--cert", "keys/holdfast.cer", "--keys", "new.json"],
    );
    assert.equal(code, 6);
    assert.match(stderr, /RepositoryExists/);
    assert.ok(!fs.existsSync(at("new.json")));
  });

  for (const { required, word, expected } of [
    { required: false, word: "partial when an optional role fails", expected: 3 },
    { required: true, word: "failed when a required role fails", expected: 1 },
  ]) {
    it(`ends ${word}`, async () => {
      fs.writeFileSync(
        at("roles.yaml"),
        `roles:
  - { name: tree, adapter: directory, settings: { path: ${source} } }
  - { name: gone, required: ${required}, adapter: directory, settings: { path: ${at("gone")} } }
`,
      );
      const { code, stdout } = await run(
        ...["repo", "backup", "--repo", "store", "--config", "roles.yaml"],
      );
      assert.equal(code, expected);
      assert.match(stdout, /gone: Failed/);
    });
  }

  it("A86: stops on Ctrl-C and works again", async () => {
    fs.writeFileSync(
      at("slow.yaml"),
      "- { name: slow, adapter: command, settings: { command: sleep, args: ['60'], allowEmpty: true } }\n",
    );
    const child = startCli(home, ["repo", "backup", "--repo", "store", "--config", "slow.yaml"]);
    const locks = at("store/holdfast/locks");
    const held = fs.readdirSync(locks).length;
    const closed = once(child, "close");
    const deadline = Date.now() + 10_000;
    const isRunning = (): boolean =>
      fs
        .readdirSync(locks)
        .some((name) => !fs.existsSync(join(locks, `${name}-released`)) && /^\d+$/.test(name));
    while (!isRunning() && Date.now() < deadline) await sleep(20);
    assert.ok(held >= 1 && isRunning());
    child.kill("SIGINT");
    const [code] = (await closed) as [number];
    assert.equal(code, 130);
    assert.equal((await run("repo", "backup", "--repo", "store", "tree=source")).code, 0);
  });

  it("finds, names and never restores damage", async () => {
    const copy = at("damaged");
    fs.cpSync(at("store"), copy, { recursive: true });
    const packs = fs
      .readdirSync(join(copy, "holdfast/data"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile());
    for (const pack of packs) flipByte(join(pack.parentPath, pack.name), 200);
    const verify = await run("repo", "verify", "--repo", "damaged", "--output", "json");
    assert.equal(verify.code, 8);
    const report = JSON.parse(verify.stdout.trim().split("\n").at(-1) ?? "") as {
      findings: { object: string; backups: string[] }[];
    };
    for (const pack of packs) {
      assert.ok(
        report.findings.some(({ object }) => object.endsWith(pack.name)),
        pack.name,
      );
    }
    assert.ok(report.findings.every((finding) => finding.backups.length > 0));
    const restore = await run(
      ...["repo", "restore", "latest", "--repo", "damaged", "--target", "w4", ...opener],
    );
    assert.equal(restore.code, 8);
    assert.ok(!fs.existsSync(at("w4/tree/large")));
  });

  it("verifies without and with the key", async () => {
    const plain = await run("repo", "verify", "--repo", "store");
    assert.equal(plain.code, 0, plain.stderr);
    assert.match(plain.stdout, /No damage/);
    const deep = await run("repo", "verify", "--repo", "store", "--depth", "content", ...opener);
    assert.equal(deep.code, 0, deep.stderr);
    assert.equal((await run("repo", "verify", "--repo", "store", "--depth", "content")).code, 2);
  });
});

function makeTree(root: string): void {
  fs.mkdirSync(join(root, "deep/er"), { recursive: true });
  fs.mkdirSync(join(root, "empty"), { mode: 0o750 });
  fs.writeFileSync(join(root, "deep/er/text"), "some text\n", { mode: 0o640 });
  fs.writeFileSync(join(root, "none"), "");
  fs.writeFileSync(join(root, "large"), Buffer.alloc(300_000, "0123456789abcde"));
  fs.linkSync(join(root, "large"), join(root, "deep/same"));
  fs.symlinkSync("../none", join(root, "deep/link"));
  fs.symlinkSync("/no/where", join(root, "dangling"));
  for (const name of [oddName, rawName]) {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), "odd");
  }
  fs.utimesSync(join(root, "deep/er/text"), 1_600_000_000.25, 1_600_000_000.25);
  fs.utimesSync(join(root, "empty"), 1_500_000_000, 1_500_000_000);
}

function assertSameTree(one: string, other: string): void {
  const names = listTree(one);
  assert.deepEqual(listTree(other), names);
  for (const name of names) {
    const path = (root: string): Buffer => Buffer.from(`${root}/${name}`, "latin1");
    const [stats, copy] = [fs.lstatSync(path(one)), fs.lstatSync(path(other))];
    assert.equal(copy.mode, stats.mode, name);
    assert.ok(Math.abs(copy.mtimeMs - stats.mtimeMs) < 0.001, name);
    if (stats.isSymbolicLink()) {
      assert.equal(fs.readlinkSync(path(other)), fs.readlinkSync(path(one)));
    } else if (stats.isFile()) {
      assert.ok(fs.readFileSync(path(other)).equals(fs.readFileSync(path(one))), name);
    }
  }
  assert.equal(fs.statSync(join(other, "deep/same")).ino, fs.statSync(join(other, "large")).ino);
}

/** Paths below a folder: raw bytes, as latin1. */
function listTree(root: string, below = ""): string[] {
  const folder = Buffer.from(`${root}/${below}`, "latin1");
  const names = fs
    .readdirSync(folder, { encoding: "buffer" })
    .map((name) => name.toString("latin1"));
  return names.toSorted().flatMap((name) => {
    const path = below === "" ? name : `${below}/${name}`;
    const stats = fs.lstatSync(Buffer.from(`${root}/${path}`, "latin1"));
    return [path, ...(stats.isDirectory() ? listTree(root, path) : [])];
  });
}

function flipByte(path: string, at: number): void {
  fs.chmodSync(path, 0o600);
  const file = fs.openSync(path, "r+");
  const byte = Buffer.alloc(1);
  fs.readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  fs.writeSync(file, byte, 0, 1, at);
  fs.closeSync(file);
}
