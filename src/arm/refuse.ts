import type { LogFields, Logger } from "../base/log.ts";
import { errorAnswer, type Answer } from "./answer.ts";
import type { RequestIds } from "./build-context.ts";
import { toArmError } from "./errors.ts";

/** Any failure as an answer; ours are logged with where they happened, never with what they say. */
export function refuse(error: unknown, fields: LogFields, logger: Logger): Answer {
  const refusal = toArmError(error);
  if (refusal.status >= 500) {
    const { cause } = refusal;
    logger.error("Request failed", {
      ...fields,
      errorCode: refusal.code,
      errorType: cause instanceof Error ? cause.name : typeof cause,
      stack: cause instanceof Error ? framesOf(cause) : undefined,
    });
  }
  return errorAnswer(refusal);
}

/** The places of a stack trace without its message, which may quote anything. */
function framesOf(error: Error): string {
  const lines = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return lines
    .slice(0, 12)
    .map((line) => line.trim())
    .join(" | ");
}

/** The ids of an exchange for the log. */
export function idFields({ requestId, correlationId, clientRequestId }: RequestIds): LogFields {
  return { requestId, correlationId, clientRequestId };
}
