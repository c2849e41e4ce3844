import { isIPv6 } from "node:net";

import { AppError } from "../base/errors.ts";

/** Where an administrator wants backups, after strict reading. */
export type BackupPath =
  | { readonly kind: "local"; readonly path: string }
  | {
      readonly kind: "smb";
      /** A name or an address; one of IPv6 plain, without brackets. */
      readonly server: string;
      readonly share: string;
      readonly folders: readonly string[];
    };

const maximumPathLength = 1024; // leaves our own names room below the 4096 bytes of Linux
const maximumSegmentBytes = 255;
// Not changed by NFKC, yet read as `/`, `\` or `.` by people: the other look-alikes fall to the NFKC check.
const lookAlikes = /[\u2044\u2215\u2216\u27cb\u27cd\u29f5\u29f8\u29f9\u3002\u2571\u2572\u1735]/u;
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const serverLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const shareCharacters = /[<>:"|?*]/;
const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(?:\.|$)/i;
const systemShare = /^(?:[a-z]|admin|ipc|print)\$$/i;

/**
 * Reads a backup location's path: an absolute local path, or `\\server\share[\folder…]`, where a server of IPv6 is
 * `[fe80::1%eth0]` or `fe80--1s2.ipv6-literal.net`. Throws `InvalidBackupPath` naming the fault; touches nothing.
 */
export function parseBackupPath(value: unknown): BackupPath {
  if (typeof value !== "string") throw invalid("it is not text");
  if (value === "") throw invalid("it is empty");
  if (value.length > maximumPathLength) {
    throw invalid(`it is longer than ${maximumPathLength} characters`);
  }
  checkCharacters(value);
  if (value.startsWith("\\\\")) return parseSharePath(value);
  return parseLocalPath(value);
}

/** The local path of a location; `UnsupportedStore` for a share. */
export function parseLocalBackupPath(value: unknown): string {
  const parsed = parseBackupPath(value);
  if (parsed.kind === "local") return parsed.path;
  throw new AppError(
    "UnsupportedStore",
    `Cannot use the share ${JSON.stringify(value)} as a folder: give a folder of this machine`,
    { target: "path" },
  );
}

function checkCharacters(value: string): void {
  if (value.includes("\0")) throw invalid("it holds a NUL character");
  if (invisible.test(value)) throw invalid("it holds a control or invisible character");
  if (lookAlikes.test(value) || hasDisguise(value)) {
    throw invalid("it holds a character that looks like a slash, a dot or another separator");
  }
}

/** True when Unicode's compatibility form shows a separator where the text had another character. */
function hasDisguise(value: string): boolean {
  for (const character of value) {
    const plain = character.normalize("NFKC");
    if (plain !== character && /[/\\.:@]/.test(plain)) return true;
  }
  return false;
}

function parseLocalPath(value: string): BackupPath {
  if (/^https?:\/\/[^/]*\.file\./i.test(value)) {
    throw invalid("it is the address of an Azure Files share: write \\\\account.file.…\\share");
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(value)) {
    throw invalid("it is an address, not a path: give an absolute path such as /backup");
  }
  if (/^[A-Za-z]:/.test(value))
    throw invalid("it names a drive: give an absolute path such as /backup");
  if (value.includes("\\")) throw invalid("it mixes slashes and backslashes, or is not absolute");
  if (value.startsWith("//")) throw invalid("it starts with two slashes: write \\\\server\\share");
  if (!value.startsWith("/"))
    throw invalid("it is relative: give an absolute path such as /backup");
  const segments = value.replace(/\/$/, "").split("/").slice(1);
  if (segments.length === 0)
    throw invalid("it is the root of the file system: give a folder in it");
  for (const segment of segments) checkSegment(segment);
  return { kind: "local", path: `/${segments.join("/")}` };
}

function parseSharePath(value: string): BackupPath {
  if (/^\\\\[?.](?:\\|$)/.test(value))
    throw invalid("it names a device, not a share: write \\\\server\\share");
  if (value.includes("/")) throw invalid("it mixes slashes and backslashes");
  const [host = "", share = "", ...folders] = value.slice(2).replace(/\\$/, "").split("\\");
  const server = readAddress6(host) ?? host;
  if (server === host) checkServer(server);
  if (share === "") throw invalid("it names no share: write \\\\server\\share");
  for (const segment of [share, ...folders]) checkShareSegment(segment);
  if (systemShare.test(share)) throw invalid("it names a share of the system: use one of its own");
  return { kind: "smb", server, share, folders };
}

/** The plain address of a server that is written as one of IPv6; undefined for other servers. */
function readAddress6(host: string): string | undefined {
  const isBracketed = host.startsWith("[");
  if (!isBracketed && !/\.ipv6-literal\.net$/i.test(host)) return undefined;
  const [, digits = "", zone] = /^([0-9a-f-]+)(?:s([0-9a-z]+))?\./i.exec(host) ?? [];
  const address = isBracketed
    ? host.replace(/^\[(.*)\]$/, "$1")
    : `${digits.replaceAll("-", ":")}${zone === undefined ? "" : `%${zone}`}`;
  // The zone goes to the system, which takes many characters for one.
  if (isIPv6(address) && /^[0-9a-f:.]+(?:%[0-9a-z]{1,15})?$/i.test(address)) return address;
  throw invalid("its server is no address of IPv6: write \\\\[fe80::1]\\share");
}

function checkServer(server: string): void {
  if (server.includes("@")) throw invalid("its server name holds an @");
  const labels = server.split(".");
  const isAddress = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(server) && labels.every(isOctet);
  if (isAddress) return;
  const isName = server.length <= 253 && labels.every((label) => serverLabel.test(label));
  // A name whose last label is a number would be read as an address by some resolvers.
  const isNumber = /^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? "");
  if (!isName || isNumber)
    throw invalid("its server is neither a host name nor an IP address: write one of these");
}

function isOctet(label: string): boolean {
  return String(Number(label)) === label && Number(label) <= 255;
}

function checkShareSegment(segment: string): void {
  checkSegment(segment);
  if (segment.includes(":")) throw invalid("it names an alternate stream (a colon)");
  if (shareCharacters.test(segment)) throw invalid('it holds one of < > : " | ? *');
  if (segment.endsWith(".")) throw invalid("a name in it ends with a dot: choose another");
  if (/~\d/.test(segment)) throw invalid("a name in it looks like a short 8.3 name");
  if (deviceName.test(segment))
    throw invalid("a name in it is reserved for a device: choose another");
}

function checkSegment(segment: string): void {
  if (segment === "") throw invalid("a name in it is empty");
  if (segment === "." || segment === "..")
    throw invalid('it holds a "." or ".." step: write where it leads to');
  if (segment !== segment.trim()) throw invalid("a name in it starts or ends with a space");
  if (Buffer.byteLength(segment) > maximumSegmentBytes) {
    throw invalid(`a name in it is longer than ${maximumSegmentBytes} bytes`);
  }
}

// The value is not repeated: it is hostile here more often than not, and the caller knows it.
function invalid(fault: string): AppError {
  return new AppError("InvalidBackupPath", `Cannot use the path of the backup location: ${fault}`, {
    target: "path",
  });
}
