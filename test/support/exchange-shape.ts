import type { SeenExchange } from "./live-validator.ts";

/** Keeps an exchange of each shape, up to a number: fuzzers make shapes without end. */
export function createShapeFilter(): (exchange: SeenExchange) => boolean {
  const shapes = new Set<string>();
  return (exchange) => {
    if (shapes.size >= mostShapes) return false;
    const before = shapes.size;
    return shapes.add(shapeOfExchange(exchange)).size > before;
  };
}

const mostShapes = 3000;

/** Equal for exchanges of which a validator has to see one: same route, version, status, and bodies of the same make. */
export function shapeOfExchange(exchange: SeenExchange): string {
  const { method, url, status, requestHeaders, responseHeaders } = exchange;
  const { pathname, searchParams } = new URL(url);
  return JSON.stringify([
    ...[method, routeOf(pathname), [...searchParams.keys()].toSorted()],
    ...[searchParams.get("api-version"), searchParams.get("isasyncoperation"), status],
    ...[requestHeaders["content-type"], Object.keys(responseHeaders).toSorted()],
    ...[makeOf(exchange.requestBody), makeOf(exchange.responseBody)],
  ]);
}

/** Names and ids are all the same; words of a path are short and plain. */
function routeOf(pathname: string): string {
  return pathname
    .split("/")
    .map((segment) => (/^[a-z.]{1,32}$/i.test(segment) ? segment.toLowerCase() : "*"))
    .join("/");
}

/** Names and types, and texts that may be one of a list. */
function makeOf(value: unknown): unknown {
  if (Array.isArray(value))
    return [...new Set(value.map((item) => JSON.stringify(makeOf(item))))].toSorted();
  if (typeof value === "object" && value !== null)
    return Object.entries(value).map(([name, child]) => [name, makeOf(child)]);
  if (typeof value !== "string") return value === null ? "null" : typeof value;
  return /^(?:[A-Z][a-zA-Z]{1,24})?$/.test(value) ? `=${value}` : `string ${formOf(value)}`;
}

const forms: readonly (readonly [name: string, form: RegExp])[] = [
  ["guid", /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i],
  ["time", /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)$/],
  ["duration", /^P[\dTHMS.]+$/],
  ["address", /^https?:/],
];

function formOf(text: string): string {
  return forms.find(([, form]) => form.test(text))?.[0] ?? "";
}
