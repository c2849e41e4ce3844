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
  const known = new Map<string, Found>();
  let seen = Number.NaN;
  let commits = 0;
  return {
    find(kind, key) {
      const now = foreignWrites();
      if (now !== seen) {
        known.clear();
        seen = now;
        commits += 1;
      }
      return known.get(nameOf(kind, key));
    },
    begin: () => commits,
    keep(begun, kind, key, document) {
      if (begun !== commits) return;
      if (known.size >= mostKept) known.clear();
      known.set(nameOf(kind, key), { document: document && freezeDeep(document) });
    },
    forget(writes) {
      commits += 1;
      for (const write of writes) {
        if (write.op !== "put" && write.op !== "delete") continue;
        known.delete(nameOf(write.kind, write.key));
        known.delete(nameOf(write.kind, revisionName));
      }
    },
  };
}

const mostKept = 1000;

function nameOf(kind: DocumentKind, key: string): string {
  return `${kind} ${key}`;
}

/** Many will be given the same object. */
function freezeDeep<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freezeDeep(part);
  return Object.freeze(value);
}
