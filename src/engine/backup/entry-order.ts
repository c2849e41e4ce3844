import { AppError } from "../../base/errors.ts";
import type { PackedEntries } from "../packed-entries.ts";
import type { SourceEntry } from "../source.ts";

/** Sees that a source gives its entries in order, each in its directory: what would not come back must not go in. */
export class EntryOrder {
  readonly #role: string;
  /** The place before. */
  #last: string | undefined;
  /** Where the entry before lies, if it was a packed one: its place is read off it when it is needed. */
  #packed: { readonly batch: PackedEntries; at: number } | undefined;
  /** The directories the next entry may lie in, outermost first. */
  #parents: string[] = [""];

  constructor(role: string) {
    this.#role = role;
  }

  /** As `take`, for the entry at `at` of a batch. What lies in one folder is compared without making paths of it. */
  takePacked(batch: PackedEntries, at: number): void {
    const before = this.#packed;
    if (
      before?.batch === batch &&
      batch.type(at) !== "directory" &&
      batch.type(before.at) !== "directory" &&
      batch.areSiblings(before.at, at) &&
      batch.compareNames(before.at, at) < 0
    ) {
      before.at = at;
      return;
    }
    const path = batch.path(at);
    this.take({ path, type: batch.type(at) }, placeOf(path));
    this.#packed = { batch, at };
  }

  /** Takes the next entry and its place; throws where it must not follow those before it. */
  take({ path, type }: Pick<SourceEntry, "path" | "type">, place: string): void {
    if (this.#packed !== undefined) this.#last = placeOf(this.#packed.batch.path(this.#packed.at));
    this.#packed = undefined;
    if (this.#last !== undefined && place <= this.#last)
      throw new AppError(
        "SourceFailed",
        `The source of role "${this.#role}" gave ${JSON.stringify(path.slice(-80))} twice or out of order: nothing of it is backed up`,
      );
    if (path === "" && type !== "directory")
      throw new AppError("SourceFailed", "The root of a source must be a directory");
    this.#last = place;
    this.#requireParent(path, type);
  }

  /** Goes on behind an entry that is known to be in order, as are all between the last one taken and it. */
  skipTo(path: string, isDirectory: boolean): void {
    this.#last = placeOf(path);
    this.#packed = undefined;
    this.#parents = [""];
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1))
      this.#parents.push(path.slice(0, at));
    if (isDirectory && path !== "") this.#parents.push(path);
  }

  /** A record says its depth only: its directory must be among those before it. */
  #requireParent(path: string, type: SourceEntry["type"]): void {
    if (path !== "") {
      const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
      while (this.#parents.length > 1 && this.#parents.at(-1) !== parent) this.#parents.pop();
      if (this.#parents.at(-1) !== parent)
        throw new AppError(
          "SourceFailed",
          `The source of role "${this.#role}" gave ${JSON.stringify(path.slice(-80))} without its directory: nothing of it is backed up`,
        );
    }
    if (type === "directory" && path !== "") this.#parents.push(path);
  }
}

/** NUL between segments: so that paths compare as walks do. */
export function placeOf(path: string): string {
  return path.replaceAll("/", "\0");
}
