import { AppError, toAppError } from "../../base/errors.ts";

/** What was asked for: `undefined` keeps the current value, `null` goes back to the fallback. */
export function pick<T>(asked: T | null | undefined, current: T, fallback: T): T {
  return asked === undefined ? current : (asked ?? fallback);
}

/** The same failure, pointing at the property the caller sent. */
export function retarget<T>(target: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw retargetError(target, error);
  }
}

/** As it is, pointing at the property the caller sent. */
export function retargetError(target: string, error: unknown): AppError {
  const { code, message, nativeCode, retryable, cause } = toAppError(error);
  return new AppError(code, message, {
    target,
    retryable,
    ...(cause === undefined ? {} : { cause }),
    ...(nativeCode === undefined ? {} : { nativeCode }),
  });
}
