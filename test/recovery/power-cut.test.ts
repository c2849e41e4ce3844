import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Survival } from "../support/crash-file-system.ts";
import {
  chanceOf,
  checkCopy,
  checkPromised,
  checkRestores,
  distinct,
  liveThrough,
  worldAt,
  type CrashWorld,
  type Moment,
} from "../support/crash-scenario.ts";

// With HOLDFAST_EVERY=1 every moment is tried in every way, of those that leave the same only one; without, those that
// differ in kind.
const isEvery = process.env["HOLDFAST_EVERY"] === "1";
const limits = { timeout: isEvery ? 3_600_000 : 240_000 };

describe("a power cut after any change to the disk", limits, () => {
  let moments: readonly Moment[] = [];
  before(async () => {
    moments = await liveThrough(true);
  });

  it("loses nothing that was promised", async () => {
    assert.ok(moments.length > 600, `${moments.length} moments`);
    const chance = ({ label }: Moment): Survival => chanceOf(label);
    // Without what was not synced, the disk is another one only after a sync.
    const syncs = moments.filter(({ call }, at) => call === "sync" && at % 2 === 0);
    const others = moments.filter((_, at) => at % 12 === 5);
    await forEach(isEvery ? distinct(moments, () => allLost) : syncs, (moment) =>
      checkCut(moment, allLost),
    );
    await forEach(isEvery ? distinct(moments, chance) : others, (moment) =>
      checkCut(moment, chance(moment)),
    );
  });

  it("leaves a repository that goes on", async () => {
    const chosen = isEvery
      ? distinct(moments, ({ label }) => chanceOf(label))
      : chooseOnePerKind(moments, ["mkdir", "link", "unlink"], 5);
    assert.ok(chosen.length >= 8);
    await forEach(chosen, async (moment) => {
      const world = worldAt(moment, chanceOf(moment.label));
      await goOn(world, moment);
      await checkEnd(world, moment);
    });
  });
});

describe("kill -9 in the middle, the next run, and then a power cut", limits, () => {
  for (const [title, hasLinks, calls] of [
    ["", true, ["link"]],
    [" on a mount without links", false, ["rename", "unlink"]],
  ] as const) {
    it(`lose nothing that the next run promised${title}`, async () => {
      const moments = await liveThrough(hasLinks);
      const chosen = isEvery
        ? distinct(moments, () => undefined)
        : chooseOnePerKind(moments, calls, 3);
      assert.ok(chosen.length >= 8);
      await forEach(chosen, async (moment) => {
        // Everything is there for the next process to see, though not all of it is synced.
        const killed = worldAt(moment, undefined);
        await goOn(killed, moment);
        const { promised, disk, clock } = killed;
        const after = worldAt({ ...moment, promised, disk, now: clock.now() }, allLost, 3000);
        await checkEnd(after, moment);
      });
    });
  }
});

const allLost: Survival = () => "lost";

/** Two at a time: each waits for its threads most of the time. Where there are many, tells how far it is. */
async function forEach(
  moments: readonly Moment[],
  check: (moment: Moment) => Promise<void>,
): Promise<void> {
  const queue = moments.entries();
  const runLane = async (): Promise<void> => {
    for (const [at, moment] of queue) {
      if (isEvery && at % 50 === 0) process.stderr.write(`${at} of ${moments.length}\n`);
      await check(moment);
    }
  };
  await Promise.all([runLane(), runLane()]);
}

/** What the caller does next: the same once more, then a backup. */
async function goOn(world: CrashWorld, { action, label }: Moment): Promise<void> {
  const fail = (error: unknown): never => assert.fail(`${label}: next: ${String(error)}`);
  await repeat(world, action).catch(fail);
  if (action !== "copy") await world.backup(90).catch(fail);
}

async function repeat(world: CrashWorld, action: string): Promise<void> {
  const number = /^backup (\d+)$/.exec(action)?.[1];
  if (number !== undefined) return world.backup(Number(number));
  if (action === "repair") return world.repair();
  if (action === "copy") return world.copy();
  // A prune whose tombstone is not there has not happened: it is asked for again.
  if (action.startsWith("prune")) return world.pruneAllBut([...world.promised.backups.keys()]);
  await world.prepare();
}

async function checkEnd(world: CrashWorld, { action, label }: Moment): Promise<void> {
  await checkPromised(world, label);
  if (action === "copy") await checkCopy(world, label);
  else await checkRestores(world, [90], label);
}

async function checkCut(moment: Moment, survival: Survival): Promise<void> {
  if (moment.action === "init") return;
  await checkPromised(worldAt(moment, survival), moment.label);
}

/** Of each kind of action, call and folder one moment, when a name was just given or taken; of these every nth. */
function chooseOnePerKind(
  moments: readonly Moment[],
  calls: readonly string[],
  nth: number,
): Moment[] {
  const kinds = new Map<string, Moment>();
  for (const moment of moments) {
    const { action, call, path } = moment;
    const [, store = "", , folder = "", ...more] = path.split("/");
    if (!calls.includes(call) || folder === ".parts" || folder.startsWith("probe-")) continue;
    const place = `${store} ${folder} ${more.length}`;
    kinds.set(`${action.replace(/ \d+$/, "")} ${call} ${place}`, moment);
  }
  return [...kinds.values()].filter((_, index) => index % nth === 0);
}
