import forge from "node-forge";

export interface TlsPairOptions {
  /** The address it is for; default 127.0.0.1. */
  readonly ip?: string;
  /** From when to when it is valid, in days from now; default one each way. */
  readonly days?: readonly [from: number, to: number];
}

/** A fresh certificate, signed with its own key. */
export function makeTlsPair({
  ip = "127.0.0.1",
  days: [from, to] = [-1, 1],
}: TlsPairOptions = {}): {
  readonly certPem: string;
  readonly keyPem: string;
} {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  const day = 24 * 60 * 60 * 1000;
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = "01";
  certificate.validity.notBefore = new Date(Date.now() + from * day);
  certificate.validity.notAfter = new Date(Date.now() + to * day);
  const name = [{ name: "commonName", value: "holdfast test" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([{ name: "subjectAltName", altNames: [{ type: 7, ip }] }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return {
    certPem: forge.pki.certificateToPem(certificate),
    keyPem: forge.pki.privateKeyToPem(keys.privateKey),
  };
}
