import { randomBytes, randomUUID } from "node:crypto";
import { posix } from "node:path";

import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type {
  Allocate,
  ByteRange,
  ObjectEntry,
  ObjectStore,
  StoreProbe,
} from "../engine/object-store.ts";
import { fitRange } from "./byte-range.ts";
import { flushFromBelow } from "./flush-from-below.ts";
import { alienObject, checkObjectSize, objectNotFound, ownMemory } from "./local-objects.ts";
import { objectExists } from "./local-publish.ts";
import { checkObjectName, checkPrefix } from "./object-name.ts";
import { untilAborted } from "./sftp/abort.ts";
import { hasStatus, sftpStatus, toSftpError } from "./sftp/errors.ts";
import { SftpFolders } from "./sftp/folders.ts";
import { listFolders, listObjects } from "./sftp/list.ts";
import { openPlace } from "./sftp/place.ts";
import type { SftpPlace } from "./sftp/place.ts";
import { exists, publishPart } from "./sftp/publish.ts";
import type { SftpSession } from "./sftp/session.ts";
import { checkSftpSettings } from "./sftp/settings.ts";
import type { SftpSettings } from "./sftp/settings.ts";
import { explainFailure } from "./sftp/space.ts";
import { readPieces, writePart } from "./sftp/transfer.ts";

export type { SftpSettings } from "./sftp/settings.ts";

const { failure, noSuchFile } = sftpStatus;

/**
 * Opens a folder of an SFTP server as a store. Throws `InvalidArgument`, `StoreNotTrusted` (another host key),
 * `StoreAuthRefused`, `BackupPathNotFound`, `StoreUnsupported` (no SFTP, no flush), with `read` access
 * `RepositoryNotFound`, or another store error.
 */
export async function openSftpStore(settings: SftpSettings): Promise<ObjectStore> {
  checkSftpSettings(settings);
  const place = await openPlace(settings);
  return new SftpStore(place, settings.access ?? "write", settings.clock ?? systemClock);
}

/** One put under way. */
interface Put {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal | undefined;
  /** From here on the object may get its name. */
  isCommitting: boolean;
}

class SftpStore implements ObjectStore {
  readonly asksForMemory = true;
  readonly #place: SftpPlace;
  readonly #access: "read" | "write";
  readonly #clock: Clock;
  readonly #folders: SftpFolders;

  constructor(place: SftpPlace, access: "read" | "write", clock: Clock) {
    this.#place = place;
    this.#access = access;
    this.#clock = clock;
    this.#folders = new SftpFolders(place.root);
  }

  async put(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    signal?.throwIfAborted();
    checkObjectSize(name, bytes.length);
    const put: Put = { name, bytes, signal, isCommitting: false };
    const write = async (session: SftpSession): Promise<void> =>
      this.#write(session, put).catch((error: unknown) => {
        if (!hasStatus(error, noSuchFile)) throw error;
        this.#folders.forget(); // somebody removed an empty folder we remember
        return this.#write(session, put);
      });
    await this.#run("write", name, signal, write, () => put.isCommitting);
  }

  async get(
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
    allocate: Allocate = ownMemory,
  ): Promise<Uint8Array> {
    checkObjectName(name);
    signal?.throwIfAborted();
    return this.#run("read", name, signal, async (session) => {
      const path = this.#pathOf(name);
      // Together, for one round trip: objects never change.
      const opening = session.open(path, "r");
      opening.catch(() => undefined);
      try {
        const stats = await session.lstat(path);
        if (stats.isDirectory()) throw objectNotFound(name, undefined);
        if (!stats.isFile()) throw alienObject(name);
        const part = fitRange(name, stats.size, range);
        checkObjectSize(name, part.length);
        const target = allocate(part.length);
        await readPieces(session, await opening, { name, offset: part.offset, target }, signal);
        return target;
      } catch (error) {
        if (!hasStatus(error, noSuchFile) || !(await exists(session, this.#place.root)))
          throw error;
        throw objectNotFound(name, error);
      } finally {
        // Not awaited: nothing was written.
        opening.then((handle) => session.close(handle)).catch(() => undefined);
      }
    });
  }

  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectEntry> {
    checkPrefix(prefix);
    return this.#list(prefix, signal);
  }

  async stat(name: string): Promise<{ readonly bytes: number } | undefined> {
    checkObjectName(name);
    return this.#run("look at", name, undefined, async (session) => {
      try {
        const stats = await session.lstat(this.#pathOf(name));
        if (stats.isDirectory()) return undefined;
        if (!stats.isFile()) throw alienObject(name);
        return { bytes: stats.size };
      } catch (error) {
        if (!hasStatus(error, noSuchFile) || !(await exists(session, this.#place.root)))
          throw error;
        return undefined;
      }
    });
  }

  async remove(name: string): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    await this.#run("remove", name, undefined, async (session) => {
      const path = this.#pathOf(name);
      try {
        await session.unlink(path);
      } catch (error) {
        const isAbsent = hasStatus(error, noSuchFile)
          ? await exists(session, this.#place.root)
          : hasStatus(error, failure) && (await session.lstat(path)).isDirectory();
        if (!isAbsent) throw error;
      }
    });
  }

  async probe(): Promise<StoreProbe> {
    const { root } = this.#place;
    const space = await this.#run("ask for the free space of", root, undefined, (session) =>
      this.#place.readSpace(session),
    );
    if (this.#access === "read") {
      return { ...space, canWrite: false, canRemove: false, encryptedInFlight: true };
    }
    const name = `probe-${randomUUID()}`;
    const bytes = randomBytes(4096);
    const before = this.#clock.now();
    await this.put(name, bytes);
    const between = (before + this.#clock.now()) / 2;
    const clockSkewMilliseconds = await this.#run("look at", name, undefined, async (session) => {
      const { mtime } = await session.lstat(this.#pathOf(name));
      return Math.round(mtime * 1000 + 500 - between); // the protocol tells whole seconds
    });
    await this.#checkProbe(name, bytes);
    const canRemove = await this.#canRemove(name);
    return { ...space, canWrite: true, canRemove, encryptedInFlight: true, clockSkewMilliseconds };
  }

  /** Nothing tells what a writer that died left unflushed: all of it is flushed, where the server can. */
  async settle(): Promise<void> {
    if (this.#access === "read") return;
    const { root } = this.#place;
    await this.#run("flush", root, undefined, async (session) =>
      flushFromBelow(await listFolders(session, root), (folder) =>
        this.#folders.flush(session, posix.join(root, folder)),
      ),
    );
  }

  async close(): Promise<void> {
    this.#place.close();
  }

  #pathOf(name: string): string {
    return posix.join(this.#place.root, name);
  }

  #checkWritable(): void {
    if (this.#access === "write") return;
    throw new AppError("StoreReadOnly", "Cannot change the store: it was opened for reading");
  }

  async #run<T>(
    action: string,
    target: string,
    signal: AbortSignal | undefined,
    call: (session: SftpSession) => Promise<T>,
    isCommitting?: () => boolean,
  ): Promise<T> {
    try {
      return await untilAborted(this.#place.useSession(call), signal, isCommitting);
    } catch (error) {
      throw toSftpError(error, action, target);
    }
  }

  async #write(session: SftpSession, put: Put): Promise<void> {
    const { name, bytes, signal } = put;
    const { root, canFlush } = this.#place;
    const final = this.#pathOf(name);
    const folder = posix.dirname(final);
    const parts = posix.join(root, ".parts");
    const part = posix.join(parts, randomUUID());
    await Promise.all([parts, folder].map((needed) => this.#folders.ensure(session, needed)));
    if (await exists(session, final)) throw objectExists(name);
    try {
      await writePart(session, part, bytes, canFlush, signal);
      // The last look: who gave up may have changed the bytes since, so they must not get a name.
      signal?.throwIfAborted();
      put.isCommitting = true;
      await publishPart(session, part, final, name);
    } catch (error) {
      throw await explainFailure(session, root, error, bytes.length, name);
    } finally {
      session.unlink(part).catch(() => undefined); // gone after a rename
    }
    await this.#settle(session, folder, final);
  }

  /** A name that may not survive a power cut is taken back: a retry must not find it and call it safe. */
  async #settle(session: SftpSession, folder: string, final: string): Promise<void> {
    try {
      await this.#folders.flush(session, folder);
    } catch (error) {
      await session.unlink(final).catch(() => undefined);
      throw error;
    }
  }

  async *#list(
    prefix: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ObjectEntry, void, undefined> {
    signal?.throwIfAborted();
    const { root } = this.#place;
    try {
      const session = await untilAborted(this.#place.acquire(), signal);
      yield* listObjects(session, root, prefix, (work) => untilAborted(work, signal));
    } catch (error) {
      throw toSftpError(error, "list", prefix === "" ? root : prefix);
    }
  }

  async #checkProbe(name: string, bytes: Uint8Array): Promise<void> {
    if (Buffer.compare(await this.get(name), bytes) !== 0) {
      const message = "Cannot use the store: it returned other bytes than written";
      throw new AppError("StoreTampered", message);
    }
    try {
      await this.put(name, bytes);
    } catch (error) {
      if (isAppError(error, "ObjectExists")) return;
      throw error;
    }
    throw new AppError("StoreUnsupported", "Cannot use the store: it replaces objects that exist");
  }

  async #canRemove(name: string): Promise<boolean> {
    try {
      await this.remove(name);
    } catch (error) {
      if (isAppError(error, "StoreReadOnly") || isAppError(error, "StoreAuthRefused")) return false;
      throw error;
    }
    return (await this.stat(name)) === undefined;
  }
}
