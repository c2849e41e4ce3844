import { atOnce, type Steps } from "../base/in-turns.ts";
import type { BackupRecord } from "./model.ts";
import { readPolicy, type RetentionPolicy, type RetentionRules } from "./retention-policy.ts";

/** What retention decides, and why: to be shown before anything is done. */
export interface RetentionPlan {
  /** Newest first. */
  readonly keep: readonly { readonly backupId: string; readonly reasons: readonly string[] }[];
  readonly remove: readonly { readonly backupId: string; readonly reason: string }[];
}

/**
 * Which backups the policy keeps. Backups are ranked by their place in the ledger, never by a date alone; what
 * cannot be judged (no rules, a policy that cannot be read, a strange signature, a date that cannot be) is kept.
 */
export function planRetention(
  backups: readonly BackupRecord[],
  policy: RetentionPolicy | null | undefined,
  now: number,
): RetentionPlan {
  const why = new Reasons();
  const ranked = atOnce(judge(backups, policy, now, why));
  return {
    keep: ranked.flatMap(({ backupId }) => {
      const reasons = why.of(backupId);
      return reasons.length === 0 ? [] : [{ backupId, reasons }];
    }),
    remove: ranked.flatMap(({ backupId }) =>
      why.of(backupId).length === 0 ? [{ backupId, reason: "no rule keeps it" }] : [],
    ),
  };
}

/** Why the plan for these backups keeps one of them; nothing when it does not. What is said of the others is not kept. */
export function* reasonsToKeep(
  backupId: string,
  backups: readonly BackupRecord[],
  policy: RetentionPolicy | null | undefined,
  now: number,
): Steps<readonly string[]> {
  const why = new Reasons(backupId);
  yield* judge(backups, policy, now, why);
  return why.of(backupId);
}

/** Returns them newest first. */
function* judge(
  backups: readonly BackupRecord[],
  policy: RetentionPolicy | null | undefined,
  now: number,
  why: Reasons,
): Steps<readonly BackupRecord[]> {
  const ranked = [...backups].sort(newestFirst);
  yield;
  const rules = readPolicy(policy);
  for (const record of ranked) {
    if (rules.kind === "keep-all") why.add(record, rules.reason);
    else if (!Number.isFinite(now)) why.add(record, "the time is not known");
    else if (record.signature !== "trusted")
      why.add(record, `its signature is ${record.signature}: it counts for nothing`);
  }
  yield;
  if (rules.kind === "rules" && Number.isFinite(now)) {
    const trusted = ranked.filter((record) => record.signature === "trusted");
    yield* applyRules(trusted, rules.rules, now, why);
  }
  return ranked;
}

/** A backup that counts: nothing required was lost, and the signature is ours. */
export function isGoodBackup(record: BackupRecord): boolean {
  return record.signature === "trusted" && record.status === "Succeeded";
}

class Reasons {
  readonly #reasons = new Map<string, string[]>();
  readonly #only: string | undefined;

  /** `only`: what is said of others is not kept. */
  constructor(only?: string) {
    this.#only = only;
  }

  add({ backupId }: BackupRecord, reason: string): void {
    if (this.#only !== undefined && this.#only !== backupId) return;
    const known = this.#reasons.get(backupId);
    if (known === undefined) this.#reasons.set(backupId, [reason]);
    else if (!known.includes(reason)) known.push(reason);
  }

  of(backupId: string): readonly string[] {
    return this.#reasons.get(backupId) ?? [];
  }
}

/** `trusted`: newest first. */
function* applyRules(
  trusted: readonly BackupRecord[],
  rules: RetentionRules,
  now: number,
  why: Reasons,
): Steps<void> {
  const [newest] = trusted;
  if (newest !== undefined) why.add(newest, "the newest: the next one's ledger names it");
  for (const record of trusted) if (rules.pinned.has(record.backupId)) why.add(record, "pinned");
  keepFloor(trusted, rules.floor, why);
  yield;
  keepLast(trusted, rules.keepLast, why);
  yield;
  const dated = keepOddDates(trusted, now, why);
  yield;
  keepWithin(dated, rules.keepWithinDays, why);
  for (const bucket of buckets) {
    yield;
    keepBuckets(dated, bucket, rules[bucket.rule], why);
  }
}

/** Good backups that stay whatever the rules say: those that can rebuild the site first, then the newest. */
function keepFloor(trusted: readonly BackupRecord[], floor: number, why: Reasons): void {
  const good = trusted.filter(isGoodBackup);
  const [newest] = good;
  if (newest !== undefined) why.add(newest, "the newest good one");
  const ready = good.filter((record) => record.isCloudRecoveryReady);
  const others = good.filter((record) => !record.isCloudRecoveryReady);
  const words =
    floor === 1 ? "the good one that always stays" : `one of ${floor} good ones that always stay`;
  for (const record of [...ready, ...others].slice(0, floor)) why.add(record, words);
}

/** The last good ones; others stand in only while there are not enough good ones. */
function keepLast(trusted: readonly BackupRecord[], count: number, why: Reasons): void {
  const good = trusted.filter(isGoodBackup);
  const others = trusted.filter((record) => !isGoodBackup(record));
  for (const record of [...good, ...others].slice(0, count)) why.add(record, `last ${count}`);
}

/** Clocks may differ by this much before a date counts as one of the future. */
const futureMilliseconds = 5 * 60_000;

/**
 * Keeps what has no usable date: none, one of the future, or one before that of an older backup. Returns the others;
 * their dates never fall along the ledger.
 */
function keepOddDates(
  trusted: readonly BackupRecord[],
  now: number,
  why: Reasons,
): readonly DatedBackup[] {
  const dated: DatedBackup[] = [];
  let latest: DatedBackup | undefined;
  for (const record of trusted.toReversed()) {
    const date = Date.parse(record.createdAt);
    if (Number.isNaN(date)) why.add(record, "its date cannot be read");
    else if (date > now + futureMilliseconds) why.add(record, "dated in the future");
    else if (latest !== undefined && date < latest.date) {
      why.add(record, `dated before the older backup "${latest.record.backupId}": clocks disagree`);
      // Without its witness the date would look sound the next time.
      why.add(latest.record, `dated after the newer backup "${record.backupId}": clocks disagree`);
    } else {
      latest = { record, date };
      dated.push(latest);
    }
  }
  return dated.reverse();
}

/** Its date in milliseconds since 1970, read once: all of ten thousand backups are judged at a time. */
interface DatedBackup {
  readonly record: BackupRecord;
  readonly date: number;
}

const dayMilliseconds = 86_400_000;

/** Counted from the newest backup, so that a time without backups costs none. */
function keepWithin(dated: readonly DatedBackup[], days: number, why: Reasons): void {
  const [newest] = dated;
  if (days === 0 || newest === undefined) return;
  const from = newest.date - days * dayMilliseconds;
  const reason = `within ${days} days of the newest`;
  for (const { record, date } of dated) if (date >= from) why.add(record, reason);
}

type BucketRule = "keepHourly" | "keepDaily" | "keepWeekly" | "keepMonthly" | "keepYearly";

interface Bucket {
  readonly rule: BucketRule;
  readonly name: string;
  /** Equal for two backups of the same hour, day, …, in UTC. */
  readonly keyOf: (date: Date) => string;
}

const buckets: readonly Bucket[] = [
  { rule: "keepHourly", name: "hourly", keyOf: (date) => date.toISOString().slice(0, 13) },
  { rule: "keepDaily", name: "daily", keyOf: (date) => date.toISOString().slice(0, 10) },
  { rule: "keepWeekly", name: "weekly", keyOf: (date) => weekOf(date) },
  { rule: "keepMonthly", name: "monthly", keyOf: (date) => date.toISOString().slice(0, 7) },
  { rule: "keepYearly", name: "yearly", keyOf: (date) => String(date.getUTCFullYear()) },
];

/** Keeps one backup of each of the newest buckets: the newest good one in it, else the newest. */
function keepBuckets(
  dated: readonly DatedBackup[],
  bucket: Bucket,
  count: number,
  why: Reasons,
): void {
  if (count === 0) return;
  const best = new Map<string, BackupRecord>();
  for (const { record, date } of dated) {
    const key = bucket.keyOf(new Date(date));
    const found = best.get(key);
    if (found === undefined || (!isGoodBackup(found) && isGoodBackup(record)))
      best.set(key, record);
  }
  let left = count;
  for (const record of best.values()) {
    if (left === 0) return;
    left -= 1;
    why.add(record, `${bucket.name} ${count - left} of ${count}`);
  }
  // As restic does: while the rule has room left, the oldest of all is its last one.
  const oldest = dated.at(-1)?.record;
  if (left > 0 && oldest !== undefined) why.add(oldest, `${bucket.name}: the oldest`);
}

/** Weeks start on Monday: 1970-01-05 was one. */
function weekOf(date: Date): string {
  return String(Math.floor((date.getTime() / dayMilliseconds - 4) / 7));
}

function newestFirst(a: BackupRecord, b: BackupRecord): number {
  if (a.sequence !== b.sequence) return b.sequence - a.sequence;
  return a.backupId < b.backupId ? 1 : a.backupId > b.backupId ? -1 : 0;
}
