import { buildNextLink, readSkipToken, writeSkipToken } from "../arm/paging.ts";
import type { ArmRequest } from "../arm/resource-type.ts";
import { badQuery } from "./faults.ts";

/** A list answer; `nextLink` is `null` on the last page, never an empty text. */
export interface Page {
  readonly value: readonly unknown[];
  readonly nextLink: string | null;
}

/**
 * One page of items in the order of their positions. `$top` bounds it, `$skip` leaves out the first ones,
 * `$skipToken` goes on where the last page ended. Old clients send the first two as texts, also empty ones.
 */
export function pageOf<T>(request: ArmRequest, items: readonly T[], options: PageOptions<T>): Page {
  const top = readCount(request.query["$top"], "$top", 1);
  const skip = readCount(request.query["$skip"], "$skip", 0) ?? 0;
  const token = request.query["$skipToken"];
  const after = token ? readSkipToken(token, options.scope, options.pagingKey) : undefined;
  const rest = items.slice(after === undefined ? skip : findAfter(items, after, options));
  const size = Math.min(top ?? maximumPageSize, maximumPageSize);
  const most = options.hasNextLink || top !== undefined ? rest.slice(0, size) : rest;
  const limit = options.hasNextLink ? maximumPageBytes : Number.POSITIVE_INFINITY;
  const value = renderUpTo(most, limit, options.render);
  const last = rest[value.length - 1];
  const isCut = options.hasNextLink && value.length < rest.length;
  if (last === undefined || !isCut) return { value, nextLink: null };
  const next = writeSkipToken(options.positionOf(last), options.scope, options.pagingKey);
  return { value, nextLink: buildNextLink(request, next) };
}

/**
 * Which documents a page in the order of their keys needs: those from a key on, and one more than fit, which tells
 * whether more follow. Without a bound for lists that are always whole.
 */
export function rangeOf(
  request: ArmRequest,
  {
    scope,
    pagingKey,
    hasNextLink,
  }: Pick<PageOptions<never>, "scope" | "pagingKey" | "hasNextLink">,
): { readonly after?: string; readonly limit?: number } {
  const top = readCount(request.query["$top"], "$top", 1);
  const skip = readCount(request.query["$skip"], "$skip", 0) ?? 0;
  const token = request.query["$skipToken"];
  if (!hasNextLink && top === undefined) return {};
  const size = Math.min(top ?? maximumPageSize, maximumPageSize) + 1;
  if (!token) return { limit: skip + size };
  return { after: readSkipToken(token, scope, pagingKey), limit: size };
}

export interface PageOptions<T> {
  /** Names the collection and its order; a token of another one is refused. */
  readonly scope: string;
  /** Seals the tokens. */
  readonly pagingKey: Uint8Array;
  /** False where no client follows a link and no version takes its token: the published lists of backups. */
  readonly hasNextLink: boolean;
  /** Unique; the items are sorted by it. */
  readonly positionOf: (item: T) => string;
  readonly isDescending?: boolean;
  readonly render: (item: T) => unknown;
}

const maximumPageSize = 1000;
/** ARM turns answers of more than 8 MB into failures. */
const maximumPageBytes = 6 * 2 ** 20;

/** The first item behind a position, whether or not something still stands there. */
function findAfter<T>(items: readonly T[], after: string, options: PageOptions<T>): number {
  const { positionOf, isDescending = false } = options;
  const found = items.findIndex((item) =>
    isDescending ? positionOf(item) < after : positionOf(item) > after,
  );
  return found === -1 ? items.length : found;
}

/** As many items as an answer may hold, but at least one. */
function renderUpTo<T>(
  items: readonly T[],
  maximumBytes: number,
  render: (item: T) => unknown,
): readonly unknown[] {
  const value: unknown[] = [];
  let bytes = 0;
  for (const item of items) {
    const one = render(item);
    bytes += Buffer.byteLength(JSON.stringify(one));
    if (bytes > maximumBytes && value.length > 0) break;
    value.push(one);
  }
  return value;
}

/** A count of the query; absent and empty are the same. */
export function readCount(
  text: string | undefined,
  name: string,
  least: number,
): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < least) throw badQuery(name, `a whole number from ${least} on`);
  return value;
}
