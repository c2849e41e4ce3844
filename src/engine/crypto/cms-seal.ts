import {
  constants,
  createCipheriv,
  diffieHellman,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from "node:crypto";
import { AppError } from "../../base/errors.ts";
import {
  aes256WrapAlgorithm,
  agreementScheme,
  curves,
  deriveWrappingKey,
  keyWrapIv,
  oaepAlgorithm,
  oids,
  version0,
  version2,
  version3,
} from "./cms-format.ts";
import { encodeDer, encodeSet, tag } from "./der.ts";
import type { RecipientCertificate } from "./recipient-certificate.ts";

/**
 * CMS EnvelopedData in DER that each recipient's private key opens, also with `openssl cms -decrypt`. CBC proves
 * nothing about who wrote the content or that it is whole: the content must carry its own check.
 */
export function sealToCertificates(
  content: Uint8Array,
  recipients: readonly RecipientCertificate[],
): Buffer {
  const key = randomBytes(32);
  const enveloped = encodeDer(
    tag.sequence,
    version2,
    encodeSet(
      tag.set,
      recipients.map((one) => encodeRecipient(one, key)),
    ),
    encryptContent(key, content),
    encodeThumbprints(recipients),
  );
  key.fill(0);
  return encodeDer(tag.sequence, oids.envelopedData, encodeDer(tag.context(0), enveloped));
}

function encodeRecipient(recipient: RecipientCertificate, key: Uint8Array): Buffer {
  return recipient.keyKind === "rsa"
    ? encodeKeyTransport(recipient, key)
    : encodeKeyAgreement(recipient, key);
}

function encodeKeyTransport(recipient: RecipientCertificate, key: Uint8Array): Buffer {
  const encrypted = publicEncrypt(
    {
      key: recipient.publicKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: "sha256",
    },
    key,
  );
  return encodeDer(
    tag.sequence,
    version0,
    recipient.issuerAndSerial,
    oaepAlgorithm,
    encodeDer(tag.octetString, encrypted),
  );
}

/** A fresh key of ours for each recipient, so that none needs a certificate to be found. */
function encodeKeyAgreement(recipient: RecipientCertificate, key: Uint8Array): Buffer {
  const namedCurve = recipient.publicKey.asymmetricKeyDetails?.namedCurve;
  const curve = curves.find(({ name }) => name === namedCurve);
  if (curve === undefined) throw new AppError("Internal", "Not a curve a key is wrapped on");
  const ours = generateKeyPairSync("ec", { namedCurve: curve.name });
  const point = ours.publicKey.export({ format: "der", type: "spki" }).subarray(-curve.pointBytes);
  const shared = diffieHellman({ privateKey: ours.privateKey, publicKey: recipient.publicKey });
  const { hash, oid } = agreementScheme;
  const userMaterial = encodeDer(tag.octetString, randomBytes(32));
  const wrappingKey = deriveWrappingKey(hash, shared, aes256WrapAlgorithm, userMaterial);
  const cipher = createCipheriv("id-aes256-wrap", wrappingKey, keyWrapIv);
  const wrapped = Buffer.concat([cipher.update(key), cipher.final()]);
  const publicPoint = encodeDer(tag.bitString, Buffer.from([0]), point);
  const originator = encodeDer(tag.context(1), curve.algorithm, publicPoint);
  const forOne = encodeDer(
    tag.sequence,
    recipient.issuerAndSerial,
    encodeDer(tag.octetString, wrapped),
  );
  return encodeDer(
    tag.context(1),
    version3,
    encodeDer(tag.context(0), originator),
    encodeDer(tag.context(1), userMaterial),
    encodeDer(tag.sequence, oid, aes256WrapAlgorithm),
    encodeDer(tag.sequence, forOne),
  );
}

function encryptContent(key: Uint8Array, content: Uint8Array): Buffer {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  const algorithm = encodeDer(tag.sequence, oids.aes256Cbc, encodeDer(tag.octetString, iv));
  return encodeDer(
    tag.sequence,
    oids.data,
    algorithm,
    encodeDer(tag.contextPrimitive(0), encrypted),
  );
}

/** An attribute in the clear, so that who holds the wrong key can be told which one is needed. */
function encodeThumbprints(recipients: readonly RecipientCertificate[]): Buffer {
  const values = recipients.map(({ thumbprint }) =>
    encodeDer(tag.utf8String, Buffer.from(thumbprint)),
  );
  const attribute = encodeDer(tag.sequence, oids.unstructuredName, encodeSet(tag.set, values));
  return encodeDer(tag.context(1), attribute);
}
