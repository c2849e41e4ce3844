import {
  createDecipheriv,
  createHmac,
  hash as digestOf,
  pbkdf2,
  timingSafeEqual,
} from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";
import { AppError } from "../base/errors.ts";
import { childrenOf, countOf, isInteger, octetsOf, oidOf, type Asn1 } from "./asn1-access.ts";

/** What the password of a .pfx does: the check over all of it, and the keys of its parts. */

type MacHash = "sha1" | "sha256" | "sha384" | "sha512";

const hashByMacOid: Readonly<Record<string, MacHash>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};
const hashByPrfOid: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};
const cipherByOid: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> =
  {
    "1.2.840.113549.3.7": { name: "des-ede3-cbc", keyBytes: 24 },
    "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", keyBytes: 16 },
    "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", keyBytes: 24 },
    "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", keyBytes: 32 },
  };
const pbes2Oid = "1.2.840.113549.1.5.13";
const pbkdf2Oid = "1.2.840.113549.1.5.12";
const legacyOids: readonly string[] = ["1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.1.6"];

// Iterations of PBKDF2 that take about a second. Those of PKCS#12's own derivation call out each time: up to ten times the time.
const workLimit = 4_000_000;
const javascriptCost = 10;

const derive = promisify(pbkdf2);

/** The work a file may still ask for: refused before it is done, however it is spread over the file. */
export class WorkBudget {
  #left = workLimit;

  spend(iterations: number): void {
    this.#left -= iterations;
    if (!(iterations >= 1) || this.#left < 0) {
      throw unusable("it asks for more work than any honest file does: export it again");
    }
  }
}

/** Allows the work that the check (MacData) asks for, or throws. */
export function spendOnMac(macData: Asn1, budget: WorkBudget): void {
  budget.spend(macRounds(macData) * javascriptCost);
}

function macRounds(macData: Asn1): number {
  const [, , iterations] = childrenOf(macData);
  return iterations === undefined ? 1 : countOf(iterations);
}

/** Whether the password is that of the check (MacData) over the content. */
export function checkMac(
  macData: Asn1,
  content: Uint8Array,
  password: string | null,
  budget: WorkBudget,
): boolean {
  const [digestInfo, salt] = childrenOf(macData);
  const [algorithm, digest] = childrenOf(digestInfo);
  const hash = hashByMacOid[oidOf(childrenOf(algorithm)[0])];
  if (hash === undefined) {
    throw unusable("its check is of an unknown kind: export it again without PBMAC1");
  }
  spendOnMac(macData, budget);
  const expected = octetsOf(digest);
  const key = deriveMacKey(hash, password, octetsOf(salt), macRounds(macData));
  const actual = createHmac(hash, key).update(content).digest();
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/**
 * PKCS#12's derivation (RFC 7292, appendix B.2) for a key as long as the hash. forge has it too, in JavaScript: it took
 * a quarter of a second of every restore.
 */
function deriveMacKey(hash: MacHash, password: string | null, salt: Buffer, count: number): Buffer {
  const blockBytes = hash === "sha1" || hash === "sha256" ? 64 : 128;
  const fill = (bytes: Buffer): Buffer =>
    Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes);
  const text =
    password === null ? Buffer.alloc(0) : Buffer.from(`${password}\0`, "utf16le").swap16();
  // 3: key material for a check, as PKCS#12 numbers its purposes.
  let key: Buffer = Buffer.concat([Buffer.alloc(blockBytes, 3), fill(salt), fill(text)]);
  for (let round = 0; round < count; round++) key = digestOf(hash, key, "buffer");
  return key;
}

/** Decrypts a part by its algorithm; throws a plain `Error` when the password or the bytes are wrong. */
export async function decryptPart(
  algorithm: Asn1,
  encrypted: Uint8Array,
  password: string | null,
  budget: WorkBudget,
): Promise<Uint8Array> {
  const [oid, parameters] = childrenOf(algorithm);
  const name = oidOf(oid);
  if (name === pbes2Oid) return decryptPbes2(parameters, encrypted, password ?? "", budget);
  if (!legacyOids.includes(name)) throw unknownProtection(name);
  // Three rounds of the derivation: 24 bytes of key need two, the initial value one.
  budget.spend(countOf(childrenOf(parameters)[1]) * javascriptCost * 3);
  return decryptLegacy(algorithm, encrypted, password);
}

async function decryptPbes2(
  parameters: Asn1 | undefined,
  encrypted: Uint8Array,
  password: string,
  budget: WorkBudget,
): Promise<Uint8Array> {
  const [derivation, scheme] = childrenOf(parameters).map((one) => childrenOf(one));
  const derivationOid = oidOf(derivation?.[0]);
  if (derivationOid !== pbkdf2Oid) throw unknownProtection(derivationOid);
  const [salt, iterations, ...options] = childrenOf(derivation?.[1]);
  // An optional key length comes before the optional hash.
  const prf = options.find((one) => !isInteger(one));
  const prfOid = prf === undefined ? "1.2.840.113549.2.7" : oidOf(childrenOf(prf)[0]);
  const hash = hashByPrfOid[prfOid];
  const cipher = cipherByOid[oidOf(scheme?.[0])];
  if (hash === undefined) throw unknownProtection(prfOid);
  if (cipher === undefined) throw unknownProtection(oidOf(scheme?.[0]));
  const count = countOf(iterations);
  budget.spend(count);
  const key = await derive(password, octetsOf(salt), count, cipher.keyBytes, hash);
  const decipher = createDecipheriv(cipher.name, key, octetsOf(scheme?.[1]));
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

/** 3DES and RC2-40 with PKCS#12's own derivation: node:crypto has no RC2, forge has both. */
function decryptLegacy(
  algorithm: Asn1,
  encrypted: Uint8Array,
  password: string | null,
): Uint8Array {
  const { Class, Type } = forge.asn1;
  const text = Buffer.from(encrypted).toString("latin1");
  const octets = forge.asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, text);
  const info = forge.asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [algorithm, octets]);
  const plain: Asn1 | null = forge.pki.decryptPrivateKeyInfo(info, password as string);
  if (plain === null) throw new Error("Wrong password");
  return Buffer.from(forge.asn1.toDer(plain).getBytes(), "latin1");
}

function unknownProtection(oid: string): AppError {
  return unusable(`it is protected by "${oid}", which is not known: export it again with AES-256`);
}

/** A .pfx that no password would help. */
export function unusable(fault: string, cause?: unknown): AppError {
  return new AppError("InvalidPfx", `The .pfx file cannot be used, ${fault}`, {
    target: "decryptionCertBase64",
    ...(cause === undefined ? {} : { cause }),
  });
}
