import { isIP } from "node:net";
import { AppError } from "../base/errors.ts";

const maximumUrlLength = 2048;
const maximumPrefixLength = 512;

/** A blob container, and where in it our objects go. */
export interface ContainerAddress {
  /** `https://account.blob.suffix/container`, without a slash at the end. */
  readonly containerUrl: string;
  /** `a/b`, or empty. */
  readonly prefix: string;
}

/**
 * Reads the address of a blob container: `https://account.blob.suffix/container[/prefix]`; with an address or a
 * single-word host, `/account/container[/prefix]`. Throws `InvalidBackupPath`; touches nothing.
 */
export function parseContainerUrl(text: string): ContainerAddress {
  const url = parseHttpUrl(text, "blobs");
  if (/\.file\./i.test(url.hostname)) {
    throw invalid(
      "it is a share of Azure Files, not a blob container: give it as \\\\account.file.…\\share, or use a container",
    );
  }
  const segments = pathSegments(url);
  // The emulator and stamps without wildcard names put the account into the path.
  const isPathStyle = isIP(stripBrackets(url.hostname)) !== 0 || !url.hostname.includes(".");
  const own = isPathStyle ? 2 : 1;
  if (segments.length < own) {
    throw invalid("it names no container: write https://account.blob.example/container");
  }
  const container = segments[own - 1] ?? "";
  if (!/^(?:\$root|[a-z0-9](?:-?[a-z0-9]){2,62})$/.test(container)) {
    throw invalid(`its container ${JSON.stringify(container)} is not a name that blobs allow`);
  }
  return {
    containerUrl: `${url.origin}/${segments.slice(0, own).join("/")}`,
    prefix: parsePrefix(segments.slice(own).join("/")),
  };
}

/** Reads an S3 endpoint, `https://host[:port]`. Throws `InvalidBackupPath`. */
export function parseEndpoint(text: string): string {
  const url = parseHttpUrl(text, "the endpoint");
  if (url.pathname !== "/")
    throw invalid("an endpoint is scheme and host only: name the bucket apart");
  return url.origin;
}

/** Reads where in a bucket or container our objects go: `a/b`, or empty. Throws `InvalidBackupPath`. */
export function parsePrefix(text: string): string {
  const prefix = text.replace(/^\/|\/$/g, "");
  if (prefix === "") return "";
  if (prefix.length > maximumPrefixLength) {
    throw invalid(`its prefix is longer than ${maximumPrefixLength} characters`);
  }
  for (const segment of prefix.split("/")) {
    if (/^[A-Za-z0-9._-]+$/.test(segment) && segment !== "." && segment !== "..") continue;
    throw invalid(
      "its prefix may hold letters, digits, dots, dashes and underscores between slashes",
    );
  }
  return prefix;
}

/** Reads the name or address of a server. Throws `InvalidBackupPath`. */
export function parseHostName(text: string): string {
  const plain = stripBrackets(text);
  if (isIP(plain) !== 0) return plain;
  const labels = text.split(".");
  const isName =
    text.length <= 253 &&
    labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label));
  // A name whose last label is a number would be read as an address by some resolvers.
  const isNumber = /^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? "");
  if (isName && !isNumber) return text;
  throw invalid("its server is neither a host name nor an IP address");
}

/** Reads a folder on an SFTP server: absolute, or below the account's own. Throws `InvalidBackupPath`. */
export function parseSftpPath(text: string): string {
  const path = text.length > 1 ? text.replace(/\/$/, "") : text;
  const segments = (path.startsWith("/") ? path.slice(1) : path).split("/");
  const isPlain = segments.every(
    (segment) =>
      segment !== "" && segment !== "." && segment !== ".." && !/[\p{Cc}\p{Cf}\\]/u.test(segment),
  );
  if (path.length > 1024 || !isPlain) {
    throw invalid('its folder must be plain names between slashes, without "." and ".."');
  }
  return path;
}

/** The fingerprint `ssh-keygen -l` prints, without padding. Throws `InvalidArgument`. */
export function parseHostKey(text: string): string {
  const match = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(text.trim());
  if (match?.[1] !== undefined) return `SHA256:${match[1]}`;
  throw new AppError(
    "InvalidArgument",
    'The host key must be a fingerprint "SHA256:…" as "ssh-keygen -l" prints it: take it from the server itself',
    { target: "hostKey" },
  );
}

function parseHttpUrl(text: string, what: string): URL {
  if (text.length > maximumUrlLength) {
    throw invalid(`it is longer than ${maximumUrlLength} characters`);
  }
  if (/[\p{Cc}\p{Cf}\p{Z}\\]/u.test(text)) {
    throw invalid("it holds a space, a backslash or an invisible character");
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw invalid(`the address of ${what} must begin with https://`);
  }
  if (url.username !== "" || url.password !== "" || text.includes("@")) {
    throw invalid("it holds a user name or password: give these apart");
  }
  if (/\/\.{1,2}(?:\/|$)|%2e|%2f|%5c/i.test(text)) {
    throw invalid('it holds a "." or ".." step, or an encoded one');
  }
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text)) {
    throw invalid("it holds a query: give a shared access signature apart");
  }
  return url;
}

function pathSegments(url: URL): readonly string[] {
  const path = url.pathname.replace(/^\/|\/$/g, "");
  return path === "" ? [] : path.split("/");
}

function stripBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

// The value is not repeated: it is hostile here more often than not, and the caller knows it.
function invalid(fault: string): AppError {
  return new AppError("InvalidBackupPath", `Cannot use the address of the store: ${fault}`, {
    target: "store",
  });
}
