import type { LogFields, Logger } from "../../src/base/log.ts";

export interface LogLine {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it was told. */
export function recordLog(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const build = (inherited: LogFields): Logger => {
    const write =
      (level: LogLine["level"]) =>
      (message: string, fields: LogFields = {}): void => {
        lines.push({ level, message, fields: { ...inherited, ...fields } });
      };
    return {
      error: write("error"),
      warn: write("warn"),
      info: write("info"),
      debug: write("debug"),
      child: (fields) => build({ ...inherited, ...fields }),
    };
  };
  return { logger: build({}), lines };
}
