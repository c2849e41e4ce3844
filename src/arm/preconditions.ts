import { armError } from "./errors.ts";

export interface Preconditions {
  readonly method: "PUT" | "PATCH" | "POST" | "DELETE";
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/**
 * Judges If-Match and If-None-Match against the resource's present etag (undefined: no such resource) and
 * throws 412 when they do not hold. A missing resource fails only a PUT: PATCH answers 404 and DELETE 204
 * whatever the headers say. The write itself must name the same etag: this is no lock.
 */
export function checkPreconditions(conditions: Preconditions, etag: string | undefined): void {
  if (etag === undefined && conditions.method !== "PUT") return;
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined && !matchesStrongly(ifMatch, etag))
    throw preconditionFailed("If-Match");
  if (ifNoneMatch !== undefined && matchesWeakly(ifNoneMatch, etag))
    throw preconditionFailed("If-None-Match");
}

/** The tag as the ETag header and the body's `etag` show it: a quoted text. */
export function quoteEtag(etag: string): string {
  return /^(?:W\/)?".*"$/.test(etag) ? etag : `"${etag}"`;
}

interface EntityTag {
  readonly isWeak: boolean;
  readonly opaque: string;
}

function matchesStrongly(header: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  const current = parseTag(etag);
  return listTags(header).some(
    (tag) => tag === "*" || (!tag.isWeak && !current.isWeak && tag.opaque === current.opaque),
  );
}

function matchesWeakly(header: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  const current = parseTag(etag);
  return listTags(header).some((tag) => tag === "*" || tag.opaque === current.opaque);
}

/** RFC 9110 lists; a comma within quotes belongs to its tag. Unquoted tags count as written: old scripts send them. */
function listTags(header: string): readonly (EntityTag | "*")[] {
  const tags = header.match(/(?:W\/)?"[^"]*"|[^\s,]+/g) ?? [];
  return tags.map((tag) => (tag === "*" ? "*" : parseTag(tag)));
}

function parseTag(tag: string): EntityTag {
  const isWeak = tag.startsWith("W/");
  const text = isWeak ? tag.slice(2) : tag;
  return { isWeak, opaque: /^".*"$/.test(text) ? text.slice(1, -1) : text };
}

function preconditionFailed(header: string): Error {
  return armError(
    "PreconditionFailed",
    `The ${header} header does not hold for the resource as it is now: read it and repeat the change`,
    { target: "etag" },
  );
}
