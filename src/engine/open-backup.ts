import { AppError, isAppError } from "../base/errors.ts";
import { createBlockCodec } from "./compression.ts";
import { dataKeyBinding, manifestBinding } from "./crypto/bindings.ts";
import { BlockOpener, type DataKeys, type OpenedPack } from "./block-opener.ts";
import { ChunkLocator } from "./chunk-locator.ts";
import { objectKind, openSmall } from "./crypto/aead.ts";
import { checkCommitment } from "./crypto/derive.ts";
import { manifestKeyInfo } from "./crypto/key-purposes.ts";
import { unwrapKey } from "./crypto/key-wrap.ts";
import { DocumentFields } from "./format/document-fields.ts";
import type { PackEntry } from "./format/index-format.ts";
import {
  blockBytes,
  chunkIdBytes,
  chunkReferenceBytes,
  maxIndexBytes,
  maxRefsBytes,
} from "./format/limits.ts";
import { decodeRoots, type Manifest, type TreeRoot } from "./format/manifest.ts";
import { dataKeyName, manifestName, packName } from "./format/object-names.ts";
import { decodeRefs, type ObjectReference } from "./format/refs.ts";
import { openSignedDocument } from "./format/signed-document.ts";
import { packHeaderBytes, type BlockEntry } from "./format/pack-format.ts";
import type { Suite } from "./format/suite.ts";
import { deriveObjectKey, loadIndex, readIndexObject, requireSha256 } from "./index-objects.ts";
import { readBackup, type ListedBackup } from "./list-backups.ts";
import type { BackupRecord, EpochKeys, Opener } from "./model.ts";
import type { ByteRange, ObjectStore } from "./object-store.ts";
import { quietly, readAhead } from "./read-ahead.ts";
import { readPackRange } from "./read-object.ts";
import {
  missingObject,
  openEpoch,
  readConfig,
  readDocument,
  type RepositoryConfig,
} from "./repository.ts";

/** A backup opened with a private key: everything needed to read its content. */
export interface OpenedBackup {
  /** Of its repository. */
  readonly suite: Suite;
  readonly record: BackupRecord;
  readonly epoch: EpochKeys;
  readonly roots: readonly TreeRoot[];
  /** What the index says of its packs. */
  readonly packs: readonly PackEntry[];
  /** Made of them when it is first asked for. */
  readonly locator: ChunkLocator;
  readonly dataKeys: DataKeys;
}

/** Opens a backup from the store alone. Every object is checked before it is believed. An epoch is opened unless known. */
export async function openBackup(
  store: ObjectStore,
  backupId: string,
  opener: Opener,
  expectedPublicKey?: string,
  knownEpoch?: EpochKeys,
): Promise<OpenedBackup> {
  const config = await readConfig(store, expectedPublicKey);
  const { manifest, record } = await findBackup(store, config, backupId);
  // Beside each other what does not need the other: each answer of a far store is late.
  const readingRefs = quietly(readRefs(store, manifest));
  const epoch =
    knownEpoch?.id === manifest.epochId
      ? knownEpoch
      : await openEpoch(store, config, manifest.epochId, opener);
  const roots = openRoots(manifest, epoch);
  const refs = await readingRefs;
  const openingKeys = quietly(openDataKeys(store, config, epoch, refs, opener));
  const packs = await readReferencedIndex(store, config, epoch, refs);
  const dataKeys = await openingKeys;
  let locator: ChunkLocator | undefined;
  return {
    suite: config.suite,
    record,
    epoch,
    roots,
    packs,
    get locator() {
      return (locator ??= new ChunkLocator(packs));
    },
    dataKeys,
  };
}

/** A trusted manifest, or the error that says why there is none. */
export async function findBackup(
  store: ObjectStore,
  config: RepositoryConfig,
  backupId: string,
): Promise<ListedBackup> {
  const name = manifestName(backupId);
  let found: ListedBackup;
  try {
    found = await readBackup(store, name, config.repositoryId, config.signingPublicKey);
  } catch (cause) {
    if (!isAppError(cause, "ObjectNotFound")) throw cause;
    throw new AppError(
      "BackupNotFound",
      `The store holds no backup "${backupId}": list the backups to see those it holds`,
      { cause, target: backupId },
    );
  }
  if (found.record.signature !== "trusted") {
    throw new AppError(
      "SignatureInvalid",
      `Backup "${backupId}" is not signed by this repository's key: it was altered or put there by somebody else`,
      { target: name },
    );
  }
  return found;
}

export async function readRefs(store: ObjectStore, manifest: Manifest): Promise<ObjectReference[]> {
  const bytes = await readDocument(store, manifest.refs, maxRefsBytes);
  requireSha256(manifest.refs, bytes);
  return decodeRefs(bytes, manifest.refs);
}

/** Blocks of a tree on their way at once. */
const mostTreeBlocks = 4;

/** Reads the chunks of a role's tree, in order. */
export async function* readTree(
  store: ObjectStore,
  backup: OpenedBackup,
  root: TreeRoot,
): AsyncGenerator<Buffer> {
  const reader = new TreeReader(store, backup);
  const runs = findRuns(backup.locator, root.chunks);
  const read = (run: ChunkRun): Promise<SealedRun | undefined> => reader.fetch(run);
  for await (const [run, reading] of readAhead(runs, read, mostTreeBlocks))
    yield* reader.open(run, await reading, root.chunks);
}

/** References of a tree that follow each other and lie in one block; without a block, one that is in no pack. */
interface ChunkRun {
  readonly pack: number;
  readonly block: BlockEntry | undefined;
  readonly number: number;
  /** Stored, of the block. */
  readonly bytes: number;
  /** Where each reference lies, and where in the block its chunk does. */
  readonly pieces: (readonly [at: number, offset: number])[];
}

/** A block as it is stored, and its pack. */
interface SealedRun {
  readonly pack: OpenedPack;
  readonly sealed: Uint8Array;
}

function* findRuns(locator: ChunkLocator, references: Buffer): Generator<ChunkRun> {
  let run: ChunkRun | undefined;
  for (let at = 0; at < references.length; at += chunkReferenceBytes) {
    const place = locator.find(references, at);
    if (run !== undefined && place?.pack === run.pack && place.block === run.number) {
      run.pieces.push([at, place.offset]);
      continue;
    }
    if (run !== undefined) yield run;
    const { pack = -1, block: number = -1, offset = 0 } = place ?? {};
    const block = locator.packs[pack]?.blocks[number];
    run = { pack, number, block, bytes: block?.storedBytes ?? 0, pieces: [[at, offset]] };
  }
  if (run !== undefined) yield run;
}

/** Fetches blocks in any order and opens them one at a time. */
class TreeReader {
  readonly #store: ObjectStore;
  readonly #backup: OpenedBackup;
  readonly #opener: BlockOpener;
  readonly #packs = new Map<number, Promise<OpenedPack>>();

  constructor(store: ObjectStore, backup: OpenedBackup) {
    this.#store = store;
    this.#backup = backup;
    const codec = createBlockCodec({ level: 1, maxBlockBytes: blockBytes });
    this.#opener = new BlockOpener(codec, backup.dataKeys, backup.epoch.chunkIdKey);
  }

  /** The block of a run beside the header of its pack; undefined when it has none. */
  async fetch({ pack, block }: ChunkRun): Promise<SealedRun | undefined> {
    const entry = this.#backup.locator.packs[pack];
    if (entry === undefined || block === undefined) return undefined;
    const range = { offset: block.offset, length: block.storedBytes };
    const opening = quietly(this.#openPack(pack, entry));
    const sealed = quietly(this.#read(packName(entry.packId), range));
    return { pack: await opening, sealed: await sealed };
  }

  /** The chunks of a run, each checked against its id. */
  *open(run: ChunkRun, found: SealedRun | undefined, references: Buffer): Generator<Buffer> {
    if (found === undefined || run.block === undefined)
      throw new AppError(
        "MissingObject",
        "A chunk of the backup's tree is in no pack of the index: run verify to see what is damaged",
      );
    const plain = this.#opener.open(found.pack, run.number, run.block, found.sealed);
    for (const [at, offset] of run.pieces) {
      const end = offset + references.readUInt32LE(at + chunkIdBytes);
      this.#opener.checkChunk(found.pack, references, at, offset, end);
      yield Buffer.from(plain.subarray(offset, end));
    }
  }

  #openPack(number: number, pack: PackEntry): Promise<OpenedPack> {
    const known = this.#packs.get(number);
    if (known !== undefined) return known;
    const name = packName(pack.packId);
    const opening = this.#read(name, { offset: 0, length: packHeaderBytes }).then((header) =>
      this.#opener.openPack(name, Buffer.from(header), pack.dataKeyId),
    );
    this.#packs.set(number, opening);
    return opening;
  }

  async #read(name: string, range: ByteRange): Promise<Uint8Array> {
    try {
      return await readPackRange(this.#store, name, range);
    } catch (cause) {
      if (isAppError(cause, "ObjectNotFound")) throw missingObject(name, cause);
      throw cause;
    }
  }
}

/** The trees of a backup's roles; throws `CannotOpen` or `CorruptObject`. */
export function openRoots(manifest: Manifest, epoch: EpochKeys): TreeRoot[] {
  const name = manifestName(manifest.backupId);
  const sealed = Buffer.from(manifest.sealed, "base64");
  const key = deriveObjectKey(epoch.indexKey, sealed.subarray(0, 16), manifestKeyInfo);
  const aad = manifestBinding(manifest.repositoryId, manifest.epochId, manifest.backupId);
  return decodeRoots(openSmall(key, objectKind.manifest, 0, aad, sealed.subarray(16)), name);
}

/** Where an index object that a backup names is damaged or lost, others that name its packs serve as well. */
async function readReferencedIndex(
  store: ObjectStore,
  config: RepositoryConfig,
  epoch: EpochKeys,
  refs: readonly ObjectReference[],
): Promise<PackEntry[]> {
  const needed = new Set(refs.map((object) => object.name));
  const packs = new Map<string, PackEntry>();
  const take = (found: readonly PackEntry[]): void => {
    for (const pack of found) if (needed.has(packName(pack.packId))) packs.set(pack.packId, pack);
  };
  let failure: AppError | undefined;
  const indexes = refs.filter(({ name }) => name.startsWith("index/"));
  const read = ({ name }: ObjectReference): Promise<Uint8Array> =>
    readDocument(store, name, maxIndexBytes);
  for await (const [{ name }, reading] of readAhead(indexes, read)) {
    try {
      take(readIndexObject(name, await reading, config.repositoryId, epoch) ?? []);
    } catch (error) {
      if (!isAppError(error) || !indexDamage.has(error.code)) throw error;
      failure ??= error;
    }
  }
  if (failure === undefined) return [...packs.values()];
  take((await loadIndex(store, config.repositoryId, epoch)).packs);
  if (refs.some(({ name }) => name.startsWith("data/") && !packs.has(name.slice(8)))) throw failure;
  return [...packs.values()];
}

const indexDamage: ReadonlySet<string> = new Set([
  "CorruptObject",
  "MissingObject",
  "CannotOpen",
  "LimitExceeded",
]);

/** Unwraps every data key a backup's packs are under, and checks each commitment before anything is decrypted with it. */
async function openDataKeys(
  store: ObjectStore,
  config: RepositoryConfig,
  epoch: EpochKeys,
  refs: readonly ObjectReference[],
  opener: Opener,
): Promise<DataKeys> {
  const keys = new Map<string, string>();
  const stored = refs.filter(({ name }) => name.startsWith("keys/"));
  const read = ({ name }: ObjectReference): Promise<Uint8Array> => readDocument(store, name);
  for await (const [{ name }, reading] of readAhead(stored, read)) {
    const body = openSignedDocument(name, await reading, config.signingPublicKey);
    const fields = new DocumentFields(body, name);
    fields.expectFormat("holdfast-data-key", 1);
    const id = fields.hex("id", 32);
    if (dataKeyName(id) !== name) throw fields.corrupt("id");
    const key = await unwrapKey(
      fields.bytes("wrapped"),
      opener,
      dataKeyBinding(config.repositoryId, epoch.id, id),
    );
    if (!checkCommitment(key, fields.bytes("commitment"))) {
      throw new AppError(
        "CannotOpen",
        `Cannot open object "${name}": its key does not match its commitment`,
        { target: name },
      );
    }
    keys.set(id, Buffer.from(key).toString("base64"));
  }
  return keys;
}
