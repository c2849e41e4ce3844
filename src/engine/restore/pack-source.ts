import { closeSync, constants, openSync, readSync } from "node:fs";
import { AppError } from "../../base/errors.ts";
import { createPackHash, type NameHash } from "../crypto/name-hash.ts";
import { blockBytes } from "../format/limits.ts";
import { truncatedPack } from "../read-object.ts";
import type { HashedPack, PackJob } from "./messages.ts";

/** A pack being read. */
export interface PackSource extends PackBytes {
  /** The hash over the whole pack, 64 hex digits, when the job asked for it; call it last. */
  digest(): string | undefined;
}

interface PackBytes {
  /** Bytes that last until the next call. Throws `MissingObject` or `CorruptObject`. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

/** Opens the pack of a job: its bytes, or the file that holds them. A part gives only what it holds. */
export function openPackSource(job: PackJob): PackSource {
  const source = openBytes(job);
  return job.hashed === undefined
    ? { ...source, digest: () => undefined }
    : new HashingSource(source, job.hashed);
}

/** Hashes all bytes of a pack in their order while its blocks are read. */
class HashingSource implements PackSource {
  readonly #source: PackBytes;
  readonly #bytes: number;
  readonly #hash: NameHash;
  #position = 0;

  constructor(source: PackBytes, { bytes, suite }: HashedPack) {
    this.#source = source;
    this.#bytes = bytes;
    this.#hash = createPackHash(suite);
  }

  read(offset: number, length: number): Buffer {
    this.#skipTo(offset);
    const bytes = this.#source.read(offset, length);
    if (offset === this.#position) {
      this.#hash.update(bytes);
      this.#position += length;
    }
    return bytes;
  }

  close(): void {
    this.#source.close();
  }

  digest(): string {
    this.#skipTo(this.#bytes);
    return this.#hash.digest();
  }

  #skipTo(offset: number): void {
    while (this.#position < offset) {
      const length = Math.min(blockBytes, offset - this.#position);
      this.#hash.update(this.#source.read(this.#position, length));
      this.#position += length;
    }
  }
}

const sealedBuffer = Buffer.allocUnsafeSlow(blockBytes + 8192);

function openBytes(job: PackJob): PackBytes {
  if (job.part !== undefined) {
    const { bytes, offset: start } = job.part;
    const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return {
      read: (offset, length) => part.subarray(offset - start, offset - start + length),
      close: () => undefined,
    };
  }
  const handle = readingPack(job.name, () => openSync(job.localPath ?? "", constants.O_RDONLY));
  const read = (offset: number, length: number): Buffer => {
    const count = readingPack(job.name, () => readSync(handle, sealedBuffer, 0, length, offset));
    if (count !== length) throw truncatedPack(job.name);
    return sealedBuffer.subarray(0, length);
  };
  return { read, close: () => closeSync(handle) };
}

/** A pack that cannot be read is a fault of the store, not of the target. */
function readingPack<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "EIO";
    const isGone = code === "ENOENT";
    throw new AppError(
      isGone ? "MissingObject" : "CorruptObject",
      `Object "${name}" ${isGone ? "is missing from the store" : `cannot be read (${code})`}: run verify to see what else is affected`,
      { cause, target: name, nativeCode: code },
    );
  }
}
