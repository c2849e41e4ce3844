import assert from "node:assert/strict";
import { once } from "node:events";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes } from "../../src/cli/exit-code.ts";
import { someContent } from "../support/odd-tree.ts";
import { runCli, startCli, type CliRun } from "../support/run-cli.ts";

/** With HOLDFAST_EVERY=1 ten times as many. */
const rounds = process.env["HOLDFAST_EVERY"] === "1" ? 10 : 1;

describe("two commands on one repository at once", { timeout: 600_000 }, () => {
  let home = "";
  const repo = ["--repo", "store"];
  const opener = ["--pfx", "keys/holdfast.pfx", "--password-file", "keys/holdfast.password"];
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
    await run("repo", "init", ...repo, "--cert", "keys/holdfast.cer");
    // A second installation, which knows the same keys.
    const [file = ""] = fs.readdirSync(join(home, ".local/state/holdfast"));
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
