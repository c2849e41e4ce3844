import type { Document, DocumentKind, Write } from "./state-store.ts";

/**
 * Documents as they were read last, while nobody has written to them. Our own commits say what they change; that
 * another process has written, whatever it was, shows in `foreignWrites`, and then everything is read anew.
 */
export interface DocumentCache {
  /** What is known of a document: itself, or that there is none; undefined when it has to be read. */
  find(kind: DocumentKind, key: string): Found | undefined;
  /** Before a read whose result may be kept; hand what it returns to `keep`. */
  begin(): number;
  /** Keeps what was read, unless something was committed since the read began. */
  keep(
    begun: number,
    kind: DocumentKind,
    key: string,
    document: Document<unknown> | undefined,
  ): void;
  /** Before a commit becomes visible, and whether or not it succeeds. */
  forget(writes: readonly Write[]): void;
}

/** No document has it for a key. */
export const revisionName = "";

export interface Found {
  readonly document: Document<unknown> | undefined;
}

/** `foreignWrites` is another number as soon as another connection has committed. */
export function createDocumentCache(foreignWrites: () => number): DocumentCache {
  // By kind, then by key: a name made of both would be a text to make and to hash for every request.
  const known = new Map<DocumentKind, Map<string, Found>>();
  let count = 0;
  let seen = Number.NaN;
  let commits = 0;
  return {
    find(kind, key) {
      const now = foreignWrites();
      if (now !== seen) {
        known.clear();
        count = 0;
        seen = now;
        commits += 1;
      }
      return known.get(kind)?.get(key);
    },
    begin: () => commits,
    keep(begun, kind, key, document) {
      if (begun !== commits) return;
      if (count >= mostKept) {
        known.clear();
        count = 0;
      }
      const ofKind = known.get(kind) ?? new Map<string, Found>();
      if (!ofKind.has(key)) count += 1;
      known.set(kind, ofKind.set(key, { document: document && freezeDeep(document) }));
    },
    forget(writes) {
      commits += 1;
      for (const write of writes) {
        if (write.op !== "put" && write.op !== "delete") continue;
        for (const key of [write.key, revisionName])
          if (known.get(write.kind)?.delete(key) === true) count -= 1;
      }
    },
  };
}

const mostKept = 1000;

/** Many will be given the same object. */
function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freezeDeep(part);
  return Object.freeze(value);
}
