import { randomFillSync } from "node:crypto";

/**
 * Makes random UUIDs (version 4), as `randomUUID` does. Their text is written for many at once: put together from its
 * parts for each, it costs a request as much as finding out what it asks for.
 */
export function createIdMaker(): () => string {
  const random = Buffer.alloc(batchesOfRandomness * bytesOfBatch);
  let used = random.length;
  let text = "";
  let position = 0;
  return () => {
    if (position === text.length) {
      if (used === random.length) {
        randomFillSync(random);
        used = 0;
      }
      text = writeIds(random.subarray(used, used + bytesOfBatch));
      used += bytesOfBatch;
      position = 0;
    }
    const id = text.slice(position, position + idLength);
    position += idLength;
    return id;
  };
}

const idLength = 36;
// An id that is kept keeps those of its batch: two kilobytes.
const idsAtOnce = 64;
// Asking the system's library for randomness costs more than what it gives.
const batchesOfRandomness = 16;
const bytesOfId = 16;
const bytesOfBatch = idsAtOnce * bytesOfId;
const digits = Buffer.from("0123456789abcdef");
const dash = 0x2d;

function writeIds(random: Buffer): string {
  const text = Buffer.alloc(idsAtOnce * idLength, dash);
  for (let id = 0; id < idsAtOnce; id += 1) writeId(random, id * bytesOfId, text, id * idLength);
  return text.toString("latin1");
}

function writeId(random: Buffer, from: number, text: Buffer, to: number): void {
  let end = to;
  for (let place = 0; place < bytesOfId; place += 1) {
    if (place === 4 || place === 6 || place === 8 || place === 10) end += 1;
    const byte = markVersion(random[from + place] ?? 0, place);
    text[end] = digits[byte >> 4] ?? 0;
    text[end + 1] = digits[byte & 15] ?? 0;
    end += 2;
  }
}

/** RFC 9562: version 4 and variant 1 have fixed bits. */
function markVersion(byte: number, place: number): number {
  if (place === 6) return (byte & 0x0f) | 0x40;
  return place === 8 ? (byte & 0x3f) | 0x80 : byte;
}
