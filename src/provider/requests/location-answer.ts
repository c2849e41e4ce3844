import type { OperationRecord } from "../../arm/operation-record.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { BackupLocation } from "../model.ts";
import { locationEtag, viewOf } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { scopeOf } from "../request-scope.ts";
import { converterOf, formOf } from "../versions/versions.ts";

/** The answer to a PUT or PATCH that an operation carries out. */
export function acceptedLocation(
  deps: ProviderDeps,
  request: ArmRequest,
  location: BackupLocation,
  operation: OperationRecord,
  isCreated: boolean,
): ArmResult {
  return {
    kind: "accepted",
    operation,
    body: renderNow(deps, request, location),
    created: isCreated,
    etag: locationEtag(location),
  };
}

/** The location in the form of the api-version asked. */
export function renderNow(
  deps: ProviderDeps,
  request: ArmRequest,
  location: BackupLocation,
): unknown {
  const asked = scopeOf(request).identity.resourceGroupName;
  const form = formOf(request.context, asked, location.resourceGroupName, deps.clock.now());
  return converterOf(request.context.apiVersion).renderLocation(viewOf(location), form);
}
