import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A key and a self-signed certificate made by the real openssl, as files and as base64. */
export interface TestCertificate {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly certificateBase64: string;
  /** PKCS#8 DER. */
  readonly privateKeyBase64: string;
  readonly thumbprint: string;
}

export type TestKey =
  "rsa:1024" | "rsa:2048" | "rsa:3072" | "P-256" | "P-384" | "P-521" | "ed25519";

const keyArguments: Readonly<Record<TestKey, readonly string[]>> = {
  "rsa:1024": ["-newkey", "rsa:1024"],
  "rsa:2048": ["-newkey", "rsa:2048"],
  "rsa:3072": ["-newkey", "rsa:3072"],
  "P-256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  "P-384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
  "P-521": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
  ed25519: ["-newkey", "ed25519"],
};

/** Makes one in the folder; `more` goes to `openssl req`. */
export function makeCertificate(
  folder: string,
  name: string,
  key: TestKey,
  more: readonly string[] = ["-sha256"],
): TestCertificate {
  const [keyFile, certificateFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const files = ["-nodes", "-keyout", keyFile, "-out", certificateFile];
  runOpenssl(["req", "-x509", ...keyArguments[key], ...files, "-subj", `/CN=${name}`, ...more]);
  return readCertificateFiles(keyFile, certificateFile);
}

/** A second certificate, with another serial number, for the key of the first. */
export function renewCertificate(
  folder: string,
  name: string,
  of: TestCertificate,
): TestCertificate {
  const certificateFile = join(folder, `${name}.pem`);
  const request = ["req", "-x509", "-new", "-key", of.keyFile, "-out", certificateFile];
  runOpenssl([...request, "-subj", `/CN=${name}`]);
  return readCertificateFiles(of.keyFile, certificateFile);
}

/** Packs keys and certificates into a .pfx with `openssl pkcs12 -export`. */
export function makePfx(
  folder: string,
  name: string,
  of: TestCertificate,
  password: string,
  more: readonly string[] = [],
): string {
  const file = join(folder, `${name}.pfx`);
  const input = ["-inkey", of.keyFile, "-in", of.certificateFile, "-out", file];
  runOpenssl(["pkcs12", "-export", ...input, "-passout", `pass:${password}`, ...more]);
  return readFileSync(file).toString("base64");
}

/** Runs openssl and returns what it wrote. */
export function runOpenssl(args: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync("openssl", [...args], { input, stdio: ["pipe", "pipe", "pipe"] });
}

/** Writes bytes to a file of the folder and returns its path. */
export function writeTestFile(folder: string, name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

function readCertificateFiles(keyFile: string, certificateFile: string): TestCertificate {
  const der = runOpenssl(["x509", "-in", certificateFile, "-outform", "DER"]);
  const shown = runOpenssl(["x509", "-in", certificateFile, "-noout", "-fingerprint", "-sha1"]);
  const key = createPrivateKey(readFileSync(keyFile));
  return {
    keyFile,
    certificateFile,
    certificateBase64: der.toString("base64"),
    privateKeyBase64: key.export({ format: "der", type: "pkcs8" }).toString("base64"),
    thumbprint: shown.toString().trim().split("=")[1]?.replaceAll(":", "") ?? "",
  };
}
