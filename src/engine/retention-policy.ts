/** What to keep, as restic's `forget` counts it; a rule that is absent or 0 keeps nothing by itself. */
export interface RetentionPolicy {
  /** Everything not older than this, counted from the newest backup. */
  readonly keepWithinDays?: number;
  readonly keepLast?: number;
  readonly keepHourly?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  readonly keepYearly?: number;
  /** Good backups that stay whatever the rules say; default and least 1. */
  readonly floor?: number;
  /** Ids of backups that stay. */
  readonly pinned?: readonly string[];
}

/** A policy whose every rule is there. */
export type RetentionRules = Readonly<Record<(typeof ruleNames)[number], number>> & {
  readonly floor: number;
  readonly pinned: ReadonlySet<string>;
};

const ruleNames = [
  "keepWithinDays",
  "keepLast",
  "keepHourly",
  "keepDaily",
  "keepWeekly",
  "keepMonthly",
  "keepYearly",
] as const;

/** Policies come from files and requests: one that says nothing, or anything that is not understood, keeps everything. */
export function readPolicy(
  policy: unknown,
):
  | { readonly kind: "rules"; readonly rules: RetentionRules }
  | { readonly kind: "keep-all"; readonly reason: string } {
  if (policy === null || policy === undefined) return keepAll("no retention policy is set");
  if (typeof policy !== "object" || Array.isArray(policy))
    return keepAll("the retention policy cannot be read");
  const given = new Map<string, unknown>(Object.entries(policy));
  for (const [name, value] of given) {
    const isSound =
      name === "pinned" ? isPinned(value) : isKnown(name) && isCount(value, name === "floor");
    if (!isSound) return keepAll(`the retention policy cannot be read: "${name.slice(0, 40)}"`);
  }
  const count = (name: string): number => (given.get(name) as number | undefined) ?? 0;
  if (ruleNames.every((name) => count(name) === 0))
    return keepAll("the retention policy has no rule");
  const rules = {
    ...(Object.fromEntries(ruleNames.map((name) => [name, count(name)])) as Record<
      (typeof ruleNames)[number],
      number
    >),
    floor: Math.max(1, count("floor")),
    pinned: new Set(given.get("pinned") as readonly string[] | undefined),
  };
  return { kind: "rules", rules };
}

function keepAll(reason: string): { readonly kind: "keep-all"; readonly reason: string } {
  return { kind: "keep-all", reason };
}

function isKnown(name: string): boolean {
  return name === "floor" || (ruleNames as readonly string[]).includes(name);
}

function isCount(value: unknown, isFloor: boolean): boolean {
  if (value === undefined) return true;
  return Number.isSafeInteger(value) && (value as number) >= (isFloor ? 1 : 0);
}

function isPinned(value: unknown): boolean {
  if (value === undefined) return true;
  return Array.isArray(value) && value.every((id) => typeof id === "string");
}
