import type { AuditFacts } from "../../arm/audit.ts";
import type { Clock } from "../../base/clock.ts";
import type { AuditContent } from "../../identity/audit-chain.ts";

/** Keeps a flood of denials from filling the log: each is recorded until a budget is used, then they are counted. */
export interface DenialGate {
  /** True when this one gets a record of its own. */
  take(facts: AuditFacts): boolean;
  /** One record for all that were only counted since, in each class; then counting starts anew. */
  drain(): readonly AuditContent[];
}

// Strangers cannot use up what is there for those who signed in.
type Class = "stranger" | "signedIn";

interface Budget {
  left: number;
  countedAt: number;
  repeated: number;
  last: AuditFacts | undefined;
}

const burst = 30;
const perMillisecond = 1 / 60_000;

/** At most 30 records at once and one a minute, for strangers and for those who signed in apart. */
export function createDenialGate(clock: Clock): DenialGate {
  const start = (): Budget => ({
    left: burst,
    countedAt: clock.now(),
    repeated: 0,
    last: undefined,
  });
  const budgets: Record<Class, Budget> = { stranger: start(), signedIn: start() };
  return {
    take(facts) {
      const budget = budgets[facts.principalId === undefined ? "stranger" : "signedIn"];
      const passed = Math.max(0, clock.now() - budget.countedAt);
      budget.left = Math.min(burst, budget.left + passed * perMillisecond);
      budget.countedAt = clock.now();
      if (budget.left < 1) {
        budget.repeated += 1;
        budget.last = facts;
        return false;
      }
      budget.left -= 1;
      return true;
    },
    drain: () =>
      Object.values(budgets).flatMap((budget) => {
        const { repeated, last } = budget;
        if (last === undefined) return [];
        budget.repeated = 0;
        budget.last = undefined;
        return [{ ...last, event: "DeniedAgain", repeated }];
      }),
  };
}
