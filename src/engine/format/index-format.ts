import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { blocksLength, decodeBlocks, encodeBlocks, type BlockEntry } from "./pack-format.ts";
import { unknownSuite } from "./suite.ts";

/** An index object: 64-byte header and one sealed list of packs with their blocks and chunks. */

export const indexHeaderBytes = 64;
/** An index is made in one way, whatever the suite of its packs. */
const suite = 1;
const indexMagic: Buffer = Buffer.from("HFINDEX\x01", "latin1");

export interface IndexHeader {
  readonly repositoryId: Buffer;
  readonly epochId: Buffer;
  readonly salt: Buffer;
}

/** What the index knows of one pack. */
export interface PackEntry {
  /** The hash of the pack by the suite of its repository, 64 lower-case hex digits: its name. */
  readonly packId: string;
  readonly bytes: number;
  /** 32 lower-case hex digits. */
  readonly dataKeyId: string;
  readonly blocks: readonly BlockEntry[];
}

/** Bytes of the content of a pack. */
export function plainBytesOf({ blocks }: PackEntry): number {
  return blocks.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
}

export function encodeIndexHeader(header: IndexHeader): Buffer {
  const writer = new ByteWriter(indexHeaderBytes)
    .bytes(indexMagic)
    .u8(suite)
    .bytes(Buffer.alloc(7));
  return writer.bytes(header.repositoryId).bytes(header.epochId).bytes(header.salt).take();
}

export function decodeIndexHeader(bytes: Uint8Array, object: string): IndexHeader {
  const reader = new ByteReader(bytes.subarray(0, indexHeaderBytes), object);
  reader.expect(indexMagic, "index of format 1");
  const found = reader.u8();
  if (found !== suite) throw unknownSuite(found, object);
  reader.bytes(7);
  const id = (): Buffer => Buffer.from(reader.bytes(16));
  return { repositoryId: id(), epochId: id(), salt: id() };
}

export function encodePackEntry(entry: PackEntry, writer: ByteWriter): void {
  writer
    .bytes(Buffer.from(entry.packId, "hex"))
    .u32(entry.bytes)
    .bytes(Buffer.from(entry.dataKeyId, "hex"));
  encodeBlocks(entry.blocks, writer);
}

/** Bytes `encodePackEntry` writes. */
export function packEntryLength(entry: PackEntry): number {
  return 32 + 4 + 16 + blocksLength(entry.blocks);
}

/** Yields the packs of an opened index body one by one. */
export function* decodePackEntries(body: Uint8Array, object: string): Generator<PackEntry> {
  const reader = new ByteReader(body, object);
  while (reader.remaining > 0) {
    const packId = reader.bytes(32).toString("hex");
    const bytes = reader.u32();
    const dataKeyId = reader.bytes(16).toString("hex");
    yield { packId, bytes, dataKeyId, blocks: decodeBlocks(reader) };
  }
}
