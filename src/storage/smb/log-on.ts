import { randomBytes } from "node:crypto";

import type { Connection } from "./connection.ts";
import { deriveSessionKeys } from "./key-derivation.ts";
import { command, headerBytes, messageFlag } from "./message.ts";
import type { Reply } from "./message.ts";
import type { Negotiated, PreauthHash } from "./negotiate.ts";
import { ntlmAuthenticate, ntlmNegotiate } from "./ntlm.ts";
import type { NtlmAccount } from "./ntlm.ts";
import { verifySignature } from "./protection.ts";
import { protectSession } from "./session-protection.ts";
import { SmbError, nonsense } from "./smb-error.ts";
import { mechanismList, unwrapToken, wrapFirstToken, wrapLastToken } from "./spnego.ts";
import { status } from "./status.ts";

const sessionFlag = { guest: 1, anonymous: 2 } as const;
const tokenAt = headerBytes + 24;

/** Logs on with NTLMv2 and protects the connection; every message is signed or encrypted from then on. */
export async function logOn(
  connection: Connection,
  negotiated: Negotiated,
  account: NtlmAccount,
  server: string,
  hash: PreauthHash,
  signal?: AbortSignal,
): Promise<void> {
  const onSend = (message: Buffer): void => hash.add(message);
  const send = (token: Buffer, sessionId: bigint): Promise<Reply> =>
    connection.request(
      {
        command: command.sessionSetup,
        action: "log on",
        body: writeSessionSetup(token),
        accepts: sessionId === 0n ? [status.moreProcessingRequired] : [],
        sessionId,
        onSend,
      },
      signal,
    );
  const negotiateToken = ntlmNegotiate();
  const first = await send(wrapFirstToken(negotiateToken), 0n);
  if (first.status === status.success) throw nonsense("a session before anybody logged on");
  hash.add(first.whole.bytes);
  const challenge = unwrapToken(readToken(first));
  const random = { clientChallenge: randomBytes(8), sessionKey: randomBytes(16) };
  const answer = ntlmAuthenticate(negotiateToken, challenge, account, server, random);
  const token = wrapLastToken(answer.message, answer.sign(mechanismList));
  const last = await send(token, first.sessionId);
  refuseGuest(last.body.u16(2));
  if (last.sessionId !== first.sessionId) throw nonsense("an answer of another session");
  const { cipher, signing } = negotiated;
  const keys = deriveSessionKeys(answer.sessionKey, hash.value, cipher?.keyBytes ?? 16);
  // The last answer alone is not in the hash: its signature proves that both saw the same before it.
  requireSigned(last);
  verifySignature(keys.signing, signing, last.whole.bytes);
  connection.protect(protectSession(keys, cipher, signing, last.sessionId));
}

function writeSessionSetup(token: Buffer): Buffer {
  const body = Buffer.alloc(24);
  body.writeUInt16LE(25);
  body[3] = 2; // signing required
  body.writeUInt32LE(1, 4); // we understand DFS
  body.writeUInt16LE(tokenAt, 12);
  body.writeUInt16LE(token.length, 14);
  return Buffer.concat([body, token]);
}

function readToken({ body, whole }: Reply): Buffer {
  if (body.u16(0) !== 9) throw nonsense("a logon of another form");
  return whole.slice(body.u16(4), body.u16(6));
}

/** A wrong password that lets one in as a guest is still wrong (A39). */
function refuseGuest(flags: number): void {
  if ((flags & (sessionFlag.guest | sessionFlag.anonymous)) === 0) return;
  throw new SmbError("unsupported", "The server let us in as a guest, not as the account given");
}

function requireSigned(reply: Reply): void {
  if ((reply.flags & messageFlag.signed) === 0) throw nonsense("an answer without signature");
}
