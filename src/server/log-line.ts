import { systemClock, toIso } from "../base/clock.ts";
import type { LogFields, WrittenLine } from "../base/log.ts";
import { quoteBlanks } from "../base/quote-blanks.ts";

export type Level = WrittenLine["level"];

/** The text of a line: its own fields come after those that its logger adds to every line. */
export type RenderLine = (
  level: Level,
  message: string,
  own: LogFields,
  fixed: FixedFields,
) => string;

/** What a logger adds to each of its lines. That part of a line is always the same: it is written once. */
export interface FixedFields {
  readonly fields: LogFields;
  /** Of the names a line may carry besides: each as it stands before its value. */
  readonly labels: ReadonlyMap<string, string>;
  /** How its last line began: most loggers that have fields of their own say one thing. */
  lastStart: LineStart | undefined;
}

interface LineStart {
  readonly level: Level;
  readonly message: string;
  readonly text: string;
}

/** Fields for every line of a logger. */
export function fixFields(fields: LogFields): FixedFields {
  return { fields, labels: labelsBesides(fields), lastStart: undefined };
}

/** By the names that are taken: thousands of loggers have the same few. */
const labelSets = new Map<string, ReadonlyMap<string, string>>();

function labelsBesides(fields: LogFields): ReadonlyMap<string, string> {
  const taken = Object.keys(fields).filter((name) => fields[name] !== undefined);
  const key = taken.join(" ");
  const known = labelSets.get(key);
  if (known !== undefined) return known;
  const free = [...allowedFields].filter((name) => !taken.includes(name));
  const made = new Map(free.map((name) => [name, labelOf(name)]));
  labelSets.set(key, made);
  return made;
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

function labelOf(name: string): string {
  return `,${JSON.stringify(name)}:`;
}

/** Of no field. */
export const noFields: FixedFields = fixFields({});

/**
 * Fields come last; no name on the list is one of the others. Written piece by piece, for every request has a line: a copy
 * of the fields that are allowed, and its JSON, would take twice as long.
 */
export function jsonLine(
  level: Level,
  message: string,
  own: LogFields,
  fixed: FixedFields,
): string {
  let line = `{"timestamp":"${timeOfLine()}${startOf(level, message, fixed)}`;
  for (const name of Object.keys(own)) {
    const value = own[name];
    if (value === undefined) continue;
    const label = fixed.labels.get(name);
    // A field of the logger that this line has otherwise: a name stands in a line once.
    if (label === undefined && Object.hasOwn(fixed.fields, name))
      return jsonLine(level, message, { ...fixed.fields, ...own }, noFields);
    if (label !== undefined) line += label + render(value);
  }
  return `${line}}`;
}

function startOf(level: Level, message: string, fixed: FixedFields): string {
  const last = fixed.lastStart;
  if (last !== undefined && last.message === message && last.level === level) return last.text;
  const fields = Object.entries(pickAllowed(fixed.fields));
  const words = fields.map(([name, value]) => labelOf(name) + render(value ?? "")).join("");
  const text = `","level":"${level}","message":${quote(message)}${words}`;
  fixed.lastStart = { level, message, text };
  return text;
}

function render(value: string | number | boolean): string {
  if (typeof value === "string") return quote(value);
  // As JSON has it, where there is such a number.
  return Number.isFinite(value) ? String(value) : JSON.stringify(value);
}

let lastQuoted = { text: "", quoted: '""' };

/** Clean, and as JSON. Mostly a request's id is that of its correlation too: the same text twice in a row. */
function quote(text: string): string {
  if (text === lastQuoted.text) return lastQuoted.quoted;
  if (text.length > maximumBytes || !/^[ !#-[\]-~]*$/.test(text))
    return JSON.stringify(clean(text));
  lastQuoted = { text, quoted: `"${text}"` };
  return lastQuoted.quoted;
}

let lastTime = { at: Number.NaN, text: "" };

/** Many lines are of one millisecond. */
function timeOfLine(): string {
  const at = systemClock.now();
  if (at !== lastTime.at) lastTime = { at, text: toIso(at) };
  return lastTime.text;
}

/** For people. */
export function prettyLine(
  level: Level,
  message: string,
  own: LogFields,
  fixed: FixedFields,
): string {
  const pairs = Object.entries(pickAllowed({ ...fixed.fields, ...own }));
  const words = pairs.map(([name, value]) => `${name}=${quoteBlanks(String(value))}`);
  return [timeOfLine(), level.toUpperCase().padEnd(5), clean(message), ...words].join(" ");
}

/** The fields a line may carry, clean. */
export function pickAllowed(fields: LogFields): LogFields {
  const kept: Record<string, string | number | boolean> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value === undefined || !allowedFields.has(name)) continue;
    kept[name] = typeof value === "string" ? clean(value) : value;
  }
  return kept;
}

/** Control and format characters could forge lines or colour a terminal: they are written out. */
export function clean(text: string): string {
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
