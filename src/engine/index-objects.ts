import { createHash, type KeyObject } from "node:crypto";
import { AppError, isAppError } from "../base/errors.ts";
import { objectKind, openSmall, sealBlock } from "./crypto/aead.ts";
import { deriveSecretKey } from "./crypto/derive.ts";
import { indexObjectKeyInfo, packFooterKeyInfo } from "./crypto/key-purposes.ts";
import { createNameHash } from "./crypto/name-hash.ts";
import { ByteReader } from "./format/byte-reader.ts";
import { ByteWriter } from "./format/byte-writer.ts";
import {
  decodeIndexHeader,
  decodePackEntries,
  encodeIndexHeader,
  encodePackEntry,
  indexHeaderBytes,
  packEntryLength,
  type PackEntry,
} from "./format/index-format.ts";
import {
  indexSplitBytes,
  maxIndexBytes,
  maxNamedFaults,
  maxPackBytes,
  tagBytes,
} from "./format/limits.ts";
import {
  guidBytes,
  indexName,
  packName,
  parseHashName,
  parsePackName,
} from "./format/object-names.ts";
import {
  decodeBlocks,
  decodePackHeader,
  decodePackTrailer,
  footerAad,
  packHeaderBytes,
  packTrailerBytes,
  type PackHeader,
} from "./format/pack-format.ts";
import type { Suite } from "./format/suite.ts";
import type { EpochKeys } from "./model.ts";
import type { ObjectEntry, ObjectStore } from "./object-store.ts";
import { readAhead } from "./read-ahead.ts";
import { readBounded } from "./read-object.ts";

/** An index object that is whole, and the packs it names. */
export interface IndexObject {
  readonly name: string;
  readonly bytes: number;
  readonly packIds: readonly string[];
}

/** Index objects of an epoch, and what they say together. */
export interface LoadedIndex {
  readonly objects: readonly IndexObject[];
  readonly packs: readonly PackEntry[];
  /** Objects that could not be used, the first of them, and why: an index is a shortcut, the packs themselves say the same. */
  readonly damaged: readonly { readonly name: string; readonly error: AppError }[];
}

/** Reads every index object of one epoch that is whole. */
export async function loadIndex(
  store: ObjectStore,
  repositoryId: string,
  epoch: EpochKeys,
): Promise<LoadedIndex> {
  const objects: IndexObject[] = [];
  const packs: PackEntry[] = [];
  const damaged: { name: string; error: AppError }[] = [];
  const read = ({ name, bytes }: ObjectEntry): Promise<Uint8Array> =>
    readBounded(store, name, maxIndexBytes, { knownBytes: bytes });
  for await (const [entry, reading] of readAhead(listIndex(store), read)) {
    let found: PackEntry[] | undefined;
    try {
      found = readIndexObject(entry.name, await reading, repositoryId, epoch);
    } catch (error) {
      if (!isAppError(error) || !damageCodes.has(error.code)) throw error;
      if (damaged.length < maxNamedFaults) damaged.push({ name: entry.name, error });
    }
    if (found === undefined) continue;
    objects.push({
      name: entry.name,
      bytes: entry.bytes,
      packIds: found.map((pack) => pack.packId),
    });
    for (const pack of found) packs.push(pack);
  }
  return { objects, packs, damaged };
}

async function* listIndex(store: ObjectStore): AsyncGenerator<ObjectEntry> {
  for await (const entry of store.list("index/"))
    if (parseHashName(entry.name, "index") !== undefined) yield entry;
}

/** What the bytes themselves are guilty of: a store that fails to give them says nothing about them. */
const damageCodes: ReadonlySet<string> = new Set([
  "CorruptObject",
  "CannotOpen",
  "UnsupportedFormat",
  "RepositoryMismatch",
  "LimitExceeded",
]);

/** The packs of one index object; undefined when it belongs to another epoch. */
export function readIndexObject(
  name: string,
  bytes: Uint8Array,
  repositoryId: string,
  epoch: EpochKeys,
): PackEntry[] | undefined {
  if (bytes.length > maxIndexBytes)
    throw new AppError("LimitExceeded", `Object "${name}" is larger than ${maxIndexBytes} bytes`, {
      target: name,
    });
  requireSha256(name, bytes);
  const header = decodeIndexHeader(bytes, name);
  if (!header.repositoryId.equals(guidBytes(repositoryId))) {
    throw new AppError("RepositoryMismatch", `Object "${name}" belongs to another repository`, {
      target: name,
    });
  }
  if (header.epochId.toString("hex") !== epoch.id) return undefined;
  const key = indexObjectKey(epoch, header.salt);
  const body = openSmall(
    key,
    objectKind.index,
    0,
    bytes.subarray(0, indexHeaderBytes),
    bytes.subarray(indexHeaderBytes),
  );
  return [...decodePackEntries(body, name)];
}

/**
 * Seals packs into as few index objects as their bounds allow, one after the other: a million tiny files have an index
 * of 20 MB, of which there should be few copies at a time.
 */
export function* buildIndexObjects(
  packs: readonly PackEntry[],
  repositoryId: string,
  epoch: EpochKeys,
  randomBytes: (count: number) => Buffer,
): Generator<{ readonly name: string; readonly bytes: Buffer }, void, undefined> {
  let group: PackEntry[] = [];
  let length = 0;
  for (const pack of packs) {
    group.push(pack);
    length += packEntryLength(pack);
    if (length < indexSplitBytes) continue;
    yield sealIndex(group, length, repositoryId, epoch, randomBytes(16));
    group = [];
    length = 0;
  }
  if (length > 0) yield sealIndex(group, length, repositoryId, epoch, randomBytes(16));
}

function sealIndex(
  packs: readonly PackEntry[],
  length: number,
  repositoryId: string,
  epoch: EpochKeys,
  salt: Buffer,
): { readonly name: string; readonly bytes: Buffer } {
  const body = new ByteWriter(length);
  for (const pack of packs) encodePackEntry(pack, body);
  const header = encodeIndexHeader({
    repositoryId: guidBytes(repositoryId),
    epochId: Buffer.from(epoch.id, "hex"),
    salt,
  });
  const bytes = Buffer.allocUnsafe(header.length + length + tagBytes);
  bytes.set(header);
  const key = indexObjectKey(epoch, salt);
  sealBlock(key, objectKind.index, 0, header, body.view(), bytes.subarray(header.length));
  return { name: indexName(sha256(bytes)), bytes };
}

/** Every pack in the store by id, with its size. */
export async function listPacks(store: ObjectStore): Promise<Map<string, number>> {
  const packs = new Map<string, number>();
  for await (const entry of store.list("data/")) {
    const id = parsePackName(entry.name);
    if (id !== undefined) packs.set(id, entry.bytes);
  }
  return packs;
}

/**
 * Reads a pack whole and what its footer says; undefined when it is of another epoch. Throws when the bytes
 * are not what the name promises: such a pack is never built upon.
 */
export async function readPackFooter(
  store: ObjectStore,
  packId: string,
  repositoryId: string,
  suite: Suite,
  epoch: EpochKeys,
): Promise<PackEntry | undefined> {
  const name = packName(packId);
  const header = decodePackHeader(
    await store.get(name, { offset: 0, length: packHeaderBytes }),
    name,
  );
  if (
    header.epochId.toString("hex") !== epoch.id ||
    !header.repositoryId.equals(guidBytes(repositoryId))
  )
    return undefined;
  const bytes = await readBounded(store, name, maxPackBytes);
  requireHash(name, bytes, suite);
  return openPackFooter(bytes, header, packId, epoch);
}

/** SHA-256 of index objects and refs must be the last segment of their names; throws `CorruptObject`. */
export function requireSha256(name: string, bytes: Uint8Array): void {
  requireDigest(name, sha256(bytes));
}

/** As above for any object that is named by its hash, packs of a repository of this suite among them. */
export function requireHash(name: string, bytes: Uint8Array, suite: Suite): void {
  const hash = createNameHash(name, suite);
  hash.update(bytes);
  requireDigest(name, hash.digest());
}

function requireDigest(name: string, digest: string): void {
  if (digest === name.slice(name.lastIndexOf("/") + 1)) return;
  throw new AppError(
    "CorruptObject",
    `Object "${name}" is damaged: its bytes are not those that were written`,
    { target: name },
  );
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function deriveObjectKey(secretBase64: string, salt: Uint8Array, info: string): KeyObject {
  return deriveSecretKey(Buffer.from(secretBase64, "base64"), salt, info);
}

function openPackFooter(
  bytes: Uint8Array,
  header: PackHeader,
  packId: string,
  epoch: EpochKeys,
): PackEntry {
  const name = packName(packId);
  const footer = decodePackTrailer(
    bytes.subarray(bytes.length - packTrailerBytes),
    bytes.length,
    name,
  );
  const sealed = bytes.subarray(footer.offset, footer.offset + footer.length);
  const key = deriveObjectKey(epoch.indexKey, header.salt, packFooterKeyInfo);
  const plain = openSmall(key, objectKind.footer, 0, footerAad(bytes, footer.offset), sealed);
  const reader = new ByteReader(plain, name);
  const blocks = decodeBlocks(reader);
  reader.end();
  return { packId, bytes: bytes.length, dataKeyId: header.dataKeyId.toString("hex"), blocks };
}

function indexObjectKey(epoch: EpochKeys, salt: Uint8Array): KeyObject {
  return deriveObjectKey(epoch.indexKey, salt, indexObjectKeyInfo);
}
