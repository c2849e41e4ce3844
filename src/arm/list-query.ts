import { armError } from "./errors.ts";

/** What a list can be filtered and ordered by: properties of its items, and what kind of value each is. */
export type ListFields = Readonly<Record<string, "text" | "boolean" | "time">>;

/** An item's properties, as an answer shows them. */
export type ListItem = Readonly<Record<string, unknown>>;

export interface ListOrder {
  readonly name: string;
  readonly isDescending: boolean;
}

/**
 * Reads `$filter`: comparisons (`eq ne gt ge lt le`) of a known property with a text in quotes, `true`, `false`
 * or a time, joined by `and`. Everything else is 400: a filter half understood would hide what matters.
 */
export function parseFilter(text: string, fields: ListFields): (item: ListItem) => boolean {
  if (text.length > maximumLength) throw badFilter(fields);
  const parts = splitAtAnd(text.trim()).map((part) => parseComparison(part, fields));
  return (item) => parts.every((holds) => holds(item));
}

/** Reads `$orderby`: one known property, `asc` or `desc`. */
export function parseOrderBy(text: string, fields: ListFields): ListOrder {
  const [, asked = "", direction = "asc"] =
    /^\s*(\w{1,64})(?:\s+(asc|desc))?\s*$/i.exec(text) ?? [];
  const name = findField(asked, fields);
  if (name === undefined) {
    throw armError(
      "InvalidQueryParameter",
      `Query parameter "$orderby" must be one of ${Object.keys(fields).join(", ")}, with asc or desc`,
      { target: "$orderby" },
    );
  }
  return { name, isDescending: direction.toLowerCase() === "desc" };
}

const maximumLength = 1024;

/** `and` between quotes belongs to a text. */
function splitAtAnd(text: string): readonly string[] {
  const parts: string[] = [""];
  for (const piece of text.split(/('(?:[^']|'')*')/)) {
    const [first = "", ...rest] = piece.startsWith("'") ? [piece] : piece.split(/\s+and\s+/i);
    parts[parts.length - 1] += first;
    parts.push(...rest);
  }
  return parts;
}

function parseComparison(text: string, fields: ListFields): (item: ListItem) => boolean {
  const match = /^\s*(\w{1,64})\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[\w:.+-]{1,40})\s*$/i.exec(
    text,
  );
  const [, asked = "", operator = "", literal = ""] = match ?? [];
  const name = findField(asked, fields);
  if (match === null || name === undefined) throw badFilter(fields);
  const kind = fields[name] ?? "text";
  const wanted = readLiteral(literal, kind);
  if (wanted === undefined) throw badFilter(fields);
  const holds = operators[operator.toLowerCase() as keyof typeof operators];
  return (item) => {
    const value = comparable(item[name], kind);
    // What is not there equals nothing and is neither before nor after anything.
    if (value === undefined) return operator.toLowerCase() === "ne";
    return holds(value, wanted);
  };
}

type Comparable = string | number;

const operators = {
  eq: (one: Comparable, other: Comparable) => one === other,
  ne: (one: Comparable, other: Comparable) => one !== other,
  gt: (one: Comparable, other: Comparable) => one > other,
  ge: (one: Comparable, other: Comparable) => one >= other,
  lt: (one: Comparable, other: Comparable) => one < other,
  le: (one: Comparable, other: Comparable) => one <= other,
} as const;

function readLiteral(literal: string, kind: ListFields[string]): Comparable | undefined {
  const text = literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
  if (kind === "text") return literal.startsWith("'") ? text.toLowerCase() : undefined;
  if (kind === "boolean") return /^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined;
  return /^\d{4}-\d\d-\d\d/.test(text) ? comparable(text, "time") : undefined;
}

function comparable(value: unknown, kind: ListFields[string]): Comparable | undefined {
  if (value === undefined || value === null) return undefined;
  if (kind !== "time") return textOf(value).toLowerCase();
  const time = Date.parse(textOf(value));
  return Number.isNaN(time) ? undefined : time;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function findField(asked: string, fields: ListFields): string | undefined {
  return Object.keys(fields).find((name) => name.toLowerCase() === asked.toLowerCase());
}

function badFilter(fields: ListFields): Error {
  return armError(
    "InvalidQueryParameter",
    `Query parameter "$filter" must compare ${Object.keys(fields).join(", ")} (eq, ne, gt, ge, lt, le; texts in quotes), joined by "and", in ${maximumLength} characters at most`,
    { target: "$filter" },
  );
}
