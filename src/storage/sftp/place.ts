import { posix } from "node:path";

import { systemClock } from "../../base/clock.ts";
import { AppError } from "../../base/errors.ts";
import { alienObject } from "../local-objects.ts";
import { hasStatus, sftpStatus, toSftpError } from "./errors.ts";
import { SftpSession } from "./session.ts";
import type { SftpSettings } from "./settings.ts";

const storeFolder = "holdfast";
const partsFolder = ".parts";
const stalePartMilliseconds = 24 * 60 * 60 * 1000; // no put takes a day; a younger part may be somebody's
const { failure, noSuchFile } = sftpStatus;

/** A folder `holdfast/` on a server, and connections to it that are made anew when they break. */
export class SftpPlace {
  /** Absolute path of `holdfast/` on the server. */
  readonly root: string;
  /** Whether the server flushes files to its disk on request. */
  readonly canFlush: boolean;
  readonly #settings: SftpSettings;
  #session: Promise<SftpSession>;
  #closed: AppError | undefined;

  constructor(settings: SftpSettings, session: SftpSession, root: string, canFlush: boolean) {
    this.#settings = settings;
    this.#session = Promise.resolve(session);
    this.root = root;
    this.canFlush = canFlush;
  }

  /** The connection, a new one if the last broke. */
  async acquire(): Promise<SftpSession> {
    if (this.#closed !== undefined) throw this.#closed;
    const current = this.#session;
    const isUsable = await current.then(
      (session) => !session.isBroken,
      () => false,
    );
    if (isUsable) return current;
    if (this.#session === current) this.#session = SftpSession.connect(this.#settings);
    const session = await this.#session;
    if (this.#closed !== undefined) session.end(this.#closed);
    return session;
  }

  async useSession<T>(call: (session: SftpSession) => Promise<T>): Promise<T> {
    return call(await this.acquire());
  }

  async readSpace(
    session: SftpSession,
  ): Promise<{ readonly freeBytes?: number; readonly totalBytes?: number }> {
    try {
      const { freeBytes, totalBytes } = await session.statvfs(this.root);
      return { freeBytes, totalBytes };
    } catch (error) {
      if (hasStatus(error, sftpStatus.unsupported)) return {};
      throw error;
    }
  }

  /** Ends the connection at once; calls under way reject. */
  close(): void {
    if (this.#closed !== undefined) return;
    const { host, port } = this.#settings;
    const closed = new AppError("StoreUnreachable", "Cannot use the store: it was closed", {
      target: `${host}:${port}`,
    });
    this.#closed = closed;
    this.#session.then((session) => session.end(closed)).catch(() => undefined);
  }
}

/** Signs in, finds the administrator's folder and, to write, makes `holdfast/` in it. */
export async function openPlace(settings: SftpSettings): Promise<SftpPlace> {
  const { path, access = "write", clock = systemClock } = settings;
  const session = await SftpSession.connect(settings);
  try {
    const root = posix.join(await findFolder(session, path), storeFolder);
    if (access === "write") await makeRoot(session, root);
    await checkRoot(session, root, path);
    const canFlush = access === "write" && (await canFlushFiles(session, root, settings));
    if (access === "write") await removeStaleParts(session, root, clock.now());
    return new SftpPlace(settings, session, root, canFlush);
  } catch (error) {
    const named = toSftpError(error, "open the store in", path);
    session.end(new AppError("StoreUnreachable", "Cannot use the store: it could not be opened"));
    throw named;
  }
}

async function findFolder(session: SftpSession, path: string): Promise<string> {
  try {
    const real = await session.realpath(path);
    if ((await session.lstat(real)).isDirectory()) return real;
  } catch (error) {
    if (!hasStatus(error, noSuchFile, failure)) throw error;
    const message = `Cannot find the folder "${path}" on the server: create it there, then try again`;
    throw new AppError("BackupPathNotFound", message, { cause: error, target: path });
  }
  const message = `Cannot use "${path}": it is not a folder on the server`;
  throw new AppError("InvalidBackupPath", message, { target: path });
}

async function makeRoot(session: SftpSession, root: string): Promise<void> {
  const stats = await session.lstat(root).catch((error: unknown) => {
    if (!hasStatus(error, noSuchFile)) throw error;
    return undefined;
  });
  if (stats !== undefined) return;
  await session.mkdir(root).catch((error: unknown) => {
    if (!hasStatus(error, failure)) throw error; // another writer may have made it; see checkRoot
  });
}

async function checkRoot(session: SftpSession, root: string, path: string): Promise<void> {
  try {
    if ((await session.lstat(root)).isDirectory()) return;
  } catch (error) {
    if (!hasStatus(error, noSuchFile)) throw error;
    throw new AppError(
      "RepositoryNotFound",
      `Cannot find a folder "${storeFolder}" in "${path}" on the server: give the path that a backup was written to`,
      { cause: error, target: path },
    );
  }
  throw alienObject(root);
}

async function canFlushFiles(
  session: SftpSession,
  root: string,
  { allowUnflushed = false, host, port }: SftpSettings,
): Promise<boolean> {
  if (session.offers("fsync@openssh.com")) return true;
  if (allowUnflushed) return false;
  // A server that only lets us read offers no flush either: then the first put says what is the matter.
  const made = await session.mkdir(posix.join(root, partsFolder)).catch((error: unknown) => error);
  if (hasStatus(made, sftpStatus.permissionDenied)) return false;
  const target = `${host}:${port}`;
  const message = `Cannot use the SFTP server "${target}": it cannot flush files to its disk, so a power cut may lose backups; use OpenSSH 6.5 or later`;
  throw new AppError("StoreUnsupported", message, { target, nativeCode: "NO_FSYNC" });
}

/** Parts of writers that died. Best effort: a failure here must not keep a backup from starting. */
async function removeStaleParts(session: SftpSession, root: string, now: number): Promise<void> {
  const folder = posix.join(root, partsFolder);
  const items = await session.readdir(folder).catch(() => []);
  for (const { filename, attrs } of items) {
    if (!attrs.isFile() || now - attrs.mtime * 1000 <= stalePartMilliseconds) continue;
    await session.unlink(posix.join(folder, filename)).catch(() => undefined);
  }
}
