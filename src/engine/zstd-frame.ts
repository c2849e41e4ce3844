/** The most a zstd block may regenerate, whatever the window. */
const maxZstdBlockBytes = 128 * 1024;
const magic = 0xfd2fb528;

/** What a frame must look like before a decoder may see it. */
export interface FrameLimits {
  /** The content size its header must state. */
  readonly contentBytes: number;
  readonly maxWindowBytes: number;
}

/**
 * Why the bytes are not exactly one whole zstd frame within the limits, or undefined when they are. Reads
 * headers only: cheap, allocates nothing, and independent of how a decoder treats what is missing or left over.
 */
export function findFrameFault(frame: Buffer, limits: FrameLimits): string | undefined {
  const header = readFrameHeader(frame);
  if (typeof header === "string") return header;
  if (header.contentBytes !== limits.contentBytes) return "states another content size";
  if (header.windowBytes > limits.maxWindowBytes) return "asks for a larger window than allowed";
  const end = findBlocksEnd(frame, header);
  if (typeof end === "string") return end;
  const expectedEnd = end + (header.hasChecksum ? 4 : 0);
  if (frame.length < expectedEnd) return truncated;
  return frame.length > expectedEnd ? "is followed by other bytes" : undefined;
}

const truncated = "is truncated";

interface FrameHeader {
  readonly bytes: number;
  readonly contentBytes: number;
  readonly windowBytes: number;
  readonly hasChecksum: boolean;
}

function readFrameHeader(frame: Buffer): FrameHeader | string {
  if (frame.length < 6) return truncated;
  if (frame.readUInt32LE(0) !== magic) return "does not start with the zstd magic number";
  const descriptor = frame.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if ((descriptor & 0x08) !== 0) return "uses a reserved bit";
  if ((descriptor & 0x03) !== 0) return "needs a dictionary";
  const sizeOffset = isSingleSegment ? 5 : 6;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  if (sizeBytes === 0) return "does not state its content size";
  if (frame.length < sizeOffset + sizeBytes) return truncated;
  const contentBytes = readContentSize(frame, sizeOffset, sizeBytes);
  return {
    bytes: sizeOffset + sizeBytes,
    contentBytes,
    windowBytes: isSingleSegment ? contentBytes : windowBytesOf(frame.readUInt8(5)),
    hasChecksum: (descriptor & 0x04) !== 0,
  };
}

function readContentSize(frame: Buffer, offset: number, bytes: number): number {
  if (bytes === 8) return Number(frame.readBigUInt64LE(offset));
  const value = frame.readUIntLE(offset, bytes);
  return bytes === 2 ? value + 256 : value;
}

function windowBytesOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** The offset after the last block, or what is wrong. */
function findBlocksEnd(frame: Buffer, header: FrameHeader): number | string {
  const maxBlockBytes = Math.min(maxZstdBlockBytes, header.windowBytes);
  let offset = header.bytes;
  for (let isLast = false; !isLast;) {
    if (offset + 3 > frame.length) return truncated;
    const word = frame.readUIntLE(offset, 3);
    const type = (word >> 1) & 3;
    const bytes = word >> 3;
    if (type === 3) return "uses a reserved block type";
    if (bytes > maxBlockBytes) return "has a block larger than allowed";
    isLast = (word & 1) === 1;
    offset += 3 + (type === 1 ? 1 : bytes);
  }
  return offset;
}
