import { armError } from "../../arm/errors.ts";
import type { ArmRequest, ArmResult, Handler } from "../../arm/resource-type.ts";
import { listAll, retryOnConflict } from "../documents.ts";
import { deleteLocation } from "./location-delete.ts";
import type { BackupLocation } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { parameterOf } from "../request-scope.ts";
import { stateOfSubscription, subscriptionKey } from "../records/subscription-state.ts";
import type { Subscription, SubscriptionState } from "../records/subscription-state.ts";

/**
 * PUT of a subscription: any state may follow any other, as often as ARM likes. Suspended stops what runs;
 * Deleted also removes the subscription's locations, because nobody will ask for each.
 */
export async function putSubscription(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  if (request.context.principal.kind === "bearer") {
    throw armError(
      "Forbidden",
      "Only the front door tells the state of subscriptions: sign in there to change it",
    );
  }
  const subscription = request.body as Subscription;
  const key = subscriptionKey(parameterOf(request, "subscriptionId"));
  await deps.store.commit([{ op: "put", kind: "subscription", key, value: subscription }]);
  if (subscription.state === "Suspended") await stopRunning(deps, key);
  if (subscription.state === "Deleted") await removeLocations(deps, request, key);
  return { kind: "value", body: subscription };
}

/** The handler, behind the question whether the subscription's state lets the verb pass. */
export function inOpenSubscription(deps: ProviderDeps, handler: Handler): Handler {
  return (request) => {
    const id = request.params["subscriptionId"];
    if (id === undefined || request.route.method === "GET") return handler(request);
    return checkSubscription(deps, id, request.route.method).then(() => handler(request));
  };
}

async function checkSubscription(deps: ProviderDeps, id: string, method: string): Promise<void> {
  // What is not there is deleted already, and what an earlier setting took in may go (rule 98).
  if (deps.refusesUnknownSubscriptions === true && method !== "DELETE")
    await checkAnnounced(deps, id);
  const state = await stateOfSubscription(deps, id);
  if (!isAllowed(state, method)) throw closed(id, state);
}

async function checkAnnounced(deps: ProviderDeps, id: string): Promise<void> {
  if ((await deps.store.get("subscription", subscriptionKey(id))) !== undefined) return;
  throw armError(
    "SubscriptionNotFound",
    "The subscription was not announced here: have it registered, or set unknownSubscriptions to take",
    { target: `/subscriptions/${id}` },
  );
}

function isAllowed(state: SubscriptionState, method: string): boolean {
  if (state === "Registered") return true;
  return method === "DELETE" && (state === "Warned" || state === "Suspended");
}

function closed(id: string, state: SubscriptionState): Error {
  return armError(
    "InvalidSubscriptionState",
    `The subscription is "${state}" and can only be read now: have it registered again`,
    { target: `/subscriptions/${id}` },
  );
}

async function stopRunning(deps: ProviderDeps, key: string): Promise<void> {
  const locations = await listAll<BackupLocation>(deps.store, "location", `${key}/`);
  for (const { value } of locations) {
    const ids = [value.running?.operationId, value.activeOperationId];
    const isLeaving = value.provisioningState === "Deleting";
    for (const id of isLeaving ? [] : ids) if (id !== undefined) await deps.store.requestCancel(id);
  }
  deps.onEnqueued?.();
}

async function removeLocations(
  deps: ProviderDeps,
  request: ArmRequest,
  key: string,
): Promise<void> {
  const locations = await listAll<BackupLocation>(deps.store, "location", `${key}/`);
  for (const { value } of locations) {
    const { subscriptionId, resourceGroupName, name } = value;
    await retryOnConflict(() =>
      deleteLocation(deps, {
        ...request,
        context: { ...request.context, apiVersion: "2026-12-01" },
        route: deleteRoute,
        params: { subscriptionId, resourceGroupName, location: name },
        ifMatch: undefined,
        ifNoneMatch: undefined,
      }),
    );
  }
}

/** The route whose operation a removal is. */
const deleteRoute: ArmRequest["route"] = {
  operationId: "BackupLocations_Delete",
  method: "DELETE",
  path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}",
  query: [],
  responses: { 202: null, 204: null },
};
