/** A raw path (one character for each byte) as text that does nothing to a terminal. */
export function printablePath(path: string): string {
  return Buffer.from(path, "latin1")
    .toString("utf8")
    .replace(/\p{Cc}/gu, "?");
}
