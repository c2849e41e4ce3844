import type { LogFields, Logger } from "../base/log.ts";
import type { Output } from "./output.ts";

/** Shows what the engine has to say to people; what is only of interest in a log is dropped. */
export function createOutputLogger(output: Output): Logger {
  const warn = (message: string, fields?: LogFields): void => {
    const code = fields?.["code"];
    output.warn(code === undefined ? message : `${message} (${String(code)})`);
  };
  const logger: Logger = {
    error: warn,
    warn,
    info: () => undefined,
    debug: () => undefined,
    child: () => logger,
  };
  return logger;
}
