import type { ChunkTableParts } from "../chunk-table.ts";
import type { ChunkerParameters } from "../chunker.ts";
import type { Suite } from "../format/suite.ts";

/** What the coordinator of a backup and its worker threads say to each other. */

export interface WorkerSetup {
  readonly suite: Suite;
  readonly repositoryId: string;
  readonly epochId: string;
  readonly dataKeyId: string;
  /** Raw keys, base64: a worker is part of this process. */
  readonly dataKey: string;
  readonly indexKey: string;
  readonly chunkIdKey: string;
  readonly chunkerSeed: string;
  readonly chunking: ChunkerParameters;
  readonly compressionLevel: number;
  readonly table: ChunkTableParts;
  /** [0]: 1 stops the worker at the next chunk; [1]: pack buffers given back so far. */
  readonly signals: SharedArrayBuffer;
  readonly packs: SharedPacks;
}

/**
 * The buffers packs are built in, for all workers: shared, so that V8 does not count 32 MiB as new garbage on both
 * sides each time a pack changes hands.
 */
export interface SharedPacks {
  readonly buffers: readonly SharedArrayBuffer[];
  /** One i32 a buffer: 0 a worker may take it, 1 it is being filled or on its way to the store. */
  readonly taken: SharedArrayBuffer;
}

export interface FileTask {
  /** Absolute, raw bytes as latin1. */
  readonly path: string;
  readonly offset: number;
  /** Bytes wanted: what the walk saw from `offset` to the end or to the segment's border. */
  readonly length: number;
  readonly paged: boolean;
  /** Nanoseconds, to notice a change while reading. */
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export interface FileResult {
  /** 20-byte chunk references. */
  readonly chunks: Uint8Array;
  readonly bytes: number;
  readonly newBytes: number;
  readonly changed: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What became of a run of entries. */
export interface EntriesResult {
  /** Tree records of those that could be read, in their order. */
  readonly records: Uint8Array;
  readonly files: number;
  readonly directories: number;
  readonly otherEntries: number;
  readonly bytes: number;
  readonly newBytes: number;
  readonly unreadable: readonly UnreadableFile[];
}

export interface UnreadableFile {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type ToWorker =
  | {
      readonly kind: "entries";
      readonly batch: number;
      /** As `PackedEntries` takes them: files, directories and symlinks, each fit for a record. */
      readonly entries: Uint8Array;
      readonly localRoot: string;
      readonly segments: readonly SharedArrayBuffer[];
    }
  | {
      readonly kind: "files";
      readonly batch: number;
      readonly files: readonly FileTask[];
      readonly segments: readonly SharedArrayBuffer[];
    }
  | {
      readonly kind: "piece";
      readonly stream: number;
      readonly bytes: Uint8Array;
      readonly last: boolean;
      readonly segments: readonly SharedArrayBuffer[];
    }
  | { readonly kind: "flush" };

export type FromWorker =
  | { readonly kind: "files"; readonly batch: number; readonly results: readonly FileResult[] }
  | { readonly kind: "entries"; readonly batch: number; readonly result: EntriesResult }
  | { readonly kind: "piece"; readonly stream: number; readonly result: FileResult }
  | {
      readonly kind: "pack";
      readonly ordinal: number;
      readonly packId: string;
      /** Which of the buffers holds the pack, and how much of it. */
      readonly buffer: number;
      readonly length: number;
      readonly blocks: Uint8Array;
    }
  | { readonly kind: "flushed" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };
