import type { Connection, Request } from "./connection.ts";
import {
  access,
  createOption,
  disposition,
  readCreated,
  readFolderEntries,
  readRead,
  readSpace,
  readWritten,
  renameData,
  sharing,
  writeCreate,
  writeHandleOnly,
  writeQueryFolder,
  writeQueryInfo,
  writeRead,
  writeSetInfo,
  writeWrite,
} from "./file-messages.ts";
import type { CreateRequest, FolderEntry, OpenedFile, Space } from "./file-messages.ts";
import { command } from "./message.ts";
import type { Reply } from "./message.ts";
import type { Negotiated } from "./negotiate.ts";
import { runPipelined } from "./pipelined.ts";
import { SmbError, nonsense } from "./smb-error.ts";
import { status } from "./status.ts";

const fileSystemInformation = 2;
const fullSize = 7;
const setRename = 10;
const setDisposition = 13;
const listingBytes = 65_536; // about 500 names an answer

/** A file that is open on the server; of no use after `close` or when the connection broke. */
export type SmbFile = Omit<OpenedFile, "id"> & { readonly id: Buffer; readonly path: string };

/** One share of one server: files and folders by paths like `folder\file`, below the share. */
export class SmbShare {
  readonly negotiated: Negotiated;
  /** Whether the share lets this account write at all; the rights on a folder may say less. */
  readonly isWritable: boolean;
  readonly #connection: Connection;
  readonly #treeId: number;

  constructor(connection: Connection, negotiated: Negotiated, treeId: number, isWritable: boolean) {
    this.#connection = connection;
    this.negotiated = negotiated;
    this.#treeId = treeId;
    this.isWritable = isWritable;
  }

  /** Why the connection is of no more use; undefined while it is. */
  get failure(): SmbError | undefined {
    return this.#connection.failure;
  }

  /**
   * Makes a new file that others can only read before it is closed; refused when the name is taken.
   * Read they must: the object has its name from the rename on, which is before its folder is flushed.
   */
  createFile(path: string, signal?: AbortSignal): Promise<SmbFile> {
    const rights = access.writeData | access.remove | access.readAttributes | access.synchronize;
    const options = createOption.notFolder | createOption.openLink;
    const how = { disposition: disposition.create, sharing: sharing.readers, options };
    return this.#open({ path, access: rights, ...how }, signal);
  }

  /** Opens a file for reading; a link is opened itself. */
  openFile(path: string, signal?: AbortSignal): Promise<SmbFile> {
    return this.#openExisting(
      path,
      access.readData | access.readAttributes,
      createOption.notFolder,
      signal,
    );
  }

  /** Opens a file to remove it. */
  openForRemoval(path: string, signal?: AbortSignal): Promise<SmbFile> {
    return this.#openExisting(
      path,
      access.remove | access.readAttributes,
      createOption.notFolder,
      signal,
    );
  }

  /** Opens whatever has the path, to look at it. */
  openAny(path: string, signal?: AbortSignal): Promise<SmbFile> {
    return this.#openExisting(path, access.readAttributes, 0, signal);
  }

  /** Opens a folder to list it. */
  openFolder(path: string, signal?: AbortSignal): Promise<SmbFile> {
    return this.#openExisting(
      path,
      access.readData | access.readAttributes,
      createOption.folder,
      signal,
    );
  }

  /** Opens a folder so that it can be flushed, and makes it first where it is absent. */
  makeFolder(path: string, signal?: AbortSignal): Promise<SmbFile> {
    const rights = access.writeData | access.addSubfolder | access.readAttributes;
    const options = createOption.folder | createOption.openLink;
    const how = { disposition: disposition.openOrCreate, sharing: sharing.everybody, options };
    return this.#open({ path, access: rights, ...how }, signal);
  }

  /** Writes all bytes from the start of the file, several pieces at a time. */
  async write(file: SmbFile, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const piece = Math.min(this.negotiated.maximumWriteBytes, this.#connection.payableBytes);
    await runPipelined(bytes.length, piece, async (offset, length) => {
      const data = bytes.subarray(offset, offset + length);
      const body = writeWrite(file.id, offset, length);
      const reply = await this.#send("write", command.write, body, { data }, signal);
      if (readWritten(reply) !== length) throw nonsense("a write of another length");
    });
  }

  /** Fills the target with the bytes from the offset; throws `tampered` when the file ends before. */
  async read(
    file: SmbFile,
    start: number,
    target: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    const piece = Math.min(this.negotiated.maximumReadBytes, this.#connection.payableBytes);
    await runPipelined(target.length, piece, async (offset, length) => {
      for (let done = 0; done < length;) {
        const at = offset + done;
        const rest = target.subarray(at, offset + length);
        done += await this.#readPiece(file, start + at, rest, signal);
      }
    });
  }

  /** Fills the beginning of the target at least; how many bytes. */
  async #readPiece(
    file: SmbFile,
    offset: number,
    target: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const body = writeRead(file.id, offset, target.length);
    let filled = 0;
    const onAnswer = (reply: Reply): void => {
      if (reply.status === status.endOfFile) return;
      const bytes = readRead(reply, target.length);
      target.set(bytes);
      filled = bytes.length;
    };
    const extra = { answerBytes: target.length, accepts: [status.endOfFile], onAnswer };
    await this.#send("read", command.read, body, extra, signal);
    if (filled > 0) return filled;
    throw new SmbError("tampered", `The file ends at ${offset}, before its end`);
  }

  /** What was written is on the server's disk when this resolves; of a folder, the names in it. */
  async flush(file: SmbFile, signal?: AbortSignal): Promise<void> {
    await this.#send("flush", command.flush, writeHandleOnly(file.id), {}, signal);
  }

  /** Gives an open file another path; refused when that is taken. */
  async rename(file: SmbFile, path: string, signal?: AbortSignal): Promise<void> {
    const body = writeSetInfo(file.id, setRename, renameData(path));
    await this.#send("rename", command.setInfo, body, {}, signal);
  }

  /** The file goes away when it is closed. */
  async remove(file: SmbFile, signal?: AbortSignal): Promise<void> {
    const body = writeSetInfo(file.id, setDisposition, Buffer.from([1]));
    await this.#send("remove", command.setInfo, body, {}, signal);
  }

  async close(file: SmbFile, signal?: AbortSignal): Promise<void> {
    await this.#send("close", command.close, writeHandleOnly(file.id), {}, signal);
  }

  /** The entries of an open folder that fit the pattern (`*` is any text), some at a time. */
  async *list(
    folder: SmbFile,
    pattern: string,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly FolderEntry[], void, undefined> {
    const body = writeQueryFolder(folder.id, pattern, listingBytes);
    const extra = { answerBytes: listingBytes, accepts: [status.noMoreFiles, status.noSuchFile] };
    for (;;) {
      const reply = await this.#send("list", command.queryDirectory, body, extra, signal);
      if (reply.status !== status.success) return;
      yield readFolderEntries(reply);
    }
  }

  /** Free and total space where the folder lies. */
  async readSpace(folder: SmbFile, signal?: AbortSignal): Promise<Space> {
    const body = writeQueryInfo(folder.id, fileSystemInformation, fullSize, 32);
    const extra = { answerBytes: 32 };
    return readSpace(await this.#send("tell its space", command.queryInfo, body, extra, signal));
  }

  /** Logs off and closes the connection, however the server takes it. */
  async disconnect(): Promise<void> {
    const body = Buffer.from([4, 0, 0, 0]);
    await this.#send("log off", command.logoff, body, {}, AbortSignal.timeout(2_000)).catch(
      () => undefined,
    );
    this.#connection.fail(new SmbError("unreachable", "The connection was closed"));
  }

  #openExisting(
    path: string,
    rights: number,
    options: number,
    signal: AbortSignal | undefined,
  ): Promise<SmbFile> {
    const how = { disposition: disposition.open, sharing: sharing.everybody };
    const request = { path, access: rights, ...how, options: options | createOption.openLink };
    return this.#open(request, signal);
  }

  async #open(request: CreateRequest, signal: AbortSignal | undefined): Promise<SmbFile> {
    const opening = this.#send("open", command.create, writeCreate(request), {}).then(
      (reply): SmbFile => ({ ...readCreated(reply), path: request.path }),
    );
    if (signal === undefined) return opening;
    return untilAborted(opening, signal, (file) => this.close(file));
  }

  #send(
    action: string,
    code: number,
    body: Buffer,
    extra: Partial<Request>,
    signal?: AbortSignal,
  ): Promise<Reply> {
    const request = { command: code, action, body, treeId: this.#treeId, ...extra };
    return this.#connection.request(request, signal);
  }
}

/** The result, or the signal's reason at once; a result nobody waits for any more is undone. */
async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  undo: (result: T) => Promise<void>,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason as Error);
    work.then(undo).catch(() => undefined);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
