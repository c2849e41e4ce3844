import { AppError } from "../../base/errors.ts";
import { ChunkTable, createChunkTableParts, type ChunkTableParts } from "../chunk-table.ts";
import { dataKeyBinding } from "../crypto/bindings.ts";
import { commitmentOf } from "../crypto/derive.ts";
import { wrapKey } from "../crypto/key-wrap.ts";
import { ByteReader } from "../format/byte-reader.ts";
import { chunkReferenceBytes } from "../format/limits.ts";
import { dataKeyName, epochName, packName } from "../format/object-names.ts";
import { decodeBlocks } from "../format/pack-format.ts";
import type { PackEntry } from "../format/index-format.ts";
import type { ObjectReference } from "../format/refs.ts";
import { encodeSignedDocument } from "../format/signed-document.ts";
import type { Suite } from "../format/suite.ts";
import { readPackFooter, type IndexObject } from "../index-objects.ts";
import type { EpochKeys } from "../model.ts";
import { putChecked } from "../read-back.ts";
import { signerOf } from "../repository.ts";
import {
  readKnownRepository,
  type KnownRepository,
  type Listings,
  type NewestBackup,
} from "./known-packs.ts";
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
  /** What this run tried to store under names nobody else can have given. */
  readonly #ownNames: string[] = [];
  #keyStored: Promise<void> | undefined;
  /** Sizes of documents that are there. */
  readonly #documents = new Map<string, number>();
  #soundRefs: string | undefined;
  #isDense = false;
  #keepsRefs = false;

  private constructor(options: BackupOptions, epoch: EpochKeys, parts: ChunkTableParts) {
    this.#options = options;
    this.#epoch = epoch;
    this.tableParts = parts;
    this.table = new ChunkTable(parts);
    this.dataKeyId = options.randomBytes(16).toString("hex");
    this.dataKey = options.randomBytes(32);
  }

  /** Reads the index of the epoch, and takes over whole packs that an interrupted run left without one. */
  static async open(
    options: BackupOptions,
    suite: Suite,
    epoch: EpochKeys,
    newest: NewestBackup,
    listings: Listings,
  ): Promise<RepositoryWriter> {
    const known = await readKnownRepository(options, epoch, newest, listings);
    const chunks = known.packs.reduce((sum, pack) => sum + countChunks(pack), 0);
    const writer = new RepositoryWriter(options, epoch, createChunkTableParts(chunks));
    writer.#indexObjects.push(...known.indexObjects);
    for (const pack of known.packs) writer.#know(pack);
    for (const [name, bytes] of known.documents) writer.#documents.set(name, bytes);
    writer.#soundRefs = known.soundRefs;
    writer.#isDense = known.isDense;
    await writer.#adoptOrphans(known, suite);
    await options.failpoint?.("backup.index-loaded");
    return writer;
  }

  /** Makes a finished pack durable and part of the repository. The data key is stored before the first one. */
  async storePack(pack: ArrivedPack): Promise<void> {
    await this.requireDataKey();
    await this.#putOwn(packName(pack.packId), pack.bytes);
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

  /** What this run stored and nothing else can rely on before its manifest is there: an object that names others first. */
  ownNames(): readonly string[] {
    return this.#ownNames.toReversed();
  }

  /** This run relies on the same packs as the newest backup, and left none of those out. */
  get isAsDense(): boolean {
    return this.#isDense && this.#keepsRefs;
  }

  /** Packs that no index names yet. */
  takeUnindexed(): PackEntry[] {
    return this.#unindexed.splice(0);
  }

  async storeIndexObject(name: string, bytes: Uint8Array): Promise<void> {
    await this.#putOwn(name, bytes);
    this.#ownIndexObjects.push({ name, bytes: bytes.length });
  }

  /** Refs of a run that added something name what only it can have named; others may be an earlier backup's. */
  async storeRefs(name: string, bytes: Uint8Array): Promise<void> {
    // The newest backup's say the same, and this run has read them.
    if (name === this.#soundRefs) {
      this.#keepsRefs = true;
      return;
    }
    await (this.#keyStored === undefined ? this.#put(name, bytes) : this.#putOwn(name, bytes));
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
    for (const block of pack.blocks) this.table.addAll(block.chunks, ordinal);
  }

  async #adoptOrphans({ orphans, setAside }: KnownRepository, suite: Suite): Promise<void> {
    const { store, keys, logger } = this.#options;
    for (const packId of orphans) {
      try {
        const pack = await readPackFooter(store, packId, keys.repositoryId, suite, this.#epoch);
        const key = dataKeyName(pack?.dataKeyId ?? "");
        if (pack === undefined || setAside.has(key) || (await store.stat(key)) === undefined)
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
    await this.#putOwn(name, encodeSignedDocument(name, body, signerOf(keys)));
    await failpoint?.("backup.key-stored");
  }

  /** The name holds what is random in this run: a key's id, or the hash of what such a key sealed. */
  #putOwn(name: string, bytes: Uint8Array): Promise<void> {
    this.#ownNames.push(name);
    return this.#put(name, bytes);
  }

  async #put(name: string, bytes: Uint8Array): Promise<void> {
    await putChecked(this.#options.store, name, bytes, this.#options.signal);
    this.storedBytes += bytes.length;
  }

  async #sizeOf(name: string): Promise<number> {
    const bytes = this.#documents.get(name) ?? (await this.#options.store.stat(name))?.bytes;
    if (bytes === undefined)
      throw new AppError(
        "MissingObject",
        `Object "${name}" is missing from the store: run verify to see which backups it affects`,
        { target: name },
      );
    return bytes;
  }
}

interface KnownPack {
  readonly packId: string;
  readonly bytes: number;
  readonly dataKeyId: string;
}

function countChunks(pack: PackEntry): number {
  return pack.blocks.reduce((sum, block) => sum + block.chunks.length / chunkReferenceBytes, 0);
}
