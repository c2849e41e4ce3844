import { AppError, isAppError } from "../../base/errors.ts";
import type { RestoreSummary } from "../model.ts";
import type { PlannedJob } from "./restore-plan.ts";

/** Damage of what is stored: it costs the files it touches, not the restore. */
export function isDamage(error: unknown): error is AppError {
  return isAppError(error) && damageCodes.has(error.code);
}

const damageCodes: ReadonlySet<string> = new Set([
  "CorruptObject",
  "MissingObject",
  "ObjectNotFound",
  "UnsupportedFormat",
  "LimitExceeded",
]);

/** What a restore could not give back, and its warnings. */
export class DamageReport {
  readonly warnings: RestoreSummary["warnings"][number][] = [];
  readonly #faults: string[] = [];
  /** The first damaged object. */
  #target: string | undefined;
  #files = 0;

  /** Files of a job that a fault in its pack touches. */
  addFiles({ job, files }: PlannedJob, touched: readonly number[], message: string): void {
    this.#target ??= job.name;
    this.#faults.push(message);
    for (const index of touched) {
      const file = files[index];
      if (file === undefined || file.failed) continue;
      file.failed = true;
      this.#files += 1;
      this.warnings.push({ path: file.path, code: "CorruptObject", message });
    }
  }

  /** What the tree named before its damage is restored; what follows is unknown. */
  addTree(role: string, error: AppError): void {
    this.#target ??= error.target;
    this.#faults.push(`the list of files of role "${role}" is damaged: ${error.message}`);
    this.warnings.push({ path: role, code: error.code, message: error.message });
  }

  /** A file whose content is in no pack. */
  addMissing(path: string, message: string): void {
    this.#faults.push(message);
    this.#files += 1;
    this.warnings.push({ path, code: "MissingObject", message });
  }

  /** One error for all damage, after everything sound was restored. */
  throwIfAny(): void {
    const [first] = this.#faults;
    if (first === undefined) return;
    throw new AppError(
      "CorruptObject",
      `${this.#files} files could not be restored and were left out, the others were restored: ${first}${this.#faults.length > 1 ? ` (and ${this.#faults.length - 1} more faults)` : ""}`,
      this.#target === undefined ? {} : { target: this.#target },
    );
  }
}
