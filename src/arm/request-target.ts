import { armError } from "./errors.ts";

/** Path and query of a request after the one normalisation everything later relies on. */
export interface RequestTarget {
  /** Decoded path segments, in the caller's casing; empty ones (`//`, a trailing slash) are gone. */
  readonly segments: readonly string[];
  /** All values by lower-case name. */
  readonly query: ReadonlyMap<string, readonly string[]>;
}

/** Normalises the request line's target. Throws 400 for a segment that cannot be decoded or hides a slash. */
export function parseRequestTarget(url: string): RequestTarget {
  const relative = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split("#", 1)[0] ?? "";
  const mark = relative.indexOf("?");
  const path = mark === -1 ? relative : relative.slice(0, mark);
  const segments = path.split("/").filter((segment) => segment !== "");
  return {
    segments: segments.map(decodeSegment),
    query: parseQuery(mark === -1 ? "" : relative.slice(mark + 1)),
  };
}

/** The only value of a parameter; undefined when absent. Throws 400 `InvalidQueryParameter` when given twice. */
export function singleValue(target: RequestTarget, name: string): string | undefined {
  const values = target.query.get(name.toLowerCase()) ?? [];
  if (values.length > 1) {
    throw armError("InvalidQueryParameter", `Query parameter "${name}" is given twice: send one`, {
      target: name,
    });
  }
  return values[0];
}

function decodeSegment(segment: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch (cause) {
    throw armError(
      "InvalidResourceName",
      "A part of the path is not valid percent-encoding: encode each part once, as UTF-8",
      { cause },
    );
  }
  if (decoded.includes("/")) {
    throw armError(
      "InvalidResourceName",
      "A part of the path hides a slash: names cannot hold slashes",
    );
  }
  return decoded;
}

function parseQuery(text: string): ReadonlyMap<string, readonly string[]> {
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const key = name.toLowerCase();
    query.set(key, [...(query.get(key) ?? []), value]);
  }
  return query;
}
