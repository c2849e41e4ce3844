/** Structured fields of one log line; only names the adapter's allow-list knows are written. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where log lines go. Secrets never belong in a message or a field. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

/** A line without its time, as a logger writes it: clean text, and allowed fields only. */
export interface WrittenLine {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly message: string;
  readonly fields: LogFields;
}

/** Drops everything: the default of library code and of tests that do not look at logs. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};
