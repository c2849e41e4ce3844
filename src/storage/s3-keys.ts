import { AppError } from "../base/errors.ts";

/** A key of a listing; empty when it is no text. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return "";
  }
}

/** A service that gives the same page again and again. */
export function endlessList(bucket: string): AppError {
  return new AppError(
    "StoreUnsupported",
    `Cannot list bucket "${bucket}": the service gives the same page again and again`,
    { target: bucket },
  );
}
