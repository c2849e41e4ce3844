import { AppError } from "../../base/errors.ts";
import type { ChunkLocator, ChunkPlace } from "../chunk-locator.ts";
import { chunkIdBytes, chunkReferenceBytes, maxPackBytes } from "../format/limits.ts";
import { packName } from "../format/object-names.ts";
import type { PackEntry } from "../format/index-format.ts";
import type { BlockEntry } from "../format/pack-format.ts";
import type { ByteRange } from "../object-store.ts";
import { pieceFields, type FileMetadata, type NumberedBlock, type PackJob } from "./messages.ts";

/** A file whose pieces are planned. */
export interface PlannedFile {
  readonly path: string;
  readonly sparse: boolean;
  readonly metadata: FileMetadata;
  /** What of it this plan holds: one that comes in parts is finished after the last, and by no worker. */
  part: "whole" | "inner" | "last";
  /** Jobs its pieces come from: a file of one job is finished by that. */
  readonly jobs: Set<number>;
  failed: boolean;
}

export interface PlannedJob {
  readonly job: Omit<PackJob, "job" | "part" | "localPath">;
  /** What of the pack it needs. */
  readonly range: ByteRange;
  /** The planned file behind each of the job's files. */
  readonly files: readonly PlannedFile[];
}

/** A job takes about so much of a pack: what comes over a line is worked on before all of it is there. */
const jobBytes = 8 * 1024 * 1024;
const jobsPerPack = maxPackBytes / jobBytes;
/** What lies before the first needed block is read with it when it is less than this. */
const leadBytes = 64 * 1024;

/** Collects the pieces of a window of files and sorts them by pack and block, so that each block is opened once. */
export class RestorePlan {
  readonly files: PlannedFile[] = [];
  readonly #locator: ChunkLocator;
  readonly #byJob = new Map<number, number[]>();
  /** Pieces collected so far. */
  pieces = 0;

  constructor(locator: ChunkLocator) {
    this.#locator = locator;
  }

  /** Adds a file; throws `MissingObject` when no pack has one of its chunks, and the file is not planned then. */
  addFile(path: string, sparse: boolean, metadata: FileMetadata, chunks: Buffer): void {
    for (let at = 0; at < chunks.length; at += chunkReferenceBytes) this.#find(chunks, at);
    const jobs = new Set<number>();
    const file: PlannedFile = { path, sparse, metadata, part: "whole", jobs, failed: false };
    this.addPart(file, chunks, 0);
  }

  /** Adds what chunks of a file hold, from an offset of it on; where this ends. Throws as `addFile` does. */
  addPart(file: PlannedFile, chunks: Buffer, from: number): number {
    const number = this.files.push(file) - 1;
    let offset = from;
    for (let at = 0; at < chunks.length; at += chunkReferenceBytes) {
      const { place, length } = this.#find(chunks, at);
      const job = this.#jobOf(place);
      file.jobs.add(job);
      const list = this.#byJob.get(job) ?? [];
      list.push(place.block, place.reference, place.offset, number, offset);
      this.#byJob.set(job, list);
      this.pieces += 1;
      offset += length;
    }
    return offset;
  }

  #find(chunks: Buffer, at: number): { readonly place: ChunkPlace; readonly length: number } {
    const place = this.#locator.find(chunks, at);
    if (place === undefined)
      throw new AppError(
        "MissingObject",
        "A chunk of the file is in no pack of the index: run verify to see what is damaged",
      );
    const length = chunks.readUInt32LE(at + chunkIdBytes);
    if (this.#locator.lengthOf(place) !== length)
      throw new AppError("CorruptObject", "A file and the index differ in the length of a chunk");
    return { place, length };
  }

  /** In the order in which packs and what is in them were written. */
  *jobs(): Generator<PlannedJob> {
    for (const job of [...this.#byJob.keys()].sort((a, b) => a - b)) {
      const pack = Math.floor(job / jobsPerPack);
      yield this.#buildJob(
        this.#byJob.get(job) as number[],
        this.#locator.packs[pack] as PackEntry,
      );
    }
  }

  /** Which part of which pack a chunk is in: blocks are not divided. */
  #jobOf({ pack, block }: ChunkPlace): number {
    const offset = this.#locator.packs[pack]?.blocks[block]?.offset ?? 0;
    return pack * jobsPerPack + Math.min(jobsPerPack - 1, Math.floor(offset / jobBytes));
  }

  #buildJob(raw: readonly number[], entry: PackEntry): PlannedJob {
    const order = Array.from(
      { length: raw.length / pieceFields },
      (_, index) => index * pieceFields,
    );
    // By block, then by file and place in the file: writes of one file follow each other.
    order.sort(
      (a, b) =>
        (raw[a] as number) - (raw[b] as number) ||
        (raw[a + 3] as number) - (raw[b + 3] as number) ||
        (raw[a + 4] as number) - (raw[b + 4] as number),
    );
    const blocks: NumberedBlock[] = [];
    const files: PlannedFile[] = [];
    const fileIndex = new Map<number, number>();
    const pieces = new Float64Array(raw.length);
    order.forEach((from, index) => {
      const [block = 0, reference = 0, offset = 0, file = 0, fileOffset = 0] = raw.slice(
        from,
        from + pieceFields,
      );
      if (blocks.at(-1)?.number !== block)
        blocks.push({ ...(entry.blocks[block] as BlockEntry), number: block });
      let local = fileIndex.get(file);
      if (local === undefined) {
        local = files.push(this.files[file] as PlannedFile) - 1;
        fileIndex.set(file, local);
      }
      pieces.set([blocks.length - 1, reference, offset, local, fileOffset], index * pieceFields);
    });
    // A file that lies in one block is written once and finished at once; one spread over blocks may be opened again.
    const targets = files.map((file) => ({ path: file.path, sparse: file.sparse }));
    const job = {
      name: packName(entry.packId),
      dataKeyId: entry.dataKeyId,
      blocks,
      pieces,
      files: finishWhole(targets, files, pieces),
    };
    return { job, range: rangeOf(blocks), files };
  }
}

/** Blocks lie in a pack in the order of their numbers. */
function rangeOf(blocks: readonly NumberedBlock[]): ByteRange {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined) return { offset: 0, length: 0 };
  const offset = first.offset < leadBytes ? 0 : first.offset;
  return { offset, length: last.offset + last.storedBytes - offset };
}

/** Marks the files whose every piece is in this job and lies in one run of pieces: the worker finishes those. */
function finishWhole(
  targets: readonly { path: string; sparse: boolean }[],
  files: readonly PlannedFile[],
  pieces: Float64Array,
): PackJob["files"] {
  const runs = new Map<number, number>();
  let last = -1;
  for (let at = 3; at < pieces.length; at += pieceFields) {
    const file = pieces[at] as number;
    if (file !== last) runs.set(file, (runs.get(file) ?? 0) + 1);
    last = file;
  }
  return targets.map((target, index) => {
    const file = files[index] as PlannedFile;
    return file.part === "whole" && file.jobs.size === 1 && runs.get(index) === 1
      ? { ...target, finish: file.metadata }
      : target;
  });
}

/** True when a job's worker finished the file, so nobody else needs to. */
export function isFinishedByWorker(planned: PlannedJob, index: number): boolean {
  return planned.job.files[index]?.finish !== undefined;
}
