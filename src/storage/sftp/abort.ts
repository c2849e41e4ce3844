/**
 * The work, or the reason of the signal if it aborts first; the work goes on unseen then. While `isCommitting`
 * says true the answer is waited for a little longer, as it tells whether the object has its name.
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  isCommitting: () => boolean = () => false,
): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => reject(signal.reason);
  const onAbort = (): void => {
    if (isCommitting()) timer = setTimeout(giveUp, commitMilliseconds);
    else giveUp();
  };
  work.catch(() => undefined);
  promise.catch(() => undefined);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

const commitMilliseconds = 10_000;
