import type { KeyObject } from "node:crypto";
import { objectKind, sealBlock } from "./crypto/aead.ts";
import { deriveSecretKey } from "./crypto/derive.ts";
import { packContentKeyInfo, packFooterKeyInfo } from "./crypto/key-purposes.ts";
import { createPackHash, type NameHash } from "./crypto/name-hash.ts";
import type { BlockCodec } from "./compression.ts";
import { compressBound } from "./zstd-context.ts";
import { ByteWriter } from "./format/byte-writer.ts";
import {
  blockBytes,
  chunkIdBytes,
  chunkReferenceBytes,
  maxChunksPerBlock,
  packBytes,
  tagBytes,
} from "./format/limits.ts";
import {
  blockAad,
  blockEntryBytes,
  encodeBlocks,
  encodePackHeader,
  encodePackTrailer,
  footerAad,
  packHeaderBytes,
  packTrailerBytes,
  type BlockEntry,
} from "./format/pack-format.ts";
import type { Suite } from "./format/suite.ts";

/** A finished pack: its bytes, its name, and its footer in the clear for the index. */
export interface FinishedPack {
  readonly ordinal: number;
  /** Over the bytes, by the suite: 64 hex digits. */
  readonly packId: string;
  readonly bytes: Buffer;
  /** `encodeBlocks` of its blocks. */
  readonly blocks: Buffer;
  readonly chunkCount: number;
}

export interface PackBuilderOptions {
  readonly suite: Suite;
  readonly repositoryId: Buffer;
  readonly epochId: Buffer;
  readonly dataKeyId: Buffer;
  readonly dataKey: KeyObject;
  readonly indexKey: KeyObject;
  readonly codec: BlockCodec;
  readonly randomBytes: (count: number) => Buffer;
  /** Ordinal for the pack that is being started. */
  readonly newOrdinal: () => number;
  /** A buffer of `packBufferBytes` to build the next pack in; may block until one is free. */
  readonly takeBuffer: () => Buffer;
  readonly onPack: (pack: FinishedPack) => void;
}

/** Of a block: smaller ones compress worse. */
const enoughForBlock: number = (blockBytes * 3) / 4;

/** Room for a pack and the seals of its footer. */
export const packBufferBytes: number = packBytes + 4096;

/**
 * Fills blocks with chunks, seals full blocks into a pack, and hands out full packs. Every pack has keys of
 * its own (random salt), so block numbers are nonces that cannot repeat.
 */
export class PackBuilder {
  readonly #options: PackBuilderOptions;
  readonly #block: Buffer = Buffer.allocUnsafeSlow(blockBytes);
  readonly #compressed: Buffer = Buffer.allocUnsafeSlow(compressBound(blockBytes));
  #blockLength = 0;
  /** Where the block's bytes lie while none was copied: memory of the caller, from this place on. */
  #lent: { readonly memory: Buffer; readonly from: number } | undefined;
  readonly #blockChunks = new ByteWriter(64 * chunkReferenceBytes);
  #pack: OpenPack | undefined;

  constructor(options: PackBuilderOptions) {
    this.#options = options;
  }

  /** The ordinal the next chunk of this many bytes will be under. */
  ordinalFor(length: number): number {
    const isBlockFull =
      this.#blockLength + length > blockBytes ||
      this.#blockChunks.length >= maxChunksPerBlock * chunkReferenceBytes;
    if (isBlockFull) this.#sealBlock();
    return this.#openPack().ordinal;
  }

  /**
   * Appends the chunk `memory[from, to)`; call `ordinalFor` with its length just before. The memory is the caller's: it
   * must stay as it is until the next `giveBack` or `flush`.
   */
  append(id: Buffer, memory: Buffer, from: number, to: number): void {
    const length = to - from;
    if (this.#blockLength === 0) this.#lent = { memory, from };
    else if (this.#lent?.memory !== memory || this.#lent.from + this.#blockLength !== from) {
      this.#keepLent();
      memory.copy(this.#block, this.#blockLength, from, to);
    }
    this.#blockLength += length;
    this.#blockChunks.bytes(id.subarray(0, chunkIdBytes)).u32(length);
  }

  /**
   * Memory that was lent is about to change. A block that is full enough is sealed straight from there: copying
   * each block together first takes a thirtieth of a backup's time.
   */
  giveBack(): void {
    if (this.#lent === undefined) return;
    if (this.#blockLength >= enoughForBlock) this.#sealBlock();
    else this.#keepLent();
  }

  #keepLent(): void {
    const lent = this.#lent;
    this.#lent = undefined;
    lent?.memory.copy(this.#block, 0, lent.from, lent.from + this.#blockLength);
  }

  /** Seals and hands out what is left. */
  flush(): void {
    this.#sealBlock();
    this.#finishPack();
  }

  #openPack(): OpenPack {
    if (this.#pack !== undefined) return this.#pack;
    const { suite, repositoryId, epochId, dataKeyId, dataKey, indexKey, randomBytes } =
      this.#options;
    const salt = randomBytes(16);
    const header = encodePackHeader({ suite, repositoryId, epochId, dataKeyId, salt });
    const bytes = this.#options.takeBuffer();
    bytes.set(header);
    const hash = createPackHash(suite);
    hash.update(header);
    this.#pack = {
      ordinal: this.#options.newOrdinal(),
      header,
      bytes,
      length: packHeaderBytes,
      footerBytes: 4,
      contentKey: deriveSecretKey(dataKey, salt, packContentKeyInfo),
      footerKey: deriveSecretKey(indexKey, salt, packFooterKeyInfo),
      hash,
      blocks: [],
      chunkCount: 0,
    };
    return this.#pack;
  }

  #sealBlock(): void {
    if (this.#blockLength === 0) return;
    const pack = this.#openPack();
    const { memory, from } = this.#lent ?? { memory: this.#block, from: 0 };
    const to = from + this.#blockLength;
    const plain = memory.subarray(from, to);
    const shrunk = this.#options.codec.compress(memory, from, to, this.#compressed);
    const compressed = shrunk > 0;
    const payload = compressed ? this.#compressed.subarray(0, shrunk) : plain;
    const out = pack.bytes.subarray(pack.length);
    const storedBytes = sealBlock(
      pack.contentKey,
      objectKind.block,
      pack.blocks.length,
      blockAad(pack.header, plain.length, compressed),
      payload,
      out,
    );
    pack.hash.update(out.subarray(0, storedBytes));
    const chunks = this.#blockChunks.take();
    pack.blocks.push({
      offset: pack.length,
      storedBytes,
      plainBytes: plain.length,
      compressed,
      chunks,
    });
    pack.length += storedBytes;
    pack.footerBytes += blockEntryBytes + chunks.length;
    pack.chunkCount += chunks.length / chunkReferenceBytes;
    this.#blockLength = 0;
    this.#lent = undefined;
    if (isFull(pack)) this.#finishPack();
  }

  #finishPack(): void {
    const pack = this.#pack;
    if (pack === undefined) return;
    this.#pack = undefined;
    const footer = new ByteWriter(pack.footerBytes);
    encodeBlocks(pack.blocks, footer);
    const out = pack.bytes.subarray(pack.length);
    const sealed = sealBlock(
      pack.footerKey,
      objectKind.footer,
      0,
      footerAad(pack.header, pack.length),
      footer.view(),
      out,
    );
    out.set(encodePackTrailer(sealed), sealed);
    const tail = sealed + packTrailerBytes;
    pack.hash.update(out.subarray(0, tail));
    this.#options.onPack({
      ordinal: pack.ordinal,
      packId: pack.hash.digest(),
      bytes: pack.bytes.subarray(0, pack.length + tail),
      blocks: footer.view(),
      chunkCount: pack.chunkCount,
    });
  }
}

interface OpenPack {
  readonly ordinal: number;
  readonly header: Buffer;
  readonly bytes: Buffer;
  readonly contentKey: KeyObject;
  readonly footerKey: KeyObject;
  readonly hash: NameHash;
  readonly blocks: BlockEntry[];
  length: number;
  footerBytes: number;
  chunkCount: number;
}

/** Full when one more block of incompressible bytes, cut into the most chunks it may hold, could pass the pack size. */
function isFull(pack: OpenPack): boolean {
  const nextBlock =
    blockBytes + tagBytes + blockEntryBytes + maxChunksPerBlock * chunkReferenceBytes;
  return pack.length + pack.footerBytes + nextBlock + tagBytes + packTrailerBytes > packBytes;
}
