import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import {
  blockBytes,
  chunkIdBytes,
  maxBlocksPerPack,
  maxChunksPerBlock,
  tagBytes,
} from "./limits.ts";
import { requireSuite, type Suite } from "./suite.ts";

/** A pack: 80-byte header, sealed blocks one after the other, sealed footer, 12-byte trailer. */

export const packHeaderBytes = 80;
export const packTrailerBytes = 12;
const packMagic: Buffer = Buffer.from("HFPACK\0\x01", "latin1");
const trailerMagic: Buffer = Buffer.from("HFPKEND\x01", "latin1");

export interface PackHeader {
  readonly suite: Suite;
  /** 16 bytes each. */
  readonly repositoryId: Buffer;
  readonly epochId: Buffer;
  readonly dataKeyId: Buffer;
  /** Random; the pack's keys derive from it. */
  readonly salt: Buffer;
}

export function encodePackHeader(header: PackHeader): Buffer {
  const writer = new ByteWriter(packHeaderBytes)
    .bytes(packMagic)
    .u8(header.suite)
    .bytes(Buffer.alloc(7));
  return writer
    .bytes(header.repositoryId)
    .bytes(header.epochId)
    .bytes(header.dataKeyId)
    .bytes(header.salt)
    .take();
}

export function decodePackHeader(bytes: Uint8Array, object: string): PackHeader {
  const reader = new ByteReader(bytes.subarray(0, packHeaderBytes), object);
  reader.expect(packMagic, "pack of format 1");
  const suite = requireSuite(reader.u8(), object);
  if (reader.bytes(7).some((byte) => byte !== 0))
    throw reader.corrupt("has reserved header bytes set");
  const id = (): Buffer => Buffer.from(reader.bytes(16));
  return { suite, repositoryId: id(), epochId: id(), dataKeyId: id(), salt: id() };
}

/** One block of a pack, as the footer and the index describe it. */
export interface BlockEntry {
  /** Where its sealed bytes start in the pack. */
  readonly offset: number;
  /** Sealed bytes, tag included. */
  readonly storedBytes: number;
  readonly plainBytes: number;
  readonly compressed: boolean;
  /** `count` ids of 16 bytes followed by u32 lengths, as 20-byte references. */
  readonly chunks: Buffer;
}

const compressedFlag = 1;

/** Footer plaintext (also the body of a pack's index entry): block count, then each block and its chunk references. */
export function encodeBlocks(blocks: readonly BlockEntry[], writer: ByteWriter): void {
  writer.u32(blocks.length);
  for (const block of blocks) {
    writer
      .u32(block.storedBytes)
      .u32(block.plainBytes)
      .u8(block.compressed ? compressedFlag : 0);
    writer.u32(block.chunks.length / (chunkIdBytes + 4)).bytes(block.chunks);
  }
}

/** Bytes `encodeBlocks` writes. */
export function blocksLength(blocks: readonly BlockEntry[]): number {
  return blocks.reduce((sum, { chunks }) => sum + blockEntryBytes + chunks.length, 4);
}

/** Bytes of a block's entry before its chunk references. */
export const blockEntryBytes = 13;

export function decodeBlocks(reader: ByteReader): BlockEntry[] {
  const count = reader.count(maxBlocksPerPack, "blocks");
  const blocks: BlockEntry[] = [];
  let offset = packHeaderBytes;
  for (let i = 0; i < count; i++) {
    const block = decodeBlock(reader, offset);
    offset += block.storedBytes;
    blocks.push(block);
  }
  return blocks;
}

/** What a block's AEAD message is bound to besides its key and number: the header and how it is to be read. */
export function blockAad(header: Uint8Array, plainBytes: number, compressed: boolean): Buffer {
  const aad = Buffer.allocUnsafe(packHeaderBytes + 8);
  aad.set(header.subarray(0, packHeaderBytes));
  aad.writeUInt32LE(plainBytes, packHeaderBytes);
  aad.writeUInt32LE(compressed ? compressedFlag : 0, packHeaderBytes + 4);
  return aad;
}

/** The footer is bound to the header and to where it starts, so that no block can be cut out before it. */
export function footerAad(header: Uint8Array, footerOffset: number): Buffer {
  const aad = Buffer.allocUnsafe(packHeaderBytes + 4);
  aad.set(header.subarray(0, packHeaderBytes));
  aad.writeUInt32LE(footerOffset, packHeaderBytes);
  return aad;
}

export function encodePackTrailer(sealedFooterBytes: number): Buffer {
  return new ByteWriter(packTrailerBytes).u32(sealedFooterBytes).bytes(trailerMagic).take();
}

/** Where the sealed footer of a pack of `size` bytes lies. */
export function decodePackTrailer(
  trailer: Uint8Array,
  size: number,
  object: string,
): { readonly offset: number; readonly length: number } {
  const reader = new ByteReader(trailer, object);
  const length = reader.u32();
  if (!reader.bytes(8).equals(trailerMagic))
    throw reader.corrupt("does not end as a pack: it is truncated or has bytes appended");
  const offset = size - packTrailerBytes - length;
  if (length < tagBytes + 4 || offset < packHeaderBytes)
    throw reader.corrupt(`claims a footer of ${length} bytes`);
  return { offset, length };
}

function decodeBlock(reader: ByteReader, offset: number): BlockEntry {
  const storedBytes = reader.count(blockBytes + 4096, "sealed bytes of a block");
  const plainBytes = reader.count(blockBytes, "bytes of a block");
  const flags = reader.u8();
  if (flags > compressedFlag) throw reader.corrupt(`has unknown block flags ${flags}`);
  if (storedBytes < tagBytes + 1) throw reader.corrupt("has an empty block");
  const chunks = Buffer.from(
    reader.bytes(reader.count(maxChunksPerBlock, "chunks of a block") * (chunkIdBytes + 4)),
  );
  let sum = 0;
  for (let at = chunkIdBytes; at < chunks.length; at += chunkIdBytes + 4)
    sum += chunks.readUInt32LE(at);
  if (sum !== plainBytes)
    throw reader.corrupt(`has chunks of ${sum} bytes in a block of ${plainBytes}`);
  return { offset, storedBytes, plainBytes, compressed: flags === compressedFlag, chunks };
}
