import { buildNextLink, readSkipToken, writeSkipToken } from "../../arm/paging.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { AuditRecord } from "../../identity/audit-chain.ts";
import { auditHeadKey, emptyHead, recordKey, type AuditHeadRecord } from "./audit-records.ts";
import { readCount } from "../paging.ts";
import type { ProviderDeps } from "../provider-deps.ts";

const name = "default";
const id = `/providers/Microsoft.Backup.Admin/auditLogs/${name}`;

/** GET of the audit log: where it begins and ends, and the key its records are signed with. */
export async function readAuditLog(deps: ProviderDeps): Promise<ArmResult> {
  const { first, sequence, hash } = await readHead(deps);
  const properties = {
    firstSequence: first,
    lastSequence: sequence,
    lastHash: hash,
    publicKey: deps.auditPublicKey,
  };
  const type = "Microsoft.Backup.Admin/auditLogs";
  return { kind: "value", body: { id, name, type, properties } };
}

/** GET of its records, oldest first; what was tampered with is shown as it is, for the reader to find. */
export async function listAuditRecords(
  deps: ProviderDeps,
  request: ArmRequest,
): Promise<ArmResult> {
  const { first } = await readHead(deps);
  const { $top, $skip, $skipToken } = request.query;
  const size = Math.min(readCount($top, "$top", 1) ?? defaultPageSize, maximumPageSize);
  const skip = readCount($skip, "$skip", 0) ?? 0;
  const after = $skipToken
    ? readSkipToken($skipToken, id, deps.pagingKey)
    : recordKey(first + skip - 1);
  const found = await deps.store.list<AuditRecord>("audit", { after, limit: size + 1 });
  const page = found.slice(0, size);
  const last = page.at(-1);
  const nextLink =
    found.length <= size || last === undefined
      ? null
      : buildNextLink(request, writeSkipToken(last.key, id, deps.pagingKey));
  return { kind: "value", body: { value: page.map(({ value }) => value), nextLink } };
}

// A record is a few hundred bytes, and 10 KB at most: a page stays far below what ARM lets through.
const maximumPageSize = 500;
const defaultPageSize = 200;

async function readHead({ store }: ProviderDeps): Promise<AuditHeadRecord> {
  return (await store.get<AuditHeadRecord>("setting", auditHeadKey))?.value ?? emptyHead;
}
