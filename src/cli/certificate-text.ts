/** A certificate file, DER or PEM, as base64 of the DER. */
export function certificateToBase64(bytes: Buffer): string {
  const pem = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(bytes.toString("latin1"));
  return pem?.[1] === undefined ? bytes.toString("base64") : pem[1].replace(/\s+/g, "");
}
