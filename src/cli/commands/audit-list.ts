import { readAuditEnds, readAuditRecords } from "../arm/audit-records.ts";
import { openService, serviceOptions } from "../arm/service.ts";
import type { AuditRecord } from "../../identity/audit-chain.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { formatTable } from "../format-figures.ts";
import { printable } from "../printable.ts";

const usualCount = 50;

export const auditList: Command = {
  name: "audit list",
  summary: "Shows who wrote what and who was denied, oldest first",
  examples: [
    ["The newest", "holdfast audit list"],
    ["Everything, to keep elsewhere", "holdfast audit list --all --output json > audit.json"],
  ],
  options: {
    last: { summary: `How many of the newest; ${usualCount} unless told`, value: "COUNT" },
    all: { summary: "Every record that is kept" },
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const { first, head } = await readAuditEnds(service);
    const count = args.integer("last", 1, 1_000_000) ?? usualCount;
    const skip = args.flag("all") ? 0 : Math.max(0, head.sequence - first + 1 - count);
    const records: AuditRecord[] = [];
    for await (const record of readAuditRecords(service, { skip, last: head.sequence }))
      records.push(record);
    if (cli.output.isJson) cli.output.printJson(records);
    else
      for (const line of formatTable([heading, ...records.map(describe)])) cli.output.print(line);
    return exitCodes.done;
  },
};

const heading = ["#", "TIME", "EVENT", "WHO", "FROM", "WHAT", "RESULT"];

function describe(record: AuditRecord): readonly string[] {
  const { sequence, status, repeated, errorCode = "" } = record;
  const times = repeated === undefined ? "" : ` ${repeated} times`;
  const who = record["principalName"] ?? (record["method"] === undefined ? "" : "a stranger");
  return [
    String(sequence),
    textOf(record["time"]),
    `${textOf(record["event"])}${times}`,
    textOf(who),
    textOf(record["address"]),
    `${textOf(record["method"])} ${textOf(record["resource"])}`.trim(),
    `${status ?? ""} ${errorCode}`.trim(),
  ];
}

function textOf(value: string | number | undefined): string {
  return printable(String(value ?? ""));
}
