/** What a year of schedule, retention and clean-up must come to, worked out the plain way: minute by minute, list by list. */
export interface YearModel {
  tick: number;
  decidedAt: number;
  rule: ModelRule;
  isEnabled: boolean;
  pausedUntil: number;
  /** Whole hours of every day, on the clocks of the rule, in which runs begin; the end may be on the next day. */
  window: { readonly from: number; readonly to: number } | undefined;
  /** No run begins from the one to before the other. */
  blackout: { readonly from: number; readonly to: number } | undefined;
  days: number;
  daily: number;
  weekly: number;
  /** Oldest first. */
  backups: ModelBackup[];
  /** Ids of runs that left nothing, and when they ended. */
  empties: Map<string, number>;
  pins: Set<string>;
  retentionAt: number | undefined;
  pruneAt: number | undefined;
  markedAt: number | undefined;
}

export type ModelRule =
  | { readonly kind: "every"; readonly hours: number }
  /** Whole hours on Berlin's clocks. */
  | { readonly kind: "berlin"; readonly hours: readonly number[] };

export interface ModelBackup {
  readonly id: string;
  readonly at: number;
  readonly isGood: boolean;
}

export type ModelAct =
  { readonly kind: "none" } | { readonly kind: "move" | "run" | "skip" | "prune" };

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What a look at the clock must lead to. */
export function expectAct(model: YearModel, now: number, isHeld: boolean): ModelAct {
  if (now < model.decidedAt - 5 * minute) return { kind: "move" };
  const due = dueTick(model);
  if (model.isEnabled && due <= now && mayBegin(model, now))
    return { kind: isHeld ? "skip" : "run" };
  if (isHeld) return { kind: "none" };
  const isWanted = isReached(model.retentionAt, now) || isReached(model.pruneAt, now);
  const isQuiet = !model.isEnabled || expectNextRun(model, now) - now >= 10 * minute;
  return { kind: isWanted && isQuiet ? "prune" : "none" };
}

/** Whether windows and blackouts let a run begin. */
function mayBegin({ window, blackout, rule }: YearModel, at: number): boolean {
  if (blackout !== undefined && blackout.from <= at && at < blackout.to) return false;
  if (window === undefined) return true;
  const { from, to } = window;
  const local = rule.kind === "berlin" ? berlinHour(at) : new Date(at).getUTCHours();
  return from < to ? from <= local && local < to : from <= local || local < to;
}

/** When the next run begins: minute by minute until it may. */
export function expectNextRun(model: YearModel, now: number): number {
  let at = Math.max(now, dueTick(model));
  while (!mayBegin(model, at)) at = Math.floor(at / minute) * minute + minute;
  return at;
}

/** The tick that is dealt with next: those of a pause pass. */
export function dueTick(model: YearModel): number {
  let tick = model.tick;
  while (tick < model.pausedUntil) tick = tickAfter(model.rule, tick, tick);
  return tick;
}

/** The first tick after an instant, in the rhythm of a known one. */
export function tickAfter(rule: ModelRule, known: number, after: number): number {
  if (rule.kind === "every") {
    let tick = known;
    while (tick > after) tick -= rule.hours * hour;
    while (tick <= after) tick += rule.hours * hour;
    return tick;
  }
  // The clocks change at one o'clock UTC, between two whole hours of Berlin's.
  for (let at = Math.floor(after / hour) * hour + hour; ; at += hour) {
    if (isBerlinTick(rule.hours, at)) return at;
  }
}

/** An hour that is skipped comes at the end of the gap, one that comes twice counts the first time. */
function isBerlinTick(hours: readonly number[], at: number): boolean {
  const now = berlinHour(at);
  const before = berlinHour(at - hour);
  if (before === now) return false;
  return hours.includes(now) || (now === 3 && before === 1 && hours.includes(2));
}

const berlin = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Berlin",
  hour: "2-digit",
  hourCycle: "h23",
});

/** The clocks change on whole hours, so that one answer holds for an hour. */
function berlinHour(at: number): number {
  const number = Math.floor(at / hour);
  const known = berlinHours.get(number) ?? Number(berlin.format(at));
  berlinHours.set(number, known);
  return known;
}

const berlinHours = new Map<number, number>();

export function isReached(at: number | undefined, now: number): boolean {
  return at !== undefined && at <= now;
}

/** Ids that a clean-up removes. */
export function expectRemoved(model: YearModel, now: number): readonly string[] {
  if (!isReached(model.retentionAt, now)) return [];
  const newestFirst = model.backups.toReversed();
  const newest = newestFirst[0];
  if (newest === undefined) return [];
  const kept = new Set<string>([newest.id, ...model.pins]);
  const good = newestFirst.find(({ isGood }) => isGood);
  if (good !== undefined) kept.add(good.id);
  for (const { id, at } of newestFirst) if (newest.at - at <= model.days * day) kept.add(id);
  keepOneOfEach(newestFirst, model.daily, (at) => iso(at).slice(0, 10), kept);
  keepOneOfEach(newestFirst, model.weekly, mondayOf, kept);
  return model.backups.map(({ id }) => id).filter((id) => !kept.has(id));
}

function keepOneOfEach(
  newestFirst: readonly ModelBackup[],
  count: number,
  nameOf: (at: number) => string,
  kept: Set<string>,
): void {
  if (count === 0) return;
  const names = [...new Set(newestFirst.map(({ at }) => nameOf(at)))];
  for (const name of names.slice(0, count)) {
    const all = newestFirst.filter(({ at }) => nameOf(at) === name);
    const chosen = all.find(({ isGood }) => isGood) ?? all[0];
    if (chosen !== undefined) kept.add(chosen.id);
  }
  const oldest = newestFirst.at(-1);
  if (names.length < count && oldest !== undefined) kept.add(oldest.id);
}

function mondayOf(at: number): string {
  const date = new Date(at);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

/** What a clean-up leaves. */
export function applyPrune(model: YearModel, now: number, isFailing: boolean): void {
  if (isFailing) {
    const later = (at: number | undefined): number | undefined =>
      at === undefined ? undefined : Math.max(at, now + hour);
    model.retentionAt = later(model.retentionAt);
    model.pruneAt = later(model.pruneAt);
    return;
  }
  const removed = expectRemoved(model, now);
  model.backups = model.backups.filter(({ id }) => !removed.includes(id));
  if (isReached(model.retentionAt, now)) {
    model.retentionAt = undefined;
    for (const [id, endedAt] of model.empties) {
      if (endedAt < now - Math.max(7, model.days) * day) model.empties.delete(id);
    }
  }
  if (model.markedAt !== undefined && model.markedAt + day <= now) model.markedAt = undefined;
  if (removed.length > 0) model.markedAt = now;
  model.pruneAt = model.markedAt === undefined ? undefined : now + day + 5 * minute;
}

/** What a backup leaves that ended now. */
export function applyBackup(
  model: YearModel,
  id: string,
  now: number,
  outcome: "good" | "partial" | "failed",
): void {
  if (outcome === "failed") {
    model.empties.set(id, now);
    return;
  }
  model.backups.push({ id, at: now, isGood: outcome === "good" });
  model.retentionAt ??= now + 15 * minute;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
