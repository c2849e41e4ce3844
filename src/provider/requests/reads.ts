import { writeJson } from "../../arm/json-text.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { whenThere, type Soon } from "../../base/soon.ts";
import type { Document } from "../../state/state-store.ts";
import { findBackup, findLocation } from "../action-target.ts";
import { listAll, lookUp } from "../documents.ts";
import { resourceNotFound } from "../faults.ts";
import { retentionView } from "../records/retention-views.ts";
import { standsUntil } from "../records/location-schedule.ts";
import type { BackupLocation } from "../model.ts";
import { locationEtag, viewOf } from "../model.ts";
import { pageOf } from "../paging.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { backupIdOf, parameterOf, scopeOf, type RequestScope } from "../request-scope.ts";
import { rememberRenderings } from "../versions/remembered.ts";
import { backupFormOf, converterOf, formOf } from "../versions/versions.ts";

/** GET of a location. */
export function readLocation(deps: ProviderDeps, request: ArmRequest): Soon<ArmResult> {
  const scope = scopeOf(request);
  return whenThere(lookUp<BackupLocation>(deps.store, "location", scope.key), (location) => {
    if (location === undefined) throw resourceNotFound(scope.id);
    return showLocation(deps, request, scope, location);
  });
}

function showLocation(
  deps: ProviderDeps,
  request: ArmRequest,
  scope: RequestScope,
  { value }: Document<BackupLocation>,
): ArmResult {
  const { apiVersion } = request.context;
  const asked = scope.identity.resourceGroupName;
  const now = deps.clock.now();
  return remembered(value, apiVersion, asked, now, () => {
    const form = formOf(request.context, asked, value.resourceGroupName, now);
    const view = viewOf(value);
    const body = converterOf(apiVersion).renderLocation(view, form);
    const answer = { kind: "value", body, json: writeJson(body), etag: locationEtag(value) };
    return { value: answer as ArmResult, until: standsUntil(view, now) };
  });
}

/** By the location as it was read, api-version and the caller's spelling of the group. */
const remembered = rememberRenderings<BackupLocation, ArmResult>();

/** GET of the locations of a group, or of a subscription where the route names no group. */
export async function listLocations(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const subscription =
    `/subscriptions/${parameterOf(request, "subscriptionId")}/resourcegroups/`.toLowerCase();
  const group = request.params["resourceGroupName"];
  const scope = group === undefined ? subscription : `${subscription}${group.toLowerCase()}/`;
  const items = await listAll<BackupLocation>(deps.store, "location", scope);
  const converter = converterOf(request.context.apiVersion);
  const { value, nextLink } = pageOf(request, items, {
    scope,
    hasNextLink: true,
    pagingKey: deps.pagingKey,
    positionOf: ({ key }) => key,
    render: ({ value: location }) => {
      const written = location.resourceGroupName;
      const form = formOf(request.context, group ?? written, written, deps.clock.now());
      return converter.renderLocation(viewOf(location), form);
    },
  });
  return { kind: "value", body: { value, nextLink } };
}

/** GET of a backup. */
export async function readBackup(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  const location = await findLocation(deps, scope);
  const backup = await findBackup(deps, scope, backupIdOf(request));
  const asked = scope.identity.resourceGroupName;
  const form = backupFormOf(request.context, asked, location.value, deps.clock.now());
  const converter = converterOf(request.context.apiVersion);
  const retention = converter.isModern
    ? { retention: await retentionView(deps, scope.key, location.value) }
    : {};
  return { kind: "value", body: converter.renderBackup(backup.value, { ...form, ...retention }) };
}
