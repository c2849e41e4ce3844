import { AppError } from "../base/errors.ts";
import type { Allocate, ByteRange } from "../engine/object-store.ts";
import { fitRange } from "./byte-range.ts";
import { checkObjectSize, objectNotFound, ownMemory } from "./local-objects.ts";

/** How a service over HTTP reads an object. */
export interface WebReader {
  /** Size in bytes, or undefined when absent. */
  readonly stat: () => Promise<{ readonly bytes: number } | undefined>;
  /** Opens the body of the object, or of a part with at least one byte; undefined when it starts past the end. */
  readonly open: (range: ByteRange | undefined) => Promise<WebBody | undefined>;
}

export interface WebBody {
  readonly stream: AsyncIterable<Uint8Array>;
  /** Bytes to come. */
  readonly length: number;
  /** Bytes of the whole object. */
  readonly totalBytes: number;
}

/** Exactly the bytes asked for, or an error; `InvalidArgument` for a range outside of the object. */
export async function readObject(
  name: string,
  range: ByteRange | undefined,
  reader: WebReader,
  allocate: Allocate = ownMemory,
): Promise<Uint8Array> {
  if (range !== undefined && !isReadable(range)) {
    fitRange(name, await sizeOf(name, reader), range);
    return Buffer.alloc(0);
  }
  const body = await reader.open(range);
  if (body === undefined) {
    fitRange(name, await sizeOf(name, reader), range);
    throw tampered(name, "the service refused a range that lies within it");
  }
  try {
    const { length } = fitRange(name, body.totalBytes, range);
    checkObjectSize(name, length);
    if (body.length !== length) {
      throw tampered(name, `the service sends ${body.length} bytes instead of ${length}`);
    }
    return await collectBody(name, body, allocate(length));
  } catch (error) {
    // What is not read to its end would keep its connection.
    (body.stream as { readonly destroy?: () => void }).destroy?.();
    throw error;
  }
}

async function sizeOf(name: string, reader: WebReader): Promise<number> {
  const stat = await reader.stat();
  if (stat === undefined) throw objectNotFound(name, undefined);
  return stat.bytes;
}

/** `a` to `b` of `bytes a-b/total`, or undefined when it is something else. */
export function parseContentRange(
  text: string | undefined,
): { readonly offset: number; readonly length: number; readonly totalBytes: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(text ?? "");
  if (match === null) return undefined;
  const [first, last, total] = match.slice(1).map(Number) as [number, number, number];
  return { offset: first, length: last - first + 1, totalBytes: total };
}

/** The body of an answer to a request with or without range. */
export function describeBody(
  name: string,
  range: ByteRange | undefined,
  answer: {
    readonly stream: AsyncIterable<Uint8Array> | undefined;
    readonly length: number | undefined;
    readonly contentRange: string | undefined;
  },
): WebBody {
  const { stream, length } = answer;
  if (stream === undefined || length === undefined) {
    throw tampered(name, "the service does not say how long it is");
  }
  if (range === undefined) return { stream, length, totalBytes: length };
  const sent = parseContentRange(answer.contentRange);
  if (sent === undefined || sent.offset !== range.offset) {
    throw new AppError(
      "StoreUnsupported",
      `Cannot read a part of "${name}": the service does not answer with the range asked for`,
      { target: name },
    );
  }
  return { stream, length, totalBytes: sent.totalBytes };
}

/** False for ranges that no request can express: empty ones and those that are no numbers. */
function isReadable({ offset, length }: ByteRange): boolean {
  const areWhole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  return areWhole && offset >= 0 && length > 0 && Number.isSafeInteger(offset + length);
}

async function collectBody(
  name: string,
  { stream, length }: WebBody,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  let done = 0;
  for await (const piece of stream) {
    if (done + piece.length > length) throw tampered(name, "the service sends more than it said");
    bytes.set(piece, done);
    done += piece.length;
  }
  if (done === length) return bytes;
  throw new AppError(
    "StoreUnreachable",
    `Cannot read "${name}": the connection ended after ${done} of ${length} bytes; check the network, then try again`,
    { target: name, retryable: true },
  );
}

function tampered(name: string, why: string): AppError {
  return new AppError("StoreTampered", `Cannot read "${name}": ${why}`, { target: name });
}
