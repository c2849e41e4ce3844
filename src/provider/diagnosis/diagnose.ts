import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { toIso } from "../../base/clock.ts";
import { listAll } from "../documents.ts";
import { locationId, type BackupLocation } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { parameterOf } from "../request-scope.ts";
import { formatDateTime } from "../wire-format.ts";
import { worstOf, type Check, type DiagnosisDeps } from "./check.ts";
import { checkLocation } from "./check-location.ts";
import { checkService } from "./check-service.ts";

/** POST diagnose: how the service and the locations of a subscription are; changes nothing. */
export async function runDiagnosis(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const prefix = `/subscriptions/${parameterOf(request, "subscriptionId")}/`.toLowerCase();
  const checks = await diagnose(deps, prefix);
  const checkedTime = formatDateTime(toIso(deps.clock.now()));
  return { kind: "value", body: { status: worstOf(checks), checkedTime, checks } };
}

/** Every check of the service and of the locations whose keys begin so; never throws for what it finds. */
export async function diagnose(deps: DiagnosisDeps, prefix = ""): Promise<readonly Check[]> {
  const service = await checkService(deps);
  // Nothing more can be told about a state that does not answer.
  if (service[0]?.status === "Failed") return service;
  const locations = await listAll<BackupLocation>(deps.store, "location", prefix);
  const checks: Check[] = [...service];
  for (const { key, value } of locations) {
    const resourceId = locationId(value);
    const found = await checkLocation(deps, key, value);
    checks.push(...found.map((check) => ({ ...check, resourceId })));
  }
  if (locations.length > 0) return checks;
  const remedy = "Make one: holdfast location create NAME --region REGION --path PATH --cert FILE";
  const message = "There is no backup location, so nothing is backed up";
  return [...checks, { name: "locations", status: "Warning", message, remediation: [remedy] }];
}
