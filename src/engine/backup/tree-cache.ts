import { randomBytes, type KeyObject } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { objectKind, openSmall, sealSmall } from "../crypto/aead.ts";
import { treeCacheKeyInfo } from "../crypto/key-purposes.ts";
import { neededBytes } from "../format/tree-format.ts";
import { deriveObjectKey } from "../index-objects.ts";
import type { EpochKeys } from "../model.ts";

/**
 * The last tree of each role, kept on this machine to recognise unchanged files without reading them. It
 * is sealed (it holds names), may be lost at any time, and is never the only copy of anything.
 */
export interface TreeCachePointer {
  readonly backupId: string;
  readonly epochId: string;
  /** When the run that saw these files began: what changed just before it is read again. */
  readonly startedAtNs: bigint;
  readonly treeBytes: number;
  /** References of the tree's own chunks. */
  readonly chunks: Buffer;
  readonly salt: string;
  readonly file: string;
  /** No pack of this backup was chosen to be avoided below this share, and nothing was stored or dropped since. */
  readonly denseAbove?: number | undefined;
}

const pieceBytes = 1024 * 1024;

export class TreeCache {
  readonly #folder: string;
  readonly #epoch: EpochKeys;

  constructor(directory: string, repositoryId: string, epoch: EpochKeys) {
    this.#folder = join(directory, repositoryId);
    this.#epoch = epoch;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#removeLeftovers();
  }

  /** Tree files no pointer names: of runs that failed, and of epochs that ended. */
  #removeLeftovers(): void {
    const names = readdirSync(this.#folder);
    const roles = names
      .filter((name) => name.endsWith(".role"))
      .map((name) => Buffer.from(name.slice(0, -".role".length), "hex").toString("utf8"));
    const used = new Set(roles.map((role) => this.read(role)?.file));
    for (const name of names)
      if (name.endsWith(".tree") && !used.has(name)) rmSync(join(this.#folder, name));
  }

  /** The pointer of a role, or undefined when there is none that can be used: damage and age are no errors here. */
  read(role: string): TreeCachePointer | undefined {
    try {
      const sealed = readFileSync(this.#pointerPath(role));
      const key = deriveObjectKey(this.#epoch.indexKey, sealed.subarray(0, 16), treeCacheKeyInfo);
      const text = openSmall(
        key,
        objectKind.cache,
        0,
        Buffer.from(role, "utf8"),
        sealed.subarray(16),
      );
      const value = JSON.parse(Buffer.from(text).toString("utf8")) as Record<string, string>;
      if (value["epochId"] !== this.#epoch.id) return undefined;
      return decodePointer(value);
    } catch {
      return undefined;
    }
  }

  open(pointer: TreeCachePointer): TreeCacheReader {
    return new TreeCacheReader(join(this.#folder, pointer.file), this.#key(pointer.salt));
  }

  create(): TreeCacheWriter {
    const salt = randomBytes(16).toString("hex");
    const file = `${randomBytes(8).toString("hex")}.tree`;
    return new TreeCacheWriter(join(this.#folder, file), this.#key(salt), file, salt);
  }

  /** Makes the pointer the one to use; the tree file of the one before goes. */
  commit(role: string, pointer: TreeCachePointer): void {
    const before = this.read(role);
    const salt = randomBytes(16);
    const key = deriveObjectKey(this.#epoch.indexKey, salt, treeCacheKeyInfo);
    const text = JSON.stringify({
      ...pointer,
      startedAtNs: String(pointer.startedAtNs),
      treeBytes: String(pointer.treeBytes),
      chunks: pointer.chunks.toString("base64"),
      denseAbove: pointer.denseAbove?.toString(),
    });
    const sealed = sealSmall(
      key,
      objectKind.cache,
      0,
      Buffer.from(role, "utf8"),
      Buffer.from(text, "utf8"),
    );
    const path = this.#pointerPath(role);
    writeFileSync(`${path}.new`, Buffer.concat([salt, sealed]), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    if (before !== undefined && before.file !== pointer.file)
      rmSync(join(this.#folder, before.file), { force: true });
  }

  #key(salt: string): KeyObject {
    return deriveObjectKey(this.#epoch.indexKey, Buffer.from(salt, "hex"), treeCacheKeyInfo);
  }

  #pointerPath(role: string): string {
    return join(this.#folder, `${Buffer.from(role, "utf8").toString("hex")}.role`);
  }
}

/** Writes pieces of a tree stream, each sealed with its number. */
export class TreeCacheWriter {
  readonly file: string;
  readonly salt: string;
  readonly #path: string;
  readonly #key: KeyObject;
  readonly #handle: number;
  #pieces = 1;
  #isClosed = false;

  constructor(path: string, key: KeyObject, file: string, salt: string) {
    this.#path = path;
    this.#key = key;
    this.file = file;
    this.salt = salt;
    this.#handle = openSync(path, "wx", 0o600);
  }

  write(piece: Uint8Array): void {
    const sealed = sealSmall(this.#key, objectKind.cache, this.#pieces++, new Uint8Array(0), piece);
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(sealed.length);
    writeSync(this.#handle, length);
    writeSync(this.#handle, sealed);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#handle);
  }

  discard(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }
}

/** Reads the pieces back in order; undefined at the end, and for good from the first piece that is damaged. */
export class TreeCacheReader {
  readonly #key: KeyObject;
  readonly #handle: number;
  #pieces = 1;
  #isAtEnd = false;

  constructor(path: string, key: KeyObject) {
    this.#key = key;
    this.#handle = openSync(path, "r");
  }

  next(): Buffer | undefined {
    const piece = this.#isAtEnd ? undefined : this.#readPiece();
    this.#isAtEnd = piece === undefined;
    return piece;
  }

  /** What is left of a piece, with as many pieces behind it as its next record needs, joined once; undefined at the end. */
  join(rest: Buffer): Buffer | undefined {
    const needed = neededBytes(rest);
    const pieces = rest.length === 0 ? [] : [rest];
    for (let bytes = rest.length; bytes < needed;) {
      const next = this.next();
      if (next === undefined) return undefined;
      pieces.push(next);
      bytes += next.length;
    }
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
  }

  #readPiece(): Buffer | undefined {
    const head = Buffer.allocUnsafe(4);
    if (readSync(this.#handle, head) !== 4) return undefined;
    const length = head.readUInt32LE();
    if (length > pieceBytes * 4) return undefined;
    const sealed = Buffer.allocUnsafe(length);
    if (readSync(this.#handle, sealed) !== length) return undefined;
    try {
      return openSmall(this.#key, objectKind.cache, this.#pieces++, new Uint8Array(0), sealed);
    } catch {
      return undefined;
    }
  }

  close(): void {
    closeSync(this.#handle);
  }
}

function decodePointer(value: Record<string, string>): TreeCachePointer | undefined {
  const { backupId, epochId, startedAtNs, treeBytes, chunks, salt, file, denseAbove } = value;
  if (
    !backupId ||
    !epochId ||
    !startedAtNs ||
    !treeBytes ||
    chunks === undefined ||
    !salt ||
    !file ||
    !/^[0-9a-f]{16}\.tree$/.test(file)
  )
    return undefined;
  return {
    backupId,
    epochId,
    startedAtNs: BigInt(startedAtNs),
    treeBytes: Number(treeBytes),
    chunks: Buffer.from(chunks, "base64"),
    salt,
    file,
    denseAbove: denseAbove === undefined ? undefined : Number(denseAbove),
  };
}
