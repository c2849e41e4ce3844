import { randomBytes, randomUUID } from "node:crypto";

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
import { checkObjectName, checkPrefix } from "./object-name.ts";
import { absentStatuses } from "./smb-absent.ts";
import { SmbFolders, syncFolder } from "./smb-folders.ts";
import { SmbLink } from "./smb-link.ts";
import { listSmbFolders, listSmbObjects } from "./smb-list.ts";
import { publishObject, renamePart } from "./smb-publish.ts";
import type { Publication } from "./smb-publish.ts";
import {
  findOrMakeRoot,
  partsFolder,
  removeStaleParts,
  requireFolder,
  requireRepository,
  storeFolder,
} from "./smb-root.ts";
import type { TimeLimits } from "./smb/connection.ts";
import type { SmbFile, SmbShare } from "./smb/share.ts";
import { isRefusal } from "./smb/smb-error.ts";
import { status } from "./smb/status.ts";

export interface SmbStoreSettings {
  /** Host name, IPv4 or IPv6 address, as `parseBackupPath` reads it. */
  readonly server: string;
  /** Where to connect when the name was resolved and checked before; default: `server`. */
  readonly address?: string;
  /** Default 445. */
  readonly port?: number;
  readonly share: string;
  /** Steps below the share, as `parseBackupPath` reads them; our objects go into `holdfast` below. */
  readonly folders: readonly string[];
  /** `DOMAIN\user`, `user@domain`, or a plain name of an account of the server itself. */
  readonly user: string;
  readonly password: string;
  /** Default true: a server without encryption is refused. False accepts signing alone. */
  readonly requireEncryption?: boolean;
  /** `read` makes nothing; default `write`. */
  readonly access?: "read" | "write";
  readonly clock?: Clock;
  readonly timeLimits?: Partial<TimeLimits>;
}

/**
 * Opens a folder of an SMB share as a store. Throws `BackupPathNotFound` when share or folder are absent, a
 * store error when the server, the account or the rights are not as needed, and with `read` access
 * `RepositoryNotFound` when there is no `holdfast` folder.
 */
export async function openSmbStore(settings: SmbStoreSettings): Promise<ObjectStore> {
  const { access = "write", clock = systemClock } = settings;
  const link = new SmbLink({ ...settings, ...splitAccount(settings) });
  const folder = settings.folders.join("\\");
  const root = folder === "" ? storeFolder : `${folder}\\${storeFolder}`;
  const folders = new SmbFolders(root);
  try {
    await link.use("open the store in", place(link, folder), undefined, async (share) => {
      await requireFolder(share, folder, place(link, folder));
      if (access === "read") return requireRepository(share, root, place(link, folder));
      await findOrMakeRoot(share, folders, root);
      await removeStaleParts(share, root);
    });
  } catch (error) {
    await link.close();
    throw error;
  }
  return new SmbStore(link, root, folders, access, clock);
}

class SmbStore implements ObjectStore {
  readonly asksForMemory = true;
  readonly #link: SmbLink;
  readonly #root: string;
  readonly #folders: SmbFolders;
  readonly #access: "read" | "write";
  readonly #clock: Clock;

  constructor(
    link: SmbLink,
    root: string,
    folders: SmbFolders,
    access: "read" | "write",
    clock: Clock,
  ) {
    this.#link = link;
    this.#root = root;
    this.#folders = folders;
    this.#access = access;
    this.#clock = clock;
  }

  async put(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    checkObjectSize(name, bytes.length);
    let isAsked = false;
    const rename = async (share: SmbShare, part: SmbFile): Promise<void> => {
      isAsked = true; // from here on the name may be ours without our knowing: see `retryStore`
      await renamePart(share, part, this.#path(name), name);
    };
    const write = async (share: SmbShare): Promise<void> => {
      try {
        await this.#write(share, name, { bytes, rename }, signal);
      } catch (error) {
        if (!isRefusal(error, status.objectPathNotFound, status.objectNameNotFound)) throw error;
        this.#folders.forget(); // somebody removed an empty folder we remember
        await this.#write(share, name, { bytes, rename }, signal);
      }
    };
    await this.#link.use("write", name, signal, write, () => !isAsked);
  }

  async get(
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
    allocate: Allocate = ownMemory,
  ): Promise<Uint8Array> {
    checkObjectName(name);
    return this.#link.use("read", name, signal, async (share) => {
      const file = await this.#openObject(share, name, signal);
      try {
        if (file.isLink) throw alienObject(name);
        const { offset, length } = fitRange(name, file.bytes, range);
        checkObjectSize(name, length);
        const bytes = allocate(length);
        await share.read(file, offset, bytes, signal);
        return bytes;
      } finally {
        share.close(file).catch(() => undefined); // nothing was written
      }
    });
  }

  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectEntry> {
    checkPrefix(prefix);
    return listSmbObjects(this.#link, this.#root, prefix, signal);
  }

  async stat(name: string): Promise<{ readonly bytes: number } | undefined> {
    checkObjectName(name);
    return this.#link.use("look at", name, undefined, async (share) => {
      const file = await this.#findObject(share, name, () => share.openAny(this.#path(name)));
      if (file === undefined) return undefined;
      share.close(file).catch(() => undefined);
      if (file.isLink) throw alienObject(name);
      return file.isFolder ? undefined : { bytes: file.bytes };
    });
  }

  async remove(name: string): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    await this.#link.use("remove", name, undefined, async (share) => {
      const open = (): Promise<SmbFile> => share.openForRemoval(this.#path(name));
      const file = await this.#findObject(share, name, open);
      if (file === undefined) return;
      try {
        await share.remove(file);
      } finally {
        await share.close(file);
      }
    });
  }

  async probe(): Promise<StoreProbe> {
    const { encryptedInFlight, ...space } = await this.#readSpace();
    if (this.#access === "read") {
      return { ...space, canWrite: false, canRemove: false, encryptedInFlight };
    }
    const name = `probe-${randomUUID()}`;
    const bytes = randomBytes(4096);
    await this.put(name, bytes);
    const clockSkewMilliseconds = await this.#measureSkew(name);
    await this.#checkProbe(name, bytes);
    const canRemove = await this.#canRemove(name);
    return { ...space, canWrite: true, canRemove, encryptedInFlight, clockSkewMilliseconds };
  }

  /** Nothing tells what a writer that died left unflushed: all of it is flushed. */
  async settle(): Promise<void> {
    if (this.#access === "read") return;
    await flushFromBelow(await listSmbFolders(this.#link, this.#root), (folder) => {
      const path = folder === "" ? this.#root : this.#path(folder);
      return this.#link.use("flush", folder, undefined, (share) => syncFolder(share, path));
    });
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #checkWritable(): void {
    if (this.#access === "write") return;
    throw new AppError("StoreReadOnly", "Cannot change the store: it was opened for reading");
  }

  #path(name: string): string {
    return `${this.#root}\\${name.replaceAll("/", "\\")}`;
  }

  async #write(
    share: SmbShare,
    name: string,
    publication: Pick<Publication, "bytes" | "rename">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const folder = this.#path(name).replace(/\\[^\\]*$/, "");
    const parts = `${this.#root}\\${partsFolder}`;
    for (const needed of [parts, folder]) await this.#folders.ensure(share, needed);
    await publishObject(share, { ...publication, parts, folder }, signal);
  }

  async #openObject(
    share: SmbShare,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<SmbFile> {
    const open = (): Promise<SmbFile> => share.openFile(this.#path(name), signal);
    const file = await this.#findObject(share, name, open);
    if (file === undefined) throw objectNotFound(name, undefined);
    return file;
  }

  /** Undefined when the name is absent, and that is certain: the folder of the store is there. */
  async #findObject(
    share: SmbShare,
    name: string,
    open: () => Promise<SmbFile>,
  ): Promise<SmbFile | undefined> {
    try {
      return await open();
    } catch (error) {
      if (!isRefusal(error, ...absentStatuses)) throw error;
      await share.close(await share.openAny(this.#root));
      return undefined;
    }
  }

  async #readSpace(): Promise<Omit<StoreProbe, "canWrite" | "canRemove">> {
    return this.#link.use(
      "ask for the free space of",
      this.#link.name,
      undefined,
      async (share) => {
        const root = await share.openFolder(this.#root);
        const { freeBytes, totalBytes } = await share.readSpace(root);
        await share.close(root);
        const encryptedInFlight = share.negotiated.cipher !== undefined;
        if (freeBytes === undefined || totalBytes === undefined) return { encryptedInFlight };
        return { freeBytes: Math.min(freeBytes, totalBytes), totalBytes, encryptedInFlight };
      },
    );
  }

  async #measureSkew(name: string): Promise<number> {
    return this.#link.use("look at", name, undefined, async (share) => {
      const file = await share.openAny(this.#path(name));
      await share.close(file);
      return Math.round(file.modifiedAt - this.#clock.now());
    });
  }

  async #checkProbe(name: string, bytes: Uint8Array): Promise<void> {
    const read = await this.get(name);
    if (Buffer.compare(read, bytes) !== 0) {
      throw new AppError(
        "StoreTampered",
        "Cannot use the store: it returned other bytes than written",
      );
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

/** NTLM wants the domain apart, except that of a UPN. */
function splitAccount({ user, password }: SmbStoreSettings): { domain: string; user: string } {
  const [, domain = "", name = user] = /^([^\\]*)\\(.*)$/s.exec(user) ?? [];
  if (/\p{Cc}/u.test(user) || user.length > 512) {
    throw new AppError(
      "InvalidArgument",
      "Cannot use the account of the share: its name holds a line end or another control character, or is longer than 512 characters; write it as name, DOMAIN\\name or name@domain",
      { target: "userName" },
    );
  }
  if (name !== "" && password !== "") return { domain, user: name };
  throw new AppError(
    "InvalidArgument",
    "Cannot use the account of the share: give a user name and a password; shares without a logon are not used",
    { target: "userName" },
  );
}

function place(link: SmbLink, folder: string): string {
  return folder === "" ? link.name : `${link.name}\\${folder}`;
}
