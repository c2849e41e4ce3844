import { createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { toAppError } from "../../base/errors.ts";
import { ChunkTable } from "../chunk-table.ts";
import { createChunker, type Chunker } from "../chunker.ts";
import { createBlockCodec } from "../compression.ts";
import { createChunkNamer } from "../crypto/chunk-id.ts";
import { blockBytes } from "../format/limits.ts";
import { guidBytes } from "../format/object-names.ts";
import { PackedEntries } from "../packed-entries.ts";
import { PackBuilder, type FinishedPack } from "../pack-builder.ts";
import { ChunkSink, WindowCutter } from "./chunk-sink.ts";
import { copyEntries } from "./copy-entries.ts";
import type { FileResult, FileTask, FromWorker, ToWorker, WorkerSetup } from "./messages.ts";
import { readFile } from "./read-file.ts";
import { sampleCodec } from "./sampled-codec.ts";

/**
 * One thread of a backup: reads, cuts, hashes, deduplicates, compresses, encrypts and fills packs, all for the
 * files it is given. Nothing but finished packs and chunk references leaves it.
 */
const port = parentPort;
if (port !== null) serve(workerData as WorkerSetup);

function serve(setup: WorkerSetup): void {
  const worker = createWorker(setup);
  port?.on("message", (message: ToWorker) => {
    try {
      worker.handle(message);
    } catch (error) {
      const { code, message: text } = toAppError(error);
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      send({ kind: "failed", code, message: code === "Internal" ? `${text}: ${cause}` : text });
    }
  });
}

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

interface BackupWorker {
  handle(message: ToWorker): void;
}

function createWorker(setup: WorkerSetup): BackupWorker {
  const table = new ChunkTable(setup.table);
  const signals = new Int32Array(setup.signals);
  const builder = createBuilder(setup, table, signals);
  const nameOf = createChunkNamer(setup.suite, secretKey(setup.chunkIdKey));
  const sink = new ChunkSink(table, builder, nameOf, signals);
  const seed = Buffer.from(setup.chunkerSeed, "base64");
  const files = createChunker(seed, setup.chunking);
  const streams = new Map<number, StreamSession>();
  let segmentsSeen = setup.table.segments.length;

  const attach = (segments: readonly SharedArrayBuffer[]): void => {
    for (const segment of segments.slice(segmentsSeen)) table.attach(segment);
    segmentsSeen = Math.max(segmentsSeen, segments.length);
  };
  const takePiece = (message: Extract<ToWorker, { kind: "piece" }>): FileResult => {
    const session =
      streams.get(message.stream) ?? new StreamSession(createChunker(seed, setup.chunking), sink);
    streams.set(message.stream, session);
    session.write(message.bytes, message.last);
    if (message.last) streams.delete(message.stream);
    return { ...sink.take(), bytes: message.bytes.length, changed: false };
  };
  const readTask = (task: FileTask): FileResult =>
    readFile(task, files, sink, setup.chunking.averageBytes);
  return {
    handle(message) {
      if (message.kind === "flush") {
        builder.flush();
        send({ kind: "flushed" });
        return;
      }
      attach(message.segments);
      if (message.kind === "piece") {
        send({ kind: "piece", stream: message.stream, result: takePiece(message) });
        return;
      }
      readAll(message, readTask);
    },
  };
}

function readAll(
  message: Extract<ToWorker, { batch: number }>,
  readTask: (task: FileTask) => FileResult,
): void {
  const { batch } = message;
  if (message.kind === "files") {
    send({ kind: "files", batch, results: message.files.map(readTask) });
    return;
  }
  const entries = new PackedEntries(message.entries, message.localRoot);
  const result = copyEntries(entries, readTask);
  send({ kind: "entries", batch, result }, [result.records.buffer]);
}

/** A stream has a chunker of its own: its unfinished chunk waits there for the next piece. */
class StreamSession {
  readonly #cutter: WindowCutter;

  constructor(chunker: Chunker, sink: ChunkSink) {
    this.#cutter = new WindowCutter(chunker, sink, 0);
  }

  write(bytes: Uint8Array, last: boolean): void {
    for (let done = 0; done < bytes.length;) {
      const part = bytes.subarray(done, done + this.#cutter.space.length);
      this.#cutter.space.set(part);
      this.#cutter.advance(part.length, false);
      done += part.length;
    }
    if (last) this.#cutter.advance(0, true);
  }
}

function createBuilder(setup: WorkerSetup, table: ChunkTable, signals: Int32Array): PackBuilder {
  const buffers = setup.packs.buffers.map((buffer) => Buffer.from(buffer));
  return new PackBuilder({
    suite: setup.suite,
    repositoryId: guidBytes(setup.repositoryId),
    epochId: Buffer.from(setup.epochId, "hex"),
    dataKeyId: Buffer.from(setup.dataKeyId, "hex"),
    dataKey: secretKey(setup.dataKey),
    indexKey: secretKey(setup.indexKey),
    codec: sampleCodec(
      createBlockCodec({ level: setup.compressionLevel, maxBlockBytes: blockBytes }),
      blockBytes,
    ),
    randomBytes,
    newOrdinal: () => table.newPackOrdinal(),
    takeBuffer: createBufferPool(buffers, new Int32Array(setup.packs.taken), signals),
    onPack: (pack) => sendPack(pack, setup.packs.buffers),
  });
}

function sendPack(pack: FinishedPack, buffers: readonly SharedArrayBuffer[]): void {
  const { ordinal, packId, bytes, blocks } = pack;
  const buffer = buffers.findIndex((own) => own === bytes.buffer);
  // Up to 10 MB for tiny files: given away instead of copied, where it has memory of its own.
  const own = blocks.buffer;
  const isAlone = own instanceof ArrayBuffer && own.byteLength === blocks.length;
  send(
    { kind: "pack", ordinal, packId, buffer, length: bytes.length, blocks },
    isAlone ? [own] : [],
  );
}

/** Waits for the coordinator when all buffers are on their way: this is the back-pressure of a slow store. */
function createBufferPool(
  buffers: readonly Buffer[],
  taken: Int32Array,
  signals: Int32Array,
): () => Buffer {
  return () => {
    for (;;) {
      const given = Atomics.load(signals, 1);
      const free = buffers.findIndex((_, at) => Atomics.compareExchange(taken, at, 0, 1) === 0);
      if (free >= 0) return buffers[free] as Buffer;
      // A bound on the wait lets a stop signal through even if the coordinator died.
      Atomics.wait(signals, 1, given, 1000);
      if (Atomics.load(signals, 0) !== 0) throw new Error("The backup was stopped");
    }
  };
}

function secretKey(base64: string): KeyObject {
  return createSecretKey(Buffer.from(base64, "base64"));
}
