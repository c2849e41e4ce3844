import { isIP } from "node:net";

import { AppError } from "../base/errors.ts";
import type { ErrorCode } from "../base/errors.ts";

/** A signed request must not be read on its way, so HTTP without TLS is for this machine itself only. */
export function parseEndpoint(text: string, code: ErrorCode, target: string): URL {
  const fail = (why: string): AppError =>
    new AppError(code, `Cannot use the address of the store: ${why}`, { target });
  if (text.length > 1024) throw fail("it is longer than 1024 characters");
  if (/[\s\\]/.test(text)) throw fail("it holds a space or a backslash");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw fail(`write it as "https://host/…"`);
  if (url.username !== "" || url.password !== "") {
    throw fail("it holds a user name or password; give the secret in its own field");
  }
  if (url.search !== "" || url.hash !== "") {
    throw fail("it holds a query (such as a SAS token); give the secret in its own field");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw fail(`it must start "https://"`);
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw fail(`"http://" would send it in the clear; use "https://"`);
  }
  return url;
}

/** True for this machine's own addresses, as `URL` spells them. */
export function isLoopback(hostname: string): boolean {
  if (hostname === "localhost" || hostname === "[::1]") return true;
  return isIP(hostname) === 4 && hostname.startsWith("127.");
}

/** The folders above our objects, without slashes at either end; throws when a service could read them otherwise. */
export function parseKeyPrefix(text: string, code: ErrorCode, target: string): string {
  const prefix = text.replace(/^\/+|\/+$/g, "");
  const segments = prefix === "" ? [] : prefix.split("/");
  const areGood = segments.every(
    (segment) => /^[A-Za-z0-9!_.'()=@+ -]{1,128}$/.test(segment) && !/^\.+$|\.$/.test(segment),
  );
  if (areGood && prefix.length <= 400) return prefix;
  throw new AppError(
    code,
    `Cannot use the folder ${JSON.stringify(text.slice(0, 80))} in the store: use letters, digits and -_.!'()=@+ in folders of up to 128 characters`,
    { target },
  );
}

/** What all our objects' keys start with. */
export function keyRoot(prefix: string): string {
  return prefix === "" ? "holdfast/" : `${prefix}/holdfast/`;
}
