import { createHash } from "node:crypto";
import { encodeDer, encodeOid, encodeSmallInteger, tag } from "./der.ts";

/** What both sides of the CMS envelope (RFC 5652, 5753, 4055) must write and expect alike. */

export const oids: Readonly<Record<OidName, Uint8Array>> = {
  data: encodeOid("1.2.840.113549.1.7.1"),
  envelopedData: encodeOid("1.2.840.113549.1.7.3"),
  rsaOaep: encodeOid("1.2.840.113549.1.1.7"),
  mgf1: encodeOid("1.2.840.113549.1.1.8"),
  sha256: encodeOid("2.16.840.1.101.3.4.2.1"),
  aes256Cbc: encodeOid("2.16.840.1.101.3.4.1.42"),
  aes256Wrap: encodeOid("2.16.840.1.101.3.4.1.45"),
  ecPublicKey: encodeOid("1.2.840.10045.2.1"),
  /** PKCS #9: holds the thumbprints of the recipients, for people. */
  unstructuredName: encodeOid("1.2.840.113549.1.9.2"),
};

type OidName =
  | "data"
  | "envelopedData"
  | "rsaOaep"
  | "mgf1"
  | "sha256"
  | "aes256Cbc"
  | "aes256Wrap"
  | "ecPublicKey"
  | "unstructuredName";

/** ECDH with the X9.63 derivation over a hash. */
export interface AgreementScheme {
  readonly hash: "sha256" | "sha384" | "sha512";
  readonly oid: Uint8Array;
}

/** The scheme we write. */
export const agreementScheme: AgreementScheme = {
  hash: "sha256",
  oid: encodeOid("1.3.132.1.11.1"),
};

/** The schemes we read. */
export const agreementSchemes: readonly AgreementScheme[] = [
  agreementScheme,
  { hash: "sha384", oid: encodeOid("1.3.132.1.11.2") },
  { hash: "sha512", oid: encodeOid("1.3.132.1.11.3") },
];

export interface Curve {
  /** Node's name of it. */
  readonly name: string;
  /** Bytes of an uncompressed point. */
  readonly pointBytes: number;
  /** DER of the key's AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  /** With an uncompressed point behind it, a SubjectPublicKeyInfo. */
  readonly publicKeyPrefix: Uint8Array;
}

export const curves: readonly Curve[] = [
  describeCurve("prime256v1", "1.2.840.10045.3.1.7", 65),
  describeCurve("secp384r1", "1.3.132.0.34", 97),
];

/** More would not fit the bounds of a wrapped key, and nobody has them. */
export const maxRecipients = 16;

/** Initial value of the AES key wrap, as RFC 3394 has it. */
export const keyWrapIv: Uint8Array = Buffer.alloc(8, 0xa6);

export const version0: Uint8Array = encodeSmallInteger(0);
export const version2: Uint8Array = encodeSmallInteger(2);
export const version3: Uint8Array = encodeSmallInteger(3);

/** RSAES-OAEP with SHA-256 for hash and mask, as we write it. */
export const oaepAlgorithm: Uint8Array = encodeOaepAlgorithm(encodeDer(tag.null));
/** As we read it: RFC 4055 lets the hash's empty parameters be there or not. */
export const oaepAlgorithms: readonly Uint8Array[] = [oaepAlgorithm, encodeOaepAlgorithm()];
export const aes256WrapAlgorithm: Uint8Array = encodeDer(tag.sequence, oids.aes256Wrap);

/** X9.63 derivation of a 256-bit key: one round of each hash is enough. `algorithm` is that of the key wrap. */
export function deriveWrappingKey(
  hash: string,
  shared: Uint8Array,
  algorithm: Uint8Array,
  userMaterial: Uint8Array | undefined,
): Buffer {
  const info = encodeDer(
    tag.sequence,
    algorithm,
    userMaterial === undefined ? Buffer.alloc(0) : encodeDer(tag.context(0), userMaterial),
    encodeDer(tag.context(2), encodeDer(tag.octetString, Buffer.from([0, 0, 1, 0]))),
  );
  const counter = Buffer.from([0, 0, 0, 1]);
  return createHash(hash).update(shared).update(counter).update(info).digest().subarray(0, 32);
}

function describeCurve(name: string, oid: string, pointBytes: number): Curve {
  const algorithm = encodeDer(tag.sequence, oids.ecPublicKey, encodeOid(oid));
  const point = encodeDer(tag.bitString, Buffer.from([0]), Buffer.alloc(pointBytes));
  const whole = encodeDer(tag.sequence, algorithm, point);
  return { name, pointBytes, algorithm, publicKeyPrefix: whole.subarray(0, -pointBytes) };
}

function encodeOaepAlgorithm(...hashParameters: readonly Uint8Array[]): Buffer {
  const hash = encodeDer(tag.sequence, oids.sha256, ...hashParameters);
  const mask = encodeDer(tag.sequence, oids.mgf1, hash);
  const parameters = encodeDer(
    tag.sequence,
    encodeDer(tag.context(0), hash),
    encodeDer(tag.context(1), mask),
  );
  return encodeDer(tag.sequence, oids.rsaOaep, parameters);
}
