import type { Notice } from "../../alerts/notice.ts";
import type { AuditRecord } from "../../identity/audit-chain.ts";
import type { Document } from "../../state/state-store.ts";
import {
  auditHeadKey,
  emptyHead,
  recordKey,
  type AuditHeadRecord,
} from "../audit/audit-records.ts";
import type { BackupLocation } from "../model.ts";
import { noticeOfAudit } from "../notify/notices.ts";
import type { NotificationRoute } from "../notify/route-record.ts";
import type { ProviderDeps } from "../provider-deps.ts";

export interface AuditNews {
  readonly notices: readonly Notice[];
  /** How far the log was told; empty while no route wants it. */
  readonly position: { readonly auditSequence?: number };
}

/** More than arrive between two looks; the rest follows at the next. */
const most = 500;

/** Records about a location that were not told yet. A route begins with what comes after it. */
export async function readAuditNews(
  deps: ProviderDeps,
  location: BackupLocation,
  routes: readonly Document<NotificationRoute>[],
  told: number | undefined,
): Promise<AuditNews> {
  if (!routes.some(({ value }) => value.isEnabled && value.events.includes("Audit")))
    return { notices: [], position: {} };
  const head = (await deps.store.get<AuditHeadRecord>("setting", auditHeadKey))?.value ?? emptyHead;
  if (told === undefined) return { notices: [], position: { auditSequence: head.sequence } };
  const after = recordKey(told);
  const found = await deps.store.list<AuditRecord>("audit", {
    after,
    limit: most,
  });
  const notices = found.flatMap(({ value }) => noticeOfAudit(deps, location, value) ?? []);
  return {
    notices,
    position: { auditSequence: found.at(-1)?.value.sequence ?? told },
  };
}
