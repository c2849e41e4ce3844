import { Writable } from "node:stream";
import winston from "winston";
import { systemClock, toIso } from "../base/clock.ts";
import type { LogFields, Logger, WrittenLine } from "../base/log.ts";
import { quoteBlanks } from "../base/quote-blanks.ts";
import { currentScope } from "../base/work-scope.ts";

export interface LogSettings {
  readonly format: "json" | "pretty";
  readonly level: "error" | "warn" | "info" | "debug";
  /** Where lines go; absent: standard error. */
  readonly stream?: Writable | undefined;
  readonly keeper?: LineKeeper;
}

/** Told of lines of whatever level, as they would be written. */
export interface LineKeeper {
  /** By the fields of a line outside any scope: whether it is to be kept at all. */
  wants(fields: LogFields): boolean;
  keep(line: WrittenLine): void;
}

/** The logger of the process: one line each, and only fields whose names are on the list. */
export function createLogger(settings: LogSettings): Logger {
  const { format, level: most, stream, keeper } = settings;
  const render = format === "json" ? jsonLine : prettyLine;
  const logger = winston.createLogger({
    level: most,
    levels: winston.config.npm.levels,
    // What is logged has its form already.
    format: { transform: (info) => Object.assign(info, { [written]: info.message }) },
    transports: [new winston.transports.Stream({ stream: stream ?? standardError() })],
  });
  const isWritten = new Set(levels.filter((level) => logger.isLevelEnabled(level)));
  const emit = (text: string): void => void logger.log(most, text);
  const write = stream === undefined ? gatherLines(emit) : emit;
  const log = (level: Level, text: string, more: LogFields): void => {
    const writes = isWritten.has(level);
    const scope = currentScope();
    const keeps = keeper !== undefined && (scope !== undefined || keeper.wants(more));
    if (!writes && !keeps) return;
    const message = clean(text);
    const given = scope === undefined ? more : merge(scope, more);
    if (writes) write(render(level, message, given), level);
    if (keeps) keeper.keep({ level, message, fields: pickAllowed(given) });
  };
  return wrap(log, {});
}

const levels = ["error", "warn", "info", "debug"] as const;

type Level = WrittenLine["level"];
type Write = (level: Level, message: string, fields: LogFields) => void;

/** Where winston's transports look for the finished line. */
const written = Symbol.for("message");

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

function wrap(write: Write, fixed: LogFields): Logger {
  const hasFixed = Object.keys(fixed).length > 0;
  const log =
    (level: Level) =>
    (message: string, fields: LogFields = {}): void =>
      write(level, message, hasFixed ? { ...fixed, ...fields } : fields);
  return {
    error: log("error"),
    warn: log("warn"),
    info: log("info"),
    debug: log("debug"),
    child: (fields) => wrap(write, { ...fixed, ...fields }),
  };
}

/** The later ones hold where both have a name. */
function merge(scope: object, more: LogFields): LogFields {
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  return { ...scope, ...Object.fromEntries(given) };
}

function pickAllowed(fields: LogFields): LogFields {
  const kept: Record<string, string | number | boolean> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
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

/**
 * Fields come last; no name on the list is one of the others. Written piece by piece, for every request has a line: a copy
 * of the fields that are allowed, and its JSON, would take twice as long.
 */
function jsonLine(level: Level, message: string, fields: LogFields): string {
  let line = `{"timestamp":"${timeOfLine()}","level":"${level}","message":${quote(message)}`;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    const label = value === undefined ? undefined : labels.get(name);
    if (label === undefined) continue;
    line += label;
    line += typeof value === "string" ? quote(value) : JSON.stringify(value);
  }
  return `${line}}`;
}

const labels: ReadonlyMap<string, string> = new Map(
  [...allowedFields].map((name) => [name, `,${JSON.stringify(name)}:`]),
);

/** Clean, and as JSON. */
function quote(text: string): string {
  if (text.length <= maximumBytes && /^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  return JSON.stringify(clean(text));
}

let lastTime = { at: Number.NaN, text: "" };

/** Many lines are of one millisecond. */
function timeOfLine(): string {
  const at = systemClock.now();
  if (at !== lastTime.at) lastTime = { at, text: toIso(at) };
  return lastTime.text;
}

function prettyLine(level: Level, message: string, fields: LogFields): string {
  const pairs = Object.entries(pickAllowed(fields));
  const words = pairs.map(([name, value]) => `${name}=${quoteBlanks(String(value))}`);
  return [timeOfLine(), level.toUpperCase().padEnd(5), message, ...words].join(" ");
}

/**
 * All lines of one turn of the event loop at once: what winston and the system do for one costs more than the line. Of
 * very many lines those of a hundredth of a second, unless one tells of trouble.
 */
function gatherLines(emit: (text: string) => void): (line: string, level: Level) => void {
  const isBusy = watchRate();
  let waiting = "";
  let flushesAt: "turn" | "later" | undefined;
  const flush = (): void => {
    const text = waiting;
    waiting = "";
    flushesAt = undefined;
    if (text !== "") emit(text);
  };
  // Whatever ends the process, short of a kill, what it said before is told.
  process.once("exit", flush);
  return (line, level) => {
    waiting = waiting === "" ? line : `${waiting}\n${line}`;
    const waits = isBusy() && (level === "info" || level === "debug");
    if (flushesAt === "turn" || (flushesAt === "later" && waits)) return;
    flushesAt = waits ? "later" : "turn";
    if (waits) setTimeout(flush, gatherMilliseconds);
    else setImmediate(flush);
  };
}

/** Called for each line: whether there were very many just now. No caller that waits for its answers makes as many. */
function watchRate(): () => boolean {
  let since = 0;
  let lines = 0;
  let isBusy = false;
  return () => {
    const now = systemClock.now();
    lines += 1;
    if (now - since < gatherMilliseconds) return isBusy;
    isBusy = lines >= manyLines && now - since < 2 * gatherMilliseconds;
    since = now;
    lines = 0;
    return isBusy;
  };
}

const gatherMilliseconds = 10;
const manyLines = 30;

function standardError(): Writable {
  const write = (text: string, _: BufferEncoding, done: () => void): void => {
    process.stderr.write(text);
    done();
  };
  return new Writable({ decodeStrings: false, write });
}
