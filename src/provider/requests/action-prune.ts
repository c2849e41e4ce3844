import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { commitAction } from "./action-commit.ts";
import { judgeAction, type Action } from "../action-target.ts";
import type { PrunePayload } from "../jobs/jobs-prune.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import { callerOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { requireRepository } from "../stores/store-access.ts";

/** POST pruneExternalStore: removes from the store what no backup needs, or lists it. */
export function pruneStore(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
): Promise<ArmResult> {
  return judgeAction(deps, request, {
    judge: () => undefined,
    begin: (action) => begin(deps, vault, request, action),
  });
}

/** The same in every version that has it; the published ones know no retention here. */
interface PruneBody {
  readonly operationType?: "Default" | "DryRun" | null;
  readonly applyRetention?: boolean | null;
}

async function begin(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
  { scope, location, repetition }: Action,
): Promise<ArmResult> {
  const { incarnation } = location.value;
  await requireRepository(deps, scope.key, location.value);
  const body = (request.body ?? {}) as PruneBody;
  const payload: PrunePayload = {
    locationKey: scope.key,
    incarnation,
    isDryRun: body.operationType === "DryRun",
    appliesRetention: body.applyRetention === true,
  };
  const start = { kind: "prune", location, resourceId: scope.id, payload, repetition } as const;
  return commitAction(deps, vault, callerOf(request), { ...start, chosen: undefined });
}
