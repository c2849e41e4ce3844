import { ChunkTable, createChunkTableParts } from "../chunk-table.ts";
import { chunkIdBytes, chunkReferenceBytes, packBytes } from "../format/limits.ts";
import { plainBytesOf, type PackEntry } from "../format/index-format.ts";
import { recordLength } from "../format/tree-format.ts";
import type { BackupRecord } from "../model.ts";
import type { BackupOptions } from "./options.ts";
import type { TreeCache, TreeCachePointer } from "./tree-cache.ts";

/** Packs of which a backup needs less than this share of the plain bytes are left to die. */
const defaultAvoidBelow = 0.5;

export function avoidBelowOf({ avoidBelow }: Pick<BackupOptions, "avoidBelow">): number {
  return avoidBelow ?? defaultAvoidBelow;
}

/** What one run may store again for that: this share of what the backup needs, and at least two packs. */
const maxRewriteShare = 0.1;
const minRewriteBytes = 2 * packBytes;

/** What a choice of packs to avoid is made from. */
export interface AvoidanceInput {
  /** Packs of the newest backup, in the order in which the run relies on them. */
  readonly packs: readonly PackEntry[];
  readonly cache: TreeCache | undefined;
  readonly newest: BackupRecord | undefined;
  /** Names of the roles this run backs up. */
  readonly roles: readonly string[];
  /** 0 avoids nothing. */
  readonly avoidBelow: number;
}

/** What is left out, and whether a run that keeps all as it is would leave out nothing again. */
export interface Avoidance {
  readonly packIds: ReadonlySet<string>;
  readonly isDense: boolean;
}

/**
 * Ids of packs of which the newest backup needs little. A run that counts them as absent stores that little anew, and
 * they go when the backups that name them go: this is how half-dead packs are emptied without opening a block. What
 * is needed is read off the cached trees; where they do not tell all of it, nothing is avoided.
 */
export function chooseSparsePacks(input: AvoidanceInput): Avoidance {
  const { packs, newest, cache, avoidBelow } = input;
  const unknown = { packIds: new Set<string>(), isDense: false };
  if (newest === undefined || cache === undefined || avoidBelow <= 0) return unknown;
  const trees = findTrees(cache, newest, input.roles);
  if (trees === undefined) return unknown;
  if (wasDense(trees, newest, avoidBelow)) return { ...unknown, isDense: true };
  const weights = new PackWeights(packs);
  for (const tree of trees) if (!weights.addTree(cache, tree)) return unknown;
  const packIds = weights.choose(avoidBelow);
  return { packIds, isDense: packIds.size === 0 };
}

/** The cached trees of the newest backup's roles, those that are no longer backed up left out; undefined when one is missing. */
function findTrees(
  cache: TreeCache,
  newest: BackupRecord,
  roles: readonly string[],
): readonly TreeCachePointer[] | undefined {
  const trees: TreeCachePointer[] = [];
  for (const { name, status } of newest.roles) {
    if (!roles.includes(name) || status === "Failed" || status === "Skipped") continue;
    const tree = cache.read(name);
    if (tree?.backupId !== newest.backupId) return undefined;
    trees.push(tree);
  }
  return trees;
}

/** Whether the choice came out empty when it was made of the same packs and trees. */
function wasDense(
  trees: readonly TreeCachePointer[],
  newest: BackupRecord,
  avoidBelow: number,
): boolean {
  return (
    trees.length === newest.roles.length &&
    trees.every(({ denseAbove }) => denseAbove === avoidBelow)
  );
}

/** How many plain bytes of each pack are needed; a chunk counts once, for the first pack that has it. */
class PackWeights {
  readonly #packs: readonly PackEntry[];
  readonly #packOf: ChunkTable;
  readonly #counted: ChunkTable;
  readonly #needed: Float64Array;

  constructor(packs: readonly PackEntry[]) {
    this.#packs = packs;
    this.#needed = new Float64Array(packs.length);
    const count = packs.reduce(
      (sum, { blocks }) =>
        sum + blocks.reduce((inner, { chunks }) => inner + chunks.length / chunkReferenceBytes, 0),
      0,
    );
    this.#packOf = new ChunkTable(createChunkTableParts(count));
    this.#counted = new ChunkTable(createChunkTableParts(count));
    packs.forEach(({ blocks }, pack) => {
      for (const { chunks } of blocks) this.#packOf.addAll(chunks, pack);
    });
  }

  /** False when the cached tree is not whole. */
  addTree(cache: TreeCache, tree: TreeCachePointer): boolean {
    this.#add(tree.chunks);
    let bytes = 0;
    for (const record of readCachedRecords(cache, tree)) {
      bytes += record.length;
      this.#add(contentReferences(record));
    }
    return bytes === tree.treeBytes;
  }

  /** The emptiest first, as far as what has to be stored again for them stays within bounds. */
  choose(avoidBelow: number): ReadonlySet<string> {
    const total = this.#needed.reduce((sum, bytes) => sum + bytes, 0);
    let left = Math.max(minRewriteBytes, total * maxRewriteShare);
    const sparse = this.#packs
      .map((entry, pack) => ({
        packId: entry.packId,
        needed: this.#needed[pack] ?? 0,
        share: (this.#needed[pack] ?? 0) / plainBytesOf(entry),
      }))
      // One of which nothing is needed costs nothing, and its content may come back.
      .filter(({ needed, share }) => needed > 0 && share < avoidBelow)
      .sort((a, b) => a.share - b.share);
    const chosen = new Set<string>();
    for (const { packId, needed } of sparse) {
      if (needed > left) continue;
      left -= needed;
      chosen.add(packId);
    }
    return chosen;
  }

  #add(references: Buffer): void {
    this.#counted.addGrowing(references, 0, (at) => {
      const pack = this.#packOf.find(references, at);
      if (pack < 0) return;
      this.#needed[pack] = (this.#needed[pack] ?? 0) + references.readUInt32LE(at + chunkIdBytes);
    });
  }
}

/** Records with their length fields; a cache file that is gone or damaged gives fewer. */
function* readCachedRecords(cache: TreeCache, tree: TreeCachePointer): Generator<Buffer> {
  let reader: ReturnType<TreeCache["open"]>;
  try {
    reader = cache.open(tree);
  } catch {
    return;
  }
  try {
    for (
      let bytes = reader.join(Buffer.alloc(0));
      bytes !== undefined;
      bytes = reader.join(bytes)
    ) {
      let at = 0;
      for (let length = recordLength(bytes, 0); length > 0; length = recordLength(bytes, at)) {
        yield bytes.subarray(at, at + length);
        at += length;
      }
      bytes = bytes.subarray(at);
    }
  } finally {
    reader.close();
  }
}

const fileType = 1;
const streamType = 8;
const typeOffset = 4;
const nameLengthOffset = 10;
const nameOffset = 52;
const noReferences: Buffer = Buffer.alloc(0);

/** Chunk references of a record with content: `specs/repository-format.md` has the table. */
function contentReferences(record: Buffer): Buffer {
  const type = record[typeOffset];
  if (type !== fileType && type !== streamType) return noReferences;
  return record.subarray(nameOffset + record.readUInt16LE(nameLengthOffset) + 4);
}
