import { findNearest } from "./find-nearest.ts";
import type { Command } from "./command.ts";

/** Commands below a word; the name of the group of all is empty. */
export interface CommandGroup {
  readonly name: string;
  readonly commands: readonly string[];
}

export type FoundCommand =
  | { readonly kind: "command"; readonly words: number; readonly load: () => Promise<Command> }
  | { readonly kind: "group"; readonly words: number; readonly group: CommandGroup }
  | { readonly kind: "unknown"; readonly message: string };

interface TableRow {
  readonly summary: string;
  /** Loaded only when typed; the built program has those on repositories in one file, and the others in another. */
  readonly load: () => Promise<Command>;
}

const table: Readonly<Record<string, TableRow>> = {
  serve: {
    summary: "Run the service",
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  doctor: {
    summary: "Look at the service and everything it needs, and say what to do",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  "keys create": {
    summary: "Make a certificate and its private key",
    load: async () => (await import("./commands/keys-create.ts")).keysCreate,
  },
  "repo init": {
    summary: "Prepare a folder for backups, or change who can open new ones",
    load: async () => (await import("./commands/repo-init.ts")).repoInit,
  },
  "repo backup": {
    summary: "Back up folders, without the service",
    load: async () => (await import("./commands/repo-backup.ts")).repoBackup,
  },
  "repo list": {
    summary: "List the backups in a folder",
    load: async () => (await import("./commands/repo-list.ts")).repoList,
  },
  "repo verify": {
    summary: "Check that backups are whole",
    load: async () => (await import("./commands/repo-verify.ts")).repoVerify,
  },
  "repo prune": {
    summary: "Remove old backups and free their space",
    load: async () => (await import("./commands/repo-prune.ts")).repoPrune,
  },
  "repo repair": {
    summary: "Set damage aside so that the next backup heals it",
    load: async () => (await import("./commands/repo-repair.ts")).repoRepair,
  },
  "repo copy": {
    summary: "Copy backups into a second store",
    load: async () => (await import("./commands/repo-copy.ts")).repoCopy,
  },
  "repo restore": {
    summary: "Bring a backup back, without the service",
    load: async () => (await import("./commands/repo-restore.ts")).repoRestore,
  },
  "location create": {
    summary: "Create a backup location of the service, or replace its settings",
    load: async () => (await import("./commands/location-create.ts")).locationCreate,
  },
  "location show": {
    summary: "Show a backup location",
    load: async () => (await import("./commands/location-show.ts")).locationShow,
  },
  "location update": {
    summary: "Change some settings of a backup location",
    load: async () => (await import("./commands/location-update.ts")).locationUpdate,
  },
  "location test": {
    summary: "Try out the store of a backup location",
    load: async () => (await import("./commands/location-test.ts")).locationTest,
  },
  "location list": {
    summary: "List the backup locations",
    load: async () => (await import("./commands/location-list.ts")).locationList,
  },
  "location prune": {
    summary: "Remove from the store what no backup needs, or list it",
    load: async () => (await import("./commands/location-prune.ts")).locationPrune,
  },
  "location copy": {
    summary: "Copy backups into the store of another location",
    load: async () => (await import("./commands/location-copy.ts")).locationCopy,
  },
  "location delete": {
    summary: "Forget a backup location; its store is left alone",
    load: async () => (await import("./commands/location-delete.ts")).locationDelete,
  },
  "schedule preview": {
    summary: "Show when the next scheduled backups will be made",
    load: async () => (await import("./commands/schedule-preview.ts")).schedulePreview,
  },
  "retention preview": {
    summary: "Show which backups retention keeps and removes",
    load: async () => (await import("./commands/retention-preview.ts")).retentionPreview,
  },
  "backup pin": {
    summary: "Keep a backup whatever retention says",
    load: async () => (await import("./commands/backup-pin.ts")).backupPin,
  },
  "backup unpin": {
    summary: "Let retention decide about a backup again",
    load: async () => (await import("./commands/backup-pin.ts")).backupUnpin,
  },
  "backup delete": {
    summary: "Remove a backup from the store",
    load: async () => (await import("./commands/backup-delete.ts")).backupDelete,
  },
  "backup start": {
    summary: "Ask the service for a backup now",
    load: async () => (await import("./commands/backup-start.ts")).backupStart,
  },
  "backup list": {
    summary: "List the backups of a location",
    load: async () => (await import("./commands/backup-list.ts")).backupList,
  },
  "backup show": {
    summary: "Show a backup",
    load: async () => (await import("./commands/backup-show.ts")).backupShow,
  },
  "backup restore": {
    summary: "Ask the service to bring a backup back",
    load: async () => (await import("./commands/backup-restore.ts")).backupRestore,
  },
  "backup verify": {
    summary: "Ask the service to check a backup, or all of a location",
    load: async () => (await import("./commands/backup-verify.ts")).backupVerify,
  },
  "alert list": {
    summary: "List what needs care",
    load: async () => (await import("./commands/alert-list.ts")).alertList,
  },
  "alert show": {
    summary: "Show an alert: what is wrong, why, and what to do",
    load: async () => (await import("./commands/alert-show.ts")).alertShow,
  },
  "alert close": {
    summary: "Close an alert by hand",
    load: async () => (await import("./commands/alert-close.ts")).alertClose,
  },
  "notification test": {
    summary: "Send a test message on a notification route",
    load: async () => (await import("./commands/notification-test.ts")).notificationTest,
  },
  "operation show": {
    summary: "Show how far an operation of the service is",
    load: async () => (await import("./commands/operation-show.ts")).operationShow,
  },
  "operation wait": {
    summary: "Wait for an operation of the service to end",
    load: async () => (await import("./commands/operation-wait.ts")).operationWait,
  },
  "operation log": {
    summary: "Show what the service wrote down while an operation ran",
    load: async () => (await import("./commands/operation-log.ts")).operationLog,
  },
  "audit list": {
    summary: "Show who wrote what and who was denied",
    load: async () => (await import("./commands/audit-list.ts")).auditList,
  },
  "audit verify": {
    summary: "Check that nobody tampered with the audit log",
    load: async () => (await import("./commands/audit-verify.ts")).auditVerify,
  },
  "operation cancel": {
    summary: "Ask an operation of the service to stop",
    load: async () => (await import("./commands/operation-cancel.ts")).operationCancel,
  },
};

const names = Object.keys(table);

/** What the typed words name: a command, a group of commands, or nothing we know. */
export function findCommand(typed: readonly string[]): FoundCommand {
  const options = typed.findIndex((word) => word.startsWith("-"));
  const words = options === -1 ? typed : typed.slice(0, options);
  for (const count of [2, 1]) {
    const row = words.length < count ? undefined : rowOf(words.slice(0, count).join(" "));
    if (row !== undefined) return { kind: "command", words: count, load: row.load };
  }
  const [first, second] = words;
  if (first === undefined) return { kind: "group", words: 0, group: { name: "", commands: names } };
  const below = names.filter((name) => name.startsWith(`${first} `));
  if (second === undefined && below.length > 0) {
    return { kind: "group", words: 1, group: { name: first, commands: below } };
  }
  return { kind: "unknown", message: describeUnknown(first, second, below) };
}

function describeUnknown(
  first: string,
  second: string | undefined,
  below: readonly string[],
): string {
  const typed = second === undefined ? first : `${first} ${second}`;
  const groups = [...new Set(names.map((name) => name.split(" ")[0] ?? ""))];
  const nearest =
    below.length > 0
      ? findNearest(typed, below)
      : (findNearest(typed, names) ?? findNearest(first, groups));
  const hint = nearest === undefined ? "see holdfast --help" : `did you mean "holdfast ${nearest}"`;
  return `Unknown command "${typed}": ${hint}`;
}

export function summaryOf(name: string): string {
  return table[name]?.summary ?? "";
}

function rowOf(name: string): TableRow | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
