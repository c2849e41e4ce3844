import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../base/errors.ts";
import { checkPreconditions } from "../../arm/preconditions.ts";
import { isTerminal } from "../../arm/operation-record.ts";
import { routeKey } from "../../arm/contract.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { Document } from "../../state/state-store.ts";
import { getLocation, getOperation, replace, retryOnConflict } from "../documents.ts";
import { busy, resourceNotFound } from "../faults.ts";
import { retargetError } from "../rules/change-parts.ts";
import type { LocationChange } from "../rules/location-change.ts";
import type { ChangedConfiguration, Configuration } from "../rules/location-rules.ts";
import {
  applyChange,
  isSameConfiguration,
  isSameTarget,
  unconfigured,
} from "../rules/location-rules.ts";
import type { BackupLocation } from "../model.ts";
import { upkeepAfterChange } from "../records/location-retention.ts";
import { tickAfterChange } from "../records/location-schedule.ts";
import { isSettled, locationEtag, storeIdentity } from "../model.ts";
import { systemDataOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { checkLocationEcho, checkRecipientEcho } from "./location-echo.ts";
import type { RequestScope } from "../request-scope.ts";
import { scopeOf } from "../request-scope.ts";
import { conflictOfRunning, isCleanUp } from "../records/running-work.ts";
import { secretLabel } from "../stores/secret-labels.ts";
import { converterOf } from "../versions/versions.ts";
import { acceptedLocation, renderNow } from "./location-answer.ts";
import { configureLocation, createLocation } from "./location-commit.ts";

/** PUT of a location in any api-version: judges, commits resource, operation and job, answers. */
export function putLocation(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const change = converterOf(request.context.apiVersion).readPut(request.body);
  return writeLocation(deps, request, { change, mayCreate: true });
}

/** PATCH of a location: never creates; in our own version settings that touch no store are changed at once. */
export function patchLocation(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const { readPatch } = converterOf(request.context.apiVersion);
  if (readPatch === undefined)
    throw new TypeError(`No PATCH in api-version "${request.context.apiVersion}"`);
  return writeLocation(deps, request, {
    change: readPatch(request.body),
    mayCreate: false,
  });
}

interface LocationWrite {
  readonly change: LocationChange;
  readonly mayCreate: boolean;
}

function writeLocation(
  deps: ProviderDeps,
  request: ArmRequest,
  write: LocationWrite,
): Promise<ArmResult> {
  const scope = scopeOf(request);
  return retryOnConflict(() => attemptWrite(deps, request, scope, write));
}

async function attemptWrite(
  deps: ProviderDeps,
  request: ArmRequest,
  scope: RequestScope,
  { change, mayCreate }: LocationWrite,
): Promise<ArmResult> {
  const found = await getLocation(deps.store, scope.key);
  if (found === undefined && !mayCreate) throw resourceNotFound(scope.id);
  const base = baseOf(found?.value, change, scope);
  const changed = applyChange(base, change, {
    identity: deps.identity,
    parseStorePath: deps.parseStorePath,
    addresses: deps.addresses,
    now: deps.clock.now(),
  });
  if (found !== undefined) checkCopies(found.value, changed, change);
  if (found !== undefined) checkLocationEcho(request, found.value, deps.clock.now());
  checkRecipientEcho(request, changed.settings.encryption);
  checkPreconditions(conditionsOf(request), found && locationEtag(found.value));
  if (found === undefined) {
    await checkFolder(deps, changed, change);
    return createLocation(deps, request, scope, changed);
  }
  if (!isSettled(found.value.provisioningState)) {
    return attachToTwin(deps, request, found.value, changed, scope);
  }
  const isConfigured =
    isSameTarget(found.value.settings, changed.settings) && hasNoNewSecrets(changed);
  if (!isConfigured) {
    await checkFolder(deps, changed, change);
    checkNotRunning(found.value, scope);
  }
  return isConfigured && isChangedAtOnce(request, found.value)
    ? changeAtOnce(deps, request, found, changed)
    : configureLocation(deps, request, scope, { found, changed, isConfigured });
}

/** What the store must hear of waits for whatever runs there, but for a clean-up that makes way. */
function checkNotRunning(location: BackupLocation, scope: RequestScope): void {
  const { running } = location;
  if (running !== undefined && !isCleanUp(location)) throw conflictOfRunning(running, scope.id);
}

/** In our own version a PATCH that touches no store is done when it is answered. */
function isChangedAtOnce(request: ArmRequest, found: BackupLocation): boolean {
  const isModern = converterOf(request.context.apiVersion).isModern;
  return isModern && request.route.method === "PATCH" && found.provisioningState === "Succeeded";
}

/** Encryption of its own would fork the repository whose copies are in the store: the next copy could not go on. */
function checkCopies(
  { name, copiesIn }: BackupLocation,
  { settings: { store, encryption } }: ChangedConfiguration,
  { names }: LocationChange,
): void {
  if (encryption.kind === "none" || copiesIn === undefined || storeIdentity(store) !== copiesIn)
    return;
  throw new AppError(
    "InvalidArgument",
    `Location "${name}" holds copies of another location's backups and cannot encrypt backups of its own into the same store: give it another path, or make another location`,
    {
      target: encryption.kind === "pre-shared-key" ? names.secrets.preSharedKey : names.certificate,
    },
  );
}

/** The folder of a local store, with the caller's name for it in the error. */
async function checkFolder(
  deps: ProviderDeps,
  { settings }: ChangedConfiguration,
  change: LocationChange,
): Promise<void> {
  if (settings.store.kind !== "local") return;
  const { folder } = settings.store;
  try {
    await deps.checkStorePath(folder);
  } catch (error) {
    throw retargetError(change.names.path, error);
  }
}

function conditionsOf(request: ArmRequest): Parameters<typeof checkPreconditions>[0] {
  const { ifMatch, ifNoneMatch } = request;
  return {
    method: request.route.method === "PATCH" ? "PATCH" : "PUT",
    ifMatch,
    ifNoneMatch,
  };
}

/** What the change is judged against: what is in force, or what the running operation will make of it. */
function baseOf(
  found: BackupLocation | undefined,
  change: LocationChange,
  scope: RequestScope,
): Configuration {
  if (found === undefined) {
    return {
      settings: unconfigured(change.region ?? scope.identity.name),
      secrets: {},
    };
  }
  return found.pending ?? { settings: found.settings, secrets: found.secrets };
}

/** Tags and settings no store needs to hear of; what is as it was asked for already is not written again (rule 87). */
async function changeAtOnce(
  deps: ProviderDeps,
  request: ArmRequest,
  found: Document<BackupLocation>,
  changed: ChangedConfiguration,
): Promise<ArmResult> {
  const location = isDeepStrictEqual(changed.settings, found.value.settings)
    ? found.value
    : await commitSettings(deps, request, found, changed);
  return {
    kind: "value",
    body: renderNow(deps, request, location),
    etag: locationEtag(location),
  };
}

async function commitSettings(
  deps: ProviderDeps,
  request: ArmRequest,
  found: Document<BackupLocation>,
  changed: ChangedConfiguration,
): Promise<BackupLocation> {
  const location: BackupLocation = {
    ...found.value,
    settings: changed.settings,
    ...tickAfterChange(found.value, changed.settings, deps.clock.now()),
    ...upkeepAfterChange(found.value, changed.settings, deps.clock.now()),
    revision: found.value.revision + 1,
    systemData: systemDataOf(request, found.value.systemData, nowIso(deps)),
  };
  await deps.store.commit([replace(found, location)]);
  return location;
}

/** A lost answer makes clients send the same again: it gets the operation that already works on it. */
async function attachToTwin(
  deps: ProviderDeps,
  request: ArmRequest,
  location: BackupLocation,
  changed: ChangedConfiguration,
  scope: RequestScope,
): Promise<ArmResult> {
  const { pending, activeOperationId } = location;
  const doing = location.provisioningState === "Deleting" ? "deleted" : "changed";
  if (pending === undefined || activeOperationId === undefined) throw busy(scope.id, doing);
  const operation = (await getOperation(deps.store, activeOperationId))?.value;
  const isTwin =
    operation !== undefined &&
    !isTerminal(operation.state) &&
    operation.route === routeKey(request.route) &&
    operation.apiVersion === request.context.apiVersion &&
    isSameConfiguration(pending, changed, (name, sealed) =>
      deps.identity.unseal(sealed, secretLabel(scope.key, name)),
    );
  if (!isTwin) throw busy(scope.id, doing);
  return acceptedLocation(
    deps,
    request,
    location,
    operation,
    location.provisioningState === "Creating",
  );
}

function hasNoNewSecrets(changed: ChangedConfiguration): boolean {
  return Object.keys(changed.newSecrets).length === 0;
}
