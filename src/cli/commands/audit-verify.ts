import { countOf } from "../../base/count-of.ts";
import { readAuditEnds, readAuditRecords, type AuditLogEnds } from "../arm/audit-records.ts";
import { openService, serviceOptions } from "../arm/service.ts";
import { auditKeyId } from "../../identity/audit-chain.ts";
import {
  createAuditChecker,
  type AuditFinding,
  type AuditHead,
} from "../../identity/audit-check.ts";
import { usageError } from "../arguments.ts";
import type { Cli, Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const auditVerify: Command = {
  name: "audit verify",
  summary: "Checks that nobody changed, removed, added or moved a record of the audit log",
  examples: [
    ["Now", "holdfast audit verify"],
    [
      "Against what it said last time",
      "holdfast audit verify --key 0d6c43f1c8f5b1f6f4e0d3b05a6a5f20 --noted 120:4e0b…",
    ],
  ],
  options: {
    key: { summary: "The log's key, as it was shown before", value: "ID" },
    noted: { summary: "A head that was shown before; a log cut behind it shows", value: "HEAD" },
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const noted = readHead(args.text("noted"));
    const ends = await readAuditEnds(service);
    const key = args.text("key");
    const checker = createAuditChecker(ends.publicKey, noted);
    const findings: AuditFinding[] = [...findOtherKey(ends, key)];
    let count = 0;
    for await (const record of readAuditRecords(service, { last: ends.head.sequence })) {
      findings.push(...checker.add(record));
      count += 1;
    }
    findings.push(...checker.end(ends.head));
    showVerdict(ends, count, findings, cli);
    return findings.length === 0 ? exitCodes.done : exitCodes.integrity;
  },
};

function readHead(text: string | undefined): AuditHead | undefined {
  if (text === undefined) return undefined;
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw usageError('Option "--noted" is the head as this command prints it: number:hash');
  return { sequence: Number(sequence), hash };
}

function findOtherKey(ends: AuditLogEnds, key: string | undefined): readonly AuditFinding[] {
  const found = auditKeyId(ends.publicKey);
  if (key === undefined || key === found) return [];
  const message = `The log is signed with key ${found} and not with ${key}`;
  return [{ code: "AuditSignatureInvalid", sequence: ends.first, message }];
}

function showVerdict(
  { head, publicKey }: AuditLogEnds,
  count: number,
  findings: readonly AuditFinding[],
  { output }: Cli,
): void {
  const noted = `${head.sequence}:${head.hash}`;
  const key = auditKeyId(publicKey);
  if (output.isJson) return output.printJson({ records: count, head: noted, key, findings });
  for (const { code, message } of findings) output.print(`${message} (${code})`);
  output.print(`${countOf(count, "record")}, ${countOf(findings.length, "finding")}`);
  output.print(`key ${key}`);
  output.print(`head ${noted}`);
}
