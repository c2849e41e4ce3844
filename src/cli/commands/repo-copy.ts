import { countOf, formatCount } from "../../base/count-of.ts";
import { randomUUID } from "node:crypto";
import { copyRepository } from "../../engine/copy/copy-repository.ts";
import type { CopyReport } from "../../engine/model.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { engineHost } from "../open-repository.ts";
import { makeRepositoryFolder } from "../make-folder.ts";
import { openRepositoryStore } from "../open-repository-store.ts";

export const repoCopy: Command = {
  name: "repo copy",
  summary: "Copies backups unopened into a second store and reads every object back",
  examples: [
    ["Everything", "holdfast repo copy --from /mnt/backup --to smb://backup@files.example/copies"],
    ["One backup", "holdfast repo copy --from /mnt/backup --to /mnt/second --backup ID"],
  ],
  options: {
    from: {
      summary: "Where the backups are: a folder or an address (required)",
      value: "PATH|URL",
    },
    to: { summary: "Empty, or holding the same repository (required)", value: "PATH|URL" },
    backup: { summary: "Only this backup; default: all", value: "ID", multiple: true },
  },
  run: runRepoCopy,
};

async function runRepoCopy(args: Arguments, cli: Cli): Promise<ExitCode> {
  const [fromText, toText] = [args.requireText("from"), args.requireText("to")];
  if (fromText === toText) throw usageError("Source and target are the same: name another target");
  const backupIds = args.texts("backup");
  const from = await openRepositoryStore(fromText, cli, "read", "FROM");
  try {
    await makeRepositoryFolder(toText, cli);
    const to = await openRepositoryStore(toText, cli, "write", "TO");
    try {
      const report = await copyRepository({
        ...engineHost(cli),
        from,
        to,
        // A copy needs no keys, so nothing tells whether an earlier one still runs: its lease has to run out.
        owner: { installationId: randomUUID(), jobFence: 0 },
        ...(backupIds.length === 0 ? {} : { backupIds }),
        signal: cli.signal,
        onProgress: ({ backupsDone, backupsTotal, bytes }) =>
          cli.output.say(
            `${backupsDone} of ${countOf(backupsTotal, "backup")}, ${formatBytes(bytes)}`,
          ),
      });
      show(cli, report);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
  return exitCodes.done;
}

function show(cli: Cli, report: CopyReport): void {
  if (cli.output.isJson) return cli.output.printJson({ message_type: "summary", ...report });
  const { copied, present, objects, bytes } = report;
  cli.output.print(
    `Copied ${countOf(copied.length, "backup")} (${formatCount(present.length)} already there): ${countOf(objects, "object")}, ${formatBytes(bytes)}, each read back`,
  );
}
