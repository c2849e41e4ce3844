import { createHash, createHmac } from "node:crypto";

import { ByteReader, utf16 } from "./bytes.ts";
import { md4 } from "./md4.ts";
import { rc4 } from "./rc4.ts";
import { SmbError, nonsense } from "./smb-error.ts";

const magic = Buffer.from("NTLMSSP\0");
const flag = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;
const offered = Object.values(flag).reduce((all, one) => (all | one) >>> 0, 0);
// Without these the server would get an NTLMv1 answer or a session key that others can compute.
const needed = flag.unicode | flag.extendedSecurity | flag.targetInfo | flag.keyExchange;
const version = Buffer.from([10, 0, 0, 0, 0, 0, 0, 15]); // the revision of NTLM is the 15
const av = { end: 0, flags: 6, timestamp: 7, targetName: 9, channelBindings: 10 } as const;
const hasMic = 2;

export interface NtlmAccount {
  /** Empty for a UPN or an account of the server itself. */
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

export interface NtlmAnswer {
  readonly message: Buffer;
  /** The key of the session: 16 bytes, known to both ends alone. */
  readonly sessionKey: Buffer;
  /** The signature of NTLM over a message of SPNEGO. */
  sign(message: Uint8Array): Buffer;
}

/** The first message of NTLM. */
export function ntlmNegotiate(): Buffer {
  const message = Buffer.alloc(40);
  magic.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(offered, 12);
  version.copy(message, 32);
  return message;
}

/** The answer to a challenge: NTLMv2 with a MIC and a key of its own (MS-NLMP 3.1.5.1.2). */
export function ntlmAuthenticate(
  negotiate: Buffer,
  challengeMessage: Buffer,
  account: NtlmAccount,
  server: string,
  random: { readonly clientChallenge: Buffer; readonly sessionKey: Buffer },
): NtlmAnswer {
  const challenge = readChallenge(challengeMessage);
  const targetInfo = extendTargetInfo(challenge.targetInfo, server);
  const key = ntlmV2Key(account);
  const proof = ntlmV2Proof(
    key,
    challenge.nonce,
    random.clientChallenge,
    challenge.time,
    targetInfo,
  );
  const message = writeAuthenticate(account, proof.response, challenge.flags, [
    rc4(proof.sessionBaseKey, random.sessionKey),
  ]);
  const mic = hmacMd5(random.sessionKey, negotiate, challengeMessage, message);
  mic.copy(message, 72);
  return { message, sessionKey: random.sessionKey, sign: (text) => sign(random.sessionKey, text) };
}

interface Challenge {
  readonly flags: number;
  readonly nonce: Buffer;
  readonly targetInfo: readonly AvPair[];
  readonly time: Buffer;
}

type AvPair = readonly [id: number, value: Buffer];

function readChallenge(message: Buffer): Challenge {
  const reader = new ByteReader(message);
  if (!reader.slice(0, 8).equals(magic) || reader.u32(8) !== 2) throw nonsense("no NTLM challenge");
  const flags = reader.u32(20);
  if ((flags & needed) >>> 0 !== needed) {
    throw new SmbError("unsupported", "The server asks for a logon weaker than NTLMv2");
  }
  const targetInfo = readAvPairs(reader.slice(reader.u32(44), reader.u16(40)));
  const time = targetInfo.find(([id]) => id === av.timestamp)?.[1];
  if (time?.length !== 8) {
    throw new SmbError("unsupported", "The server's NTLM challenge has no time stamp");
  }
  return { flags, nonce: reader.slice(24, 8), targetInfo, time };
}

function readAvPairs(bytes: Buffer): AvPair[] {
  const reader = new ByteReader(bytes);
  const pairs: AvPair[] = [];
  for (let at = 0; ;) {
    const id = reader.u16(at);
    if (id === av.end) return pairs;
    const value = reader.slice(at + 4, reader.u16(at + 2));
    pairs.push([id, value]);
    at += 4 + value.length;
  }
}

/** The server's own description, with our word that a MIC follows and whom we mean to talk to. */
function extendTargetInfo(pairs: readonly AvPair[], server: string): Buffer {
  const ours: readonly number[] = [av.flags, av.targetName, av.channelBindings];
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(hasMic);
  return writeAvPairs([
    ...pairs.filter(([id]) => !ours.includes(id)),
    [av.flags, flags],
    [av.channelBindings, Buffer.alloc(16)],
    [av.targetName, utf16(`cifs/${server}`)],
  ]);
}

function writeAvPairs(pairs: readonly AvPair[]): Buffer {
  const parts = [...pairs, [av.end, Buffer.alloc(0)] as const].flatMap(([id, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id);
    head.writeUInt16LE(value.length, 2);
    return [head, value];
  });
  return Buffer.concat(parts);
}

/** NTOWFv2: what the password is worth for this user and domain. */
export function ntlmV2Key({ domain, user, password }: NtlmAccount): Buffer {
  return hmacMd5(md4(utf16(password)), utf16(upperCase(user) + domain));
}

/** As Windows does it: letter by letter, so that `ß` stays one letter. */
function upperCase(text: string): string {
  return Array.from(text, (letter) => {
    const upper = letter.toUpperCase();
    return upper.length === letter.length ? upper : letter;
  }).join("");
}

/** The NTLMv2 response and the key that comes with it (MS-NLMP 3.3.2). */
export function ntlmV2Proof(
  key: Buffer,
  serverChallenge: Buffer,
  clientChallenge: Buffer,
  time: Buffer,
  targetInfo: Buffer,
): { readonly response: Buffer; readonly sessionBaseKey: Buffer } {
  const head = Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]);
  const gap = Buffer.alloc(4);
  const text = Buffer.concat([head, time, clientChallenge, gap, targetInfo, gap]);
  const proof = hmacMd5(key, serverChallenge, text);
  return { response: Buffer.concat([proof, text]), sessionBaseKey: hmacMd5(key, proof) };
}

function writeAuthenticate(
  account: NtlmAccount,
  response: Buffer,
  flags: number,
  [encryptedKey = Buffer.alloc(0)]: readonly Buffer[],
): Buffer {
  const head = Buffer.alloc(88);
  magic.copy(head);
  head.writeUInt32LE(3, 8);
  const domain = utf16(account.domain);
  const fields = [
    Buffer.alloc(24),
    response,
    domain,
    utf16(account.user),
    Buffer.alloc(0),
    encryptedKey,
  ];
  let offset = head.length;
  fields.forEach((field, index) => {
    head.writeUInt16LE(field.length, 12 + index * 8);
    head.writeUInt16LE(field.length, 14 + index * 8);
    head.writeUInt32LE(offset, 16 + index * 8);
    offset += field.length;
  });
  head.writeUInt32LE((flags & offered) >>> 0, 60);
  version.copy(head, 64);
  return Buffer.concat([head, ...fields]);
}

/** Signature number 0 with extended session security and key exchange (MS-NLMP 3.4.4.2). */
function sign(sessionKey: Buffer, message: Uint8Array): Buffer {
  const derive = (purpose: string): Buffer =>
    createHash("md5")
      .update(sessionKey)
      .update(`session key to client-to-server ${purpose} key magic constant\0`)
      .digest();
  const sequence = Buffer.alloc(4);
  const checksum = hmacMd5(derive("signing"), sequence, message).subarray(0, 8);
  return Buffer.concat([Buffer.from([1, 0, 0, 0]), rc4(derive("sealing"), checksum), sequence]);
}

function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac("md5", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}
