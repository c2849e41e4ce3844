import { AppError, isAppError } from "../base/errors.ts";

/**
 * The error of a run that failed: after a stop it is the stop's own reason where that has a name, or
 * `Canceled`, whatever the stop made fail first.
 */
export function toStopReason(signal: AbortSignal, error: unknown, canceled: string): unknown {
  if (!signal.aborted || isAppError(error, "Canceled")) return error;
  const reason: unknown = signal.reason;
  return isAppError(reason) ? reason : new AppError("Canceled", canceled, { cause: error });
}
