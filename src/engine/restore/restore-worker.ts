import { closeSync, constants, openSync, writeSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { isAppError, toAppError } from "../../base/errors.ts";
import { nativePath } from "../backup/read-file.ts";
import { BlockOpener, type OpenedPack } from "../block-opener.ts";
import { createBlockCodec, type BlockCodec } from "../compression.ts";
import { blockBytes, chunkIdBytes } from "../format/limits.ts";
import { packHeaderBytes } from "../format/pack-format.ts";
import {
  pieceFields,
  type BlockFault,
  type FromRestoreWorker,
  type NumberedBlock,
  type PackJob,
  type RestoreSetup,
  type TargetFile,
  type ToRestoreWorker,
} from "./messages.ts";
import { openPackSource } from "./pack-source.ts";
import type { JobOutcome } from "./restore-pool.ts";
import { finishOpenFile, toTargetError } from "./target-tree.ts";

/** One thread of a restore: takes packs or parts of them, opens each needed block once, writes its pieces where they belong. */
const port = parentPort;
if (port !== null) serve();

/** Everything a job needs is made before the keys are known: they come when the thread has long been there. */
function serve(): void {
  const codec = createBlockCodec({ level: 1, maxBlockBytes: blockBytes });
  let run: ((job: PackJob) => void) | undefined;
  port?.on("message", (message: ToRestoreWorker) => {
    if (message.kind === "job") run?.(message);
    else run = createRunner(message.setup, codec);
  });
}

function createRunner(setup: RestoreSetup, codec: BlockCodec): (job: PackJob) => void {
  const opener = new BlockOpener(codec, new Map(setup.dataKeys), setup.chunkIdKey);
  return (job) => {
    const writer = new PieceWriter(job.files, setup);
    const memory = job.part?.bytes.buffer;
    try {
      send({ kind: "done", job: job.job, ...runJob(job, opener, writer) }, memory);
    } catch (error) {
      const { code, message, target } = toAppError(toTargetError(error));
      send({ kind: "failed", job: job.job, code, message, target });
    } finally {
      writer.close();
    }
  };
}

function send(message: FromRestoreWorker, memory?: ArrayBuffer): void {
  if (memory === undefined) port?.postMessage(message);
  else port?.postMessage({ ...message, memory }, [memory]);
}

function runJob(job: PackJob, opener: BlockOpener, writer: PieceWriter): JobOutcome {
  const source = openPackSource(job);
  const faults: BlockFault[] = [];
  let bytes = 0;
  try {
    const header = Buffer.from(job.part?.header ?? source.read(0, packHeaderBytes));
    const pack = opener.openPack(job.name, header, job.dataKeyId);
    const piecesOf = splitByBlock(job.pieces);
    job.blocks.map(withBuffers).forEach((block, index) => {
      const pieces = piecesOf(index);
      try {
        const sealed = source.read(block.offset, block.storedBytes);
        const plain = opener.open(pack, block.number, block, sealed);
        bytes +=
          job.pieces.length === 0
            ? checkWholeBlock(opener, pack, block)
            : writePieces(pieces, pack, block, plain, opener, writer);
      } catch (error) {
        if (!isAppError(error, "CorruptObject")) throw error;
        faults.push({ block: block.number, message: error.message, files: filesOf(pieces) });
      }
    });
    writer.close();
    const hash = source.digest();
    return { bytes, faults, ...(hash === undefined ? {} : { hash }) };
  } finally {
    source.close();
  }
}

/** Gives the pieces of one block after the other; they are sorted by block. */
function splitByBlock(pieces: Float64Array): (block: number) => Float64Array {
  let at = 0;
  return (block) => {
    const from = at;
    while (at < pieces.length && pieces[at] === block) at += pieceFields;
    return pieces.subarray(from, at);
  };
}

/** Buffers arrive from another thread as plain byte arrays. */
function withBuffers(block: NumberedBlock): NumberedBlock {
  const { buffer, byteOffset, byteLength } = block.chunks;
  return { ...block, chunks: Buffer.from(buffer, byteOffset, byteLength) };
}

function checkWholeBlock(opener: BlockOpener, pack: OpenedPack, block: NumberedBlock): number {
  opener.checkBlock(pack, block);
  return block.plainBytes;
}

function filesOf(pieces: Float64Array): number[] {
  const files = new Set<number>();
  for (let at = 3; at < pieces.length; at += pieceFields) files.add(pieces[at] as number);
  return [...files];
}

/** Checks every chunk, then writes what follows each other in the block and in its file at once. */
function writePieces(
  pieces: Float64Array,
  pack: OpenedPack,
  block: NumberedBlock,
  plain: Buffer,
  opener: BlockOpener,
  writer: PieceWriter,
): number {
  let bytes = 0;
  for (let at = 0; at < pieces.length;) {
    const [, , start = 0, file = 0, fileOffset = 0] = pieces.subarray(at, at + pieceFields);
    let end = start;
    do {
      const reference = pieces[at + 1] as number;
      const next = end + block.chunks.readUInt32LE(reference + chunkIdBytes);
      opener.checkChunk(pack, block.chunks, reference, end, next);
      end = next;
      at += pieceFields;
    } while (continues(pieces, at, end, file, fileOffset + end - start, writer));
    writer.write(file, plain.subarray(start, end), fileOffset);
    bytes += end - start;
  }
  return bytes;
}

/** Whether the piece at `at` goes right behind what is collected. Holes of sparse files are found chunk by chunk. */
function continues(
  pieces: Float64Array,
  at: number,
  offset: number,
  file: number,
  fileOffset: number,
  writer: PieceWriter,
): boolean {
  return (
    pieces[at + 2] === offset &&
    pieces[at + 3] === file &&
    pieces[at + 4] === fileOffset &&
    !writer.isSparse(file)
  );
}

const writeFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;

/** Keeps the file it wrote last open: pieces of one file mostly follow each other. */
class PieceWriter {
  readonly #files: readonly TargetFile[];
  readonly #setup: RestoreSetup;
  #current = -1;
  #handle = -1;

  constructor(files: readonly TargetFile[], setup: RestoreSetup) {
    this.#files = files;
    this.#setup = setup;
  }

  isSparse(file: number): boolean {
    return (this.#files[file] as TargetFile).sparse;
  }

  write(file: number, bytes: Uint8Array, offset: number): void {
    const target = this.#files[file] as TargetFile;
    if (file !== this.#current) this.#open(file, target);
    if (target.sparse && isZero(bytes)) return;
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#handle, bytes, done, bytes.length - done, offset + done);
  }

  close(): void {
    if (this.#handle < 0) return;
    const target = this.#files[this.#current];
    const handle = this.#handle;
    this.#handle = -1;
    this.#current = -1;
    try {
      if (target?.finish !== undefined)
        finishOpenFile(handle, target.finish, {
          setsOwner: this.#setup.setsOwner,
          isSparse: target.sparse,
          mode: this.#modeOf(target) & ~this.#setup.umask,
        });
    } finally {
      closeSync(handle);
    }
  }

  #open(file: number, target: TargetFile): void {
    this.close();
    this.#handle = openSync(nativePath(target.path), writeFlags, this.#modeOf(target));
    this.#current = file;
  }

  /** A file that is written in one go gets its mode at once: the folders above it are still closed to others. */
  #modeOf({ finish }: TargetFile): number {
    return finish === undefined || finish.uid !== -1 ? 0o600 : finish.mode & 0o777;
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
