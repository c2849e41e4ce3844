import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError } from "./errors.ts";

/**
 * The certificates of authorities in a PEM file, as they are. Throws `InvalidConfiguration` about the setting when
 * the file cannot be read, holds none, or one that is damaged.
 */
export function readAuthorityFile(file: string, setting: string): string {
  const fail = (fault: string, cause?: unknown): AppError =>
    new AppError(
      "InvalidConfiguration",
      `Setting "${setting}" is not valid: the file "${file}" ${fault}; name a PEM file with the certificates of the authorities`,
      { target: setting, ...(cause === undefined ? {} : { cause }) },
    );
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw fail("cannot be read", cause);
  }
  const certificates = text.match(block) ?? [];
  if (certificates.length === 0) throw fail("holds no certificate");
  try {
    for (const pem of certificates) new X509Certificate(pem);
  } catch (cause) {
    throw fail("holds a damaged certificate", cause);
  }
  // Nothing else of the file goes on: a key that lies beside them is none of our business.
  return `${certificates.join("\n")}\n`;
}

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
