import type { Protection } from "./connection.ts";
import type { SessionKeys } from "./key-derivation.ts";
import { headerBytes, messageFlag } from "./message.ts";
import { Sealer, isSealed, signMessage, verifySignature } from "./protection.ts";
import type { CipherKind, SigningKind } from "./protection.ts";
import { nonsense } from "./smb-error.ts";
import { status } from "./status.ts";

/** Encrypts every message where there is a cipher, and signs it otherwise. */
export function protectSession(
  keys: SessionKeys,
  cipher: CipherKind | undefined,
  signing: SigningKind,
  sessionId: bigint,
): Protection {
  if (cipher === undefined) return signedProtection(keys, signing, sessionId);
  return sealedProtection(new Sealer(cipher, keys, sessionId), sessionId);
}

function sealedProtection(sealer: Sealer, sessionId: bigint): Protection {
  return {
    sessionId,
    protect: (parts) => sealer.seal(parts),
    open: (frame) => {
      if (!isSealed(frame)) throw nonsense("a clear answer in an encrypted session");
      return sealer.open(frame);
    },
  };
}

function signedProtection(keys: SessionKeys, signing: SigningKind, sessionId: bigint): Protection {
  return {
    sessionId,
    protect: (parts) => {
      const [header = Buffer.alloc(0)] = parts;
      header.writeUInt32LE((header.readUInt32LE(16) | messageFlag.signed) >>> 0, 16);
      signMessage(keys.signing, signing, parts);
      return parts;
    },
    open: (frame) => {
      // "Wait" is never signed (MS-SMB2 3.2.5.1.3); it carries nothing but credits.
      if (frame.length >= headerBytes && frame.readUInt32LE(8) === status.pending) return frame;
      if (frame.length < headerBytes || (frame.readUInt32LE(16) & messageFlag.signed) === 0) {
        throw nonsense("an answer without signature");
      }
      verifySignature(keys.signing, signing, frame);
      return frame;
    },
  };
}
