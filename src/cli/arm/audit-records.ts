import type { AuditLog, AuditRecordList } from "../../generated/api-2026-12-01.ts";
import type { AuditRecord } from "../../identity/audit-chain.ts";
import type { AuditHead } from "../../identity/audit-check.ts";
import type { Service } from "./service.ts";

export interface AuditLogEnds {
  readonly first: number;
  readonly head: AuditHead;
  readonly publicKey: string;
}

const path = "/providers/Microsoft.Backup.Admin/auditLogs/default";

/** Where the service's audit log begins and ends. */
export async function readAuditEnds(service: Service): Promise<AuditLogEnds> {
  const { properties = {} } = (await service.call("GET", path)).body as AuditLog;
  const { firstSequence = 1, lastSequence = 0, lastHash = "", publicKey = "" } = properties;
  return { first: firstSequence, head: { sequence: lastSequence, hash: lastHash }, publicKey };
}

/** The records up to a number, oldest first, page by page; those written meanwhile are left out. */
export async function* readAuditRecords(
  service: Service,
  { skip = 0, last }: { readonly skip?: number; readonly last: number },
): AsyncGenerator<AuditRecord> {
  let next: string | null | undefined = `${path}/records?$top=500&$skip=${skip}`;
  while (next !== undefined && next !== null) {
    const page = (await service.call("GET", next)).body as AuditRecordList;
    for (const record of (page.value ?? []) as readonly AuditRecord[]) {
      if (record.sequence > last) return;
      yield record;
    }
    next = page.nextLink;
  }
}
