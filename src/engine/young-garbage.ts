import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Of the engine's threads: hashes, views and the objects of tiny files are made by the thousand, and a small young
 * generation frees them early and keeps the whole process within its memory bound.
 */
export const workerLimits = { maxYoungGenerationSizeMb: 8 } as const;

/**
 * For what leaves a fresh buffer behind for every piece it handles. V8 lets 64 MiB of such buffers pile up in each thread
 * before it looks; a young collection every few MiB costs about a millisecond and keeps the process small.
 */
export function createYoungCollector(
  everyBytes: number = 4 * 1024 * 1024,
): (bytes: number) => void {
  let pending = 0;
  return (bytes) => {
    pending += bytes;
    if (pending < everyBytes) return;
    pending = 0;
    collect({ type: "minor" });
  };
}

/**
 * From now on the young generations of this process stay as large as they are: in a first backup that of the main
 * thread grows to 48 MiB and the work gets no faster by it. With another setting V8 trusts none of the code that Node
 * brings compiled: a thread started later takes twice as long to start. Threads first, then this.
 */
export function keepYoungGenerations(): void {
  if (areKept) return;
  areKept = true;
  setFlagsFromString("--semi-space-growth-factor=1");
}

let areKept = false;

/**
 * For what keeps very many objects for a while and then lets go of them: V8 lets hundreds of MiB of such pile up before it
 * looks. To be called now and then; it looks when the heap has grown by so much since it looked last.
 */
export function createOldCollector(byBytes: number = 48 * 1024 * 1024): () => void {
  const used = (): number => getHeapStatistics().used_heap_size;
  let before = used();
  return () => {
    if (used() < before + byBytes) return;
    collect({ type: "major" });
    before = used();
  };
}

type Collect = (options: { readonly type: "minor" | "major" }) => void;

let collector: Collect | undefined;

/** Looked for when it is needed: it takes a setting, which is dear to what starts after it as well. */
function collect(options: Parameters<Collect>[0]): void {
  collector ??= findCollector();
  collector(options);
}

function findCollector(): Collect {
  try {
    setFlagsFromString("--expose-gc");
    return runInNewContext("gc") as Collect;
  } catch {
    // A runtime that hides its collector only uses more memory.
    return () => undefined;
  }
}
