import { AppError } from "../../base/errors.ts";
import { maxRefsBytes } from "./limits.ts";

/**
 * `refs/<SHA-256>` lists every object a backup relies on, one `name bytes` line each, sorted by name: enough
 * to check a backup's completeness, and to prune, without any key.
 */
export interface ObjectReference {
  readonly name: string;
  readonly bytes: number;
}

export function encodeRefs(objects: readonly ObjectReference[]): Buffer {
  const sorted = [...objects].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Buffer.from(sorted.map((object) => `${object.name} ${object.bytes}\n`).join(""), "latin1");
}

export function decodeRefs(bytes: Uint8Array, object: string): ObjectReference[] {
  const corrupt = (fault: string): AppError =>
    new AppError("CorruptObject", `Object "${object}" ${fault}`, { target: object });
  if (bytes.length > maxRefsBytes) throw corrupt(`is larger than ${maxRefsBytes} bytes`);
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1")
    .split("\n");
  if (lines.pop() !== "") throw corrupt("does not end with a whole line");
  return lines.map((line) => {
    const match = /^((?:data\/[0-9a-f]{2}|epochs|keys|index)\/[0-9a-f]{32,64}) (\d{1,15})$/.exec(
      line,
    );
    if (match?.[1] === undefined) throw corrupt("has a malformed line");
    return { name: match[1], bytes: Number(match[2]) };
  });
}
