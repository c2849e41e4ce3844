import { fromFileTime, utf16 } from "./bytes.ts";
import type { ByteReader } from "./bytes.ts";
import { headerBytes } from "./message.ts";
import type { Reply } from "./message.ts";
import { nonsense } from "./smb-error.ts";

/** Rights of MS-SMB2 2.2.13.1 that this client asks for. */
export const access = {
  readData: 0x1,
  writeData: 0x2,
  addSubfolder: 0x4,
  readAttributes: 0x80,
  remove: 0x10000,
  synchronize: 0x100000,
} as const;

/** What to do when the name is there, or is not. */
export const disposition = { open: 1, create: 2, openOrCreate: 3 } as const;

/** Who else may have it open meanwhile. */
export const sharing = { readers: 1, everybody: 7 } as const;

export const createOption = {
  folder: 0x1,
  notFolder: 0x40,
  /** Opens a link itself instead of what it points to. */
  openLink: 0x200000,
} as const;

export const attribute = { folder: 0x10, link: 0x400 } as const;

export interface CreateRequest {
  /** Below the share, steps separated by `\`; "" is the share's own folder. */
  readonly path: string;
  readonly access: number;
  readonly disposition: number;
  readonly sharing: number;
  readonly options: number;
}

export interface OpenedFile {
  readonly id: Buffer;
  readonly bytes: number;
  readonly isFolder: boolean;
  readonly isLink: boolean;
  /** Whether the request made it. */
  readonly isNew: boolean;
  /** Milliseconds since 1970 by the server's clock. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly bytes: number;
  readonly isFolder: boolean;
  readonly isLink: boolean;
  readonly modifiedAt: number;
}

export function writeCreate(request: CreateRequest): Buffer {
  const name = utf16(request.path);
  const body = Buffer.alloc(56 + Math.max(1, name.length));
  body.writeUInt16LE(57);
  body.writeUInt32LE(2, 4); // impersonation
  body.writeUInt32LE(request.access, 24);
  body.writeUInt32LE(request.sharing, 32);
  body.writeUInt32LE(request.disposition, 36);
  body.writeUInt32LE(request.options, 40);
  body.writeUInt16LE(headerBytes + 56, 44);
  body.writeUInt16LE(name.length, 46);
  name.copy(body, 56);
  return body;
}

export function readCreated({ body }: Reply): OpenedFile {
  if (body.u16(0) !== 89) throw nonsense("an opened file of another form");
  const attributes = body.u32(56);
  return {
    id: Buffer.from(body.slice(64, 16)),
    bytes: safeSize(body.u64(48)),
    isFolder: (attributes & attribute.folder) !== 0,
    isLink: (attributes & attribute.link) !== 0,
    isNew: body.u32(4) === 2,
    createdAt: fromFileTime(body.u64(8)),
    modifiedAt: fromFileTime(body.u64(24)),
  };
}

/** CLOSE and FLUSH look alike. */
export function writeHandleOnly(id: Buffer): Buffer {
  const body = Buffer.alloc(24);
  body.writeUInt16LE(24);
  id.copy(body, 8);
  return body;
}

export function writeRead(id: Buffer, offset: number, length: number): Buffer {
  const body = Buffer.alloc(49);
  body.writeUInt16LE(49);
  body.writeUInt32LE(length, 4);
  body.writeBigUInt64LE(BigInt(offset), 8);
  id.copy(body, 16);
  return body;
}

/** The bytes read, a view into the answer. */
export function readRead({ body, whole }: Reply, asked: number): Buffer {
  if (body.u16(0) !== 17) throw nonsense("read bytes of another form");
  const length = body.u32(4);
  if (length > asked) throw nonsense(`${length} bytes where ${asked} were asked for`);
  return whole.slice(body.u8(2), length);
}

/** What comes before the bytes to write. */
export function writeWrite(id: Buffer, offset: number, length: number): Buffer {
  const body = Buffer.alloc(48);
  body.writeUInt16LE(49);
  body.writeUInt16LE(headerBytes + 48, 2);
  body.writeUInt32LE(length, 4);
  body.writeBigUInt64LE(BigInt(offset), 8);
  id.copy(body, 16);
  return body;
}

export function readWritten({ body }: Reply): number {
  return body.u32(4);
}

const folderInformation = 1;

export function writeQueryFolder(id: Buffer, pattern: string, bytes: number): Buffer {
  const name = utf16(pattern);
  const body = Buffer.alloc(32 + name.length);
  body.writeUInt16LE(33);
  body[2] = folderInformation;
  id.copy(body, 8);
  body.writeUInt16LE(headerBytes + 32, 24);
  body.writeUInt16LE(name.length, 26);
  body.writeUInt32LE(bytes, 28);
  name.copy(body, 32);
  return body;
}

/** The entries of one answer, `.` and `..` among them. */
export function readFolderEntries(reply: Reply): FolderEntry[] {
  const reader = readOutput(reply);
  const entries: FolderEntry[] = [];
  for (let at = 0; ;) {
    const attributes = reader.u32(at + 56);
    entries.push({
      name: reader.slice(at + 64, reader.u32(at + 60)).toString("utf16le"),
      bytes: safeSize(reader.u64(at + 40)),
      isFolder: (attributes & attribute.folder) !== 0,
      isLink: (attributes & attribute.link) !== 0,
      modifiedAt: fromFileTime(reader.u64(at + 24)),
    });
    const step = reader.u32(at);
    if (step === 0) return entries;
    if (step < 64) throw nonsense("folder entries that overlap");
    at += step;
  }
}

export function writeQueryInfo(id: Buffer, type: number, kind: number, bytes: number): Buffer {
  const body = Buffer.alloc(41);
  body.writeUInt16LE(41);
  body[2] = type;
  body[3] = kind;
  body.writeUInt32LE(bytes, 4);
  id.copy(body, 24);
  return body;
}

export interface Space {
  /** Bytes, for this account; undefined when the server says something impossible. */
  readonly freeBytes: number | undefined;
  readonly totalBytes: number | undefined;
}

/** FileFsFullSizeInformation (MS-FSCC 2.5.4). A hint: servers may say what they like (A42). */
export function readSpace(reply: Reply): Space {
  const reader = readOutput(reply);
  const unit = BigInt(reader.u32(24)) * BigInt(reader.u32(28));
  const toBytes = (units: bigint): number | undefined => {
    const bytes = units * unit;
    return unit > 0n && bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : undefined;
  };
  return { totalBytes: toBytes(reader.u64(0)), freeBytes: toBytes(reader.u64(8)) };
}

export function writeSetInfo(id: Buffer, kind: number, data: Buffer): Buffer {
  const body = Buffer.alloc(32);
  body.writeUInt16LE(33);
  body[2] = 1;
  body[3] = kind;
  body.writeUInt32LE(data.length, 4);
  body.writeUInt16LE(headerBytes + 32, 8);
  id.copy(body, 16);
  return Buffer.concat([body, data]);
}

/** FileRenameInformation without replacing. */
export function renameData(path: string): Buffer {
  const name = utf16(path);
  const data = Buffer.alloc(20 + name.length);
  data.writeUInt32LE(name.length, 16);
  name.copy(data, 20);
  return data;
}

function readOutput({ body, whole }: Reply): ByteReader {
  if (body.u16(0) !== 9) throw nonsense("information of another form");
  return whole.part(body.u16(2), body.u32(4));
}

function safeSize(bytes: bigint): number {
  if (bytes > BigInt(Number.MAX_SAFE_INTEGER)) throw nonsense(`a file of ${bytes} bytes`);
  return Number(bytes);
}
