import type { Logger } from "../base/log.ts";
import type { Answer } from "./answer.ts";
import type { RequestIds } from "./build-context.ts";
import type { Aim } from "./read-address.ts";

/** What the access log says of a request; filled while it goes through the pipeline. */
export interface Trace {
  readonly method: string | undefined;
  readonly ids: RequestIds;
  route?: string;
  apiVersion?: string;
  /** Once all of the above was found out: for the same request again it is the same. */
  aim?: Aim;
}

/** Writes the line of the access log for an answer. */
export function writeAccessLine(
  logger: Logger,
  trace: Trace,
  { status, errorCode, operationId }: Answer,
  durationMs: number,
): void {
  const { requestId, correlationId, clientRequestId } = trace.ids;
  const line = { requestId, correlationId, clientRequestId, status, durationMs };
  const fields = { ...line, errorCode, operationId };
  const to = loggerOf(logger, trace);
  if (status >= 500) to.error("Request answered", fields);
  else to.info("Request answered", fields);
}

function loggerOf(logger: Logger, { aim, apiVersion, route, method }: Trace): Logger {
  if (aim?.logger !== undefined) return aim.logger;
  const made = logger.child({ apiVersion, route, method });
  if (aim !== undefined) aim.logger = made;
  return made;
}
