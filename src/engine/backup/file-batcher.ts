import type { SourceEntry } from "../source.ts";
import type { FileResult, FileTask } from "./messages.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Large files are shared between workers at borders of this size: small, so that no worker is long alone at the end. */
export const segmentBytes: number = 16 * 1024 * 1024;
/** A batch is handed over when it has this many bytes or files. */
export const batchBytes: number = 4 * 1024 * 1024;
export const batchFiles = 256;

/** Groups files into batches for the workers, and splits large ones. */
export class FileBatcher {
  readonly #pool: WorkerPool;
  readonly #onBytes: (bytes: number, files: number) => void;
  #tasks: FileTask[] = [];
  #owners: PendingFile[] = [];
  #bytes = 0;

  constructor(pool: WorkerPool, onBytes: (bytes: number, files: number) => void) {
    this.#pool = pool;
    this.#onBytes = onBytes;
  }

  /** Queues a file; resolves when the workers have room for more. */
  async add(entry: SourceEntry): Promise<PendingFile> {
    const parts = Math.max(1, Math.ceil(entry.size / segmentBytes));
    const pending = new PendingFile(parts);
    for (let part = 0; part < parts; part++) {
      const offset = part * segmentBytes;
      const length = Math.min(segmentBytes, entry.size - offset);
      const { mtimeNs, ctimeNs } = entry;
      this.#tasks.push({
        path: entry.localPath ?? "",
        offset,
        length,
        paged: entry.paged ?? false,
        mtimeNs,
        ctimeNs,
      });
      this.#owners.push(pending);
      this.#bytes += length;
      if (this.#bytes >= batchBytes || this.#tasks.length >= batchFiles) await this.flush();
    }
    return pending;
  }

  addStream(): PendingFile {
    return new PendingFile(0);
  }

  /** Hands over what is queued. */
  async flush(): Promise<void> {
    if (this.#tasks.length === 0) return;
    const tasks = this.#tasks;
    const owners = this.#owners;
    this.#tasks = [];
    this.#owners = [];
    this.#bytes = 0;
    await this.#pool.ready();
    const parts = owners.map((owner) => owner.newPart());
    this.#pool.readFiles(tasks).then(
      (results) =>
        results.forEach((result, index) =>
          this.#settle(owners[index] as PendingFile, parts[index] as number, result),
        ),
      (error: unknown) => owners.forEach((owner) => owner.reject(error)),
    );
  }

  #settle(owner: PendingFile, part: number, result: FileResult): void {
    owner.settle(part, result);
    this.#onBytes(result.bytes, owner.isDone ? 1 : 0);
  }
}

/** The content of one file or stream, complete when all its parts are. */
export class PendingFile {
  bytes = 0;
  newBytes = 0;
  changed = false;
  error: { readonly code: string; readonly message: string } | undefined;
  isDone = false;
  readonly done: Promise<void>;
  readonly #parts: (FileResult | undefined)[];
  #given = 0;
  #missing: number;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #chunks: Buffer[] = [];

  /** 0 parts: a stream, which says itself when it ends. */
  constructor(parts: number) {
    this.#parts = Array.from({ length: parts });
    this.#missing = parts;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever awaits sees the failure; nobody awaiting is no crash.
    this.done.catch(() => undefined);
  }

  newPart(): number {
    return this.#given++;
  }

  settle(part: number, result: FileResult): void {
    this.#parts[part] = result;
    this.#missing -= 1;
    if (this.#missing > 0) return;
    for (const found of this.#parts) if (found !== undefined && !this.#isCut()) this.add(found);
    this.finish();
  }

  add(result: FileResult): void {
    this.bytes += result.bytes;
    this.newBytes += result.newBytes;
    this.changed ||= result.changed;
    this.error ??= result.error;
    if (result.chunks.length > 0)
      this.#chunks.push(
        Buffer.from(result.chunks.buffer, result.chunks.byteOffset, result.chunks.byteLength),
      );
    this.#lastBytes = result.bytes;
  }

  finish(): void {
    this.isDone = true;
    this.#resolve();
  }

  reject(error: unknown): void {
    this.#reject(error);
  }

  takeChunks(): Buffer {
    const chunks =
      this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks = [];
    return chunks;
  }

  #lastBytes = segmentBytes;

  /** A file that shrank while it was read ends at its first short segment. */
  #isCut(): boolean {
    return this.#lastBytes < segmentBytes;
  }
}
