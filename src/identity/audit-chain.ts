import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";

/** What a record says: flat, so that it has one canonical form. */
export type AuditContent = Readonly<Record<string, string | number>>;

/** A record of the audit log: its content, the hash of the record before it, and what proves both. */
export interface AuditRecord {
  /** From 1 on, without gaps. */
  readonly sequence: number;
  /** Hash of the record before; of zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 of everything but hash and signature, in hex. */
  readonly hash: string;
  /** Ed25519 over the hash, base64url. */
  readonly signature: string;
  readonly [name: string]: string | number;
}

/** What an empty log has for its last hash. */
export const emptyChainHash: string = "0".repeat(64);

export interface AuditSigner {
  /** SubjectPublicKeyInfo, base64: what a reader checks signatures with. */
  readonly publicKey: string;
  /** Chains a record to the one before. */
  seal(content: AuditContent, sequence: number, previousHash: string): AuditRecord;
}

/** A fresh private key, PKCS#8 in base64. */
export function newAuditKey(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
}

/** Signs records with a private key of `newAuditKey`. */
export function createAuditSigner(privateKeyBase64: string): AuditSigner {
  const der = Buffer.from(privateKeyBase64, "base64");
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    publicKey: spki.toString("base64"),
    seal(content, sequence, previousHash) {
      const chained = { ...content, sequence, previousHash };
      const hash = hashOf(chained);
      const signature = sign(null, Buffer.from(hash, "hex"), privateKey).toString("base64url");
      return { ...chained, hash, signature };
    },
  };
}

/** Short name of a public key, to be noted by whoever reads the log: SHA-256 of its base64, 32 hex digits. */
export function auditKeyId(publicKey: string): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 32);
}

/** Reads a public key; undefined for what is none of ours. */
export function readAuditKey(publicKey: string): KeyObject | undefined {
  try {
    const der = Buffer.from(publicKey, "base64");
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the content is what was hashed. */
export function isHashRight(record: AuditRecord): boolean {
  const { hash, signature: _signature, ...content } = record;
  return hashOf(content) === hash;
}

export function isSignatureRight({ hash, signature }: AuditRecord, key: KeyObject): boolean {
  return verify(null, Buffer.from(hash, "hex"), key, Buffer.from(signature, "base64url"));
}

/** Names sorted, so that a record read from JSON of any order hashes alike. */
function hashOf(content: AuditContent): string {
  const entries = Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256")
    .update(`holdfast audit v1\n${JSON.stringify(entries)}`)
    .digest("hex");
}
