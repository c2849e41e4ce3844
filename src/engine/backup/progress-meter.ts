import type { Progress } from "../model.ts";
import type { BackupOptions } from "./options.ts";

/** Reports how far a backup is, a few times a second at most. */
export class ProgressMeter {
  readonly #options: BackupOptions;
  readonly #bytesTotal: number;
  readonly #storedBytes: () => number;
  #phase: Progress["phase"] = "preparing";
  #role: string | undefined;
  #files = 0;
  #bytes = 0;
  #reportedAt = 0;

  constructor(options: BackupOptions, bytesTotal: number, storedBytes: () => number) {
    this.#options = options;
    this.#bytesTotal = bytesTotal;
    this.#storedBytes = storedBytes;
  }

  enter(phase: Progress["phase"], role?: string): void {
    this.#phase = phase;
    this.#role = role;
    this.#report();
  }

  add(bytes: number, files: number): void {
    this.#bytes += bytes;
    this.#files += files;
    if (
      this.#options.onProgress === undefined ||
      this.#options.clock.now() - this.#reportedAt < reportMilliseconds
    )
      return;
    this.#report();
  }

  #report(): void {
    this.#reportedAt = this.#options.clock.now();
    this.#options.onProgress?.({
      phase: this.#phase,
      ...(this.#role === undefined ? {} : { role: this.#role }),
      filesDone: this.#files,
      bytesDone: this.#bytes,
      // A first backup knows no total: 0, not what is done so far, which would look like the end.
      bytesTotal: this.#bytesTotal === 0 ? 0 : Math.max(this.#bytesTotal, this.#bytes),
      storedBytes: this.#storedBytes(),
    });
  }
}

const reportMilliseconds = 200;
