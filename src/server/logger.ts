import type { Writable } from "node:stream";
import winston from "winston";
import type { LogFields, Logger, WrittenLine } from "../base/log.ts";
import { currentScope } from "../base/work-scope.ts";

export interface LogSettings {
  readonly format: "json" | "pretty";
  readonly level: "error" | "warn" | "info" | "debug";
  /** Where lines go; absent: standard error. */
  readonly stream?: Writable | undefined;
  /** Told of every line, of whatever level, as it would be written. */
  readonly onLine?: (line: WrittenLine) => void;
}

/** The logger of the process: one line each, and only fields whose names are on the list. */
export function createLogger(settings: LogSettings): Logger {
  const logger = winston.createLogger({
    level: settings.level,
    levels: winston.config.npm.levels,
    format: settings.format === "json" ? jsonLine : prettyLine,
    transports: [createTransport(settings.stream)],
  });
  return wrap(logger, {}, settings.onLine);
}

/** Names a line may carry. Whatever is not here is dropped: a new name is a decision, not an accident. */
export const allowedFields: ReadonlySet<string> = new Set([
  // A request.
  ...[
    "requestId",
    "correlationId",
    "clientRequestId",
    "traceParent",
    "method",
    "route",
    "apiVersion",
  ],
  ...["status", "durationMs", "errorCode", "errorType", "stack", "address"],
  ...["url", "subscriptionId", "locationName", "durationMilliseconds"],
  // Work behind it.
  ...["operationId", "operation", "backupId", "jobId", "job", "jobKind", "jobState", "kind"],
  ...["attempt", "attempts", "fence", "owner", "state", "step", "role", "location"],
  // Anything.
  ...[
    "component",
    "code",
    "error",
    "cause",
    "check",
    "signal",
    "delayMilliseconds",
    "count",
    "nextTime",
    "bytes",
    "files",
    "seconds",
  ],
  ...["object", "version", "region", "host", "port", "sequence", "hash"],
]);

// A field is a value, not a document: what is longer says no more.
const maximumBytes = 2048;

function wrap(logger: winston.Logger, fixed: LogFields, onLine: LogSettings["onLine"]): Logger {
  const log =
    (level: WrittenLine["level"]) =>
    (text: string, more: LogFields = {}): void => {
      const message = clean(text);
      const fields = pickAllowed({ ...currentScope(), ...fixed, ...more });
      // Fields lie apart from winston's own, so that none can overwrite level or message.
      logger.log(level, message, { fields });
      onLine?.({ level, message, fields });
    };
  return {
    error: log("error"),
    warn: log("warn"),
    info: log("info"),
    debug: log("debug"),
    child: (fields) => wrap(logger, { ...fixed, ...fields }, onLine),
  };
}

function pickAllowed(fields: LogFields): LogFields {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || !allowedFields.has(name)) continue;
    kept[name] = typeof value === "string" ? clean(value) : value;
  }
  return kept;
}

/** Control and format characters could forge lines or colour a terminal: they are written out. */
function clean(text: string): string {
  // Nearly all are plain: ids, words, paths.
  if (text.length <= maximumBytes && /^[ -~]*$/.test(text)) return text;
  const escaped = text
    .slice(0, maximumBytes)
    .toWellFormed()
    .replaceAll(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
    );
  if (text.length <= maximumBytes && Buffer.byteLength(escaped) <= maximumBytes) return escaped;
  const room = maximumBytes - Buffer.byteLength("…");
  // Cutting may halve the last character; decoding shows that as U+FFFD.
  const cut = Buffer.from(escaped)
    .subarray(0, room)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
  return `${cut}…`;
}

const jsonLine = winston.format.combine(
  winston.format.timestamp(),
  winston.format.printf(({ timestamp, level, message, fields }) =>
    JSON.stringify({ timestamp, level, message, ...(fields as LogFields | undefined) }),
  ),
);

const prettyLine = winston.format.combine(
  winston.format.timestamp(),
  winston.format.printf(({ timestamp, level, message, fields }) => {
    const pairs = Object.entries((fields as LogFields | undefined) ?? {});
    const words = pairs.map(([name, value]) => `${name}=${quoteBlanks(String(value))}`);
    return [String(timestamp), level.toUpperCase().padEnd(5), String(message), ...words].join(" ");
  }),
);

function quoteBlanks(value: string): string {
  return /[\s"]|^$/.test(value) ? JSON.stringify(value) : value;
}

function createTransport(stream: Writable | undefined): winston.transport {
  if (stream !== undefined) return new winston.transports.Stream({ stream });
  return new winston.transports.Console({ stderrLevels: Object.keys(winston.config.npm.levels) });
}
