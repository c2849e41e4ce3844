import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { isReadableDate } from "../base/certificate-date.ts";
import { AppError, type ErrorCode } from "../base/errors.ts";
import { toIso } from "../base/clock.ts";

/** A certificate that backups may be encrypted to: the public part only. */
export interface CertificateInfo {
  /** Base64 of the DER. */
  readonly certificateBase64: string;
  readonly subject: string;
  /** SHA-1 over the DER, 40 upper-case hex digits, as Windows shows it. */
  readonly thumbprint: string;
  /** SHA-256 over the SubjectPublicKeyInfo, lower-case hex. */
  readonly keyId: string;
  readonly keyType: "rsa" | "ec";
  /** Bits of the RSA modulus or of the curve. */
  readonly keyBits: number;
  /** ISO 8601 in UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Oddities that do not keep it from being used, as sentences. */
  readonly notes: readonly string[];
}

// No certificate in use is near this.
const maxCertificateBytes = 64 * 1024;
const minRsaBits = 2048;
// Larger keys only slow everything down.
const maxRsaBits = 16_384;
const maxExponent = 2n ** 32n;
const curveBits: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384 };
const advice =
  "export the certificate without its private key as DER (.cer) and give base64 of the file";

/**
 * Reads an encryption certificate: base64 of DER (a .cer file) or of PEM text, or PEM text itself. Throws
 * `InvalidCertificate`, `CertificateContainsPrivateKey`, `CertificateTooWeak` or `CertificateExpired`. The chain is
 * not checked: encryption certificates are commonly self-signed. `now` is in milliseconds since 1970.
 */
export function readCertificate(text: string, now: number): CertificateInfo {
  const certificate = parseCertificate(readDer(text));
  const key = readKey(certificate);
  checkDates(certificate, now);
  const spki = certificate.publicKey.export({ format: "der", type: "spki" });
  return {
    certificateBase64: certificate.raw.toString("base64"),
    subject: certificate.subject.replaceAll("\n", ", "),
    thumbprint: thumbprintOf(certificate.raw),
    keyId: createHash("sha256").update(spki).digest("hex"),
    ...key,
    notBefore: toIso(certificate.validFromDate.getTime()),
    notAfter: toIso(certificate.validToDate.getTime()),
    notes: listNotes(certificate),
  };
}

/** SHA-1 over the certificate's DER, 40 upper-case hex digits; neither its key nor its dates are judged. */
export function readThumbprint(text: string): string {
  return thumbprintOf(parseCertificate(readDer(text)).raw);
}

/** SHA-1 over DER, as Windows shows it. */
export function thumbprintOf(der: Uint8Array): string {
  return createHash("sha1").update(der).digest("hex").toUpperCase();
}

function readDer(text: string): Buffer {
  if (text.length > maxCertificateBytes * 2) throw tooLarge();
  if (text.includes("-----BEGIN")) return readPem(text);
  const bytes = readBase64(text);
  if (bytes === undefined) throw refuse("InvalidCertificate", `it is not base64: ${advice}`);
  if (bytes.length > maxCertificateBytes) throw tooLarge();
  return bytes.includes("-----BEGIN") ? readPem(bytes.toString("latin1")) : bytes;
}

function readPem(pem: string): Buffer {
  if (pem.includes("PRIVATE KEY")) throw containsKey();
  const blocks = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g)];
  const [block, another] = blocks;
  const der = block?.[1] === "CERTIFICATE" ? readBase64(block[2] ?? "") : undefined;
  if (der === undefined || another !== undefined) {
    throw refuse(
      "InvalidCertificate",
      `the PEM text must hold exactly one certificate, and it holds ${blocks.length} blocks: ${advice}`,
    );
  }
  return der;
}

function parseCertificate(der: Buffer): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch (cause) {
    if (holdsPrivateKey(der)) throw containsKey();
    throw refuse("InvalidCertificate", `it is not an X.509 certificate: ${advice}`, cause);
  }
  // Dates that are none would compare as neither past nor future.
  if (![certificate.validFrom, certificate.validTo].every(isReadableDate)) {
    throw refuse("InvalidCertificate", "its dates cannot be read: make a new one");
  }
  if (!certificate.raw.equals(der)) {
    throw refuse("InvalidCertificate", `more bytes follow it in the file: ${advice}`);
  }
  return certificate;
}

/** PKCS#12 by its first fields; PKCS#8 (plain or encrypted), PKCS#1 and SEC1 by trying. */
function holdsPrivateKey(der: Buffer): boolean {
  if (/^30(8[0-4][0-9a-f]{0,8}|[0-7][0-9a-f])020103/.test(der.toString("hex", 0, 12))) return true;
  return (["pkcs8", "pkcs1", "sec1"] as const).some((type) => {
    try {
      createPrivateKey({ key: der, format: "der", type });
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "ERR_MISSING_PASSPHRASE";
    }
  });
}

function readKey(certificate: X509Certificate): Pick<CertificateInfo, "keyType" | "keyBits"> {
  const { type, details } = readPublicKey(certificate);
  if (type === "rsa") {
    checkRsa(details.modulusLength ?? 0, details.publicExponent ?? 0n);
    return { keyType: "rsa", keyBits: details.modulusLength ?? 0 };
  }
  const keyBits = curveBits[details.namedCurve ?? ""];
  if (type === "ec" && keyBits !== undefined) return { keyType: "ec", keyBits };
  throw refuse(
    "InvalidCertificate",
    `its key is of type "${details.namedCurve ?? type}": use RSA of ${minRsaBits} to ${maxRsaBits} bits, P-256 or P-384`,
  );
}

function readPublicKey(certificate: X509Certificate): {
  readonly type: string;
  readonly details: NonNullable<X509Certificate["publicKey"]["asymmetricKeyDetails"]>;
} {
  try {
    const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails } = certificate.publicKey;
    return { type, details: asymmetricKeyDetails ?? {} };
  } catch (cause) {
    throw refuse("InvalidCertificate", "its public key cannot be read: make a new one", cause);
  }
}

function checkRsa(bits: number, exponent: bigint): void {
  if (bits < minRsaBits) {
    throw refuse(
      "CertificateTooWeak",
      `its RSA key has ${bits} bits: use ${minRsaBits} or more, 3072 for a new one`,
    );
  }
  if (bits > maxRsaBits) {
    throw refuse("InvalidCertificate", `its RSA key has ${bits} bits: use at most ${maxRsaBits}`);
  }
  if (exponent < 3n || exponent % 2n === 0n || exponent > maxExponent) {
    throw refuse("CertificateTooWeak", "its RSA key has no sound exponent: make a new one");
  }
}

function checkDates({ validFromDate: from, validToDate: to }: X509Certificate, now: number): void {
  if (now > to.getTime()) {
    throw refuse("CertificateExpired", `it expired on ${to.toISOString()}: use a valid one`);
  }
  if (now < from.getTime()) {
    throw refuse(
      "CertificateExpired",
      `it is not valid before ${from.toISOString()}: check the clock, or use a valid one`,
    );
  }
}

function listNotes(certificate: X509Certificate): string[] {
  const notes: string[] = [];
  const signature = certificate.signatureAlgorithm ?? "";
  if (/md5|sha-?1(?!\d)/i.test(signature)) {
    notes.push(`The certificate is signed with "${signature}", which is outdated`);
  }
  if (certificate.ca) notes.push("The certificate is that of a certificate authority");
  return notes;
}

/** Line breaks are let through, as tools wrap base64; undefined for anything that is not base64. */
function readBase64(text: string): Buffer | undefined {
  const compact = text.replaceAll(/[\r\n\t ]/g, "");
  if (compact === "" || compact.length % 4 !== 0) return undefined;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(compact) ? Buffer.from(compact, "base64") : undefined;
}

function tooLarge(): AppError {
  return refuse("InvalidCertificate", `it is larger than ${maxCertificateBytes} bytes: ${advice}`);
}

function containsKey(): AppError {
  return new AppError(
    "CertificateContainsPrivateKey",
    `What was given as certificate contains a private key; it was not stored: ${advice}, and keep the private key elsewhere`,
    { target: "certificate" },
  );
}

function refuse(code: ErrorCode, fault: string, cause?: unknown): AppError {
  return new AppError(code, `The encryption certificate cannot be used, ${fault}`, {
    target: "certificate",
    ...(cause === undefined ? {} : { cause }),
  });
}
