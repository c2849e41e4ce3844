import { createSecretKey, type KeyObject } from "node:crypto";
import { AppError, isAppError } from "../base/errors.ts";
import type { BlockCodec } from "./compression.ts";
import { objectKind, withOpenedBlock } from "./crypto/aead.ts";
import { createPlacedNamer, nameRoomBytes, type PlacedNamer } from "./crypto/chunk-id.ts";
import { packContentKeyInfo } from "./crypto/key-purposes.ts";
import { blockBytes, chunkIdBytes, chunkReferenceBytes, tagBytes } from "./format/limits.ts";
import { blockAad, decodePackHeader, type BlockEntry } from "./format/pack-format.ts";
import type { Suite } from "./format/suite.ts";
import { deriveObjectKey } from "./index-objects.ts";

/** Content keys by data key id, base64. Secret; from the private key, for one run. */
export type DataKeys = ReadonlyMap<string, string>;

/** A pack being read: its checked header and the key of its blocks. */
export interface OpenedPack {
  readonly name: string;
  readonly header: Buffer;
  readonly key: KeyObject;
  /** Names its chunks. */
  readonly nameOf: PlacedNamer;
}

/** Opens blocks one at a time into a buffer of its own: the bytes given back last until the next call. */
export class BlockOpener {
  readonly #codec: BlockCodec;
  readonly #dataKeys: DataKeys;
  readonly #chunkIdKey: KeyObject;
  readonly #namers = new Map<Suite, PlacedNamer>();
  /** The block that was opened last, and before it what naming its first chunk needs. */
  readonly #memory: Buffer = Buffer.allocUnsafeSlow(nameRoomBytes + blockBytes);
  readonly #plain: Buffer = this.#memory.subarray(nameRoomBytes);
  #plainBytes = 0;

  constructor(codec: BlockCodec, dataKeys: DataKeys, chunkIdKey: string) {
    this.#codec = codec;
    this.#dataKeys = dataKeys;
    this.#chunkIdKey = createSecretKey(Buffer.from(chunkIdKey, "base64"));
  }

  /** Checks that the header is the one the index means, and derives the pack's key. */
  openPack(name: string, header: Buffer, dataKeyId: string): OpenedPack {
    const decoded = decodePackHeader(header, name);
    const found = decoded.dataKeyId.toString("hex");
    const dataKey = this.#dataKeys.get(dataKeyId);
    if (found !== dataKeyId || dataKey === undefined) {
      throw new AppError(
        "CorruptObject",
        `Object "${name}" is not under the key its index names: it was swapped or altered`,
        { target: name },
      );
    }
    const key = deriveObjectKey(dataKey, decoded.salt, packContentKeyInfo);
    return { name, header, key, nameOf: this.#namerOf(decoded.suite) };
  }

  /** The plain bytes of a block. Nothing of them is used before the whole message is authenticated. */
  open(pack: OpenedPack, number: number, block: BlockEntry, sealed: Uint8Array): Buffer {
    const aad = blockAad(pack.header, block.plainBytes, block.compressed);
    try {
      if (sealed.length > blockBytes + tagBytes)
        throw new AppError("CannotOpen", "Longer than any block");
      withOpenedBlock(pack.key, objectKind.block, number, aad, sealed, (content) => {
        if (content.length !== block.storedBytes - tagBytes)
          throw new AppError("CannotOpen", "Length differs");
        this.#unpack(block, content);
      });
      this.#plainBytes = block.plainBytes;
      return this.#plain.subarray(0, block.plainBytes);
    } catch (cause) {
      if (!isAppError(cause)) throw cause;
      throw new AppError(
        "CorruptObject",
        `Object "${pack.name}" is damaged in block ${number}: its content is not restored from it`,
        { cause, target: pack.name },
      );
    }
  }

  /** Throws unless `[from, to)` of the block that was opened last is the chunk that the reference at `at` names. */
  checkChunk(pack: OpenedPack, references: Buffer, at: number, from: number, to: number): void {
    if (to <= this.#plainBytes) {
      const name = pack.nameOf(this.#memory, nameRoomBytes + from, nameRoomBytes + to);
      if (name.compare(references, at, at + chunkIdBytes) === 0) return;
    }
    throw new AppError(
      "CorruptObject",
      `Object "${pack.name}" holds a chunk that is not what its id says`,
      { target: pack.name },
    );
  }

  /** Checks every chunk of the block that was opened last. */
  checkBlock(pack: OpenedPack, { chunks }: BlockEntry): void {
    let from = 0;
    for (let at = 0; at < chunks.length; at += chunkReferenceBytes) {
      const to = from + chunks.readUInt32LE(at + chunkIdBytes);
      this.checkChunk(pack, chunks, at, from, to);
      from = to;
    }
  }

  #namerOf(suite: Suite): PlacedNamer {
    const namer = this.#namers.get(suite) ?? createPlacedNamer(suite, this.#chunkIdKey);
    this.#namers.set(suite, namer);
    return namer;
  }

  #unpack({ compressed, plainBytes }: BlockEntry, content: Buffer): void {
    if (compressed) this.#codec.decompress(content, 0, content.length, this.#plain, plainBytes);
    else if (content.length === plainBytes) this.#plain.set(content);
    else throw new AppError("CannotOpen", "Length differs");
  }
}
