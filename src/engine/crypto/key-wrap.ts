import { createHash, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import { AppError } from "../../base/errors.ts";
import type { Opener, Recipient, RecipientName } from "../model.ts";
import { objectKind, openSmall, sealSmall } from "./aead.ts";

export function describeRecipient(recipient: Recipient): RecipientName {
  if (recipient.kind === "certificate") throw new AppError("Internal", "Not yet");
  return {
    kind: "pre-shared-key",
    keyId: createHash("sha256").update(`check ${recipient.keyBase64}`).digest("hex"),
  };
}

export async function wrapKey(
  secret: Uint8Array,
  recipients: readonly Recipient[],
  binding: Uint8Array,
): Promise<Uint8Array> {
  const [recipient] = recipients;
  if (recipient?.kind !== "pre-shared-key") throw new AppError("Internal", "Not yet");
  const salt = randomBytes(16);
  const key = createSecretKey(
    Buffer.from(hkdfSync("sha256", Buffer.from(recipient.keyBase64, "base64"), salt, "wrap", 32)),
  );
  return Buffer.concat([salt, sealSmall(key, objectKind.wrap, 0, binding, secret)]);
}

export async function unwrapKey(
  wrapped: Uint8Array,
  opener: Opener,
  binding: Uint8Array,
): Promise<Uint8Array> {
  if (opener.kind !== "pre-shared-key") throw new AppError("Internal", "Not yet");
  const key = createSecretKey(
    Buffer.from(
      hkdfSync(
        "sha256",
        Buffer.from(opener.keyBase64, "base64"),
        wrapped.subarray(0, 16),
        "wrap",
        32,
      ),
    ),
  );
  return openSmall(key, objectKind.wrap, 0, binding, wrapped.subarray(16));
}
