import { AppError } from "../base/errors.ts";
import { isIP } from "node:net";
import { isLoopback, parseEndpoint, parseKeyPrefix } from "./web-endpoint.ts";

/** Where a container is. */
export interface BlobAddress {
  /** Of the container, without query or slash at its end. */
  readonly containerUrl: string;
  readonly accountName: string;
  readonly container: string;
  /** Folder in the container, `a/b` or empty. */
  readonly prefix: string;
}

const target = "blobStorageUrl";

/**
 * Reads `https://{account}.blob.{suffix}/{container}[/{folder}…]`, or with an address instead of a name
 * `https://{address}/{account}/{container}[/{folder}…]`. Throws `InvalidBackupPath`; touches nothing.
 */
export function parseBlobUrl(text: string): BlobAddress {
  const url = parseEndpoint(text, "InvalidBackupPath", target);
  const segments = url.pathname.split("/").slice(1).map(decodeSegment);
  if (segments.at(-1) === "") segments.pop();
  const accountName = hasAccountInPath(url.hostname)
    ? segments.shift()
    : url.hostname.split(".", 1)[0];
  if (accountName === undefined || !/^[a-z0-9-]{3,63}$/.test(accountName)) {
    throw invalid("it names no storage account");
  }
  const [container, ...folders] = segments;
  if (container === undefined) throw invalid("it names no container");
  if (!/^(?:\$root|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$/.test(container)) {
    throw invalid(`"${container.slice(0, 80)}" cannot be the name of a container`);
  }
  const prefix = parseKeyPrefix(folders.join("/"), "InvalidBackupPath", target);
  const accountPath = hasAccountInPath(url.hostname) ? `/${accountName}` : "";
  return {
    containerUrl: `${url.origin}${accountPath}/${container}`,
    accountName,
    container,
    prefix,
  };
}

/** A bare address has no place for the account's name: emulators and some stamps take it from the path. */
function hasAccountInPath(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, "")) !== 0 || isLoopback(hostname);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid("it holds a broken % sign");
  }
}

function invalid(why: string): AppError {
  return new AppError(
    "InvalidBackupPath",
    `Cannot use the URL of the container: ${why}; write it as "https://account.blob.example.com/container"`,
    { target },
  );
}
