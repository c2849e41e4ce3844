import assert from "node:assert/strict";
import { AppError } from "../../src/base/errors.ts";
import { createProvider, type BackupProvider } from "../../src/provider/manifest.ts";
import { nextBackupTimeOf } from "../../src/provider/records/location-schedule.ts";
import type { Backup, BackupLocation } from "../../src/provider/model.ts";
import type { ScheduleRecord } from "../../src/provider/records/schedule-records.ts";
import { aGate } from "./provider-steps.ts";
import { aModernLocation } from "./provider-server.ts";
import { locationPath, type ProviderWorld, withProviderWorld } from "./provider-world.ts";
import { waitUntil } from "./worker-world.ts";
import {
  applyBackup,
  applyPrune,
  dueTick,
  expectAct,
  expectNextRun,
  type ModelRule,
  tickAfter,
  type YearModel,
} from "./year-model.ts";

const minute = 60_000;
const hour = 60 * minute;
const key = locationPath.toLowerCase();
const apiVersion = "2026-12-01";
const start = Date.parse("2026-03-02T12:00:00Z");
const days = Number(process.env["HOLDFAST_TEST_DAYS"] ?? 366);
const yearEnd = start + days * 24 * hour;

/** The real scheduler, retention, jobs and state over an engine that does as told; the model goes beside it. */
interface Year {
  readonly world: ProviderWorld;
  /** A second instance over the same state. */
  readonly other: BackupProvider;
  readonly model: YearModel;
  readonly chance: () => number;
  readonly counts: Record<string, number>;
  /** Lets go of a backup that somebody asked for and that goes on. */
  held: { readonly id: string; readonly release: () => void } | undefined;
  outcome: "good" | "partial" | "failed";
}

/**
 * Lives through the year and prints what happened. A process of its own: within a test, Node follows every promise there
 * is, which costs more than the year.
 */
async function liveThrough(seed: number): Promise<void> {
  await withProviderWorld(
    async (world) => {
      const year = await begin(world, seed);
      try {
        while (world.clock.now() < yearEnd) await live(year);
      } catch (error) {
        throw new Error(`Seed ${seed}, ${new Date(world.clock.now()).toISOString()}`, {
          cause: error,
        });
      }
      const acts = ["run", "prune", "failed"];
      // What is rarer may stay away from a year.
      if (days >= 366) acts.push("move", "pin", "restart");
      for (const act of acts)
        assert.ok((year.counts[act] ?? 0) > 0, `${act} never happened: seed ${seed}`);
      process.stdout.write(`${JSON.stringify({ seed, ...year.counts })}\n`);
    },
    // A backup that is held goes on for hours: nobody needs its heartbeats.
    { pollMilliseconds: 1e12, leaseSeconds: 1e7, maxBeatMilliseconds: 1e9 },
  );
}

async function begin(world: ProviderWorld, seed: number): Promise<Year> {
  const schedule = { isEnabled: true, frequencyInHours: 12 };
  const retention = { periodInDays: 3, daily: 6, weekly: 4 };
  const body = aModernLocation({ schedule, retention });
  await world.finish(await world.accept("PUT", locationPath, { apiVersion, body }));
  const model: YearModel = {
    tick: start + 12 * hour,
    decidedAt: start,
    rule: { kind: "every", hours: 12 },
    isEnabled: true,
    pausedUntil: 0,
    window: undefined,
    blackout: undefined,
    days: 3,
    daily: 6,
    weekly: 4,
    backups: [],
    empties: new Map(),
    pins: new Set(),
    // The location began with other rules.
    retentionAt: start + hour,
    pruneAt: undefined,
    markedAt: undefined,
  };
  const year: Year = {
    world,
    other: createProvider(world.deps),
    model,
    chance: createChance(seed),
    counts: {},
    held: undefined,
    outcome: "good",
  };
  world.engine.behavior = {
    record: (record) =>
      year.outcome === "partial" ? { ...record, status: "PartialSucceeded" } : record,
  };
  return year;
}

/** A look at the clock, and with some luck a mishap before it. */
async function live(year: Year): Promise<void> {
  const { world, chance, counts } = year;
  await world.clock.advance(Math.ceil(chance() * 300) * minute);
  const happens = (share: number): boolean => chance() < share;
  if (happens(0.005) && year.held === undefined)
    await world.clock.advance(Math.ceil(chance() * 60) * hour);
  if (happens(0.01)) await shiftClock(year);
  if (happens(0.01)) await restart(year);
  if (happens(0.03) && year.held === undefined) await askForBackup(year);
  else if (year.held !== undefined && happens(0.5)) await endHeldBackup(year);
  if (happens(0.02) && year.held === undefined) await changeSchedule(year);
  if (happens(0.01)) await changePin(year);
  await look(year);
  await compare(year);
  if (happens(0.2)) await compareBackups(year);
  if (happens(0.01)) await world.provider.runUpkeep();
  counts["look"] = (counts["look"] ?? 0) + 1;
}

function count({ counts }: Year, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

async function look(year: Year): Promise<void> {
  const { world, model } = year;
  const now = world.clock.now();
  const act = expectAct(model, now, year.held !== undefined);
  count(year, act.kind);
  if (act.kind === "move") {
    await world.provider.runScheduler();
    model.tick = Math.min(model.tick, tickAfter(model.rule, model.tick, now));
    model.decidedAt = now;
    return;
  }
  year.outcome = drawOutcome(year);
  const isPruneFailing = year.chance() < 0.1;
  const before = act.kind === "run" ? await listBackups(world) : [];
  const known = new Set(before.map(({ id }) => id));
  const due = dueTick(model);
  await lookTwice(year, isPruneFailing, act.kind === "run" || act.kind === "prune");
  if (act.kind === "prune") applyPrune(model, now, isPruneFailing);
  if (act.kind !== "run" && act.kind !== "skip") return;
  model.tick = tickAfter(model.rule, due, now);
  model.decidedAt = now;
  const at = new Date(now).toISOString();
  const record = await world.store.get<ScheduleRecord>("scheduleRecord", `${key}#${at}`);
  assert.equal(record?.value.outcome, act.kind === "run" ? "started" : "skipped");
  assert.equal(record.value.tick, new Date(due).toISOString());
  if (act.kind === "skip") return;
  const fresh = (await listBackups(world)).filter(({ id }) => !known.has(id));
  assert.equal(fresh.length, 1);
  const made = fresh[0] ?? assert.fail("No backup");
  assert.equal(made.isAutomatic, true);
  applyBackup(model, made.id, now, year.outcome);
  if (year.outcome === "failed") count(year, "failed");
}

/** Two instances look at once; what they start ends after both have looked. */
async function lookTwice(year: Year, isPruneFailing: boolean, isBusy: boolean): Promise<void> {
  const { world } = year;
  const gate = aGate();
  setFaults(year, isPruneFailing, gate.opened);
  await Promise.all([world.provider.runScheduler(), year.other.runScheduler()]);
  gate.open();
  if (isBusy) await settle(year);
}

function drawOutcome({ chance }: Year): Year["outcome"] {
  const drawn = chance();
  return drawn < 0.1 ? "failed" : drawn < 0.2 ? "partial" : "good";
}

function setFaults(year: Year, isPruneFailing: boolean, begin: Promise<void>): void {
  const { world } = year;
  const { record } = world.engine.behavior;
  world.engine.behavior = {
    ...(record === undefined ? {} : { record }),
    backup: async () => {
      await begin;
      if (year.outcome === "failed") throw new AppError("StoreFull", "The store is full");
    },
    prune: async () => {
      await begin;
      if (isPruneFailing) throw new AppError("StoreTimeout", "The store is slow");
    },
  };
}

/** Everything that was started has ended, but for a backup that is held. */
async function settle({ world, held: holding }: Year): Promise<void> {
  const held = holding === undefined ? 0 : 1;
  let last = "";
  await waitUntil(async () => {
    const jobs = await world.store.listJobs(["queued", "running"]);
    last = JSON.stringify([world.clock.now(), held, jobs]);
    // Asking the database each time round would take longer than the work.
    for (let turn = 0; turn < 15; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return jobs.length === held;
  }).catch((error: unknown) => {
    throw new Error(last, { cause: error });
  });
}

/** Ahead, or back as far as no backup is then dated in the future. */
async function shiftClock(year: Year): Promise<void> {
  const { world, model, chance } = year;
  const now = world.clock.now();
  const last = Math.max(start, model.backups.at(-1)?.at ?? 0, ...model.empties.values());
  const back = Math.min(now - last - minute, Math.ceil(chance() * 8) * hour);
  const isBack = chance() < 0.7;
  if (year.held !== undefined || (isBack && back <= 0)) return;
  // A decision that no backup followed lies in the future then.
  await patch(world, { schedule: { isEnabled: model.isEnabled } });
  moveTick(model, now, model.rule, model.isEnabled);
  world.clock.shift(isBack ? -back : Math.ceil(chance() * 30) * hour);
}

async function restart(year: Year): Promise<void> {
  const { world } = year;
  if (year.held !== undefined) return;
  await world.stopWorkers();
  world.restart();
  world.startWorker();
  count(year, "restart");
}

/** A backup on demand: over at once, or going on for a while. */
async function askForBackup(year: Year): Promise<void> {
  const { world, model, chance } = year;
  year.outcome = "good";
  const gate = aGate();
  setFaults(year, false, gate.opened);
  const { id } = await world.accept("POST", `${locationPath}/createBackup`, { apiVersion });
  const end = (): void => gate.open();
  if (chance() < 0.5) {
    end();
    await world.finish(id);
    applyBackup(model, id, world.clock.now(), "good");
    return;
  }
  await waitUntil(() => world.engine.backupRuns.some(({ backupId }) => backupId === id));
  year.held = { id, release: end };
}

async function endHeldBackup(year: Year): Promise<void> {
  const { id, release } = year.held ?? assert.fail("Nothing is held");
  year.outcome = "good";
  year.held = undefined;
  release();
  await year.world.finish(id);
  applyBackup(year.model, id, year.world.clock.now(), "good");
}

async function changeSchedule(year: Year): Promise<void> {
  const { world, model, chance } = year;
  const now = world.clock.now();
  const drawn = chance();
  if (drawn < 0.2) return changeWindow(year);
  if (drawn < 0.35) return changeBlackout(year);
  if (drawn < 0.5) {
    const pausedUntil = now + Math.ceil(chance() * 50) * hour;
    await patch(world, { schedule: { pausedUntil: new Date(pausedUntil).toISOString() } });
    moveTick(model, now, model.rule, model.isEnabled);
    model.pausedUntil = pausedUntil;
    count(year, "pause");
  } else if (drawn < 0.6) {
    const isEnabled = !model.isEnabled;
    await patch(world, { schedule: { isEnabled } });
    moveTick(model, now, model.rule, isEnabled);
  } else {
    const isBerlin = chance() < 0.5;
    const hours = isBerlin ? [2, 14] : [4 + Math.floor(chance() * 9)];
    const rule: ModelRule = isBerlin
      ? { kind: "berlin", hours }
      : { kind: "every", hours: hours[0] ?? 12 };
    await patch(world, {
      schedule: isBerlin
        ? { isEnabled: true, cron: "0 2,14 * * *", timeZone: "Europe/Berlin" }
        : { isEnabled: true, frequencyInHours: hours[0], timeZone: "UTC" },
    });
    moveTick(model, now, rule, true);
  }
}

/** Some hours of every day, on the clocks of the schedule, in which backups may begin; or again all of them. */
async function changeWindow(year: Year): Promise<void> {
  const { world, model, chance } = year;
  const from = Math.floor(chance() * 24);
  const window =
    chance() < 0.3 ? undefined : { from, to: (from + 2 + Math.floor(chance() * 10)) % 24 };
  const text = (hours: number): string => `${String(hours).padStart(2, "0")}:00`;
  const windows = window === undefined ? [] : [{ start: text(window.from), end: text(window.to) }];
  await patch(world, { schedule: { windows } });
  moveTick(model, world.clock.now(), model.rule, model.isEnabled);
  model.window = window;
  count(year, "window");
}

/** A time to come in which no backup begins. */
async function changeBlackout(year: Year): Promise<void> {
  const { world, model, chance } = year;
  const from = world.clock.now() + Math.floor(chance() * 20) * hour;
  const to = from + Math.ceil(chance() * 40) * hour;
  const iso = (at: number): string => new Date(at).toISOString();
  await patch(world, { schedule: { blackouts: [{ from: iso(from), to: iso(to) }] } });
  moveTick(model, world.clock.now(), model.rule, model.isEnabled);
  model.blackout = { from, to };
  count(year, "blackout");
}

/** What is due stays due; else the tick to come stays, but another cron expression begins anew. */
function moveTick(model: YearModel, now: number, rule: ModelRule, isEnabled: boolean): void {
  if (now < model.decidedAt - 5 * minute) {
    model.tick = Math.min(model.tick, tickAfter(model.rule, model.tick, now));
  }
  const isDue = model.isEnabled && isEnabled && dueTick(model) <= now;
  const coming = model.tick > now ? model.tick : tickAfter(model.rule, model.tick, now);
  const isNewCron = rule.kind === "berlin" && model.rule.kind !== "berlin";
  if (!isDue) model.tick = isNewCron ? tickAfter(rule, now, now) : coming;
  model.decidedAt = now;
  model.rule = rule;
  model.isEnabled = isEnabled;
}

/** With a tag that is new each time: what changes nothing is not written, and decides nothing. */
async function patch(world: ProviderWorld, properties: object): Promise<void> {
  patches += 1;
  const body = { properties, tags: { patch: String(patches) } };
  await world.call("PATCH", locationPath, { apiVersion, body });
}
let patches = 0;

async function changePin(year: Year): Promise<void> {
  const { world, model, chance } = year;
  const chosen = model.backups[Math.floor(chance() * model.backups.length)];
  if (chosen === undefined) return;
  const isPinned = model.pins.has(chosen.id);
  const action = isPinned ? "unpin" : "pin";
  await world.call("POST", `${locationPath}/backups/${chosen.id}/${action}`, { apiVersion });
  if (isPinned) model.pins.delete(chosen.id);
  else model.pins.add(chosen.id);
  count(year, action);
}

async function listBackups(world: ProviderWorld): Promise<readonly Backup[]> {
  const found = await world.store.list<Backup>("backup", { limit: 1000 });
  return found.map(({ value }) => value);
}

async function compare({ world, model }: Year): Promise<void> {
  const location = await world.store.get<BackupLocation>("location", key);
  if (location === undefined) assert.fail("The location is gone");
  const { nextTick, upkeep } = location.value;
  assert.equal(nextTick, new Date(model.tick).toISOString());
  const now = world.clock.now();
  const nextRun = expectNextRun(model, now);
  // What is due now begins with the next look; shown is what comes after it.
  if (model.isEnabled && nextRun > now)
    assert.equal(nextBackupTimeOf(location.value, now), new Date(nextRun).toISOString());
  const iso = (at: number | undefined): object | string =>
    at === undefined ? "none" : new Date(at).toISOString();
  assert.deepEqual(
    [upkeep?.retentionAt ?? "none", upkeep?.pruneAt ?? "none"],
    [iso(model.retentionAt), iso(model.pruneAt)],
  );
}

/** Every backup that is shown and stored, and no other; less often, for it takes longer than all the rest. */
async function compareBackups({ world, model }: Year): Promise<void> {
  const shown = (await listBackups(world)).filter(({ endedAt }) => endedAt !== undefined);
  const expected = [...model.backups.map(({ id }) => id), ...model.empties.keys()];
  assert.deepEqual(shown.map(({ id }) => id).toSorted(), expected.toSorted());
  const stored = world.engine.recordsOf("/backup").map(({ backupId }) => backupId);
  assert.deepEqual(
    stored,
    model.backups.map(({ id }) => id),
  );
}

/** Numbers from 0 to 1, the same for the same seed. */
function createChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

await liveThrough(Number(process.env["HOLDFAST_TEST_SEED"]));
