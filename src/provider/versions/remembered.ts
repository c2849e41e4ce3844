/**
 * What was made of an object that never changes, until a moment: what is asked for again and again is made once. The
 * object's going takes it along.
 */
export function rememberRenderings<K extends WeakKey, T>(): Remember<K, T> {
  const known = new WeakMap<K, Map<string, Rendering<T>>>();
  return (of, name, now, make) => {
    const renderings = known.get(of) ?? new Map<string, Rendering<T>>();
    const found = renderings.get(name);
    if (found !== undefined && found.madeAt <= now && now < found.until) return found.value;
    const made = make();
    // Names hold what callers wrote: an object has few of them.
    if (renderings.size >= mostNames) renderings.clear();
    renderings.set(name, { ...made, madeAt: now });
    known.set(of, renderings);
    return made.value;
  };
}

/** The rendering of that name, made anew where there is none or its time is over; times are milliseconds since 1970. */
export type Remember<K extends WeakKey, T> = (
  of: K,
  name: string,
  now: number,
  make: () => { readonly value: T; readonly until: number },
) => T;

interface Rendering<T> {
  readonly value: T;
  readonly until: number;
  readonly madeAt: number;
}

const mostNames = 16;
