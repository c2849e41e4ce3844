import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { BackupRole } from "../../src/engine/backup/options.ts";
import { anEntry, aRole, aSource, backupIdOf } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { PruneWorld } from "../support/prune-world.ts";
import { withTempFolder } from "../support/temp-folder.ts";

/** Bytes of a file: one chunk, which does not compress. */
const fileBytes = 12_000;
/** A pack's header, footer and seals, and the chunks of a tree in it. */
const overheadBytes = 6_000;
/** Backups that stay after each prune. */
const kept = 2;

/** One run: how many files that come to stay, how many that are gone at the next, and which of the staying go. */
interface Step {
  readonly stay: number;
  readonly pass: number;
  readonly go: readonly number[];
}

const someStep: fc.Arbitrary<Step> = fc.record({
  stay: fc.integer({ min: 0, max: 2 }),
  pass: fc.integer({ min: 0, max: 8 }),
  go: fc.array(fc.nat(100), { maxLength: 1 }),
});

/** Every pack keeps one file of seven: without moving, all of them would have to stay. */
const worstLife: readonly Step[] = Array.from({ length: 12 }, () => ({
  stay: 1,
  pass: 6,
  go: [],
}));

interface Played {
  /** After each step: bytes of packs in the store, and the most that may be. */
  readonly sizes: readonly { readonly stored: number; readonly bound: number }[];
}

async function play(steps: readonly Step[], avoidBelow: number): Promise<Played> {
  const world = await PruneWorld.create(`space ${avoidBelow}`);
  const sizes: Played["sizes"][number][] = [];
  await withTempFolder(async (cacheDirectory) => {
    let staying: readonly string[] = [];
    const added: number[] = [];
    for (const [at, { stay, pass, go }] of steps.entries()) {
      const leaving = new Set(go.map((pick) => staying[pick % Math.max(1, staying.length)]));
      staying = staying.filter((name) => !leaving.has(name));
      const fresh = Array.from({ length: stay }, (_, number) => `stays ${at} ${number}`);
      const passing = Array.from({ length: pass }, (_, number) => `passes ${at} ${number}`);
      staying = [...staying, ...fresh];
      const names = [...staying, ...passing, "always"].toSorted();
      await world.repository.backup(at + 1, [aRoleOf(names)], {
        fence: at * 10 + 1,
        cacheDirectory,
        avoidBelow,
      });
      added.push(fresh.length + passing.length);
      await removeOld(world, at + 1, at * 10 + 2, cacheDirectory);
      const stored = world
        .names("data/")
        .reduce((sum, name) => sum + (world.objects.get(name)?.bytes.length ?? 0), 0);
      // Twice what stays, what the kept runs and the one before them added, and what each pack has around it.
      const recent = added.slice(-kept - 1).reduce((sum, count) => sum + count, 0);
      const bound =
        2 * (staying.length + 1) * fileBytes * 1.05 +
        recent * 2 * fileBytes +
        world.names("data/").length * overheadBytes;
      sizes.push({ stored, bound });
    }
    const { findings } = await world.repository.verify({ depth: "content" });
    assert.deepEqual(findings, []);
    for (const number of world.names("backups/").map((_, back) => steps.length - back))
      await world.repository.restore(number, `${cacheDirectory}/restored ${number}`);
  });
  return { sizes };
}

async function removeOld(
  world: PruneWorld,
  newest: number,
  jobFence: number,
  cacheDirectory: string,
): Promise<void> {
  const remove = newest > kept ? [newest - kept] : [];
  const plan = await world.plan(remove, { graceMilliseconds: 0 });
  const owner = { installationId: "an installation", jobFence };
  await world.execute(plan, { owner, cacheDirectory });
  const left = world.names("backups/");
  assert.ok(left.includes(`backups/${backupIdOf(newest)}`));
  assert.equal(left.length, Math.min(newest, kept));
}

/** A role with one stream for each name. */
function aRoleOf(names: readonly string[]): BackupRole {
  const entries = [
    anEntry("", { type: "directory" }),
    ...names.map((name) => anEntry(name, { type: "stream" })),
  ];
  return aRole("files", () =>
    aSource(entries, async function* ({ path }) {
      yield someContent(fileBytes, path);
    }),
  );
}

describe("the space a repository takes", { timeout: 240_000 }, () => {
  it("stays within twice what is needed where every pack keeps a little", async () => {
    const { sizes } = await play(worstLife, 0.5);
    for (const [step, { stored, bound }] of sizes.entries())
      assert.ok(stored <= bound, `step ${step}: ${stored} of ${bound}`);
  });

  it("would grow beyond it if every pack were relied on", async () => {
    const { sizes } = await play(worstLife, 0);
    const { stored, bound } = sizes.at(-1) ?? assert.fail();
    assert.ok(stored > bound, `${stored} of ${bound}`);
  });

  it("stays bounded over any life", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { minLength: 6, maxLength: 9 }), async (steps) => {
        const { sizes } = await play(steps, 0.5);
        for (const [step, { stored, bound }] of sizes.entries())
          assert.ok(stored <= bound, `step ${step}: ${stored} of ${bound}`);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});
