import type { AlertError } from "../../alerts/alert.ts";
import type { NewestBackup, RememberedRepository } from "../../engine/model.ts";
import type { StateStore, Write } from "../../state/state-store.ts";

/**
 * What retention and the probe of stores tell the watchdog, as a write for the commit of their own work. The newest
 * note of a kind counts; none is needed while all is well.
 */
export interface Notes {
  /** By route, as `route:NAME`: how its last message fared. */
  readonly [route: `route:${string}`]: RouteNote;
  /** The last try to remove what is no longer kept. */
  readonly retention?: {
    readonly operationId: string;
    readonly at: string;
    readonly error?: AlertError;
  };
  /** The store as it was last looked at between backups. */
  readonly probe?: ProbeNote;
  /** By the location that copies went to, as `copy:NAME`: how the last ones fared. */
  readonly [copy: `copy:${string}`]: CopyNote;
}

/** How the last message of a route fared. */
export interface RouteNote {
  readonly deliveredAt?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface ProbeNote {
  /** Absent until the first look has ended. */
  readonly at?: string;
  readonly error?: AlertError;
  /** Which backup was the newest then, and how the store showed it; absent where nobody looked for it. */
  readonly newest?: { readonly backupId: string; readonly is: NewestBackup };
  /** Somebody looks since then. */
  readonly lookingSince?: string;
  /** When a look last wrote something that the store does not let us remove. */
  readonly leftObjectAt?: string;
}

export interface CopyNote {
  readonly operationId: string;
  readonly at: string;
  readonly targetName: string;
  /** The target's store is on the service's own machine. */
  readonly isInternal: boolean;
  readonly error?: AlertError;
}

export function noteKeyOf(locationKey: string, kind: string): string {
  return `${locationKey}/notes/${kind}`;
}

/** The write of one note. */
export function noteWrite<K extends keyof Notes>(
  locationKey: string,
  kind: K,
  note: NonNullable<Notes[K]>,
): Write {
  return { op: "put", kind: "note", key: noteKeyOf(locationKey, kind), value: note };
}

/** The part of a note about the newest backup. */
export function newestNote(
  newest: NewestBackup | undefined,
  remembered: RememberedRepository | undefined,
): Pick<ProbeNote, "newest"> {
  if (newest === undefined || remembered === undefined) return {};
  return { newest: { backupId: remembered.ledgerHead.backupId, is: newest } };
}

export async function readNotes(store: StateStore, locationKey: string): Promise<Notes> {
  const prefix = `${locationKey}/notes/`;
  const found = await store.list<Notes[keyof Notes]>("note", { prefix, limit: 100 });
  return Object.fromEntries(
    found.map(({ key, value }) => [key.slice(prefix.length), value]),
  ) as Notes;
}

/** The notes of a kind of which there are several, by what follows the prefix. */
export function notesOf<T>(notes: Notes, prefix: string): readonly (readonly [string, T])[] {
  return Object.entries(notes as object).flatMap(([name, note]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), note as T] as const] : [],
  );
}

/** What is known of copies, by the location they went to. */
export function copyNotesOf(notes: Notes): readonly CopyNote[] {
  return notesOf<CopyNote>(notes, "copy:").map(([, note]) => note);
}
