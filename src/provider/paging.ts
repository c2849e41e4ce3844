import { buildNextLink, readSkipToken, writeSkipToken } from "../arm/paging.ts";
import type { ArmRequest } from "../arm/resource-type.ts";
import { badQuery } from "./faults.ts";

/** A list answer; `nextLink` is `null` on the last page, never an empty text. */
export interface Page<T> {
  readonly value: readonly T[];
  readonly nextLink: string | null;
}

/**
 * One page of items ordered by key. `$top` bounds it, `$skip` leaves out the first ones, `$skipToken` goes on
 * where the last page ended. Old clients send the first two as texts, also empty ones.
 */
export function pageOf<T extends { readonly key: string }>(
  request: ArmRequest,
  items: readonly T[],
  options: PageOptions,
): Page<T> {
  const top = readCount(request.query["$top"], "$top", 1);
  const skip = readCount(request.query["$skip"], "$skip", 0) ?? 0;
  const token = request.query["$skipToken"];
  const after = token ? readSkipToken(token, options.scope, options.pagingKey) : undefined;
  const rest = after === undefined ? items.slice(skip) : items.filter(({ key }) => key > after);
  const size = Math.min(top ?? maximumPageSize, maximumPageSize);
  const value = options.hasNextLink || top !== undefined ? rest.slice(0, size) : rest;
  const last = value.at(-1);
  const isLast = last === undefined || value.length === rest.length || !options.hasNextLink;
  if (isLast) return { value, nextLink: null };
  const next = writeSkipToken(last.key, options.scope, options.pagingKey);
  return { value, nextLink: buildNextLink(request, next) };
}

export interface PageOptions {
  /** Key prefix of the collection; a token of another one is refused. */
  readonly scope: string;
  /** Seals the tokens. */
  readonly pagingKey: Uint8Array;
  /** False where no client follows a link: the published lists of backups. */
  readonly hasNextLink: boolean;
}

const maximumPageSize = 1000;

function readCount(text: string | undefined, name: string, least: number): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < least) throw badQuery(name, `a whole number from ${least} on`);
  return value;
}
