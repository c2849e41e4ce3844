/** Objects on their way at once: a far store answers each late. */
const mostAtOnce = 16;
/** No more bytes on their way than this, one object aside. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Reads some entries ahead and gives them in their order, each with the promise of what was read: the caller awaits
 * it, and judges its failure.
 */
export async function* readAhead<T extends { readonly bytes: number }, R>(
  entries: AsyncIterable<T> | Iterable<T>,
  read: (entry: T) => Promise<R>,
  most: number = mostAtOnce,
): AsyncGenerator<readonly [T, Promise<R>], void, undefined> {
  const waiting: (readonly [T, Promise<R>])[] = [];
  let bytes = 0;
  for await (const entry of entries) {
    while (waiting.length >= most || (waiting.length > 0 && bytes + entry.bytes > mostBytes)) {
      const next = waiting.shift() as readonly [T, Promise<R>];
      yield next;
      bytes -= next[0].bytes;
    }
    bytes += entry.bytes;
    waiting.push([entry, quietly(read(entry))]);
  }
  yield* waiting;
}

/** The same promise, whose failure is seen by who awaits it, and by nobody when nobody does. */
export function quietly<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
