import { Writable } from "node:stream";
import winston from "winston";
import { systemClock } from "../base/clock.ts";
import type { LogFields, Logger, WrittenLine } from "../base/log.ts";
import { currentScope } from "../base/work-scope.ts";
import {
  clean,
  fixFields,
  jsonLine,
  noFields,
  pickAllowed,
  prettyLine,
  type FixedFields,
  type Level,
  type RenderLine,
} from "./log-line.ts";

export interface LogSettings {
  readonly format: "json" | "pretty";
  readonly level: "error" | "warn" | "info" | "debug";
  /** Where lines go; absent: standard error. */
  readonly stream?: Writable | undefined;
  readonly keeper?: LineKeeper;
}

/** Told of lines of whatever level, as they would be written. */
export interface LineKeeper {
  /** By the fields of a line outside any scope, its own and those of its logger: whether it is to be kept at all. */
  wants(own: LogFields, fixed: LogFields): boolean;
  keep(line: WrittenLine): void;
}

/** The logger of the process: one line each, and only fields whose names are on the list. */
export function createLogger(settings: LogSettings): Logger {
  const { format, level: most, stream, keeper } = settings;
  const render: RenderLine = format === "json" ? jsonLine : prettyLine;
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
  return wrap((level, message, own, fixed) => {
    const writes = isWritten.has(level);
    const scope = currentScope();
    const keeps = keeper !== undefined && (scope !== undefined || keeper.wants(own, fixed.fields));
    if (!writes && !keeps) return;
    const given = scope === undefined ? own : merge(scope, { ...fixed.fields, ...own });
    const about = scope === undefined ? fixed : noFields;
    if (writes) write(render(level, message, given, about), level);
    if (!keeps) return;
    const fields = pickAllowed({ ...about.fields, ...given });
    keeper.keep({ level, message: clean(message), fields });
  }, noFields);
}

const levels = ["error", "warn", "info", "debug"] as const;

type Write = (level: Level, message: string, own: LogFields, fixed: FixedFields) => void;

/** Where winston's transports look for the finished line. */
const written = Symbol.for("message");

function wrap(write: Write, fixed: FixedFields): Logger {
  const log =
    (level: Level) =>
    (message: string, own: LogFields = {}): void =>
      write(level, message, own, fixed);
  return {
    error: log("error"),
    warn: log("warn"),
    info: log("info"),
    debug: log("debug"),
    child: (fields) => wrap(write, fixFields({ ...fixed.fields, ...fields })),
  };
}

/** The later ones hold where both have a name. */
function merge(scope: object, more: LogFields): LogFields {
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  return { ...scope, ...Object.fromEntries(given) };
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
