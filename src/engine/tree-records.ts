import { AppError } from "../base/errors.ts";
import type { TreeRoot } from "./format/manifest.ts";
import { decodeTreeRecord, recordLength, type TreeRecord } from "./format/tree-format.ts";
import type { ObjectStore } from "./object-store.ts";
import { readTree, type OpenedBackup } from "./open-backup.ts";

/** The records of a tree with their paths, built from depth and name; a record outside a directory is refused. */
export async function* readRecords(
  store: ObjectStore,
  backup: OpenedBackup,
  root: TreeRoot,
): AsyncGenerator<[string, TreeRecord]> {
  yield* parseRecords(readTree(store, backup, root), root.role);
}

/** As `readRecords`, from the tree's bytes. */
export async function* parseRecords(
  pieces: AsyncIterable<Buffer>,
  role: string,
): AsyncGenerator<[string, TreeRecord]> {
  const place = createPlacement();
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    for (let length = recordLength(rest, at); length > 0; length = recordLength(rest, at)) {
      const record = decodeTreeRecord(rest.subarray(at + 4, at + length), `tree of ${role}`);
      at += length;
      yield [place(record), record];
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0)
    throw new AppError("CorruptObject", `The tree of role "${role}" ends inside a record`);
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
