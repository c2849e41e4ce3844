import { createHmac, createPrivateKey, type KeyObject } from "node:crypto";
import { AppError, isAppError } from "../../base/errors.ts";
import type { Opener, Recipient, RecipientName } from "../model.ts";
import { maxRecipients } from "./cms-format.ts";
import { chooseRecipients, decryptContent, parseEnvelope, type Envelope } from "./cms-open.ts";
import { sealToCertificates } from "./cms-seal.ts";
import { deriveSecretKey, isSameBytes } from "./derive.ts";
import {
  isPreSharedWrap,
  openWithPreSharedKey,
  preSharedKeyIdOf,
  readPreSharedKey,
  sealToPreSharedKey,
} from "./pre-shared-key.ts";
import {
  publicKeyIdOf,
  readRecipientCertificate,
  type RecipientCertificate,
} from "./recipient-certificate.ts";

/**
 * Inside a CMS envelope: magic "HFWK", u8 version 1, u8 length of the secret, the secret, and an HMAC-SHA-256 under
 * a key derived from it over the binding. CBC alone would let bits be flipped and keys be given other names.
 */
const magic = Buffer.from("HFWK");
const version = 1;
const headerBytes = magic.length + 2;
const macBytes = 32;
const maxWrappedBytes = 64 * 1024;
const secretBytes = { min: 32, max: 96 } as const;

type PrivateKeyOpener = Extract<Opener, { kind: "private-key" }>;

/** How a recipient is shown and found. Throws as {@link wrapKey} does for one that nothing can be wrapped to. */
export function describeRecipient(recipient: Recipient): RecipientName {
  if (recipient.kind === "pre-shared-key") {
    return { kind: recipient.kind, keyId: preSharedKeyIdOf(readPreSharedKey(recipient.keyBase64)) };
  }
  const certificate = readRecipientCertificate(recipient.certificateBase64);
  return {
    kind: recipient.kind,
    thumbprint: certificate.thumbprint,
    keyId: publicKeyIdOf(certificate.publicKey),
    subject: certificate.x509.subject.replaceAll("\n", ", "),
    notAfter: certificate.x509.validToDate.toISOString(),
  };
}

/**
 * Wraps a secret of 32 to 96 bytes so that any one of the recipients opens it, and only under the same binding:
 * 1 to 16 certificates (RSA and EC mixed), or one pre-shared key.
 */
export async function wrapKey(
  secret: Uint8Array,
  recipients: readonly Recipient[],
  binding: Uint8Array,
): Promise<Uint8Array> {
  if (secret.length < secretBytes.min || secret.length > secretBytes.max) {
    throw new AppError("Internal", `Cannot wrap a secret of ${secret.length} bytes`);
  }
  const [first] = recipients;
  if (first?.kind === "pre-shared-key" && recipients.length === 1) {
    return sealToPreSharedKey(secret, readPreSharedKey(first.keyBase64), binding);
  }
  if (recipients.length === 0 || recipients.length > maxRecipients) {
    throw new AppError(
      "InvalidArgument",
      `Cannot wrap a key to ${recipients.length} certificates: name 1 to ${maxRecipients}`,
    );
  }
  const content = encodeContent(secret, binding);
  const wrapped = sealToCertificates(content, recipients.map(requireCertificate));
  content.fill(0);
  if (wrapped.length > maxWrappedBytes) {
    throw new AppError(
      "LimitExceeded",
      `The wrapped key would be ${wrapped.length} bytes: name fewer or smaller certificates`,
    );
  }
  return wrapped;
}

/**
 * Opens what {@link wrapKey} made. `DecryptionKeyMismatch` says which certificates are needed and which was given;
 * every other failure is `CannotOpen`, whatever was wrong.
 */
export async function unwrapKey(
  wrapped: Uint8Array,
  opener: Opener,
  binding: Uint8Array,
): Promise<Uint8Array> {
  if (wrapped.length > maxWrappedBytes) {
    throw new AppError(
      "LimitExceeded",
      `The wrapped key has ${wrapped.length} bytes, more than ${maxWrappedBytes}: the store was altered`,
    );
  }
  if (isPreSharedWrap(wrapped)) {
    if (opener.kind !== "pre-shared-key") {
      throw mismatch("a pre-shared key", `certificate "${thumbprintOf(opener)}"`);
    }
    return openWithPreSharedKey(wrapped, readPreSharedKey(opener.keyBase64), binding);
  }
  const envelope = orCannotOpen(() => parseEnvelope(wrapped));
  if (opener.kind !== "private-key") throw mismatch(nameRecipients(envelope), "a pre-shared key");
  return openEnvelope(envelope, opener, binding);
}

function openEnvelope(envelope: Envelope, opener: PrivateKeyOpener, binding: Uint8Array): Buffer {
  const certificate = readRecipientCertificate(opener.certificateBase64);
  const privateKey = readPrivateKey(opener, certificate);
  const { isNamed, candidates } = chooseRecipients(envelope, certificate);
  for (const candidate of candidates) {
    const key = attempt(() => candidate.open(privateKey));
    const content = key && attempt(() => decryptContent(envelope, key));
    const secret = content && decodeContent(content, binding);
    key?.fill(0);
    if (secret !== undefined) return secret;
    // The key fits this recipient, so what lies behind it is damaged or not ours.
    if (key !== undefined) throw cannotOpen();
  }
  if (isNamed) throw cannotOpen();
  throw mismatch(nameRecipients(envelope), `certificate "${certificate.thumbprint}"`);
}

function readPrivateKey(opener: PrivateKeyOpener, certificate: RecipientCertificate): KeyObject {
  const der = Buffer.from(opener.privateKeyBase64, "base64");
  const key = attempt(() => createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  der.fill(0);
  if (key !== undefined && attempt(() => certificate.x509.checkPrivateKey(key))) return key;
  throw new AppError(
    "DecryptionKeyMismatch",
    `The private key is not that of certificate "${certificate.thumbprint}": give both from one .pfx`,
  );
}

function encodeContent(secret: Uint8Array, binding: Uint8Array): Buffer {
  const header = Buffer.from([...magic, version, secret.length]);
  return Buffer.concat([header, secret, macOf(secret, binding)]);
}

function decodeContent(content: Buffer, binding: Uint8Array): Buffer | undefined {
  const length = content[magic.length + 1] ?? 0;
  const isOurs =
    content.subarray(0, magic.length).equals(magic) &&
    content[magic.length] === version &&
    length >= secretBytes.min &&
    length <= secretBytes.max &&
    content.length === headerBytes + length + macBytes;
  if (!isOurs) return undefined;
  const secret = content.subarray(headerBytes, headerBytes + length);
  const mac = content.subarray(headerBytes + length);
  return isSameBytes(macOf(secret, binding), mac) ? secret : undefined;
}

function macOf(secret: Uint8Array, binding: Uint8Array): Buffer {
  const key = deriveSecretKey(secret, new Uint8Array(0), "holdfast wrapped key check v1");
  return createHmac("sha256", key).update(binding).digest();
}

function requireCertificate(recipient: Recipient): RecipientCertificate {
  if (recipient.kind === "certificate") {
    return readRecipientCertificate(recipient.certificateBase64);
  }
  throw new AppError(
    "InvalidArgument",
    "A pre-shared key cannot be one of several recipients: name certificates, or the key alone",
  );
}

function thumbprintOf(opener: PrivateKeyOpener): string {
  return readRecipientCertificate(opener.certificateBase64).thumbprint;
}

function nameRecipients({ thumbprints }: Envelope): string {
  if (thumbprints.length === 0) return "another certificate";
  return `certificate ${thumbprints.map((one) => `"${one}"`).join(" or ")}`;
}

function mismatch(needed: string, given: string): AppError {
  return new AppError(
    "DecryptionKeyMismatch",
    `The content was encrypted to ${needed}, but ${given} was given: give the key that fits`,
  );
}

/** Undefined instead of any error: the reasons are told to nobody. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function orCannotOpen<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw isAppError(error) ? error : cannotOpen();
  }
}

function cannotOpen(): AppError {
  return new AppError("CannotOpen", "Cannot open a wrapped key: it is not whole or was altered");
}
