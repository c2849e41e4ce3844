import { countOf } from "../../base/count-of.ts";
import { startRestoreThreads } from "../../engine/restore/restore-threads.ts";
import { verifyRepository } from "../../engine/verify/verify-repository.ts";
import type { RecipientName, VerifyDepth, VerifyReport } from "../../engine/model.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { formatDuration } from "../format-figures.ts";
import { engineHost, openForReading, repositoryOptions, trustOption } from "../open-repository.ts";
import { printable } from "../printable.ts";
import { createProgressView } from "../progress-view.ts";
import { openerOptions, readOpener } from "../read-opener.ts";
import { readSubset, subsetOption } from "../read-subset.ts";

export const repoVerify: Command = {
  name: "repo verify",
  summary: "Checks that every backup of a repository is whole",
  examples: [
    ["Every stored byte; needs no key", "holdfast repo verify --repo /mnt/backup"],
    [
      "Open everything as a restore would",
      "holdfast repo verify --repo /mnt/backup --depth content --pfx holdfast.pfx --password-file holdfast.password",
    ],
  ],
  options: {
    ...repositoryOptions,
    depth: {
      summary: "Signatures and presence; also every stored byte (default); also open everything",
      value: "DEPTH",
      choices: ["structure", "ciphertext", "content"],
    },
    ...openerOptions,
    ...trustOption,
    ...subsetOption,
    workers: { summary: "Threads; default 2", value: "N" },
  },
  run: runRepoVerify,
};

async function runRepoVerify(args: Arguments, cli: Cli): Promise<ExitCode> {
  const depth = (args.text("depth") ?? "ciphertext") as VerifyDepth;
  const workers = args.integer("workers", 1, 64);
  const subset = readSubset(args);
  if (depth === "content") startRestoreThreads();
  const opener = await readOpener(args, cli);
  if (depth === "content" && opener === undefined) {
    throw usageError("Opening everything needs the private key: give --pfx (or --psk-file)");
  }
  const { store, publicKey, keysFile } = await openForReading(args, cli);
  const view = createProgressView(cli);
  try {
    const report = await verifyRepository({
      ...engineHost(cli),
      store,
      depth,
      subset,
      opener: depth === "content" ? opener : undefined,
      expectedPublicKey: publicKey,
      ledgerHead: keysFile?.keys.signingPublicKey === publicKey ? keysFile.ledgerHead : undefined,
      ...(workers === undefined ? {} : { workers }),
      signal: cli.signal,
      onProgress: (progress) => view.update(progress),
    });
    view.clear();
    printReport(cli, report);
    if (report.findings.length > 0) return exitCodes.integrity;
    return report.unopened === undefined ? exitCodes.done : exitCodes.partial;
  } finally {
    view.clear();
    await store.close();
  }
}

function printReport(cli: Cli, report: VerifyReport): void {
  if (cli.output.isJson) {
    cli.output.printJson({ message_type: "summary", ...report });
    return;
  }
  const { print } = cli.output;
  for (const { code, object, message, backups } of report.findings) {
    print(`${code}  ${object}`);
    print(`  ${message}`);
    const harmed = backups.length === 0 ? "no known backup needs it" : backups.join(", ");
    print(`  backups harmed: ${harmed}`);
  }
  const { findings, unopened = [], depth, durationMilliseconds } = report;
  for (const { epochId, recipients, backups } of unopened) {
    const needed = recipients.map(nameRecipient).join(" or ");
    print(
      `${countOf(backups.length, "backup")} not opened with this key (epoch ${epochId}): give the key of ${needed}`,
    );
    print(`  ${backups.join(", ")}`);
  }
  const verdict = findings.length === 0 ? "No damage" : countOf(findings.length, "finding");
  print(
    `${verdict}: ${countOf(report.backups, "backup")}, ${countOf(report.objects, "object")}, ${formatBytes(report.bytes)} read (${depth}) in ${formatDuration(durationMilliseconds)}`,
  );
}

function nameRecipient({ thumbprint, subject }: RecipientName): string {
  if (thumbprint === undefined) return "the pre-shared key";
  return `certificate ${thumbprint}${subject === undefined ? "" : ` (${printable(subject)})`}`;
}
