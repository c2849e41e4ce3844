import { parseRequestTarget, type RequestTarget } from "./request-target.ts";
import type { PathMatch, Router } from "./router.ts";

/** An address, taken apart, and what its path can be. */
export interface Address {
  readonly target: RequestTarget;
  readonly match: PathMatch;
}

/** Reads the address of a request; throws 400 or 404 as its parts do. */
export type AddressReader = (url: string) => Address;

/** Whoever polls asks the same address again and again: the last ones are remembered. Their meaning never changes. */
export function createAddressReader(router: Router): AddressReader {
  const known = new Map<string, Address>();
  return (url) => {
    const found = known.get(url);
    if (found !== undefined) return found;
    const target = parseRequestTarget(url);
    const address = { target, match: router.match(target.segments) };
    if (url.length > longestKept) return address;
    if (known.size >= mostKept) known.clear();
    known.set(url, address);
    return address;
  };
}

// Two megabytes at most, whatever is asked.
const longestKept = 1024;
const mostKept = 1000;
