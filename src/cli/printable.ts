/** A raw path (one character for each byte) as text that does nothing to a terminal. */
export function printablePath(path: string): string {
  return Buffer.from(path, "latin1")
    .toString("utf8")
    .replace(/\p{Cc}/gu, "?");
}

/** Text that others chose, so that it does nothing to a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
