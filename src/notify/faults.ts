import { AppError, isAppError } from "../base/errors.ts";

/** A failed delivery. The words name the receiver without its path, and nothing that it said: that could echo secrets. */
export function notDelivered(
  receiver: string,
  why: string,
  options: { readonly retryable: boolean; readonly nativeCode?: string },
): AppError {
  return new AppError("NotificationFailed", `The receiver at "${receiver}" ${why}`, options);
}

/** Whoever looks names up does it for stores too, and calls what it does not find one that cannot be reached. */
export function asDelivery(error: unknown): unknown {
  if (!isAppError(error, "StoreUnreachable")) return error;
  const { message, retryable, nativeCode, target, cause } = error;
  return new AppError("NotificationFailed", message, {
    ...{ retryable, cause },
    ...(nativeCode === undefined ? {} : { nativeCode }),
    ...(target === undefined ? {} : { target }),
  });
}

/** What a system error says of a receiver. */
export function notReached(receiver: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const nativeCode = code ?? "failed";
  const isTrust = /CERT|SELF_SIGNED|TLS|SSL/i.test(nativeCode);
  const why = isTrust
    ? `is not trusted (${nativeCode}): look at its certificate, or name its authority in notifications.caFile`
    : `could not be reached (${nativeCode}): look at its address and the network to it`;
  return notDelivered(receiver, why, { retryable: !isTrust, nativeCode });
}

export function invalidRoute(target: string, message: string): AppError {
  return new AppError("InvalidNotificationRoute", message, { target });
}
