import type { AlertTargets } from "../../alerts/location-facts.ts";
import { armError } from "../../arm/errors.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { StateStore } from "../../state/state-store.ts";
import { findLocation } from "../action-target.ts";
import { resourceNotFound } from "../faults.ts";
import { systemDataOf } from "../records/operation-start.ts";
import type { SystemData } from "../model.ts";
import { nowIso, type ProviderDeps } from "../provider-deps.ts";
import { checkReadOnlyEcho } from "../read-only-echo.ts";
import { parameterOf, scopeOf, type RequestScope } from "../request-scope.ts";

/** What an administrator expects of a location; absent means the default. */
export interface Monitoring {
  readonly recoveryPointTargetInHours?: number;
  readonly drillTargetInDays?: number;
  readonly certificateWarningInDays?: number;
  readonly sizeChangeInPercent?: number;
  readonly systemData?: SystemData;
}

/** There is one for each location. */
export const monitoringName = "default";

const defaults = {
  drillTargetInDays: 90,
  certificateWarningInDays: 30,
  sizeChangeInPercent: 50,
} as const;

/** GET of the settings: there are always some. */
export async function readMonitoring(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = await findScope(deps, request);
  const monitoring = await getMonitoring(deps.store, scope.key);
  return { kind: "value", body: render(scope, monitoring) };
}

/** PUT: what is left out goes back to its default. */
export async function putMonitoring(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = await findScope(deps, request);
  const { properties = {} } = (request.body ?? {}) as { readonly properties?: Monitoring };
  const before = await getMonitoring(deps.store, scope.key);
  checkReadOnlyEcho(request, render(scope, before));
  const given = Object.entries(properties).filter(
    ([name, value]) => typeof value === "number" && names.includes(name),
  );
  const monitoring: Monitoring = {
    ...Object.fromEntries(given),
    systemData: systemDataOf(request, before.systemData, nowIso(deps)),
  };
  const key = scope.key;
  await deps.store.commit([{ op: "put", kind: "monitoring", key, value: monitoring }]);
  return { kind: "value", body: render(scope, monitoring) };
}

export async function getMonitoring(store: StateStore, locationKey: string): Promise<Monitoring> {
  return (await store.get<Monitoring>("monitoring", locationKey))?.value ?? {};
}

/** The limits in force; the age of a recovery point follows the schedule unless it was set. */
export function targetsOf(monitoring: Monitoring, scheduleHours: number): AlertTargets {
  const set = { ...defaults, ...monitoring };
  const orNever = (value: number): number | null => (value === 0 ? null : value);
  return {
    recoveryPointHours: monitoring.recoveryPointTargetInHours ?? 2 * scheduleHours,
    drillDays: orNever(set.drillTargetInDays),
    certificateDays: set.certificateWarningInDays,
    sizeChangePercent: orNever(set.sizeChangeInPercent),
  };
}

const names: readonly string[] = ["recoveryPointTargetInHours", ...Object.keys(defaults)];

async function findScope(deps: ProviderDeps, request: ArmRequest): Promise<RequestScope> {
  const scope = scopeOf(request);
  await findLocation(deps, scope);
  const name = parameterOf(request, "settings");
  if (name.toLowerCase() === monitoringName) return scope;
  if (request.route.method === "GET")
    throw resourceNotFound(`${scope.id}/monitoringSettings/${name}`);
  throw armError(
    "InvalidResourceName",
    'The settings of a location are called "default": use that name',
    {
      target: "settings",
    },
  );
}

function render(scope: RequestScope, { systemData, ...monitoring }: Monitoring): unknown {
  return {
    id: `${scope.id}/monitoringSettings/default`,
    name: "default",
    type: "Microsoft.Backup.Admin/backupLocations/monitoringSettings",
    ...(systemData === undefined ? {} : { systemData }),
    properties: {
      // A change is done when it is answered.
      provisioningState: "Succeeded",
      recoveryPointTargetInHours: null,
      ...defaults,
      ...monitoring,
    },
  };
}
