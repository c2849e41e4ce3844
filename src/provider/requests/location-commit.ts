import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { create, replace } from "../documents.ts";
import type { ChangedConfiguration } from "../rules/location-rules.ts";
import { unconfigured } from "../rules/location-rules.ts";
import type { BackupLocation, LocationSecrets } from "../model.ts";
import {
  announceOperation,
  callerOf,
  jobKinds,
  operationWrites,
  startOperation,
  systemDataOf,
} from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import type { RequestScope } from "../request-scope.ts";
import { askToMakeWay } from "../jobs/make-way.ts";
import { holdFor, type Hold } from "../records/running-work.ts";
import { secretLabel } from "../stores/secret-labels.ts";
import { acceptedLocation } from "./location-answer.ts";

/** Commits a new location, its operation and job. */
export async function createLocation(
  deps: ProviderDeps,
  request: ArmRequest,
  scope: RequestScope,
  changed: ChangedConfiguration,
): Promise<ArmResult> {
  const operationId = deps.newId();
  const { region, tags } = changed.settings;
  const location: BackupLocation = {
    ...scope.identity,
    incarnation: deps.newId(),
    revision: 1,
    settings: { ...unconfigured(region), tags },
    secrets: {},
    pending: sealChange(deps, scope.key, changed),
    provisioningState: "Creating",
    activeOperationId: operationId,
    nextTick: null,
    capacity: null,
    lastBackupTime: null,
    cachedStore: null,
    systemData: systemDataOf(request, undefined, nowIso(deps)),
  };
  const write = create("location", scope.key, location);
  return commitConfigure(deps, request, scope, {
    location,
    write,
    operationId,
    isCreated: true,
  });
}

/** Commits what a location is to become, with operation and job. */
export async function configureLocation(
  deps: ProviderDeps,
  request: ArmRequest,
  scope: RequestScope,
  { found, changed, isConfigured }: Reconfiguration,
): Promise<ArmResult> {
  const operationId = deps.newId();
  const { value } = found;
  // What runs in the same store goes on beside it; a clean-up makes way for another one.
  const goesOn = isConfigured && value.running !== undefined;
  const hold = goesOn ? { location: value, wait: {} } : holdFor(value, undefined);
  const location: BackupLocation = {
    ...hold.location,
    // A PUT writes the name too; it is shown as it was written last.
    ...(request.route.method === "PUT" ? scope.identity : {}),
    revision: found.value.revision + 1,
    pending: sealChange(deps, scope.key, changed),
    provisioningState: "Updating",
    activeOperationId: operationId,
    systemData: systemDataOf(request, found.value.systemData, nowIso(deps)),
  };
  const write = replace(found, location);
  return commitConfigure(deps, request, scope, {
    location,
    write,
    operationId,
    isCreated: false,
    wait: hold.wait,
    ...(goesOn ? {} : { overtaken: value }),
  });
}

interface Reconfiguration {
  readonly found: Document<BackupLocation>;
  readonly changed: ChangedConfiguration;
  /** Whether the store has heard of all of it. */
  readonly isConfigured: boolean;
}

interface ConfigureCommit {
  readonly location: BackupLocation;
  readonly write: Write;
  readonly wait?: Hold["wait"];
  /** As it was while a clean-up held it. */
  readonly overtaken?: BackupLocation;
  readonly operationId: string;
  readonly isCreated: boolean;
}

async function commitConfigure(
  deps: ProviderDeps,
  request: ArmRequest,
  scope: RequestScope,
  { location, write, operationId, isCreated, wait, overtaken }: ConfigureCommit,
): Promise<ArmResult> {
  const operation = startOperation(deps, callerOf(request), {
    id: operationId,
    location,
    resourceId: scope.id,
  });
  const payload = { locationKey: scope.key, incarnation: location.incarnation, ...wait };
  await deps.failpoint?.("put.before-commit");
  await deps.store.commit([
    write,
    ...operationWrites(deps, operation, jobKinds.configure, payload),
  ]);
  await deps.failpoint?.("put.after-commit");
  if (overtaken !== undefined) await askToMakeWay(deps, overtaken);
  announceOperation(deps, operation);
  return acceptedLocation(deps, request, location, operation, isCreated);
}

/** The change as it is stored: new secrets sealed, nothing in the clear. */
function sealChange(
  deps: ProviderDeps,
  key: string,
  { settings, secrets, newSecrets }: ChangedConfiguration,
): {
  readonly settings: ChangedConfiguration["settings"];
  readonly secrets: LocationSecrets;
} {
  const sealed = Object.entries(newSecrets).map(([name, text]) => [
    name,
    deps.identity.seal(text, secretLabel(key, name as keyof LocationSecrets)),
  ]);
  return { settings, secrets: { ...secrets, ...Object.fromEntries(sealed) } };
}
