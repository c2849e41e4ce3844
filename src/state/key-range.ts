import { AppError } from "../base/errors.ts";

/** A key of more characters is a mistake: ARM ids end far below. */
const maxKeyLength = 2048;

/**
 * The smallest text above every text that starts with `prefix`, in code point order (which is the byte
 * order of UTF-8); undefined when there is none. A range instead of LIKE: keys may hold `%` and `_`.
 */
export function findPrefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? 0;
    if (last === 0x10ffff) continue;
    // The surrogates are no characters of their own and cannot be stored.
    const next = last + 1 === 0xd800 ? 0xe000 : last + 1;
    return String.fromCodePoint(...points, next);
  }
  return undefined;
}

/** Throws `InvalidArgument` for a key that a database would change, cut or refuse. */
export function checkKey(key: string): void {
  if (key.length > 0 && key.length <= maxKeyLength && key.isWellFormed() && !key.includes("\0"))
    return;
  throw new AppError(
    "InvalidArgument",
    `Cannot use ${JSON.stringify(key.slice(0, 100))} as a key: it must be 1 to ${maxKeyLength} characters of well-formed text without NUL`,
  );
}
