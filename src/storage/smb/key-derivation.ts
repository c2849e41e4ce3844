import { createHmac } from "node:crypto";

export interface SessionKeys {
  readonly signing: Buffer;
  /** Client to server. */
  readonly encryption: Buffer;
  /** Server to client. */
  readonly decryption: Buffer;
}

/**
 * The keys of a 3.1.1 session (MS-SMB2 3.1.4.2) from the key of the logon and the hash over the
 * whole conversation before it; `cipherKeyBytes` is 16 or 32.
 */
export function deriveSessionKeys(
  sessionKey: Buffer,
  preauthHash: Buffer,
  cipherKeyBytes: number,
): SessionKeys {
  const short = sessionKey.subarray(0, 16);
  const long = cipherKeyBytes === 16 ? short : sessionKey;
  return {
    signing: deriveKey(short, "SMBSigningKey", preauthHash, 16),
    encryption: deriveKey(long, "SMBC2SCipherKey", preauthHash, cipherKeyBytes),
    decryption: deriveKey(long, "SMBS2CCipherKey", preauthHash, cipherKeyBytes),
  };
}

/** SP 800-108 in counter mode with HMAC-SHA-256; one turn gives up to 32 bytes. */
function deriveKey(key: Buffer, label: string, context: Buffer, bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes * 8);
  return createHmac("sha256", key)
    .update(Buffer.from([0, 0, 0, 1]))
    .update(`${label}\0\0`) // the label's own end, then the separator
    .update(context)
    .update(length)
    .digest()
    .subarray(0, bytes);
}
