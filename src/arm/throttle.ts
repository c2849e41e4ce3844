import type { Clock } from "../base/clock.ts";
import { armError } from "./errors.ts";

/** How many requests one caller may make in one subscription; each kind has a budget of its own. */
export interface ThrottleLimits {
  readonly readsPerSecond: number;
  /** PUT, PATCH and POST. */
  readonly writesPerSecond: number;
  readonly deletesPerSecond: number;
}

export interface ThrottledRequest {
  readonly callerId: string;
  /** Empty for what belongs to no subscription. */
  readonly subscriptionId: string;
  readonly method: string;
  readonly namespace: string;
}

export interface Throttle {
  /** Takes one request from its budget and returns the header that tells the rest; throws `TooManyRequests`. */
  take(request: ThrottledRequest): string;
}

// A budget that nobody used for this long is full again: scripts may begin with a burst.
const burstSeconds = 10;
// Far more callers than there are; beyond it the longest unused budgets are forgotten.
const maximumBudgets = 10_000;

interface Budget {
  left: number;
  /** Milliseconds since 1970. */
  countedAt: number;
}

type Policy = "Reads" | "Writes" | "Deletes";

export function createThrottle(limits: ThrottleLimits, clock: Clock): Throttle {
  const rates: Readonly<Record<Policy, number>> = {
    Reads: limits.readsPerSecond,
    Writes: limits.writesPerSecond,
    Deletes: limits.deletesPerSecond,
  };
  // The order of a Map is that of insertion: the first is the one unused for longest.
  const budgets = new Map<string, Budget>();
  // Requests in a row are mostly of one caller: whose budget was the last is not looked up again, nor moved.
  let latest: Latest | undefined;
  return {
    take({ callerId, subscriptionId, method, namespace }) {
      const policy = policyOf(method);
      const rate = rates[policy];
      const now = clock.now();
      const isLatest =
        policy === latest?.policy &&
        subscriptionId === latest.subscriptionId &&
        callerId === latest.callerId &&
        namespace === latest.namespace;
      if (latest === undefined || !isLatest) {
        const key = `${policy}\n${subscriptionId.toLowerCase()}\n${callerId}`;
        const budget = budgets.get(key) ?? { left: rate * burstSeconds, countedAt: now };
        budgets.delete(key);
        budgets.set(key, budget);
        forgetOldest(budgets);
        const label = `${namespace}/${policy};`;
        latest = { policy, subscriptionId, callerId, namespace, budget, label };
      }
      const { budget, label } = latest;
      refill(budget, rate, now);
      if (budget.left < 1) throw tooMany(policy, (1 - budget.left) / rate);
      budget.left -= 1;
      return label + Math.floor(budget.left);
    },
  };
}

interface Latest {
  readonly policy: Policy;
  readonly subscriptionId: string;
  readonly callerId: string;
  readonly namespace: string;
  readonly budget: Budget;
  /** What stands before the rest. */
  readonly label: string;
}

function policyOf(method: string): Policy {
  if (method === "GET" || method === "HEAD") return "Reads";
  return method === "DELETE" ? "Deletes" : "Writes";
}

function refill(budget: Budget, rate: number, now: number): void {
  // A clock that was set back gives nothing and takes nothing.
  const seconds = Math.max(0, now - budget.countedAt) / 1000;
  budget.left = Math.min(rate * burstSeconds, budget.left + seconds * rate);
  budget.countedAt = now;
}

function forgetOldest(budgets: Map<string, Budget>): void {
  if (budgets.size <= maximumBudgets) return;
  for (const key of budgets.keys()) {
    budgets.delete(key);
    return;
  }
}

function tooMany(policy: Policy, seconds: number): Error {
  const wait = Math.max(1, Math.ceil(seconds));
  return armError(
    "TooManyRequests",
    `Too many requests (${policy.toLowerCase()}) in this subscription: come again in ${wait} s`,
    { headers: { "Retry-After": String(wait) } },
  );
}
