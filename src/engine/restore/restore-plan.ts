import { AppError } from "../../base/errors.ts";
import type { ChunkLocator, ChunkPlace } from "../chunk-locator.ts";
import { chunkIdBytes, chunkReferenceBytes, maxBlocksPerPack } from "../format/limits.ts";
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
/** Nor more chunks: ten thousand tiny files in one job would keep one thread when the others have long ended. */
const jobChunks = 1024;
const piecesPerFile = 4;
/** What lies before the first needed block is read with it when it is less than this. */
const leadBytes = 64 * 1024;

/** Collects the pieces of a window of files and sorts them by pack and block, so that each block is opened once. */
export class RestorePlan {
  readonly files: PlannedFile[] = [];
  readonly #locator: ChunkLocator;
  readonly #byJob = new Map<number, number[]>();
  /** The job of each block of a pack that was asked for. */
  readonly #parts = new Map<number, Uint32Array>();
  /** Pieces collected so far. */
  pieces = 0;

  /** What it takes of memory, counted in pieces: a file takes more than a piece does. */
  get weight(): number {
    return this.pieces + this.files.length * piecesPerFile;
  }

  constructor(locator: ChunkLocator) {
    this.#locator = locator;
  }

  /** Adds a file; throws `MissingObject` when no pack has one of its chunks, and the file is not planned then. */
  addFile(path: string, sparse: boolean, metadata: FileMetadata, chunks: Buffer): void {
    const jobs = new Set<number>();
    const file: PlannedFile = { path, sparse, metadata, part: "whole", jobs, failed: false };
    this.addPart(file, chunks, 0);
  }

  /** Adds what chunks of a file hold, from an offset of it on; where this ends. Throws as `addFile` does. */
  addPart(file: PlannedFile, chunks: Buffer, from: number): number {
    const places: ChunkPlace[] = [];
    for (let at = 0; at < chunks.length; at += chunkReferenceBytes)
      places.push(this.#find(chunks, at));
    const number = this.files.push(file) - 1;
    let offset = from;
    let at = chunkIdBytes;
    for (const place of places) {
      const job = this.#jobOf(place);
      file.jobs.add(job);
      let list = this.#byJob.get(job);
      if (list === undefined) this.#byJob.set(job, (list = []));
      list.push(place.block, place.reference, place.offset, number, offset);
      offset += chunks.readUInt32LE(at);
      at += chunkReferenceBytes;
    }
    this.pieces += places.length;
    return offset;
  }

  #find(chunks: Buffer, at: number): ChunkPlace {
    const place = this.#locator.find(chunks, at);
    if (place === undefined)
      throw new AppError(
        "MissingObject",
        "A chunk of the file is in no pack of the index: run verify to see what is damaged",
      );
    if (this.#locator.lengthOf(place) !== chunks.readUInt32LE(at + chunkIdBytes))
      throw new AppError("CorruptObject", "A file and the index differ in the length of a chunk");
    return place;
  }

  /** Gives each job once, from both halves of the packs by turns: threads that write to one file wait for each other. */
  *jobs(): Generator<PlannedJob> {
    const jobs = [...this.#byJob.keys()].sort((a, b) => a - b);
    const half = Math.ceil(jobs.length / 2);
    for (let at = 0; at < half; at += 1)
      for (const job of [jobs[at], jobs[half + at]]) if (job !== undefined) yield this.#take(job);
  }

  #take(job: number): PlannedJob {
    const pieces = this.#byJob.get(job) as number[];
    this.#byJob.delete(job);
    const pack = Math.floor(job / maxBlocksPerPack);
    return this.#buildJob(pieces, this.#locator.packs[pack] as PackEntry);
  }

  /** Which part of which pack a chunk is in: blocks are not divided. */
  #jobOf({ pack, block }: ChunkPlace): number {
    let parts = this.#parts.get(pack);
    if (parts === undefined) {
      parts = divide(this.#locator.packs[pack]?.blocks ?? []);
      this.#parts.set(pack, parts);
    }
    return pack * maxBlocksPerPack + (parts[block] ?? 0);
  }

  #buildJob(raw: readonly number[], entry: PackEntry): PlannedJob {
    const blocks: NumberedBlock[] = [];
    const files: PlannedFile[] = [];
    const fileIndex = new Map<number, number>();
    const pieces = new Float64Array(raw.length);
    let to = 0;
    for (const from of sortPieces(raw)) {
      const block = raw[from] as number;
      const file = raw[from + 3] as number;
      if (blocks.at(-1)?.number !== block)
        blocks.push({ ...(entry.blocks[block] as BlockEntry), number: block });
      let local = fileIndex.get(file);
      if (local === undefined) {
        local = files.push(this.files[file] as PlannedFile) - 1;
        fileIndex.set(file, local);
      }
      pieces[to] = blocks.length - 1;
      pieces[to + 1] = raw[from + 1] as number;
      pieces[to + 2] = raw[from + 2] as number;
      pieces[to + 3] = local;
      pieces[to + 4] = raw[from + 4] as number;
      to += pieceFields;
    }
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

/** Where each piece starts, by block, then by file and place in the file: writes of one file follow each other. */
function sortPieces(raw: readonly number[]): number[] {
  const order: number[] = [];
  for (let at = 0; at < raw.length; at += pieceFields) order.push(at);
  return order.sort(
    (a, b) =>
      (raw[a] as number) - (raw[b] as number) ||
      (raw[a + 3] as number) - (raw[b + 3] as number) ||
      (raw[a + 4] as number) - (raw[b + 4] as number),
  );
}

/** Which part of its pack each block is in. */
function divide(blocks: readonly BlockEntry[]): Uint32Array {
  let part = 0;
  let [bytes, chunks] = [0, 0];
  return Uint32Array.from(blocks, (block) => {
    const more = block.chunks.length / chunkReferenceBytes;
    if (bytes > 0 && (bytes + block.storedBytes > jobBytes || chunks + more > jobChunks)) {
      part += 1;
      [bytes, chunks] = [0, 0];
    }
    bytes += block.storedBytes;
    chunks += more;
    return part;
  });
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
