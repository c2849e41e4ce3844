import { readAlertsBelow } from "../../alerts/alert-book.ts";
import { describeAlert, isOpen, type Alert } from "../../alerts/alert.ts";
import { armError } from "../../arm/errors.ts";
import { parseFilter, type ListFields } from "../../arm/list-query.ts";
import type { ArmRequest, ArmResult, Handler, Provider } from "../../arm/resource-type.ts";
import { resourceNotFound } from "../faults.ts";
import { locationKey } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { parameterOf } from "../request-scope.ts";
import { closeOne } from "./alert-routes.ts";
import { impactedId, renderInsightsAlert } from "../notify/alert-wire.ts";

const region =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.InfrastructureInsights.Admin/regionHealths/{location}";

/** Alerts in the shape of `Microsoft.InfrastructureInsights.Admin` 2016-05-01, for tools that know it. */
export function insightsHandlers(deps: ProviderDeps): ReadonlyMap<string, Handler> {
  return new Map<string, Handler>([
    [`GET ${region}/alerts`, (request) => listAlerts(deps, request)],
    [`GET ${region}/alerts/{alertName}`, (request) => readAlert(deps, request)],
    [`PUT ${region}/alerts/{alertName}`, (request) => putAlert(deps, request)],
    [`GET ${region}/serviceHealths`, (request) => listServices(deps, request)],
  ]);
}

/** The service of these routes; no operation of it takes long. */
export function createInsights(handlers: ReadonlyMap<string, Handler>): Provider {
  return {
    namespace: "Microsoft.InfrastructureInsights.Admin",
    handlers,
    operations: [],
    findOperation: () => undefined,
    renderResult: () => undefined,
    renderTarget: ({ resourceId, locationName }) => ({ id: resourceId, name: locationName }),
  };
}

const fields: ListFields = {
  State: "text",
  Severity: "text",
  Title: "text",
  AlertId: "text",
  FaultTypeId: "text",
  CreatedTimestamp: "time",
};

async function listAlerts(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const alerts = await findAlerts(deps, request);
  // Tools write `Properties/State`, as OData does.
  const filter = request.query["$filter"]?.replaceAll(/\bproperties\//gi, "");
  const holds = filter ? parseFilter(filter, fields) : () => true;
  const value = alerts
    .map((alert) => renderInsightsAlert(alert, regionHealthOf(request)))
    .filter(({ properties }) => holds(capitalize(properties)));
  return { kind: "value", body: { value } };
}

async function readAlert(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const alert = await findAlert(deps, request);
  return { kind: "value", body: renderInsightsAlert(alert, regionHealthOf(request)) };
}

/** Closing is all that a PUT can do. */
async function putAlert(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const alert = await findAlert(deps, request);
  const body = (request.body ?? {}) as { readonly properties?: { readonly state?: string } };
  if (body.properties?.state?.toLowerCase() !== "closed") {
    throw armError("InvalidProperty", 'The state of an alert can only be changed to "Closed"', {
      target: "properties.state",
    });
  }
  const user = request.query["user"]?.trim();
  if (!user || user.length > 256) {
    throw armError(
      "InvalidQueryParameter",
      'Query parameter "user" must say who closes the alert, in 256 characters at most',
      {
        target: "user",
      },
    );
  }
  const id = impactedId(alert);
  const closed = await closeOne(deps, { id, key: id.toLowerCase() }, alert.id, user);
  return { kind: "value", body: renderInsightsAlert(closed, regionHealthOf(request)) };
}

async function listServices(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const open = (await findAlerts(deps, request))
    .filter(isOpen)
    .map((alert) => describeAlert(alert).severity);
  const criticalAlertCount = open.filter((severity) => severity === "Critical").length;
  const warningAlertCount = open.length - criticalAlertCount;
  const name = "Microsoft.Backup.Admin";
  const place = parameterOf(request, "location");
  const worst = warningAlertCount > 0 ? "Warning" : "Healthy";
  const service = {
    ...{ id: `${regionHealthOf(request)}/serviceHealths/${name}`, name },
    ...{
      type: "Microsoft.InfrastructureInsights.Admin/regionHealths/serviceHealths",
      location: place,
      tags: {},
    },
    properties: {
      ...{ registrationId: name, displayName: "Infrastructure backup", namespace: name },
      healthState: criticalAlertCount > 0 ? "Critical" : worst,
      alertSummary: { criticalAlertCount, warningAlertCount },
      ...{
        infraURI: `/regions/${place}`,
        routePrefix: `/providers/${name}`,
        serviceLocation: place,
      },
    },
  };
  return { kind: "value", body: { value: [service] } };
}

/** The alerts of a group's locations that are in the region, the newest first. */
async function findAlerts(deps: ProviderDeps, request: ArmRequest): Promise<readonly Alert[]> {
  const identity = {
    subscriptionId: parameterOf(request, "subscriptionId"),
    resourceGroupName: parameterOf(request, "resourceGroupName"),
    name: "",
  };
  const place = parameterOf(request, "location").toLowerCase();
  const found = await readAlertsBelow(deps.store, locationKey(identity));
  return found
    .map(({ value }) => value)
    .filter(({ scope }) => scope.region.toLowerCase() === place)
    .toSorted((one, other) => (one.openedAt > other.openedAt ? -1 : 1));
}

async function findAlert(deps: ProviderDeps, request: ArmRequest): Promise<Alert> {
  const id = parameterOf(request, "alertName").toLowerCase();
  const found = (await findAlerts(deps, request)).find((alert) => alert.id === id);
  if (found === undefined) throw resourceNotFound(`${regionHealthOf(request)}/alerts/${id}`);
  return found;
}

function regionHealthOf(request: ArmRequest): string {
  return region.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => parameterOf(request, name));
}

function capitalize(
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name.slice(0, 1).toUpperCase() + name.slice(1),
      value,
    ]),
  );
}
