import { createHash, randomBytes } from "node:crypto";

import { ByteReader, fromFileTime, utf16 } from "./bytes.ts";
import type { Connection } from "./connection.ts";
import { command } from "./message.ts";
import type { Reply } from "./message.ts";
import { ciphers, signings } from "./protection.ts";
import type { CipherKind, SigningKind } from "./protection.ts";
import { SmbError, isRefusal, nonsense } from "./smb-error.ts";
import { status } from "./status.ts";

const dialect311 = 0x311;
const capability = { dfs: 0x1, largeMtu: 0x4, encryption: 0x40 } as const;
const signingRequired = 2;
const context = { preauth: 1, encryption: 2, netName: 5, signing: 8 } as const;
const sha512 = 1;
const bodyBytes = 36;
const contextsAt = 104; // header, body and one dialect, aligned to 8

/** The hash over the whole conversation before the session's keys exist (MS-SMB2 3.2.5.2). */
export class PreauthHash {
  #value: Buffer = Buffer.alloc(64);

  get value(): Buffer {
    return this.#value;
  }

  add(message: Buffer): void {
    this.#value = createHash("sha512").update(this.#value).update(message).digest();
  }
}

export interface Negotiated {
  /** Undefined when the server offers no encryption. */
  readonly cipher: CipherKind | undefined;
  readonly signing: SigningKind;
  readonly maximumTransactBytes: number;
  readonly maximumReadBytes: number;
  readonly maximumWriteBytes: number;
  /** The server's clock, milliseconds since 1970. */
  readonly serverTime: number;
}

/** Numbers of the algorithms to offer, best first. */
export interface Offer {
  readonly ciphers: readonly number[];
  readonly signings: readonly number[];
}

/** GCM before CCM, which is half as fast; 128 bits before 256 as Windows does, for speed. */
export const defaultOffer: Offer = { ciphers: [2, 4, 1, 3], signings: [2, 1] };

/** Agrees on 3.1.1 and its algorithms; `unsupported` when the server speaks nothing so new. */
export async function negotiate(
  connection: Connection,
  server: string,
  offer: Offer,
  hash: PreauthHash,
  signal?: AbortSignal,
): Promise<Negotiated> {
  const request = {
    command: command.negotiate,
    action: "negotiate",
    body: writeNegotiate(server, offer),
    onSend: (message: Buffer) => hash.add(message),
  };
  const reply = await connection.request(request, signal).catch((error: unknown) => {
    throw isRefusal(error, status.notSupported, status.invalidParameter) ? tooOld(error) : error;
  });
  hash.add(reply.whole.bytes);
  return readNegotiated(reply, offer);
}

function writeNegotiate(server: string, offer: Offer): Buffer {
  const body = Buffer.alloc(contextsAt - 64);
  body.writeUInt16LE(bodyBytes);
  body.writeUInt16LE(1, 2); // dialects: with an older one beside it, a flipped bit could choose that
  body.writeUInt16LE(signingRequired, 4);
  body.writeUInt32LE(capability.dfs | capability.largeMtu | capability.encryption, 8);
  randomBytes(16).copy(body, 12);
  body.writeUInt32LE(contextsAt, 28);
  body.writeUInt16LE(4, 32);
  body.writeUInt16LE(dialect311, 36);
  const contexts = [
    writeContext(context.preauth, Buffer.concat([words(1, 32, sha512), randomBytes(32)])),
    writeContext(context.encryption, words(offer.ciphers.length, ...offer.ciphers)),
    writeContext(context.signing, words(offer.signings.length, ...offer.signings)),
    writeContext(context.netName, utf16(server)),
  ];
  return Buffer.concat([body, ...contexts]);
}

function writeContext(type: number, data: Buffer): Buffer {
  const padded = Buffer.alloc(8 + Math.ceil(data.length / 8) * 8);
  padded.writeUInt16LE(type);
  padded.writeUInt16LE(data.length, 2);
  data.copy(padded, 8);
  return padded;
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

function readNegotiated({ body, whole }: Reply, offer: Offer): Negotiated {
  if (body.u16(0) !== 65) throw nonsense("a negotiation of another form");
  if (body.u16(4) !== dialect311) throw tooOld();
  const contexts = readContexts(whole, body.u32(60), body.u16(6));
  const preauth = contexts.get(context.preauth);
  if (preauth?.u16(0) !== 1 || preauth.u16(4) !== sha512) throw nonsense("no hash was agreed on");
  const hasLargeMtu = (body.u32(24) & capability.largeMtu) !== 0;
  const limit = (at: number): number => limitBytes(body.u32(at), hasLargeMtu);
  return {
    cipher: ciphers.get(chosen(contexts.get(context.encryption), offer.ciphers, 0)),
    // Servers that know no such choice sign with CMAC.
    signing: signings.get(chosen(contexts.get(context.signing), offer.signings, 1)) ?? "AES-CMAC",
    maximumTransactBytes: limit(28),
    maximumReadBytes: limit(32),
    maximumWriteBytes: limit(36),
    serverTime: fromFileTime(body.u64(40)),
  };
}

function readContexts(whole: ByteReader, start: number, count: number): Map<number, ByteReader> {
  const contexts = new Map<number, ByteReader>();
  if (count > 16) throw nonsense(`${count} contexts`);
  for (let index = 0, at = start; index < count; index += 1) {
    const length = whole.u16(at + 2);
    contexts.set(whole.u16(at), new ByteReader(whole.slice(at + 8, length)));
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return contexts;
}

/** The one algorithm the server took; `none` when it says nothing or 0, nonsense when we never offered it. */
function chosen(reader: ByteReader | undefined, offered: readonly number[], none: number): number {
  if (reader === undefined) return none;
  if (reader.u16(0) !== 1) throw nonsense("more than one algorithm was chosen");
  const choice = reader.u16(2);
  if (choice !== none && !offered.includes(choice)) throw nonsense("an algorithm nobody offered");
  return choice;
}

function limitBytes(bytes: number, hasLargeMtu: boolean): number {
  if (bytes < 4096) throw nonsense(`a limit of ${bytes} bytes a request`);
  return Math.min(bytes, hasLargeMtu ? 1024 * 1024 : 65_536);
}

function tooOld(cause?: SmbError): SmbError {
  const message = "The server does not speak SMB 3.1.1";
  return cause?.status === undefined
    ? new SmbError("unsupported", message, { cause })
    : new SmbError("unsupported", message, { cause, status: cause.status });
}
