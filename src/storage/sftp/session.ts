import type { FileEntryWithStats, InputAttributes, OpenMode, SFTPWrapper, Stats } from "ssh2";

import type { AppError } from "../../base/errors.ts";
import { connectSftp } from "./connect.ts";
import type { SftpConnection } from "./connect.ts";
import type { SftpSettings } from "./settings.ts";

export interface SftpSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly isOutOfFiles: boolean;
  readonly isReadOnly: boolean;
}

type Callback<T> = (error: Error | undefined | null, value: T) => void;

/** Requests over one connection, as promises that also end when the connection does. */
export class SftpSession {
  readonly #connection: SftpConnection;
  readonly #waiting = new Set<(error: unknown) => void>();
  #broken: AppError | undefined;

  constructor(connection: SftpConnection) {
    this.#connection = connection;
    connection.onBroken((error) => this.#break(error));
  }

  static async connect(settings: SftpSettings): Promise<SftpSession> {
    return new SftpSession(await connectSftp(settings));
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Ends the connection; every call under way rejects with the error. */
  end(error: AppError): void {
    this.#break(error);
    this.#connection.destroy();
  }

  /** Most bytes of one read request. */
  get maximumReadBytes(): number {
    const { _maxReadLen: bytes } = this.#sftp as { readonly _maxReadLen?: number };
    return bytes ?? 32_768; // what every server gives
  }

  /** Most bytes of one write request. */
  get maximumWriteBytes(): number {
    const { _maxWriteLen: bytes } = this.#sftp as { readonly _maxWriteLen?: number };
    return bytes ?? 32_768; // what every server takes
  }

  /** Whether the server announced the extension. */
  offers(extension: string): boolean {
    const { _extensions: offered } = this.#sftp as {
      readonly _extensions?: Readonly<Record<string, string>>;
    };
    return offered?.[extension] !== undefined;
  }

  realpath(path: string): Promise<string> {
    return this.#call((done: Callback<string>) => this.#sftp.realpath(path, done));
  }

  lstat(path: string): Promise<Stats> {
    return this.#call((done: Callback<Stats>) => this.#sftp.lstat(path, done));
  }

  mkdir(path: string): Promise<void> {
    return this.#call((done: Callback<void>) =>
      this.#sftp.mkdir(path, { mode: 0o700 }, done as () => void),
    );
  }

  unlink(path: string): Promise<void> {
    return this.#call((done: Callback<void>) => this.#sftp.unlink(path, done as () => void));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call((done: Callback<void>) => this.#sftp.rename(from, to, done as () => void));
  }

  open(path: string, mode: OpenMode, attributes: InputAttributes = {}): Promise<Buffer> {
    return this.#call((done: Callback<Buffer>) => this.#sftp.open(path, mode, attributes, done));
  }

  close(handle: Buffer): Promise<void> {
    return this.#call((done: Callback<void>) => this.#sftp.close(handle, done as () => void));
  }

  write(handle: Buffer, bytes: Buffer, position: number): Promise<void> {
    return this.#call((done: Callback<void>) =>
      this.#sftp.write(handle, bytes, 0, bytes.length, position, done as () => void),
    );
  }

  /** Reads into the buffer; resolves with the bytes read, 0 at the end of the file. */
  read(handle: Buffer, into: Buffer, position: number): Promise<number> {
    return this.#call((done: Callback<number>) =>
      this.#sftp.read(handle, into, 0, into.length, position, done),
    );
  }

  readdir(path: string): Promise<FileEntryWithStats[]> {
    return this.#call((done: Callback<FileEntryWithStats[]>) => this.#sftp.readdir(path, done));
  }

  /** Rejects with "unsupported" where the server does not offer it. */
  fsync(handle: Buffer): Promise<void> {
    return this.#call((done: Callback<void>) =>
      this.#sftp.ext_openssh_fsync(handle, done as () => void),
    );
  }

  /** A second name for a file; fails when the name is taken. */
  hardlink(from: string, to: string): Promise<void> {
    return this.#call((done: Callback<void>) =>
      this.#sftp.ext_openssh_hardlink(from, to, done as () => void),
    );
  }

  async statvfs(path: string): Promise<SftpSpace> {
    const space = await this.#call((done: Callback<Record<string, number>>) =>
      this.#sftp.ext_openssh_statvfs(path, done as never),
    );
    const {
      f_frsize: unit = 0,
      f_bavail = 0,
      f_blocks = 0,
      f_files = 0,
      f_favail = 0,
      f_flag = 0,
    } = space;
    return {
      freeBytes: f_bavail * unit,
      totalBytes: f_blocks * unit,
      isOutOfFiles: f_files > 0 && f_favail === 0, // some file systems have no such number
      isReadOnly: (f_flag & 1) === 1,
    };
  }

  get #sftp(): SFTPWrapper {
    return this.#connection.sftp;
  }

  #break(error: AppError): void {
    this.#broken ??= error;
    for (const reject of this.#waiting) reject(this.#broken);
    this.#waiting.clear();
  }

  /** The library drops requests of a closed channel without a word, so each is raced with the end. */
  #call<T>(start: (done: Callback<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#broken !== undefined) return reject(this.#broken);
      this.#waiting.add(reject);
      const done: Callback<T> = (error, value) => {
        // Without an answer the end of the connection is what rejects it.
        if (error && !isAnswer(error)) return this.#connection.destroy();
        this.#waiting.delete(reject);
        return error ? reject(error) : resolve(value);
      };
      try {
        start(done);
      } catch (error) {
        this.#waiting.delete(reject);
        reject(toUnsupported(error));
      }
    });
  }
}

function isAnswer(error: Error): boolean {
  return "code" in error && typeof error.code === "number";
}

/** The library throws at once for an extension that the server did not announce. */
function toUnsupported(error: unknown): unknown {
  const isMissing = error instanceof Error && error.message.includes("does not support");
  return isMissing ? Object.assign(error, { code: 8 }) : error;
}
