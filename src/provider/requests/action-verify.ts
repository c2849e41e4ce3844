import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { RecipientName, VerifyDepth, VerifySubset } from "../../engine/model.ts";
import { commitAction } from "./action-commit.ts";
import { judgeAction, type Action } from "../action-target.ts";
import { listAll } from "../documents.ts";
import { badSubset } from "../faults.ts";
import type { VerifyPayload } from "../jobs/jobs-verify.ts";
import type { Backup } from "../model.ts";
import type { OpenerVault } from "../stores/opener-vault.ts";
import type { ChosenOpener, SentOpener } from "../stores/openers.ts";
import { checkOpens, chooseOpener, openSent } from "../stores/openers.ts";
import { callerOf } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import type { RequestScope } from "../request-scope.ts";
import { requireRepository } from "../stores/store-access.ts";
import type { Document } from "../../state/state-store.ts";
import type { BackupLocation } from "../model.ts";

/** POST verify of a location or of one backup. */
export function verifyStore(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
): Promise<ArmResult> {
  return judgeAction(deps, request, {
    judge: (action) => judge(deps, request, action),
    begin: (action, judged) => begin(deps, vault, request, action, judged),
  });
}

interface VerifyBody {
  readonly depth?: "Structure" | "Ciphertext" | "Content";
  readonly subset?: VerifySubset;
  readonly decryptionCertBase64?: string | null;
  readonly decryptionCertPassword?: string | null;
}

interface Judged {
  readonly depth: VerifyDepth;
  readonly subset: VerifySubset | undefined;
  readonly sent: SentOpener;
}

async function judge(deps: ProviderDeps, request: ArmRequest, { backup }: Action): Promise<Judged> {
  const body = (request.body ?? {}) as VerifyBody;
  const { subset } = body;
  if (subset !== undefined && subset.part > subset.of) throw badSubset(subset);
  const depth = (body.depth ?? "Ciphertext").toLowerCase() as VerifyDepth;
  if (depth !== "content") return { depth, subset, sent: undefined };
  const sent = await openSent(deps, {
    pfxBase64: body.decryptionCertBase64 ?? undefined,
    pfxPassword: body.decryptionCertPassword ?? undefined,
  });
  // Who a backup is encrypted to never changes; of a whole store the next backup may be the first that this key opens.
  const record = backup?.value.record;
  if (record !== undefined) checkOpens(deps, record.recipients, sent);
  return { depth, subset, sent };
}

async function begin(
  deps: ProviderDeps,
  vault: OpenerVault,
  request: ArmRequest,
  { scope, location, backup, repetition }: Action,
  { depth, subset, sent }: Judged,
): Promise<ArmResult> {
  await requireRepository(deps, scope.key, location.value);
  const chosen =
    depth === "content" ? await chooseForVerify(deps, scope, location, backup, sent) : undefined;
  const payload: VerifyPayload = {
    locationKey: scope.key,
    incarnation: location.value.incarnation,
    depth,
    ...(subset === undefined ? {} : { subset }),
    ...(backup === undefined ? {} : { backupId: backup.value.id }),
    ...(chosen === undefined ? {} : { openerSource: chosen.source }),
  };
  const resourceId = backup === undefined ? scope.id : `${scope.id}/backups/${backup.value.id}`;
  const start = { kind: "verify", location, resourceId, payload, chosen, repetition } as const;
  return commitAction(deps, vault, callerOf(request), start);
}

/** The key must open this backup, or for a whole store at least one of its backups. */
async function chooseForVerify(
  deps: ProviderDeps,
  scope: RequestScope,
  location: Document<BackupLocation>,
  backup: Document<Backup> | undefined,
  sent: SentOpener,
): Promise<ChosenOpener> {
  const backups =
    backup === undefined
      ? await listAll<Backup>(deps.store, "backup", `${scope.key}/backups/`)
      : [backup];
  const recipients = new Map<string, RecipientName>();
  for (const { value } of backups) {
    for (const one of value.record?.recipients ?? []) recipients.set(one.keyId, one);
  }
  return chooseOpener(deps, scope.key, location.value, [...recipients.values()], sent);
}
