import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import { joinFields } from "./derive.ts";

const keyType = "ed25519";
const signatureBytes = 64;

/** A new Ed25519 pair: PKCS#8 and SubjectPublicKeyInfo, base64 of DER. */
export function createSigningKeys(): { readonly privateKey: string; readonly publicKey: string } {
  const pair = generateKeyPairSync(keyType);
  return {
    privateKey: pair.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    publicKey: pair.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
  };
}

/** Signs the domain and the bytes together, so that no document passes for one of another kind. */
export function signDocument(privateKeyBase64: string, domain: string, bytes: Uint8Array): Buffer {
  const key = createPrivateKey({
    key: Buffer.from(privateKeyBase64, "base64"),
    format: "der",
    type: "pkcs8",
  });
  return sign(null, joinFields(domain, bytes), key);
}

/** Whether the key signed these bytes in this domain; false for anything that is no such key or signature. */
export function verifyDocument(
  publicKeyBase64: string,
  domain: string,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKeyBase64, "base64"),
      format: "der",
      type: "spki",
    });
    // The key may come from the store: any other kind would be verified by other rules.
    if (key.asymmetricKeyType !== keyType || signature.length !== signatureBytes) return false;
    return verify(null, joinFields(domain, bytes), key, signature);
  } catch {
    return false;
  }
}

/** Short name of a public key, for people: 16 hex digits of its SHA-256. */
export function keyIdOf(publicKeyBase64: string): string {
  return createHash("sha256")
    .update(Buffer.from(publicKeyBase64, "base64"))
    .digest("hex")
    .slice(0, 16);
}
