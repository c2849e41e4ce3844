import type { BackupRecord, Progress, RoleProgress, RoleResult } from "../model.ts";
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
  readonly #roles: ReadonlyMap<string, Changing>;

  /** `previous` tells how much there probably is. */
  constructor(
    options: BackupOptions,
    previous: Pick<BackupRecord, "plainBytes" | "roles"> | undefined,
    storedBytes: () => number,
  ) {
    this.#options = options;
    this.#bytesTotal = previous?.plainBytes ?? 0;
    this.#storedBytes = storedBytes;
    const inOrder = [...options.roles].sort((one, other) => one.wave - other.wave);
    this.#roles = new Map(inOrder.map(({ name }) => [name, waiting(name, previous?.roles ?? [])]));
  }

  enter(phase: Progress["phase"], role?: string): void {
    this.#phase = phase;
    this.#role = role;
    this.#turn(role, "Copying");
    this.#report();
  }

  /** A role has been copied, or not. */
  end(role: string, status: RoleResult["status"]): void {
    this.#turn(role, status);
    this.#report();
  }

  add(bytes: number, files: number): void {
    this.#bytes += bytes;
    this.#files += files;
    const role = this.#roles.get(this.#role ?? "");
    if (role !== undefined) {
      role.filesDone += files;
      role.bytesDone += bytes;
    }
    if (
      this.#options.onProgress === undefined ||
      this.#options.clock.now() - this.#reportedAt < reportMilliseconds
    )
      return;
    this.#report();
  }

  #turn(name: string | undefined, status: RoleProgress["status"]): void {
    const role = this.#roles.get(name ?? "");
    if (role !== undefined) role.status = status;
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
      roles: [...this.#roles.values()].map((role) => ({ ...role })),
    });
  }
}

type Changing = { -readonly [Name in keyof RoleProgress]: RoleProgress[Name] };

function waiting(name: string, previous: readonly RoleResult[]): Changing {
  const before = previous.find((role) => role.name === name);
  return {
    ...{ name, status: "Waiting", filesDone: 0, bytesDone: 0 },
    ...(before === undefined ? {} : { filesTotal: before.files, bytesTotal: before.plainBytes }),
  };
}

const reportMilliseconds = 200;
