import { AppError } from "../base/errors.ts";

const segment = /^[A-Za-z0-9_-](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/;
const maximumSegmentLength = 128; // far above our own names, far below every file system's 255
const maximumNameLength = 512;
const maximumDepth = 8;

/** True when the text is one step of an object name: no leading or trailing dot, so never `.` or `..`. */
export function isNameSegment(text: string): boolean {
  return text.length <= maximumSegmentLength && segment.test(text);
}

/** True when the text may name an object. */
export function isObjectName(text: string): boolean {
  if (text.length === 0 || text.length > maximumNameLength) return false;
  const segments = text.split("/");
  return segments.length <= maximumDepth && segments.every(isNameSegment);
}

/** Throws `InvalidArgument` unless the text may name an object. */
export function checkObjectName(name: string): void {
  if (isObjectName(name)) return;
  throw new AppError(
    "InvalidArgument",
    `Cannot use ${JSON.stringify(name.slice(0, 80))} as the name of a stored object`,
  );
}

/** Throws `InvalidArgument` unless some object name could start with the text; "" is fine. */
export function checkPrefix(prefix: string): void {
  // One more letter makes every useful prefix a name: "" → "x", "data/" → "data/x", "data/a." → "data/a.x".
  if (isObjectName(`${prefix}x`)) return;
  throw new AppError(
    "InvalidArgument",
    `Cannot list objects that start with ${JSON.stringify(prefix.slice(0, 80))}`,
  );
}
