import { AppError } from "../base/errors.ts";
import type { TreeRoot } from "./format/manifest.ts";
import {
  decodeTreeRecord,
  neededBytes,
  recordLength,
  type TreeRecord,
} from "./format/tree-format.ts";
import type { ObjectStore } from "./object-store.ts";
import { readTree, type OpenedBackup } from "./open-backup.ts";

/** The records of a tree with their paths, built from depth and name; a record outside a directory is refused. */
export function readRecords(
  store: ObjectStore,
  backup: OpenedBackup,
  root: TreeRoot,
): AsyncGenerator<[string, TreeRecord]> {
  return parseRecords(readTree(store, backup, root), root.role);
}

/** As `readRecords`, from the tree's bytes. */
export async function* parseRecords(
  pieces: AsyncIterable<Buffer>,
  role: string,
): AsyncGenerator<[string, TreeRecord]> {
  for await (const records of splitRecords(pieces, role)) yield* records;
}

/**
 * As `readRecords`, those of a piece of the tree at a time: a turn of the event loop for each of a million records takes
 * longer than what is done with it. What precedes damage is given before it is told.
 */
export function readRecordRuns(
  store: ObjectStore,
  backup: OpenedBackup,
  root: TreeRoot,
): AsyncGenerator<Iterable<[string, TreeRecord]>> {
  return splitRecords(readTree(store, backup, root), root.role);
}

async function* splitRecords(
  pieces: AsyncIterable<Buffer>,
  role: string,
): AsyncGenerator<Iterable<[string, TreeRecord]>> {
  const object = `tree of ${role}`;
  const place = createPlacement();
  const splitter = new RecordSplitter();
  for await (const piece of pieces) yield decodeAll(splitter.add(piece), place, object);
  if (!splitter.isBetweenRecords)
    throw new AppError("CorruptObject", `The tree of role "${role}" ends inside a record`);
}

function* decodeAll(
  records: Iterable<Buffer>,
  place: (record: TreeRecord) => string,
  object: string,
): Generator<[string, TreeRecord]> {
  for (const bytes of records) {
    const record = decodeTreeRecord(bytes, object);
    yield [place(record), record];
  }
}

/** Cuts a tree's bytes into the bodies of its records. However small the pieces, no byte is copied more than twice. */
class RecordSplitter {
  /** Of a record whose length is not known yet: three bytes at most between two pieces. */
  #rest: Buffer = Buffer.alloc(0);
  /** Room for a record that goes on in the next pieces, and how much of it is there. */
  #begun: Buffer | undefined;
  #filled = 0;

  get isBetweenRecords(): boolean {
    return this.#begun === undefined && this.#rest.length === 0;
  }

  *add(piece: Buffer): Generator<Buffer> {
    let bytes = piece;
    if (this.#begun !== undefined) {
      const used = piece.copy(this.#begun, this.#filled);
      this.#filled += used;
      if (this.#filled < this.#begun.length) return;
      const whole = this.#begun;
      this.#begun = undefined;
      bytes = piece.subarray(used);
      yield whole.subarray(4);
    } else if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, piece]);
    let at = 0;
    for (let length = recordLength(bytes, at); length > 0;) {
      yield bytes.subarray(at + 4, at + length);
      at += length;
      length = recordLength(bytes, at);
    }
    this.#rest = bytes.subarray(at);
    if (this.#rest.length < 4) return;
    // Memory that is never written to costs nothing: the length is only a claim so far.
    this.#begun = Buffer.allocUnsafe(neededBytes(this.#rest));
    this.#filled = this.#rest.copy(this.#begun);
    this.#rest = this.#rest.subarray(this.#rest.length);
  }
}

/** Gives each record its path. Siblings must ascend: a name twice would be two files written into one. */
function createPlacement(): (record: TreeRecord) => string {
  const directories: (string | undefined)[] = [""];
  const last: (string | undefined)[] = [];
  return (record) => {
    const { depth, name } = record;
    const before = last[depth];
    if (before !== undefined && before >= name) throw misplaced(record, "out of order");
    last.length = depth;
    last[depth] = name;
    if (depth === 0) return "";
    const parent = directories[depth - 1];
    if (parent === undefined || depth > directories.length)
      throw misplaced(record, "outside any directory");
    const path = parent === "" ? name : `${parent}/${name}`;
    directories.length = depth;
    directories[depth] = record.type === "directory" ? path : undefined;
    return path;
  };
}

function misplaced(record: TreeRecord, how: string): AppError {
  return new AppError(
    "UnsafePath",
    `A tree holds ${JSON.stringify(record.name.slice(0, 80))} ${how}: nothing was written for it`,
  );
}
