import { AppError } from "../../base/errors.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/** A subscription as ARM told it last; everything it said is kept. */
export interface Subscription {
  readonly state: SubscriptionState;
  readonly [name: string]: unknown;
}

export type SubscriptionState = "Registered" | "Unregistered" | "Warned" | "Suspended" | "Deleted";

/** What may be done in a subscription; one nobody announced is open. */
export async function stateOfSubscription(
  deps: ProviderDeps,
  subscriptionId: string,
): Promise<SubscriptionState> {
  const found = await deps.store.get<Subscription>("subscription", subscriptionKey(subscriptionId));
  return found?.value.state ?? "Registered";
}

/** Throws when work of the subscription must not begin: its state may have changed since it was asked for. */
export async function checkSubscription(deps: ProviderDeps, subscriptionId: string): Promise<void> {
  const state = await stateOfSubscription(deps, subscriptionId);
  if (state === "Registered") return;
  throw new AppError(
    "SubscriptionNotActive",
    `The subscription is "${state}": have it registered again, then start the work again`,
    { target: `/subscriptions/${subscriptionId}` },
  );
}

export function subscriptionKey(subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}`.toLowerCase();
}
