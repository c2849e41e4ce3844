import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { createBlockCodec } from "../../src/engine/compression.ts";
import { objectKind, sealSmall } from "../../src/engine/crypto/aead.ts";
import { manifestBinding } from "../../src/engine/crypto/bindings.ts";
import { createChunkNamer } from "../../src/engine/crypto/chunk-id.ts";
import { manifestKeyInfo } from "../../src/engine/crypto/key-purposes.ts";
import { ByteReader } from "../../src/engine/format/byte-reader.ts";
import { ByteWriter } from "../../src/engine/format/byte-writer.ts";
import { blockBytes } from "../../src/engine/format/limits.ts";
import { encodeManifest, encodeRoots } from "../../src/engine/format/manifest.ts";
import { guidBytes, packName, refsName } from "../../src/engine/format/object-names.ts";
import { decodeBlocks } from "../../src/engine/format/pack-format.ts";
import { encodeRefs } from "../../src/engine/format/refs.ts";
import { encodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import { encodeTreeRecord } from "../../src/engine/format/tree-format.ts";
import { buildIndexObjects, deriveObjectKey, sha256 } from "../../src/engine/index-objects.ts";
import { PackBuilder, packBufferBytes, type FinishedPack } from "../../src/engine/pack-builder.ts";
import { createSeededRandom } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";

interface Vector {
  readonly keys: Record<"repositoryId" | "epochId" | "dataKeyId", string>;
  readonly secrets: Record<"chunkIdKey" | "indexKey" | "dataKey", string>;
  readonly signing: Record<"privateKey" | "publicKey", string>;
  readonly backupId: string;
  /** Names (by content) of every object, and hashes of the parts within. */
  readonly expected: Record<string, string>;
}

const file = new URL("../vectors/repository-1.json", import.meta.url);

describe("the repository format", () => {
  it("writes the bytes of its vector", () => {
    const vector = JSON.parse(readFileSync(file, "utf8")) as Vector;
    assert.deepEqual(buildObjects(vector), vector.expected);
  });
});

/** One tiny backup made by hand with the randomness of the vector: its content does not compress. */
function buildObjects(vector: Vector): Record<string, string> {
  const { keys, secrets, backupId } = vector;
  const random = createSeededRandom("repository format 1");
  const content = someContent(100_000, "vector");
  const reference = referenceOf(secrets.chunkIdKey, content);
  const tree = buildTree(reference, content.length);
  const pack = buildPack(vector, random, [content, tree]);
  const epoch = {
    id: keys.epochId,
    recipients: [],
    wrapTo: [],
    chunkIdKey: secrets.chunkIdKey,
    indexKey: secrets.indexKey,
    chunkerSeed: "",
  };
  const entry = {
    packId: pack.packId,
    bytes: pack.bytes.length,
    dataKeyId: keys.dataKeyId,
    blocks: decodeBlocks(new ByteReader(pack.blocks, "vector")),
  };
  const [index] = buildIndexObjects([entry], keys.repositoryId, epoch, random);
  assert.ok(index);
  const refs = encodeRefs([
    { name: packName(pack.packId), bytes: pack.bytes.length },
    { name: index.name, bytes: index.bytes.length },
  ]);
  const salt = random(16);
  const roots = encodeRoots([
    { role: "files", bytes: tree.length, chunks: referenceOf(secrets.chunkIdKey, tree) },
  ]);
  const sealed = sealSmall(
    deriveObjectKey(secrets.indexKey, salt, manifestKeyInfo),
    objectKind.manifest,
    0,
    manifestBinding(keys.repositoryId, keys.epochId, backupId),
    roots,
  );
  const manifest = buildManifest(vector, refs, Buffer.concat([salt, sealed]));
  return {
    contentReference: reference.toString("hex"),
    tree: sha256(tree),
    pack: pack.packId,
    index: index.name,
    refs: sha256(refs),
    manifest: sha256(manifest),
  };
}

function referenceOf(chunkIdKey: string, bytes: Buffer): Buffer {
  const key = createSecretKey(Buffer.from(chunkIdKey, "base64"));
  return new ByteWriter().bytes(createChunkNamer(1, key)(bytes)).u32(bytes.length).take();
}

function buildTree(chunks: Buffer, size: number): Buffer {
  const plain = {
    uid: 1,
    gid: 2,
    size: 0,
    mtimeNs: -1n,
    ctimeNs: 1_700_000_000_123_456_789n,
    inode: 3n,
    sparse: false,
    paged: false,
    unstable: false,
    chunks: Buffer.alloc(0),
    linkTarget: "",
    device: 0n,
  };
  const writer = new ByteWriter();
  encodeTreeRecord({ ...plain, type: "directory", depth: 0, name: "", mode: 0o755 }, writer);
  const file = { type: "file", depth: 1, name: "a \xff", mode: 0o4755, size, chunks } as const;
  encodeTreeRecord({ ...plain, ...file }, writer);
  const link = { type: "symlink", depth: 1, name: "b", mode: 0o777, linkTarget: "a" } as const;
  encodeTreeRecord({ ...plain, ...link }, writer);
  return writer.take();
}

function buildPack(
  { keys, secrets }: Vector,
  randomBytes: (count: number) => Buffer,
  chunks: readonly Buffer[],
): FinishedPack {
  const packs: FinishedPack[] = [];
  const secret = (base64: string) => createSecretKey(Buffer.from(base64, "base64"));
  const builder = new PackBuilder({
    suite: 1,
    repositoryId: guidBytes(keys.repositoryId),
    epochId: Buffer.from(keys.epochId, "hex"),
    dataKeyId: Buffer.from(keys.dataKeyId, "hex"),
    dataKey: secret(secrets.dataKey),
    indexKey: secret(secrets.indexKey),
    codec: createBlockCodec({ level: 1, maxBlockBytes: blockBytes }),
    randomBytes,
    newOrdinal: () => 0,
    takeBuffer: () => Buffer.alloc(packBufferBytes),
    onPack: (pack) => void packs.push(pack),
  });
  for (const chunk of chunks) {
    builder.ordinalFor(chunk.length);
    builder.append(referenceOf(secrets.chunkIdKey, chunk), chunk, 0, chunk.length);
  }
  builder.flush();
  const [pack] = packs;
  assert.ok(pack && packs.length === 1);
  return pack;
}

function buildManifest({ keys, signing, backupId }: Vector, refs: Buffer, sealed: Buffer): Buffer {
  const body = encodeManifest({
    ...keys,
    backupId,
    sequence: 1,
    previous: null,
    fence: 1,
    status: "Succeeded",
    createdAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:00:01.000Z",
    isAutomatic: false,
    isCloudRecoveryReady: true,
    deployment: { deploymentId: "d", region: "local", stampVersion: null, oemVersion: null },
    recipients: [],
    roles: [],
    plainBytes: 100_000,
    newBytes: 100_000,
    storedBytes: 100_000,
    refs: refsName(sha256(refs)),
    sealed: sealed.toString("base64"),
  });
  return encodeSignedDocument(`backups/${backupId}`, body, signing);
}
