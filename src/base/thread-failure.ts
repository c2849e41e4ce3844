import { AppError, errorCodes, toAppError, type ErrorCode } from "./errors.ts";

/** An error as it goes from one thread or process to another: the class does not survive the way. */
export interface ThreadFailure<Kind extends string> {
  readonly kind: Kind;
  readonly code: string;
  readonly message: string;
  readonly target: string | undefined;
  readonly retryable: boolean;
  readonly cause: string;
}

export function describeFailure<Kind extends string>(
  kind: Kind,
  error: unknown,
): ThreadFailure<Kind> {
  const { code, message, target, retryable, cause } = toAppError(error);
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : "";
  return { kind, code, message, target, retryable, cause: text };
}

/** What another thread gives as a code is text: ours, or the one to take instead. */
export function codeOfThread(text: string, otherwise: ErrorCode = "Internal"): ErrorCode {
  return errorCodes.find((known) => known === text) ?? otherwise;
}

export function errorOfThread(failure: ThreadFailure<string>): AppError {
  const code = codeOfThread(failure.code);
  const cause = failure.cause === "" ? {} : { cause: new Error(failure.cause) };
  return new AppError(code, failure.message, {
    retryable: failure.retryable,
    ...(failure.target === undefined ? {} : { target: failure.target }),
    ...cause,
  });
}
