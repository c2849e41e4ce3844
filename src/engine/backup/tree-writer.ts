import { AppError } from "../../base/errors.ts";
import type { TreeRoot } from "../format/manifest.ts";
import type { TreeCache, TreeCachePointer, TreeCacheWriter } from "./tree-cache.ts";
import type { WorkerPool } from "./worker-pool.ts";

/**
 * Receives the records of a role's tree in order. As long as every record equals the cached tree's, nothing is
 * written; a tree that ends equal is referenced again instead of stored,
 * if its chunks may be relied on. From the first difference on, the
 * stream goes to a worker like any content, and into a new cache file.
 */
export class TreeWriter {
  readonly #role: string;
  readonly #pool: WorkerPool;
  readonly #cache: TreeCache | undefined;
  readonly #before: CachedTree | undefined;
  #equalBytes = 0;
  #output: TreeOutput | undefined;

  constructor(
    role: string,
    pool: WorkerPool,
    cache: TreeCache | undefined,
    before: CachedTree | undefined,
  ) {
    this.#role = role;
    this.#pool = pool;
    this.#cache = cache;
    this.#before = before;
  }

  /** As `same` for a record of so many bytes, where nothing has to be done for it; false where something has. */
  keep(offset: number, length: number): boolean {
    if (this.#output !== undefined || offset !== this.#equalBytes) return false;
    this.#equalBytes += length;
    return true;
  }

  /** A record, or several in a row, byte for byte those at `offset` of the cached tree. */
  same(record: Buffer, offset: number): void | Promise<void> {
    if (this.#output !== undefined) return this.#output.append(record);
    // Records that are gone lie before this one: the trees differ from here on.
    if (offset !== this.#equalBytes) return this.write(record);
    this.#equalBytes += record.length;
  }

  /** Any other record. */
  async write(record: Buffer): Promise<void> {
    const output = this.#output ?? (await this.#diverge());
    await output.append(record);
  }

  /** The tree's root; the second value says where its cache file is. */
  async finish(): Promise<FinishedTree> {
    const before = this.#before;
    if (
      this.#output === undefined &&
      before?.isStored === true &&
      before.pointer.treeBytes === this.#equalBytes
    ) {
      const { treeBytes, chunks, file, salt } = before.pointer;
      const root = { role: this.#role, bytes: treeBytes, chunks };
      return { root, newBytes: 0, cache: { file, salt } };
    }
    const output = this.#output ?? (await this.#diverge());
    return output.finish(this.#role);
  }

  /** Frees the cache file of a tree that will not be used. */
  discard(): void {
    this.#output?.discard();
  }

  async #diverge(): Promise<TreeOutput> {
    const output = new TreeOutput(this.#pool, createCacheFile(this.#cache));
    this.#output = output;
    if (this.#equalBytes > 0) await this.#replay(output);
    return output;
  }

  /** The equal beginning, once more, from the cache file it was compared with. */
  async #replay(output: TreeOutput): Promise<void> {
    if (this.#cache === undefined || this.#before === undefined) return;
    const reader = this.#cache.open(this.#before.pointer);
    try {
      for (let left = this.#equalBytes; left > 0;) {
        const piece = reader.next();
        if (piece === undefined)
          throw new AppError(
            "Interrupted",
            "The local cache was changed while a backup used it: run the backup again",
            { retryable: true },
          );
        const part = piece.subarray(0, left);
        await output.append(part);
        left -= part.length;
      }
    } finally {
      reader.close();
    }
  }
}

/** The tree of the backup before, as the cache has it. */
export interface CachedTree {
  readonly pointer: TreeCachePointer;
  /** Whether the run may refer to its chunks: where it may not, the same tree is stored again. */
  readonly isStored: boolean;
}

export interface FinishedTree {
  readonly root: TreeRoot;
  readonly newBytes: number;
  readonly cache: { readonly file: string; readonly salt: string } | undefined;
}

function createCacheFile(cache: TreeCache | undefined): TreeCacheWriter | undefined {
  try {
    return cache?.create();
  } catch {
    return undefined;
  }
}

/** Bytes of a piece handed to the worker at once. */
const pieceBytes = 512 * 1024;

class TreeOutput {
  readonly #stream: ReturnType<WorkerPool["openStream"]>;
  #cache: TreeCacheWriter | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #piece: Buffer = Buffer.allocUnsafe(pieceBytes);
  #filled = 0;
  #bytes = 0;
  #newBytes = 0;
  /** The piece that was handed over last is stored when this resolves. */
  #sending: Promise<void> = Promise.resolve();

  constructor(pool: WorkerPool, cache: TreeCacheWriter | undefined) {
    this.#stream = pool.openStream();
    this.#cache = cache;
  }

  /** A promise only when a piece had to be handed over: most records cost no turn of the event loop. */
  append(record: Buffer): void | Promise<void> {
    this.#bytes += record.length;
    if (this.#filled + record.length <= pieceBytes) {
      this.#piece.set(record, this.#filled);
      this.#filled += record.length;
      return;
    }
    return this.#appendSlowly(record);
  }

  async finish(role: string): Promise<FinishedTree> {
    await this.#send(true);
    this.#cache?.close();
    const root = { role, bytes: this.#bytes, chunks: Buffer.concat(this.#chunks) };
    const cache =
      this.#cache === undefined ? undefined : { file: this.#cache.file, salt: this.#cache.salt };
    return { root, newBytes: this.#newBytes, cache };
  }

  discard(): void {
    this.#cache?.discard();
  }

  /** The cache only saves time: a disk too full for it fails no backup. */
  #remember(piece: Buffer): void {
    try {
      this.#cache?.write(piece);
    } catch {
      this.#cache?.discard();
      this.#cache = undefined;
    }
  }

  async #appendSlowly(record: Buffer): Promise<void> {
    for (let done = 0; done < record.length;) {
      if (this.#filled === pieceBytes) await this.#send(false);
      const part = record.subarray(done, done + pieceBytes - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      done += part.length;
    }
  }

  async #send(last: boolean): Promise<void> {
    const piece = this.#piece.subarray(0, this.#filled);
    this.#filled = 0;
    if (piece.length > 0) this.#remember(piece);
    const before = this.#sending;
    // Copied by the message, so the buffer can be filled again at once.
    this.#sending = this.#stream.write(piece, last).then((result) => {
      if (result.chunks.length > 0) this.#chunks.push(Buffer.from(result.chunks));
      this.#newBytes += result.newBytes;
    });
    // Whoever awaits sees the failure; nobody awaiting is no crash.
    this.#sending.catch(() => undefined);
    // One piece may wait for its worker while the others get their files.
    await before;
    if (last) await this.#sending;
  }
}
