import { ByteReader } from "./bytes.ts";
import { nonsense } from "./smb-error.ts";

export const headerBytes = 64;
const magic = 0x424d53fe;

/** The commands this client uses (MS-SMB2 2.2.1). */
export const command = {
  negotiate: 0,
  sessionSetup: 1,
  logoff: 2,
  treeConnect: 3,
  treeDisconnect: 4,
  create: 5,
  close: 6,
  flush: 7,
  read: 8,
  write: 9,
  ioctl: 11,
  echo: 13,
  queryDirectory: 14,
  queryInfo: 16,
  setInfo: 17,
} as const;

export const messageFlag = { response: 1, asynchronous: 2, signed: 8, dfs: 0x10000000 } as const;

export interface RequestHeader {
  readonly command: number;
  readonly creditCharge: number;
  readonly creditRequest: number;
  readonly messageId: number;
  readonly treeId: number;
  readonly sessionId: bigint;
  readonly flags: number;
}

/** The 64 bytes before every request; the signature is zero. */
export function writeHeader(request: RequestHeader): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(magic);
  header.writeUInt16LE(headerBytes, 4);
  header.writeUInt16LE(request.creditCharge, 6);
  header.writeUInt16LE(request.command, 12);
  header.writeUInt16LE(request.creditRequest, 14);
  header.writeUInt32LE(request.flags, 16);
  header.writeBigUInt64LE(BigInt(request.messageId), 24);
  header.writeUInt32LE(request.treeId, 36);
  header.writeBigUInt64LE(request.sessionId, 40);
  return header;
}

/** A server's message, header checked; `body` reads from behind the header, `whole` from before it. */
export interface Reply {
  readonly status: number;
  readonly command: number;
  readonly credits: number;
  readonly flags: number;
  readonly messageId: bigint;
  readonly treeId: number;
  readonly sessionId: bigint;
  readonly whole: ByteReader;
  readonly body: ByteReader;
}

/** Reads a message of the server; `tampered` unless it is one whole answer. */
export function readReply(message: Buffer): Reply {
  const whole = new ByteReader(message);
  if (whole.u32(0) !== magic || whole.u16(4) !== headerBytes) throw nonsense("not an SMB2 message");
  const body = new ByteReader(whole.slice(headerBytes, message.length - headerBytes));
  const flags = whole.u32(16);
  if ((flags & messageFlag.response) === 0) throw nonsense("a request instead of an answer");
  // We never join requests, so nobody may join answers.
  if (whole.u32(20) !== 0) throw nonsense("several answers in one message");
  return {
    status: whole.u32(8),
    command: whole.u16(12),
    credits: whole.u16(14),
    flags,
    messageId: whole.u64(24),
    treeId: whole.u32(36),
    sessionId: whole.u64(40),
    whole,
    body,
  };
}
