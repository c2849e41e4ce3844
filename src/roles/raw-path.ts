const highByte = /[\x80-\xff]/;

/** The bytes of a text, one character each: how the engine keeps names. */
export function toRawPath(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** What the file system calls take for a raw path: plain text where it is the same, bytes otherwise. */
export function toSystemPath(raw: string): string | Buffer {
  return highByte.test(raw) ? Buffer.from(raw, "latin1") : raw;
}
