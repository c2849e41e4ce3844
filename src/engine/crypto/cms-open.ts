import {
  constants,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  privateDecrypt,
  type KeyObject,
} from "node:crypto";
import {
  agreementSchemes,
  curves,
  deriveWrappingKey,
  keyWrapIv,
  maxRecipients,
  oaepAlgorithms,
  oids,
} from "./cms-format.ts";
import { DerReader, isEqual, tag, type DerValue } from "./der.ts";
import type { RecipientCertificate } from "./recipient-certificate.ts";

/** A CMS envelope, parsed and bounded, nothing decrypted yet. */
export interface Envelope {
  readonly recipients: readonly EnvelopeRecipient[];
  /** As the envelope says in the clear: for messages only. */
  readonly thumbprints: readonly string[];
  readonly iv: Uint8Array;
  readonly encrypted: Uint8Array;
}

export interface EnvelopeRecipient {
  readonly keyKind: "rsa" | "ec";
  readonly issuerAndSerial: Uint8Array;
  /** Yields the content key, or throws a plain `Error`. */
  readonly open: (privateKey: KeyObject) => Buffer;
}

/** Parses the form {@link sealToCertificates} writes; throws a plain `Error` for anything else. */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  const whole = new DerReader(bytes);
  const outer = whole.enter(tag.sequence);
  whole.expectEnd();
  outer.expectOid(oids.envelopedData);
  const body = outer.enter(tag.context(0)).enter(tag.sequence);
  body.expect(tag.integer);
  const recipients = readRecipients(body.enter(tag.set));
  const content = body.enter(tag.sequence);
  content.expectOid(oids.data);
  const algorithm = content.enter(tag.sequence);
  algorithm.expectOid(oids.aes256Cbc);
  const iv = algorithm.expect(tag.octetString).content;
  const encrypted = content.expect(tag.contextPrimitive(0)).content;
  const attributes = body.optional(tag.context(1));
  body.expectEnd();
  return { recipients, thumbprints: readThumbprints(attributes), iv, encrypted };
}

/** The recipients a private key may be meant for: those of its certificate, or else all of its kind. */
export function chooseRecipients(
  envelope: Envelope,
  certificate: RecipientCertificate,
): { readonly isNamed: boolean; readonly candidates: readonly EnvelopeRecipient[] } {
  const named = envelope.recipients.filter((one) =>
    isEqual(one.issuerAndSerial, certificate.issuerAndSerial),
  );
  if (named.length > 0) return { isNamed: true, candidates: named };
  // A renewed certificate has another name for the same key.
  const sameKind = envelope.recipients.filter((one) => one.keyKind === certificate.keyKind);
  return { isNamed: false, candidates: sameKind };
}

/** Decrypts the content; what comes out is not proved by anything yet. Throws a plain `Error`. */
export function decryptContent(envelope: Envelope, key: Uint8Array): Buffer {
  const decipher = createDecipheriv("aes-256-cbc", key, envelope.iv);
  return Buffer.concat([decipher.update(envelope.encrypted), decipher.final()]);
}

function readRecipients(set: DerReader): EnvelopeRecipient[] {
  const recipients: EnvelopeRecipient[] = [];
  while (!set.isAtEnd) {
    if (recipients.length === maxRecipients) throw new Error("Too many recipients");
    const agreement = set.optional(tag.context(1));
    recipients.push(
      agreement === undefined
        ? readKeyTransport(set.enter(tag.sequence))
        : readKeyAgreement(new DerReader(agreement.content)),
    );
  }
  return recipients;
}

function readKeyTransport(reader: DerReader): EnvelopeRecipient {
  reader.expectSmallInteger(0);
  const issuerAndSerial = reader.expect(tag.sequence).whole;
  const algorithm = reader.expect(tag.sequence).whole;
  if (!oaepAlgorithms.some((one) => isEqual(one, algorithm))) {
    throw new Error("Not RSA-OAEP with SHA-256");
  }
  const encrypted = reader.expect(tag.octetString).content;
  reader.expectEnd();
  return {
    keyKind: "rsa",
    issuerAndSerial,
    open: (key) =>
      privateDecrypt(
        { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
        encrypted,
      ),
  };
}

function readKeyAgreement(reader: DerReader): EnvelopeRecipient {
  reader.expectSmallInteger(3);
  const originator = reader.enter(tag.context(0)).enter(tag.context(1));
  originator.expect(tag.sequence);
  const [unusedBits, ...point] = originator.expect(tag.bitString).content;
  if (unusedBits !== 0) throw new Error("Not whole bytes of a public key");
  const userMaterial = reader.optional(tag.context(1))?.content;
  const algorithm = reader.enter(tag.sequence);
  const schemeOid = algorithm.expect(tag.oid).whole;
  const scheme = agreementSchemes.find(({ oid }) => isEqual(oid, schemeOid));
  if (scheme === undefined) throw new Error("Unknown key agreement");
  const wrapAlgorithm = algorithm.expect(tag.sequence);
  new DerReader(wrapAlgorithm.content).expectOid(oids.aes256Wrap);
  const forOne = readOnly(reader.enter(tag.sequence));
  reader.expectEnd();
  const issuerAndSerial = forOne.expect(tag.sequence).whole;
  const wrapped = forOne.expect(tag.octetString).content;
  return {
    keyKind: "ec",
    issuerAndSerial,
    open: (privateKey) => {
      const publicKey = readPoint(privateKey, Buffer.from(point));
      const shared = diffieHellman({ privateKey, publicKey });
      const key = deriveWrappingKey(scheme.hash, shared, wrapAlgorithm.whole, userMaterial);
      const decipher = createDecipheriv("id-aes256-wrap", key, keyWrapIv);
      return Buffer.concat([decipher.update(wrapped), decipher.final()]);
    },
  };
}

/** One agreement is for one recipient: we write no other. */
function readOnly(list: DerReader): DerReader {
  const only = list.enter(tag.sequence);
  list.expectEnd();
  return only;
}

/** The point must lie on the curve of our own key: Node refuses others when it decodes the key. */
function readPoint(privateKey: KeyObject, point: Buffer): KeyObject {
  const name = privateKey.asymmetricKeyDetails?.namedCurve;
  const curve = curves.find((one) => one.name === name);
  if (curve?.pointBytes !== point.length || point[0] !== 4) throw new Error("Not a point");
  const key = Buffer.concat([curve.publicKeyPrefix, point]);
  return createPublicKey({ key, format: "der", type: "spki" });
}

function readThumbprints(attributes: DerValue | undefined): string[] {
  if (attributes === undefined) return [];
  const attribute = new DerReader(attributes.content).enter(tag.sequence);
  attribute.expectOid(oids.unstructuredName);
  const values = attribute.enter(tag.set);
  const thumbprints: string[] = [];
  while (!values.isAtEnd && thumbprints.length < maxRecipients) {
    const text = Buffer.from(values.expect(tag.utf8String).content).toString("latin1");
    if (!/^[0-9A-F]{40}$/.test(text)) throw new Error("Not a thumbprint");
    thumbprints.push(text);
  }
  return thumbprints;
}
