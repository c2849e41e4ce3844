const graceMilliseconds = 10_000;

/**
 * A signal that aborts some time after the given one. A request that may already have given bytes their
 * name is waited for with it: its answer says whether the object is there, breaking it off would not.
 */
export function delayAbort(
  signal: AbortSignal | undefined,
  milliseconds: number = graceMilliseconds,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => late.abort(signal?.reason), milliseconds);
  };
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  const release = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
  return { signal: late.signal, release };
}
