import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes } from "../../src/cli/exit-code.ts";
import type { KeysFile } from "../../src/cli/keys-file.ts";
import { acquireLease } from "../../src/engine/lease.ts";
import { readConfig } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { createHost } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { runCli, startCli, type CliRun } from "../support/run-cli.ts";
import { waitForFile } from "../support/wait-for-file.ts";

/** With HOLDFAST_EVERY=1 ten times as many. */
const rounds = process.env["HOLDFAST_EVERY"] === "1" ? 10 : 1;

describe("two commands on one repository at once", { timeout: rounds * 600_000 }, () => {
  let home = "";
  const repo = ["--repo", "store"];
  const opener = ["--pfx", "keys/holdfast.pfx", "--password-file", "keys/holdfast.password"];
  const certificate = ["--cert", "keys/holdfast.cer"];
  const backup = ["repo", "backup", ...repo, "--no-cache"];
  const prune = ["repo", "prune", ...repo, "--keep-last", "2", "--grace", "0", "--yes"];
  const run = async (...words: string[]): Promise<CliRun> => {
    const ended = await runCli(home, words);
    assert.equal(ended.code, 0, `${words.join(" ")}: ${ended.stderr}`);
    return ended;
  };

  before(async () => {
    home = fs.mkdtempSync(join(tmpdir(), "holdfast-cli-"));
    for (const name of ["one", "two"]) {
      fs.mkdirSync(join(home, name));
      fs.writeFileSync(join(home, name, "same"), someContent(200_000, "same"));
      fs.writeFileSync(join(home, name, "own"), someContent(300_000, name));
    }
    await run("keys", "create", "--out", "keys");
    await run("repo", "init", ...repo, ...certificate);
    // A second installation, which knows the same keys.
    const [file = ""] = fs
      .readdirSync(join(home, ".local/state/holdfast"))
      .filter((name) => name.endsWith(".json"));
    const keys = JSON.parse(
      fs.readFileSync(join(home, ".local/state/holdfast", file), "utf8"),
    ) as object;
    const other = { ...keys, installationId: "11111111-1111-4111-8111-111111111111" };
    fs.writeFileSync(join(home, "other.json"), JSON.stringify(other), { mode: 0o600 });
    await run(...backup, "one");
  });
  after(() => fs.rmSync(home, { recursive: true, force: true }));

  const pairs: readonly (readonly [string, string[], string[]])[] = [
    ["two backups", [...backup, "one"], [...backup, "two"]],
    [
      "backups of two installations",
      [...backup, "one"],
      [...backup, "--keys", "other.json", "two"],
    ],
    ["a backup and a prune", [...backup, "two"], prune],
    ["two prunes", prune, [...prune, "--keys", "other.json"]],
    ["a backup and a check", [...backup, "one"], ["repo", "verify", ...repo]],
    [
      "a prune and a restore",
      prune,
      ["repo", "restore", "latest", ...repo, ...opener, "--target", "back"],
    ],
  ];
  for (const [number, [title, first, second]] of pairs.entries()) {
    it(`${title}: each ends well or by name, and all that is left is sound`, async () => {
      for (let round = 0; round < rounds; round += 1) {
        const seed = number * 31 + round;
        fs.rmSync(join(home, "back"), { recursive: true, force: true });
        const isReading = second[1] === "verify" || second[1] === "restore";
        // A prune must see the newest backup that its own keys remember, or the tombstone of it: both are among the last two.
        if (first === prune && !isReading)
          for (const keys of [[], ["--keys", "other.json"]]) await run(...backup, ...keys, "one");
        // Only one of our own installation is killed: the lease of a dead stranger has to run out.
        const ends = await Promise.all([
          disturb(startCli(home, first), seed, true),
          disturb(startCli(home, second), seed + 7, !second.includes("--keys")),
        ]);
        checkEnds(ends, isReading, title);
        await run("repo", "verify", ...repo, "--depth", "content", ...opener);
      }
    });
  }

  describe("with the same keys", () => {
    const held = ["repo", "backup", ...repo, "--no-cache", "--config", "held.json"];
    const path = (name: string): string => join(home, name);
    const keysFiles = (): string[] =>
      fs.readdirSync(path(".local/state/holdfast")).map((name) => `.local/state/holdfast/${name}`);
    const readKeys = (): KeysFile => {
      const file = keysFiles().find((name) => name.endsWith(".json")) ?? "";
      return JSON.parse(fs.readFileSync(path(file), "utf8")) as KeysFile;
    };

    before(() => {
      const script = `touch ${path("reached")}; while [ -e ${path("hold")} ]; do sleep 0.05; done; echo`;
      const settings = { command: "sh", args: ["-c", script] };
      fs.writeFileSync(
        path("held.json"),
        JSON.stringify({ roles: [{ name: "slow", adapter: "command", settings }] }),
      );
    });

    /** A backup that has the lease and waits until the file `hold` is removed. */
    async function startHeld(): Promise<ReturnType<typeof startCli>> {
      fs.writeFileSync(path("hold"), "");
      fs.rmSync(path("reached"), { force: true });
      const child = startCli(home, held);
      child.stdout.resume();
      child.stderr.resume();
      await waitForFile(path("reached"));
      return child;
    }

    it("the second is refused while the first is at work, and the first ends well", async () => {
      const first = await startHeld();
      const closed = once(first, "close");
      const before = readKeys();
      for (const words of [
        [...backup, "one"],
        ["repo", "init", ...repo, ...certificate],
      ]) {
        const second = await runCli(home, words);
        assert.equal(second.code, exitCodes.busy, `${words.join(" ")}: ${second.stderr}`);
        assert.match(second.stderr, /Another command is at work with the keys .*StoreLocked/);
      }
      await run("repo", "verify", ...repo);
      assert.deepEqual(readKeys(), before);
      fs.rmSync(path("hold"));
      assert.deepEqual(await closed, [0, null]);
      assert.equal(readKeys().fence, before.fence);
      const { stdout } = await run("repo", "list", ...repo, "--output", "json");
      assert.ok(stdout.includes(readKeys().ledgerHead?.backupId ?? "?"));
      await run(...backup, "one");
    });

    it("the second goes on at once where the first was killed", async () => {
      const first = await startHeld();
      const closed = once(first, "close");
      first.kill("SIGKILL");
      await closed;
      fs.rmSync(path("hold"));
      await run(...backup, "one");
    });

    it("a copy of them counts as another installation's", async () => {
      const first = await startHeld();
      const closed = once(first, "close");
      // Of a later number: within one installation it would take the lease at once.
      const copied = { ...readKeys(), fence: readKeys().fence + 5 };
      fs.writeFileSync(path("copied.json"), JSON.stringify(copied), { mode: 0o600 });
      const second = await runCli(home, [...backup, "--keys", "copied.json", "one"]);
      assert.equal(second.code, exitCodes.busy, second.stderr);
      assert.match(second.stderr, /Another writer holds the repository/);
      fs.rmSync(path("hold"));
      assert.deepEqual(await closed, [0, null]);
      await run(...backup, "--keys", "copied.json", "one");
    });
  });

  it("a copy waits for another into the same target", async () => {
    fs.mkdirSync(join(home, "target"));
    const target = await openLocalStore({ path: join(home, "target") });
    const { repositoryId } = await readConfig(await openLocalStore({ path: join(home, "store") }));
    const owner = { installationId: repositoryId, jobFence: Date.now() - 60_000 };
    const lease = await acquireLease(target, owner, createHost());
    const copy = ["repo", "copy", "--from", "store", "--to", "target"];
    const refused = await runCli(home, copy);
    assert.equal(refused.code, exitCodes.busy, refused.stderr);
    assert.match(refused.stderr, /StoreLocked/);
    await lease.assertHeld();
    await lease.release();
    await run(...copy);
    await run("repo", "verify", "--repo", "target");
  });

  it("leave a repository in which the next command of each kind works", async () => {
    await run(...prune);
    for (const name of ["one", "two"]) {
      await run(...backup, name);
      fs.rmSync(join(home, "back"), { recursive: true, force: true });
      await run("repo", "restore", "latest", ...repo, ...opener, "--target", "back");
      for (const file of ["same", "own"]) {
        const path = join(name, file);
        const restored = fs.readFileSync(join(home, "back", path));
        assert.ok(restored.equals(fs.readFileSync(join(home, path))), path);
      }
    }
  });

  function checkEnds(ends: readonly End[], isReading: boolean, title: string): void {
    for (const [index, { code, stderr }] of ends.entries()) {
      const label = `${title} ${index}: ${code}: ${stderr}`;
      const isWriter = index === 0 || !isReading;
      const allowed: (number | string)[] = [exitCodes.done, "SIGKILL"];
      if (isWriter) allowed.push(exitCodes.busy);
      assert.ok(allowed.includes(code), label);
      assert.doesNotMatch(stderr, /Internal|TypeError|CorruptObject|MissingObject/, label);
    }
  }
});

interface End {
  readonly code: number | string;
  readonly stderr: string;
}

/** Stops and continues a process at odd moments, and kills some. */
async function disturb(
  child: ReturnType<typeof startCli>,
  seed: number,
  mayDie: boolean,
): Promise<End> {
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.resume();
  child.stdin.end();
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  const ended = closed.then(([code, signal]) => ({ code: code ?? signal ?? "", stderr }));
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  for (let turn = 0; turn < 4 && !isGone(); turn += 1) {
    await Promise.race([ended, sleep(chance(seed, turn) % 350)]);
    child.kill("SIGSTOP");
    await Promise.race([ended, sleep(chance(seed, turn + 10) % 250)]);
    child.kill("SIGCONT");
  }
  if (mayDie && seed % 3 === 0) child.kill("SIGKILL");
  return ended;
}

/** The same numbers in every run. */
function chance(seed: number, turn: number): number {
  return someContent(4, `${seed} ${turn}`).readUInt32LE();
}
