import { closeAlert, readAlerts, readAlertsBelow } from "../../alerts/alert-book.ts";
import { isOpen, type Alert } from "../../alerts/alert.ts";
import { parseFilter, type ListFields } from "../../arm/list-query.ts";
import type { ArmRequest, ArmResult, Handler } from "../../arm/resource-type.ts";
import type { Document } from "../../state/state-store.ts";
import { findLocation } from "../action-target.ts";
import { resourceNotFound } from "../faults.ts";
import { noticeOfAlert, noticeWrites } from "../notify/notices.ts";
import { listRoutes } from "../notify/route-record.ts";
import { pageOf } from "../paging.ts";
import { nowIso, type ProviderDeps } from "../provider-deps.ts";
import { parameterOf, scopeOf, type RequestScope } from "../request-scope.ts";
import { putMonitoring, readMonitoring } from "../watch/monitoring.ts";
import { announce } from "../watch/watch.ts";
import { renderAlert } from "../notify/alert-wire.ts";

const subscription = "/subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin";
const location =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}";

/** The routes of alerts and of what they are judged by. */
export function alertHandlers(deps: ProviderDeps): readonly (readonly [string, Handler])[] {
  const settings = `${location}/monitoringSettings/{settings}`;
  return [
    [`GET ${subscription}/alerts`, (request) => listAlerts(deps, request)],
    [`GET ${location}/alerts`, (request) => listAlerts(deps, request)],
    [`GET ${location}/alerts/{alert}`, (request) => readAlert(deps, request)],
    [`POST ${location}/alerts/{alert}/close`, (request) => closeByHand(deps, request)],
    [`GET ${settings}`, (request) => readMonitoring(deps, request)],
    [`PUT ${settings}`, (request) => putMonitoring(deps, request)],
  ];
}

/** What `$filter` may name. */
const fields: ListFields = {
  state: "text",
  severity: "text",
  family: "text",
  alertTypeId: "text",
  openedTime: "time",
  closedTime: "time",
};

/** Open ones first, the newest of each first. */
async function listAlerts(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const found = await findAlerts(deps, request);
  const filter = request.query["$filter"];
  const holds = filter ? parseFilter(filter, fields) : () => true;
  const items = found
    .filter(({ value }) => holds(renderAlert(value).properties))
    .toSorted((one, other) => (positionOf(one) > positionOf(other) ? -1 : 1));
  const { value, nextLink } = pageOf(request, items, {
    scope: `${request.route.path}/alerts`,
    hasNextLink: true,
    pagingKey: deps.pagingKey,
    positionOf,
    isDescending: true,
    render: (item) => renderAlert(item.value),
  });
  return { kind: "value", body: { value, nextLink } };
}

async function findAlerts(
  deps: ProviderDeps,
  request: ArmRequest,
): Promise<readonly Document<Alert>[]> {
  if (request.params["location"] === undefined) {
    const prefix = `/subscriptions/${parameterOf(request, "subscriptionId")}/`.toLowerCase();
    return readAlertsBelow(deps.store, prefix);
  }
  const scope = scopeOf(request);
  await findLocation(deps, scope);
  return readAlerts(deps.store, scope.key);
}

function positionOf({ value }: Document<Alert>): string {
  return `${isOpen(value) ? "1" : "0"} ${value.openedAt} ${value.id}`;
}

async function readAlert(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  await findLocation(deps, scope);
  const id = parameterOf(request, "alert").toLowerCase();
  const known = await readAlerts(deps.store, scope.key);
  const found = known.find(({ value }) => value.id === id);
  if (found === undefined) throw resourceNotFound(`${scope.id}/alerts/${id}`);
  return { kind: "value", body: renderAlert(found.value) };
}

async function closeByHand(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  await findLocation(deps, scope);
  const id = parameterOf(request, "alert");
  return {
    kind: "value",
    body: renderAlert(await closeOne(deps, scope, id, request.context.principal.name)),
  };
}

/** Closes an alert of a location by its id; a closed one stays as it is. */
export async function closeOne(
  deps: ProviderDeps,
  scope: Pick<RequestScope, "key" | "id">,
  alertId: string,
  by: string,
): Promise<Alert> {
  const closing = { at: nowIso(deps), by };
  const routes = await listRoutes(deps.store, scope.key);
  const alert = await closeAlert(deps.store, scope.key, alertId, closing, (closed) =>
    noticeWrites(deps, routes, [noticeOfAlert(deps, "close", closed)]),
  );
  if (alert === undefined) throw resourceNotFound(`${scope.id}/alerts/${alertId}`);
  announce(deps, { kind: "close", alert });
  deps.onNotices?.();
  return alert;
}
