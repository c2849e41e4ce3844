import { createHash } from "node:crypto";
import { AppError } from "../../src/base/errors.ts";
import type { IdentityPort } from "../../src/provider/ports.ts";
import { fakeThumbprint } from "./fake-engine.ts";

/** A certificate of the fake identity: good until 2030, or 2040 if the text says `long`, unless it says `weak` or `expired`. */
export function aCertificate(text: string): string {
  return Buffer.from(`certificate ${text}`).toString("base64");
}

/** A .pfx of the fake identity for such a certificate; its password is `right`. */
export function aPfx(text: string): string {
  return Buffer.from(`pfx ${text}`).toString("base64");
}

/** Says what real certificates would; sealed texts are reversible, bound to their label, and not the text. */
export const fakeIdentity: IdentityPort = {
  readCertificate: (certificateBase64) => {
    const text = Buffer.from(certificateBase64, "base64").toString();
    if (!text.startsWith("certificate ")) {
      throw new AppError(
        "InvalidCertificate",
        "The certificate cannot be read: send the base64 of a .cer file",
      );
    }
    if (text.includes("weak"))
      throw new AppError("CertificateTooWeak", "The RSA key is too short: use 2048 bits or more");
    if (text.includes("expired"))
      throw new AppError("CertificateExpired", "The certificate has expired: send a new one");
    return {
      certificateBase64,
      thumbprint: fakeThumbprint(certificateBase64),
      keyId: createHash("sha256").update(text).digest("hex"),
      subject: `CN=${text.slice("certificate ".length)}`,
      notAfter: `${text.includes("long") ? 2040 : 2030}-01-01T00:00:00.000Z`,
    };
  },
  openPfx: (pfxBase64, password) => {
    const text = Buffer.from(pfxBase64, "base64").toString();
    if (!text.startsWith("pfx "))
      throw new AppError("InvalidPfx", "The .pfx cannot be read: send the base64 of the file");
    if (password !== "right")
      throw new AppError("WrongPfxPassword", "The .pfx does not open with this password: check it");
    return {
      kind: "private-key",
      privateKeyBase64: Buffer.from("private-key-canary").toString("base64"),
      certificateBase64: aCertificate(text.slice("pfx ".length)),
    };
  },
  readThumbprint: fakeThumbprint,
  seal: (text, label) =>
    Buffer.from(`${label}\n${[...text].reverse().join("")}`).toString("base64"),
  unseal: (sealed, label) => {
    const [found, ...rest] = Buffer.from(sealed, "base64").toString().split("\n");
    if (found !== label)
      throw new AppError("SecretUnavailable", "The secret belongs elsewhere: set it again");
    return [...rest.join("\n")].reverse().join("");
  },
};
