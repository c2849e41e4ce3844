import { generateKeyPair, randomBytes as systemRandomBytes } from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";
import { AppError } from "../base/errors.ts";
import { encodeAsn1 } from "./asn1-access.ts";
import { thumbprintOf } from "./certificates.ts";

export interface NewCertificate {
  /** The public part, DER: what the service is given. */
  readonly certificateDer: Buffer;
  /** The private key with its certificate, PKCS#12: kept away from the service. */
  readonly pfxDer: Buffer;
  readonly thumbprint: string;
}

export interface NewCertificateOptions {
  /** 1 to 64 characters. */
  readonly commonName: string;
  readonly validDays: number;
  /** Of the .pfx, 8 characters or more. */
  readonly password: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the RSA key: 2048 to 16384. */
  readonly bits?: number;
  readonly randomBytes?: (count: number) => Buffer;
}

const millisecondsPerHour = 60 * 60 * 1000;
// Slows guessing of the password; opening stays well below a second.
const pfxIterations = 100_000;

/** Makes an RSA key and a self-signed certificate for encrypting backups, in a .pfx under AES-256. */
export async function createSelfSigned(options: NewCertificateOptions): Promise<NewCertificate> {
  checkOptions(options);
  // node:crypto makes the key in a fraction of the time forge would need.
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: options.bits ?? 3072 });
  const pem = pair.privateKey.export({ format: "pem", type: "pkcs1" });
  const privateKey = forge.pki.privateKeyFromPem(pem.toString());
  const certificate = describeCertificate(options, privateKey);
  certificate.sign(privateKey, forge.md.sha256.create());
  const certificateDer = encodeAsn1(forge.pki.certificateToAsn1(certificate));
  const pfx = forge.pkcs12.toPkcs12Asn1(privateKey, [certificate], options.password, {
    algorithm: "aes256",
    count: pfxIterations,
    friendlyName: options.commonName,
    ...{ prfAlgorithm: "sha256", saltSize: 16 },
  });
  return { certificateDer, pfxDer: encodeAsn1(pfx), thumbprint: thumbprintOf(certificateDer) };
}

function describeCertificate(
  options: NewCertificateOptions,
  privateKey: forge.pki.rsa.PrivateKey,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
  const serial = (options.randomBytes ?? systemRandomBytes)(16).toString("hex");
  // A first byte from 0x40 to 0x4f keeps the number positive and of one length.
  certificate.serialNumber = `4${serial.slice(1)}`;
  // An hour back, for clocks that disagree.
  certificate.validity.notBefore = new Date(options.now - millisecondsPerHour);
  certificate.validity.notAfter = new Date(
    options.now + options.validDays * 24 * millisecondsPerHour,
  );
  const name = [
    {
      name: "commonName",
      value: options.commonName, // The types of forge mistake the tag for its class.
      valueTagClass: forge.asn1.Type.UTF8 as number as forge.asn1.Class,
    },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", critical: true, cA: false },
    { name: "keyUsage", critical: true, keyEncipherment: true },
    { name: "subjectKeyIdentifier" },
  ]);
  return certificate;
}

function checkOptions({
  commonName,
  validDays,
  password,
  bits = 3072,
}: NewCertificateOptions): void {
  const faults = [
    [commonName.length >= 1 && commonName.length <= 64, "a common name of 1 to 64 characters"],
    [Number.isInteger(validDays) && validDays >= 1 && validDays <= 36_500, "1 to 36500 days"],
    [password.length >= 8, "a password of 8 characters or more"],
    [Number.isInteger(bits) && bits >= 2048 && bits <= 16_384, "an RSA key of 2048 to 16384 bits"],
  ] as const;
  const fault = faults.find(([isGood]) => !isGood);
  if (fault !== undefined) {
    throw new AppError("InvalidArgument", `Cannot create a certificate: give ${fault[1]}`);
  }
}
