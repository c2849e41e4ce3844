import { AppError } from "../../base/errors.ts";
import { ChunkTable, createChunkTableParts, type ChunkTableParts } from "../chunk-table.ts";
import { dataKeyBinding } from "../crypto/bindings.ts";
import { namesOf, readCondemned } from "../condemned-objects.ts";
import { commitmentOf } from "../crypto/derive.ts";
import { wrapKey } from "../crypto/key-wrap.ts";
import { ByteReader } from "../format/byte-reader.ts";
import { chunkReferenceBytes } from "../format/limits.ts";
import { dataKeyName, epochName, packName, parsePackName } from "../format/object-names.ts";
import { decodeBlocks } from "../format/pack-format.ts";
import type { PackEntry } from "../format/index-format.ts";
import type { ObjectReference } from "../format/refs.ts";
import { encodeSignedDocument } from "../format/signed-document.ts";
import { listPacks, loadIndex, readPackFooter, type IndexObject } from "../index-objects.ts";
import type { EpochKeys } from "../model.ts";
import { putChecked } from "../read-back.ts";
import { signerOf } from "../repository.ts";
import type { BackupOptions } from "./options.ts";
import type { ArrivedPack } from "./worker-pool.ts";

/**
 * What a running backup knows of the repository: the chunk table, which packs exist, and what it has added.
 * Packs the index names but the store lost are forgotten, so that their chunks are stored again.
 */
export class RepositoryWriter {
  readonly table: ChunkTable;
  readonly tableParts: ChunkTableParts;
  readonly dataKeyId: string;
  readonly dataKey: Buffer;
  /** Bytes this run put into the store. */
  storedBytes = 0;
  readonly #options: BackupOptions;
  readonly #epoch: EpochKeys;
  readonly #packs: KnownPack[] = [];
  /** Of earlier runs, those to rely on first at the beginning. */
  readonly #indexObjects: IndexObject[] = [];
  readonly #ownIndexObjects: ObjectReference[] = [];
  /** Packs no index object names yet: this run's, and those an interrupted run left. */
  readonly #unindexed: PackEntry[] = [];
  #keyStored: Promise<void> | undefined;

  private constructor(options: BackupOptions, epoch: EpochKeys, parts: ChunkTableParts) {
    this.#options = options;
    this.#epoch = epoch;
    this.tableParts = parts;
    this.table = new ChunkTable(parts);
    this.dataKeyId = options.randomBytes(16).toString("hex");
    this.dataKey = options.randomBytes(32);
  }

  /** Reads the index of the epoch, and takes over whole packs that an interrupted run left without one. */
  static async open(options: BackupOptions, epoch: EpochKeys): Promise<RepositoryWriter> {
    const { store, keys } = options;
    const [index, present] = [
      await loadIndex(store, keys.repositoryId, epoch),
      await listPacks(store),
    ];
    const dataKeys = new Set<string>();
    for await (const { name } of store.list("keys/")) dataKeys.add(name);
    const condemned = await readCondemned(store, keys.repositoryId, keys.signingPublicKey);
    const away = namesOf(condemned);
    const objects = index.objects.filter((object) => !away.has(object.name));
    const indexed = new Set(objects.flatMap((object) => object.packIds));
    const named = new Map(index.packs.map((pack) => [pack.packId, pack]));
    const known = [...named.values()].filter(
      (pack) =>
        indexed.has(pack.packId) &&
        !away.has(packName(pack.packId)) &&
        !away.has(dataKeyName(pack.dataKeyId)),
    );
    const usable = known.filter(
      (pack) =>
        present.get(pack.packId) === pack.bytes && dataKeys.has(dataKeyName(pack.dataKeyId)),
    );
    for (const { name, error } of index.damaged)
      options.logger.warn("An index object is damaged: its packs are read instead", {
        object: name,
        code: error.code,
      });
    const chunks = usable.reduce((sum, pack) => sum + countChunks(pack), 0);
    const writer = new RepositoryWriter(options, epoch, createChunkTableParts(chunks));
    const usableIds = new Set(usable.map((pack) => pack.packId));
    writer.#indexObjects.push(...orderIndexObjects(objects, usableIds));
    for (const pack of usable) writer.#know(pack);
    for (const name of away) present.delete(parsePackName(name) ?? "");
    await writer.#adoptOrphans(present, indexed);
    if (usable.length < known.length) {
      options.logger.warn(
        "Packs named by the index, or their keys, are missing from the store: their content is stored again",
        { count: known.length - usable.length },
      );
    }
    return writer;
  }

  /** Makes a finished pack durable and part of the repository. The data key is stored before the first one. */
  async storePack(pack: ArrivedPack): Promise<void> {
    await this.requireDataKey();
    await this.#put(packName(pack.packId), pack.bytes);
    const blocks = decodeBlocks(new ByteReader(pack.blocks, packName(pack.packId)));
    const entry = {
      packId: pack.packId,
      bytes: pack.bytes.length,
      dataKeyId: this.dataKeyId,
      blocks,
    };
    this.#packs[pack.ordinal] = {
      packId: entry.packId,
      bytes: entry.bytes,
      dataKeyId: entry.dataKeyId,
    };
    this.#unindexed.push(entry);
    await this.#options.failpoint?.("backup.pack-stored");
  }

  /** Stores this run's data key unless it is stored. */
  requireDataKey(): Promise<void> {
    this.#keyStored ??= this.#storeDataKey();
    return this.#keyStored;
  }

  /** Packs that no index names yet. */
  takeUnindexed(): PackEntry[] {
    return this.#unindexed.splice(0);
  }

  async storeIndexObject(name: string, bytes: Uint8Array): Promise<void> {
    await this.#put(name, bytes);
    this.#ownIndexObjects.push({ name, bytes: bytes.length });
  }

  async storeObject(name: string, bytes: Uint8Array): Promise<void> {
    await this.#put(name, bytes);
  }

  /** Every object that what was marked as used relies on. */
  async references(): Promise<ObjectReference[]> {
    const used = this.#packs.filter(
      (pack, ordinal) => pack !== undefined && this.table.isUsed(ordinal),
    );
    const names = new Set([
      epochName(this.#epoch.id),
      ...used.map((pack) => dataKeyName(pack.dataKeyId)),
      ...(this.#keyStored === undefined ? [] : [dataKeyName(this.dataKeyId)]),
    ]);
    const documents = await Promise.all(
      [...names].map(async (name) => ({ name, bytes: await this.#sizeOf(name) })),
    );
    const packs = used.map((pack) => ({ name: packName(pack.packId), bytes: pack.bytes }));
    return [...documents, ...packs, ...this.#ownIndexObjects, ...this.#neededIndexObjects(used)];
  }

  /** Index objects that name a used pack which none before them names: others would never become garbage. */
  #neededIndexObjects(used: readonly KnownPack[]): ObjectReference[] {
    const open = new Set(used.map((pack) => pack.packId));
    return this.#indexObjects.flatMap(({ name, bytes, packIds }) => {
      const count = open.size;
      for (const id of packIds) open.delete(id);
      return open.size < count ? [{ name, bytes }] : [];
    });
  }

  #know(pack: PackEntry): void {
    const ordinal = this.table.newPackOrdinal();
    this.#packs[ordinal] = { packId: pack.packId, bytes: pack.bytes, dataKeyId: pack.dataKeyId };
    for (const block of pack.blocks) {
      for (let at = 0; at < block.chunks.length; at += chunkReferenceBytes)
        this.table.add(block.chunks, at, ordinal);
    }
  }

  async #adoptOrphans(
    present: ReadonlyMap<string, number>,
    indexed: ReadonlySet<string>,
  ): Promise<void> {
    const { store, keys, logger } = this.#options;
    for (const packId of present.keys()) {
      if (indexed.has(packId)) continue;
      try {
        const pack = await readPackFooter(store, packId, keys.repositoryId, this.#epoch);
        if (pack === undefined || (await store.stat(dataKeyName(pack.dataKeyId))) === undefined)
          continue;
        this.#know(pack);
        this.#unindexed.push(pack);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        logger.warn("A pack that no index names is damaged and is left alone", {
          object: packName(packId),
          code: error.code,
        });
      }
    }
  }

  async #storeDataKey(): Promise<void> {
    const { keys, failpoint } = this.#options;
    const name = dataKeyName(this.dataKeyId);
    const binding = dataKeyBinding(keys.repositoryId, this.#epoch.id, this.dataKeyId);
    const body = {
      format: "holdfast-data-key",
      version: 1,
      repositoryId: keys.repositoryId,
      epochId: this.#epoch.id,
      id: this.dataKeyId,
      commitment: Buffer.from(commitmentOf(this.dataKey)).toString("base64"),
      wrapped: Buffer.from(await wrapKey(this.dataKey, this.#epoch.wrapTo, binding)).toString(
        "base64",
      ),
    };
    await this.#put(name, encodeSignedDocument(name, body, signerOf(keys)));
    await failpoint?.("backup.key-stored");
  }

  async #put(name: string, bytes: Uint8Array): Promise<void> {
    await putChecked(this.#options.store, name, bytes, this.#options.signal);
    this.storedBytes += bytes.length;
  }

  async #sizeOf(name: string): Promise<number> {
    const found = await this.#options.store.stat(name);
    if (found === undefined)
      throw new AppError(
        "MissingObject",
        `Object "${name}" is missing from the store: run verify to see which backups it affects`,
        { target: name },
      );
    return found.bytes;
  }
}

/** Those without dead packs first, then the larger ones: a prune writes such to replace the others. */
function orderIndexObjects(
  objects: readonly IndexObject[],
  usable: ReadonlySet<string>,
): IndexObject[] {
  const isWhole = ({ packIds }: IndexObject): boolean => packIds.every((id) => usable.has(id));
  const rank = (object: IndexObject): number =>
    object.packIds.length + (isWhole(object) ? 0x1_0000_0000 : 0);
  return objects.toSorted((a, b) => rank(b) - rank(a) || (a.name < b.name ? -1 : 1));
}

interface KnownPack {
  readonly packId: string;
  readonly bytes: number;
  readonly dataKeyId: string;
}

function countChunks(pack: PackEntry): number {
  return pack.blocks.reduce((sum, block) => sum + block.chunks.length / chunkReferenceBytes, 0);
}
