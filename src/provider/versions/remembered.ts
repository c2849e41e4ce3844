/**
 * What was made of an object that never changes, until a moment: what is asked for again and again is made once. The
 * object's going takes it along.
 */
export function rememberRenderings<K extends WeakKey, T>(): Remember<K, T> {
  const known = new WeakMap<K, Rendering<T>[]>();
  return (of, apiVersion, spelling, now, make) => {
    const renderings = known.get(of) ?? [];
    const found = renderings.find(
      (one) =>
        one.apiVersion === apiVersion &&
        one.spelling === spelling &&
        one.madeAt <= now &&
        now < one.until,
    );
    if (found !== undefined) return found.value;
    const made = make();
    // Spellings are what callers wrote: an object has few of them.
    if (renderings.length >= mostRenderings) renderings.length = 0;
    renderings.push({ ...made, apiVersion, spelling, madeAt: now });
    known.set(of, renderings);
    return made.value;
  };
}

/** The rendering in an api-version for a spelling, made anew where there is none or its time is over; times are milliseconds since 1970. */
export type Remember<K extends WeakKey, T> = (
  of: K,
  apiVersion: string,
  spelling: string,
  now: number,
  make: () => { readonly value: T; readonly until: number },
) => T;

interface Rendering<T> {
  readonly apiVersion: string;
  readonly spelling: string;
  readonly value: T;
  readonly until: number;
  readonly madeAt: number;
}

const mostRenderings = 16;
