import { AppError } from "../../base/errors.ts";
import { keyIdOf, signDocument, verifyDocument } from "../crypto/signing.ts";
import { joinFields } from "../crypto/derive.ts";
import { maxDocumentBytes, maxDocumentDepth } from "./limits.ts";

/**
 * Config, epochs, data keys and manifests are two lines of text: a JSON body, and its signature over
 * the body and the object's own name, so that no document passes under another name.
 */
export interface SignedDocument {
  /** Parsed when it is first asked for: ask after `verifies` where that can be. Throws `CorruptObject`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** First 16 hex digits of the SHA-256 of the signer's public key. */
  readonly keyId: string;
  /** True when the signature names this key, whether or not it verifies. */
  isSignedBy(publicKeyBase64: string): boolean;
  /** True when the signature verifies under the key asked for. */
  verifies(publicKeyBase64: string): boolean;
}

export interface Signer {
  readonly privateKey: string;
  readonly publicKey: string;
}

export function encodeSignedDocument(name: string, body: object, signer: Signer): Buffer {
  const text = JSON.stringify(body);
  const signature = signDocument(signer.privateKey, domain, signedBytes(name, text));
  return Buffer.from(`${text}\n${encodeSeal(keyIdOf(signer.publicKey), signature)}\n`, "utf8");
}

/** Splits into lines; says nothing about trust before `verifies` is asked. Throws `CorruptObject`. */
export function decodeSignedDocument(name: string, bytes: Uint8Array): SignedDocument {
  if (bytes.length > maxDocumentBytes)
    throw corrupt(name, `is larger than ${maxDocumentBytes} bytes`);
  const lines = decodeText(name, bytes).split("\n");
  const [text, sealText] = lines;
  if (lines.length !== 3 || lines[2] !== "" || text === undefined || sealText === undefined) {
    throw corrupt(name, "is not a body line and a signature line");
  }
  let body: Record<string, unknown> | undefined;
  const seal = parseObject(name, sealText);
  const { keyId, signature, algorithm } = seal;
  if (algorithm !== "ed25519" || typeof keyId !== "string" || typeof signature !== "string") {
    throw corrupt(name, "has a malformed signature line");
  }
  // One way to write a seal: no byte of a document can change unseen.
  if (sealText !== encodeSeal(keyId, Buffer.from(signature, "base64")))
    throw corrupt(name, "has a malformed signature line");
  const isSignedBy = (publicKey: string): boolean => keyIdOf(publicKey) === keyId;
  const verifies = (publicKey: string): boolean =>
    isSignedBy(publicKey) &&
    verifyDocument(publicKey, domain, signedBytes(name, text), Buffer.from(signature, "base64"));
  return {
    get body() {
      return (body ??= parseObject(name, text));
    },
    keyId,
    isSignedBy,
    verifies,
  };
}

/** As `decodeSignedDocument`, and throws `SignatureInvalid` unless the named key signed it. */
export function openSignedDocument(
  name: string,
  bytes: Uint8Array,
  publicKeyBase64: string,
): Readonly<Record<string, unknown>> {
  const document = decodeSignedDocument(name, bytes);
  if (!document.verifies(publicKeyBase64)) {
    throw new AppError(
      "SignatureInvalid",
      `Object "${name}" is not signed by this repository's key: it was altered or put there by somebody else`,
      { target: name },
    );
  }
  return document.body;
}

const domain = "holdfast signed document v1";

function signedBytes(name: string, text: string): Uint8Array {
  return joinFields(name, text);
}

function encodeSeal(keyId: string, signature: Uint8Array): string {
  const base64 = Buffer.from(signature).toString("base64");
  return JSON.stringify({ algorithm: "ed25519", keyId, signature: base64 });
}

function decodeText(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw corrupt(name, "is not UTF-8", cause);
  }
}

function parseObject(name: string, text: string): Record<string, unknown> {
  let value: unknown;
  requireShallow(name, text);
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(name, "is not JSON", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw corrupt(name, "is not a JSON object");
  return value as Record<string, unknown>;
}

/** A parser needs hundreds of bytes for each bracket of `[[[[…`. */
function requireShallow(name: string, text: string): void {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === backslash) at += 1;
      else if (code === quote) isText = false;
    } else if (code === quote) isText = true;
    else if (code === openBrace || code === openBracket) depth += 1;
    else if (code === closeBrace || code === closeBracket) depth -= 1;
    if (depth > maxDocumentDepth) throw corrupt(name, "is nested too deeply");
  }
}

const [quote, backslash] = [0x22, 0x5c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

function corrupt(name: string, fault: string, cause?: unknown): AppError {
  return new AppError("CorruptObject", `Object "${name}" ${fault}`, {
    target: name,
    ...(cause === undefined ? {} : { cause }),
  });
}
