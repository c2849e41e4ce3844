import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { createSecureContext } from "node:tls";
import { AppError, isAppError } from "../base/errors.ts";
import {
  childrenOf,
  countOf,
  octetsOf,
  oidOf,
  encodeAsn1,
  parseAsn1,
  type Asn1,
} from "./asn1-access.ts";
import { checkMac, decryptPart, spendOnMac, unusable, WorkBudget } from "./pfx-password.ts";

/** A private key and its certificate out of a .pfx. Secret: in memory only, for one run. */
export interface OpenedPfx {
  readonly kind: "private-key";
  /** PKCS#8 DER, base64. */
  readonly privateKeyBase64: string;
  readonly certificateBase64: string;
}

/**
 * Opens a PKCS#12 file (base64 of it) of RSA or EC keys and picks a private key with its certificate. Throws
 * `WrongPfxPassword`, or `InvalidPfx` when it is no such file, holds no pair, or asks for absurd work. Dates are not
 * judged: an expired certificate still opens what was encrypted to it.
 */
export async function openPfx(pfxBase64: string, password: string): Promise<OpenedPfx> {
  const bytes = readBytes(pfxBase64);
  if (password.length > maxPasswordLength) throw wrongPassword();
  const container = readContainer(bytes);
  const holds =
    (await openAtOnce(bytes, container, password)) ?? (await openInSteps(container, password));
  for (const key of holds.keys) {
    const certificate = holds.certificates.find((one) => one.checkPrivateKey(key));
    if (certificate === undefined) continue;
    return {
      kind: "private-key",
      privateKeyBase64: key.export({ format: "der", type: "pkcs8" }).toString("base64"),
      certificateBase64: certificate.raw.toString("base64"),
    };
  }
  throw unusable(
    holds.keys.length === 0
      ? "it holds no private key: export the certificate together with its key"
      : "no certificate in it belongs to its private key: export both together",
  );
}

const maxPfxBytes = 1024 * 1024;
const maxPasswordLength = 1024;
// A file has a key, a certificate and perhaps a chain; each part may cost a key derivation.
const maxParts = 64;
const oids = {
  data: "1.2.840.113549.1.7.1",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
  x509: "1.2.840.113549.1.9.22.1",
} as const;

interface Container {
  /** AuthenticatedSafe: what the check is over. */
  readonly content: Buffer;
  readonly mac: Asn1 | undefined;
}

interface Holdings {
  readonly keys: KeyObject[];
  readonly certificates: X509Certificate[];
}

function readBytes(pfxBase64: string): Buffer {
  if (pfxBase64.length > maxPfxBytes * 1.5)
    throw unusable(`it is larger than ${maxPfxBytes} bytes`);
  const compact = pfxBase64.replaceAll(/[\r\n]/g, "");
  const isBase64 = compact.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(compact);
  if (!isBase64) throw unusable("it is not base64: give base64 of the .pfx file");
  const bytes = Buffer.from(compact, "base64");
  if (bytes.length > maxPfxBytes) throw unusable(`it is larger than ${maxPfxBytes} bytes`);
  return bytes;
}

function readContainer(bytes: Buffer): Container {
  try {
    const [version, content, mac] = childrenOf(parseAsn1(bytes));
    if (countOf(version) !== 3) throw new Error("Not PKCS#12 version 3");
    return { content: readData(childrenOf(content)), mac };
  } catch (cause) {
    throw unusable("it is not a PKCS#12 file: give a .pfx or .p12 file", cause);
  }
}

/**
 * What a file holds whose content opens and whose check OpenSSL finds right, which takes it a sixth of the time that the
 * steps take. Undefined for any other: the steps know what is wrong with it, or that nothing is.
 */
async function openAtOnce(
  bytes: Buffer,
  container: Container,
  password: string,
): Promise<Holdings | undefined> {
  if (container.mac === undefined || password === "") return undefined;
  try {
    const budget = new WorkBudget();
    spendOnMac(container.mac, budget);
    const holds = await collect(container, password, budget);
    // Not before: OpenSSL does whatever work a file asks for, and this one asks for no more than was allowed above.
    createSecureContext({ pfx: bytes, passphrase: password });
    return holds;
  } catch {
    return undefined;
  }
}

async function openInSteps(container: Container, password: string): Promise<Holdings> {
  const budget = new WorkBudget();
  const right = choosePassword(container, password, budget);
  return collect(container, right, budget);
}

/** Some writers take an empty password for none: the two give different keys. */
function choosePassword(
  { content, mac }: Container,
  password: string,
  budget: WorkBudget,
): string | null {
  if (mac === undefined) return password;
  const isRight = (candidate: string | null): boolean =>
    orUnusable(() => checkMac(mac, content, candidate, budget));
  if (isRight(password)) return password;
  if (password === "" && isRight(null)) return null;
  throw wrongPassword();
}

async function collect(
  { content, mac }: Container,
  password: string | null,
  budget: WorkBudget,
): Promise<Holdings> {
  const holds: Holdings = { keys: [], certificates: [] };
  try {
    for (const part of limited(childrenOf(parseAsn1(content)))) {
      const safe = await openPart(childrenOf(part), password, budget);
      for (const bag of limited(childrenOf(parseAsn1(safe)))) {
        await readBag(childrenOf(bag), password, budget, holds);
      }
    }
    return holds;
  } catch (error) {
    if (isAppError(error)) throw error;
    // Without a check over the whole, garbage is the only sign of a wrong password.
    throw mac === undefined
      ? wrongPassword()
      : unusable("its content is damaged, or under another password than its check", error);
  }
}

async function openPart(
  part: readonly Asn1[],
  password: string | null,
  budget: WorkBudget,
): Promise<Uint8Array> {
  const type = oidOf(part[0]);
  if (type === oids.data) return readData(part);
  if (type !== oids.encryptedData) {
    throw unusable(`it has a part of type "${type}": protect it by a password instead`);
  }
  const [, info] = childrenOf(childrenOf(part[1])[0]);
  const [, algorithm, encrypted] = childrenOf(info);
  if (algorithm === undefined) throw new Error("Algorithm is absent");
  return decryptPart(algorithm, octetsOf(encrypted), password, budget);
}

async function readBag(
  [type, holder]: readonly Asn1[],
  password: string | null,
  budget: WorkBudget,
  holds: Holdings,
): Promise<void> {
  const [value] = childrenOf(holder);
  if (value === undefined) throw new Error("Bag is empty");
  switch (oidOf(type)) {
    case oids.certificateBag:
      holds.certificates.push(...readCertificateBag(childrenOf(value)));
      return;
    case oids.keyBag:
      holds.keys.push(readKey(encodeAsn1(value)));
      return;
    case oids.shroudedKeyBag: {
      const [algorithm, encrypted] = childrenOf(value);
      if (algorithm === undefined) throw new Error("Algorithm is absent");
      const plain = await decryptPart(algorithm, octetsOf(encrypted), password, budget);
      holds.keys.push(readKey(plain));
      plain.fill(0);
    }
  }
}

/** forge cannot parse EC certificates: node:crypto reads them all. */
function readCertificateBag([type, holder]: readonly Asn1[]): X509Certificate[] {
  if (oidOf(type) !== oids.x509) return [];
  return [new X509Certificate(octetsOf(childrenOf(holder)[0]))];
}

function readKey(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
}

/** The octets of a PKCS#7 ContentInfo of type data. */
function readData([type, holder]: readonly Asn1[]): Buffer {
  if (oidOf(type) !== oids.data) throw new Error("Not PKCS#7 data");
  return octetsOf(childrenOf(holder)[0]);
}

function limited(parts: readonly Asn1[]): readonly Asn1[] {
  if (parts.length > maxParts) throw unusable(`it has more than ${maxParts} parts`);
  return parts;
}

function orUnusable<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw isAppError(error) ? error : unusable("it is damaged: export it again", error);
  }
}

function wrongPassword(): AppError {
  return new AppError(
    "WrongPfxPassword",
    "The password does not open the .pfx file: check the password, and whether it is the right file",
    { target: "decryptionCertPassword" },
  );
}
