import type { BlockEntry } from "../format/pack-format.ts";
import type { Suite } from "../format/suite.ts";

/** What the coordinator of a restore (or a content verification) and its worker threads say to each other. */

/** What a thread needs to know before its first job; a later one takes the place of an earlier one. */
export interface RestoreSetup {
  /** Data keys by id and the chunk id key, base64. Secret; a worker is part of this process. */
  readonly dataKeys: readonly (readonly [string, string])[];
  readonly chunkIdKey: string;
  /** Whether owners are set: only a privileged process may. */
  readonly setsOwner: boolean;
  /** Permission bits this process takes away from new files. */
  readonly umask: number;
}

/** Pieces of one pack and the files they go to. */
export interface PackJob {
  readonly job: number;
  readonly name: string;
  readonly dataKeyId: string;
  /** Where the pack can be read directly; otherwise its part that is needed. */
  readonly localPath?: string;
  readonly part?: PackPart;
  readonly blocks: readonly NumberedBlock[];
  /** `pieceFields` numbers a piece, sorted by block and place in it; empty checks all chunks and writes nothing. */
  readonly pieces: Float64Array;
  readonly files: readonly TargetFile[];
  /** Set to hash the pack on the way. */
  readonly hashed?: HashedPack;
}

/** A pack to hash whole. */
export interface HashedPack {
  readonly bytes: number;
  /** Of its repository: what packs are named by. */
  readonly suite: Suite;
}

/** A part of a pack, in memory that goes to the worker with the job and comes back with its outcome. */
export interface PackPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where in the pack it starts. */
  readonly offset: number;
  /** The beginning of the pack, for a part that does not hold it. */
  readonly header?: Uint8Array;
}

export type ToRestoreWorker =
  { readonly kind: "setup"; readonly setup: RestoreSetup } | ({ readonly kind: "job" } & PackJob);

export interface NumberedBlock extends BlockEntry {
  readonly number: number;
}

/** Block (index into `blocks`), reference offset, offset in the block, file (index into `files`), offset in the file. */
export const pieceFields = 5;

export interface TargetFile {
  /** Absolute, raw bytes as latin1. */
  readonly path: string;
  readonly sparse: boolean;
  /** Set when this job holds all of the file: it is finished at once. */
  readonly finish?: FileMetadata;
}

export interface FileMetadata {
  readonly size: number;
  readonly mode: number;
  /** -1 where a new file has it already, and nothing needs to be set. */
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** A block that could not be opened or is not what its ids say: nothing of it was written. */
export interface BlockFault {
  readonly block: number;
  readonly message: string;
  /** Files (indexes into the job's) that miss something because of it. */
  readonly files: readonly number[];
}

export type FromRestoreWorker =
  | {
      readonly kind: "done";
      readonly job: number;
      readonly bytes: number;
      readonly faults: readonly BlockFault[];
      /** The hash over the pack, 64 hex digits, if the job asked for it. */
      readonly hash?: string;
      /** Of the job's part. */
      readonly memory?: ArrayBuffer;
    }
  | {
      readonly kind: "failed";
      readonly job: number;
      readonly code: string;
      readonly message: string;
      readonly target: string | undefined;
    };
