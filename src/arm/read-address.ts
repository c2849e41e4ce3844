import type { Logger } from "../base/log.ts";
import type { ArmAction } from "./access.ts";
import { parseRequestTarget, type RequestTarget } from "./request-target.ts";
import type { Endpoint, PathMatch, Router } from "./router.ts";

/** An address, taken apart, and what its path can be. */
export interface Address {
  readonly target: RequestTarget;
  readonly match: PathMatch;
  /** By method, what was found out of it once. */
  readonly aims: Map<string, Aim>;
}

/** What a request of this method and address means, whoever sends it. */
export interface Aim {
  readonly address: Address;
  readonly apiVersion: string;
  readonly endpoint: Endpoint;
  readonly action: ArmAction;
  /** Of a route, once it was read. */
  query?: Readonly<Record<string, string>>;
  /** Adds the meaning to the lines of the access log; made for the first of them. */
  logger?: Logger;
}

/** Reads the address of a request; throws 400 or 404 as its parts do. */
export interface AddressReader {
  (url: string): Address;
  readonly remembers: (url: string) => boolean;
}

/** Whoever polls asks the same address again and again: the last ones are remembered. Their meaning never changes. */
export function createAddressReader(router: Router): AddressReader {
  const known = new Map<string, Address>();
  const read = (url: string): Address => {
    const found = known.get(url);
    if (found !== undefined) return found;
    const target = parseRequestTarget(url);
    const address = { target, match: router.match(target.segments), aims: new Map() };
    if (url.length > longestKept) return address;
    if (known.size >= mostKept) known.clear();
    known.set(url, address);
    return address;
  };
  return Object.assign(read, { remembers: (url: string) => known.has(url) });
}

// Two megabytes at most, whatever is asked.
const longestKept = 1024;
const mostKept = 1000;
