import { manifestBinding } from "../../src/engine/crypto/bindings.ts";
import { objectKind, sealSmall } from "../../src/engine/crypto/aead.ts";
import { manifestKeyInfo } from "../../src/engine/crypto/key-purposes.ts";
import { encodeRoots, type TreeRoot } from "../../src/engine/format/manifest.ts";
import { encodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import { deriveObjectKey } from "../../src/engine/index-objects.ts";
import type { EpochKeys } from "../../src/engine/model.ts";
import { openBackup } from "../../src/engine/open-backup.ts";
import { signerOf } from "../../src/engine/repository.ts";
import { readRecords } from "../../src/engine/tree-records.ts";
import { aStreamRole, backupIdOf, type TestRepository } from "./a-repository.ts";

/** Fields of a tree record as the format lays them out, without any of the checks a writer makes. */
export interface RawRecord {
  readonly type: number;
  readonly depth: number;
  readonly name?: string;
  readonly mode?: number;
  readonly size?: number;
  /** What follows the name. */
  readonly tail?: Buffer;
  /** What the length field says instead of the truth. */
  readonly statedBytes?: number;
}

export const recordTypes = { directory: 0, file: 1, symlink: 2, hardlink: 3, device: 6 } as const;

export function rawRecord(record: RawRecord): Buffer {
  const { type, depth, name = "", mode = 0o755, size = 0, tail = Buffer.alloc(0) } = record;
  const nameBytes = Buffer.from(name, "latin1");
  const bytes = Buffer.alloc(52);
  bytes.writeUInt32LE(record.statedBytes ?? 48 + nameBytes.length + tail.length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt16LE(depth, 6);
  bytes.writeUInt16LE(mode, 8);
  bytes.writeUInt16LE(nameBytes.length, 10);
  bytes.writeBigUInt64LE(BigInt(size), 20);
  return Buffer.concat([bytes, nameBytes, tail]);
}

/** What follows the name of a symlink or hard link. */
export function linkTail(target: string): Buffer {
  const bytes = Buffer.from(target, "latin1");
  return Buffer.concat([u32(bytes.length), bytes]);
}

/** What follows the name of a file: its chunk references. */
export function fileTail(references: Buffer, statedCount: number = references.length / 20): Buffer {
  return Buffer.concat([u32(statedCount), references]);
}

export const rootRecord: Buffer = rawRecord({ type: recordTypes.directory, depth: 0 });

/** Stores content as a backup of its own, and says which chunks it was cut into. */
export async function storeContent(
  repository: TestRepository,
  number: number,
  content: Buffer,
  besides: Buffer = Buffer.of(0),
): Promise<Buffer> {
  // What lies besides is in the packs of this backup as well.
  const also = aStreamRole("besides", () => [besides]);
  await repository.backup(number, [aStreamRole("content", () => [content]), also]);
  const backup = await openBackup(repository.store, backupIdOf(number), repository.opener);
  for (const root of backup.roots.filter(({ role }) => role === "content"))
    for await (const [, record] of readRecords(repository.store, backup, root))
      if (record.type === "stream") return record.chunks;
  throw new Error("The backup holds no stream");
}

/** Gives a backup other trees: everything is sealed and signed as the service would, only what it says is hostile. */
export async function forgeRoots(
  { store, keys }: TestRepository,
  number: number,
  roots: readonly TreeRoot[],
): Promise<void> {
  const backupId = backupIdOf(number);
  const name = `backups/${backupId}`;
  const [line = ""] = Buffer.from(await store.get(name))
    .toString("utf8")
    .split("\n");
  const body = JSON.parse(line) as Record<string, unknown>;
  const epoch = keys.epochs.at(-1) as EpochKeys;
  const salt = Buffer.alloc(16, number);
  const key = deriveObjectKey(epoch.indexKey, salt, manifestKeyInfo);
  const aad = manifestBinding(keys.repositoryId, epoch.id, backupId);
  const plain = encodeRoots(roots);
  const sealed = Buffer.concat([salt, sealSmall(key, objectKind.manifest, 0, aad, plain)]);
  await store.remove(name);
  const forged = { ...body, sealed: sealed.toString("base64") };
  await store.put(name, encodeSignedDocument(name, forged, signerOf(keys)));
}

/** A backup whose only role has exactly these bytes as its tree. */
export async function forgeTree(
  repository: TestRepository,
  number: number,
  tree: Buffer,
  { role = "files", besides }: { readonly role?: string; readonly besides?: Buffer } = {},
): Promise<void> {
  const chunks = await storeContent(repository, number, tree, besides);
  await forgeRoots(repository, number, [{ role, bytes: tree.length, chunks }]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
