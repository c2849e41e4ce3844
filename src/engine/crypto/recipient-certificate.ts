import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import { isReadableDate } from "../../base/certificate-date.ts";
import { AppError } from "../../base/errors.ts";
import { DerReader, encodeDer, tag } from "./der.ts";

/** What wrapping needs of a certificate. Its dates do not count here: a backup to an old key beats none. */
export interface RecipientCertificate {
  readonly thumbprint: string;
  readonly publicKey: KeyObject;
  readonly keyKind: "rsa" | "ec";
  readonly x509: X509Certificate;
  /** DER of IssuerAndSerialNumber, by which CMS names a recipient. */
  readonly issuerAndSerial: Uint8Array;
}

const maxCertificateBytes = 64 * 1024;
const maxRsaBits = 16_384;
const curves: readonly (string | undefined)[] = ["prime256v1", "secp384r1"];

/** Reads a certificate that a key may be wrapped to; throws `InvalidCertificate` or `CertificateTooWeak`. */
export function readRecipientCertificate(certificateBase64: string): RecipientCertificate {
  const { x509, issuerAndSerial } = parseCertificate(certificateBase64);
  const { publicKey } = x509;
  const { modulusLength = 0, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const keyKind = publicKey.asymmetricKeyType === "rsa" ? "rsa" : "ec";
  if (keyKind === "rsa" && modulusLength < 2048) {
    throw new AppError(
      "CertificateTooWeak",
      `The certificate has an RSA key of ${modulusLength} bits: use 2048 or more`,
    );
  }
  if (keyKind === "rsa" ? modulusLength > maxRsaBits : !curves.includes(namedCurve)) {
    throw new AppError(
      "InvalidCertificate",
      "The key of the certificate cannot be used: use RSA of 2048 to 16384 bits, P-256 or P-384",
    );
  }
  return {
    thumbprint: createHash("sha1").update(x509.raw).digest("hex").toUpperCase(),
    publicKey,
    keyKind,
    x509,
    issuerAndSerial,
  };
}

/** SHA-256 over the SubjectPublicKeyInfo, lower-case hex. */
export function publicKeyIdOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ format: "der", type: "spki" });
  return createHash("sha256").update(spki).digest("hex");
}

function parseCertificate(
  certificateBase64: string,
): Pick<RecipientCertificate, "x509" | "issuerAndSerial"> {
  const der = Buffer.from(certificateBase64, "base64");
  try {
    if (der.length > maxCertificateBytes) throw new Error("Certificate is too large");
    const x509 = new X509Certificate(der);
    // Touched here because Node decodes the key only when it is asked for it.
    if (!x509.raw.equals(der) || x509.publicKey.asymmetricKeyType === undefined) {
      throw new Error("Not exactly one DER certificate");
    }
    if (!isReadableDate(x509.validTo)) throw new Error("Not a date");
    return { x509, issuerAndSerial: readIssuerAndSerial(der) };
  } catch (cause) {
    throw new AppError(
      "InvalidCertificate",
      "The certificate cannot be read: give the base64 of one X.509 certificate in DER",
      { cause },
    );
  }
}

function readIssuerAndSerial(der: Uint8Array): Uint8Array {
  const body = new DerReader(der).enter(tag.sequence).enter(tag.sequence);
  body.optional(tag.context(0));
  const serial = body.expect(tag.integer);
  body.expect(tag.sequence);
  const issuer = body.expect(tag.sequence);
  return encodeDer(tag.sequence, issuer.whole, serial.whole);
}
