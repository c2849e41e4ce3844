import { createHmac, timingSafeEqual } from "node:crypto";
import { armError } from "./errors.ts";
import type { ArmRequest } from "./resource-type.ts";
import { fillTemplate } from "./path-template.ts";

/** The absolute address of the next page: the request's own path and query with this token. */
export function buildNextLink(request: ArmRequest, skipToken: string): string {
  const query = new URLSearchParams({ "api-version": request.context.apiVersion });
  for (const [name, value] of Object.entries(request.query)) {
    // The token already stands behind what $skip left out.
    if (name !== "$skipToken" && name !== "$skip") query.set(name, value);
  }
  query.set("$skipToken", skipToken);
  const path = fillTemplate(request.route.path, (name) => request.params[name] ?? "");
  return `${request.context.publicBaseUrl}${path}?${query.toString().replaceAll("%24", "$")}`;
}

/** A token for going on after `position`, valid only in the collection `scope` and with this key. */
export function writeSkipToken(position: string, scope: string, key: Uint8Array): string {
  const text = Buffer.from(position, "utf8");
  return Buffer.concat([sealOf(text, scope, key), text]).toString("base64url");
}

/** The position of a token; throws 400 `InvalidSkipToken` for one that is not ours or of another collection. */
export function readSkipToken(token: string, scope: string, key: Uint8Array): string {
  const bytes = Buffer.from(token, "base64url");
  const text = bytes.subarray(sealBytes);
  const isOurs =
    bytes.length >= sealBytes &&
    bytes.toString("base64url") === token &&
    timingSafeEqual(bytes.subarray(0, sealBytes), sealOf(text, scope, key));
  if (!isOurs) {
    throw armError(
      "InvalidSkipToken",
      "The $skipToken is not one of this list: follow nextLink as it was given",
      { target: "$skipToken" },
    );
  }
  return text.toString("utf8");
}

const sealBytes = 16;

function sealOf(text: Uint8Array, scope: string, key: Uint8Array): Buffer {
  const seal = createHmac("sha256", key).update(scope.toLowerCase()).update("\0").update(text);
  return seal.digest().subarray(0, sealBytes);
}
