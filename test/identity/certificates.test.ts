import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { readCertificate, readThumbprint } from "../../src/identity/certificates.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import { makeCertificate, makePfx, runOpenssl } from "../support/test-certificates.ts";

const folder = await makeTempFolder();
after(() => removeFolder(folder));

const rsa = makeCertificate(folder, "rsa", "rsa:2048");
const p256 = makeCertificate(folder, "p256", "P-256");
// A little later, for certificates made while the tests run.
const now = Date.now() + 60_000;
const day = 24 * 60 * 60 * 1000;

function refusalOf(text: string, at: number = now): AppError {
  try {
    readCertificate(text, at);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.match(error.message, /^[A-Z].*[^.]$/);
    return error;
  }
  throw new assert.AssertionError({ message: "The certificate was taken" });
}

describe("a certificate", () => {
  it("is read as openssl shows it", () => {
    const read = readCertificate(rsa.certificateBase64, now);
    assert.equal(read.certificateBase64, rsa.certificateBase64);
    assert.equal(read.thumbprint, rsa.thumbprint);
    assert.equal(read.subject, "CN=rsa");
    assert.deepEqual([read.keyType, read.keyBits], ["rsa", 2048]);
    const pem = runOpenssl(["x509", "-in", rsa.certificateFile, "-pubkey", "-noout"]);
    const spki = runOpenssl(["pkey", "-pubin", "-outform", "DER"], pem);
    const digest = runOpenssl(["dgst", "-sha256", "-r"], spki).toString();
    assert.equal(read.keyId, digest.split(" ")[0]);
    const dates = runOpenssl(["x509", "-in", rsa.certificateFile, "-noout", "-enddate"]).toString();
    assert.equal(Date.parse(read.notAfter), Date.parse(dates.split("=")[1] ?? ""));
    assert.equal(readThumbprint(rsa.certificateBase64), rsa.thumbprint);
  });

  it("is taken on both curves", () => {
    const p384 = makeCertificate(folder, "p384", "P-384");
    assert.deepEqual(
      [p256, p384].map((one) => readCertificate(one.certificateBase64, now).keyBits),
      [256, 384],
    );
  });

  it("is taken as PEM and in wrapped base64", () => {
    const pem = readFileSync(rsa.certificateFile);
    const wrapped = rsa.certificateBase64.replaceAll(/(.{76})/g, "$1\r\n");
    for (const text of [pem.toString(), pem.toString("base64"), wrapped]) {
      assert.equal(readCertificate(text, now).certificateBase64, rsa.certificateBase64);
      assert.equal(readThumbprint(text), rsa.thumbprint);
    }
  });

  it("A66: gets a note for odd signatures and CAs", () => {
    const sha1 = makeCertificate(folder, "sha1", "P-256", ["-sha1"]);
    const { notes } = readCertificate(sha1.certificateBase64, now);
    assert.match(notes.join(), /SHA1.*outdated/i);
    const authority = ["-addext", "basicConstraints=critical,CA:FALSE"];
    const plain = makeCertificate(folder, "plain", "P-256", authority);
    assert.deepEqual(readCertificate(plain.certificateBase64, now).notes, []);
    assert.match(readCertificate(p256.certificateBase64, now).notes.join(), /authority/);
  });
});

describe("a certificate is refused", () => {
  it("when it is not base64 or not X.509", () => {
    for (const text of [
      "",
      "%%%",
      "AAA",
      "hello world",
      "QUJD",
      Buffer.from("MII").toString("base64"),
    ]) {
      assert.equal(refusalOf(text).code, "InvalidCertificate", text);
    }
    const spki = runOpenssl(["pkey", "-in", rsa.keyFile, "-pubout", "-outform", "DER"]);
    assert.equal(refusalOf(spki.toString("base64")).code, "InvalidCertificate");
  });

  it("when more than one stands in the file", () => {
    const pem = readFileSync(rsa.certificateFile, "latin1");
    assert.equal(refusalOf(pem + pem).code, "InvalidCertificate");
    const der = Buffer.from(rsa.certificateBase64, "base64");
    const two = Buffer.concat([der, der]).toString("base64");
    assert.equal(refusalOf(two).code, "InvalidCertificate");
  });

  it("A66: when its key is weak, huge or exotic", () => {
    const codeOf = (key: "rsa:1024" | "P-521" | "ed25519"): string =>
      refusalOf(makeCertificate(folder, key.replace(":", ""), key, []).certificateBase64).code;
    assert.equal(codeOf("rsa:1024"), "CertificateTooWeak");
    assert.equal(codeOf("P-521"), "InvalidCertificate");
    assert.equal(codeOf("ed25519"), "InvalidCertificate");
  });

  it("A66: when its RSA exponent is one", () => {
    const der = Buffer.from(rsa.certificateBase64, "base64");
    const at = der.indexOf(Buffer.from("0203010001", "hex"));
    Buffer.from("0203000001", "hex").copy(der, at);
    assert.ok(
      ["CertificateTooWeak", "InvalidCertificate"].includes(refusalOf(der.toString("base64")).code),
    );
    Buffer.from("0203010002", "hex").copy(der, at);
    assert.equal(refusalOf(der.toString("base64")).code, "CertificateTooWeak");
  });

  it("outside its dates, by the clock given", () => {
    const { notBefore, notAfter } = readCertificate(rsa.certificateBase64, now);
    const early = refusalOf(rsa.certificateBase64, Date.parse(notBefore) - 1);
    const late = refusalOf(rsa.certificateBase64, Date.parse(notAfter) + 1);
    assert.deepEqual([early.code, late.code], ["CertificateExpired", "CertificateExpired"]);
    assert.ok(late.message.includes(notAfter));
    assert.equal(readThumbprint(rsa.certificateBase64), rsa.thumbprint);
    readCertificate(rsa.certificateBase64, Date.parse(notAfter));
    assert.ok(Date.parse(notAfter) - now < 40 * day);
  });

  it("A65: when a private key comes with it", () => {
    const pem = readFileSync(rsa.keyFile);
    const pfx = makePfx(folder, "upload", rsa, "secret-password");
    const pkcs1 = runOpenssl(["rsa", "-in", rsa.keyFile, "-traditional", "-outform", "DER"]);
    const sec1 = runOpenssl(["ec", "-in", p256.keyFile, "-outform", "DER"]);
    const encrypted = [
      "pkcs8",
      "-topk8",
      "-in",
      rsa.keyFile,
      "-passout",
      "pass:x",
      "-outform",
      "DER",
    ];
    const uploads = {
      pfx,
      "PEM key": pem.toString(),
      "PEM key in base64": pem.toString("base64"),
      "PEM key and certificate": readFileSync(rsa.certificateFile, "latin1") + pem.toString(),
      "PKCS#8": rsa.privateKeyBase64,
      "PKCS#1": pkcs1.toString("base64"),
      SEC1: sec1.toString("base64"),
      "encrypted PKCS#8": runOpenssl(encrypted).toString("base64"),
    };
    for (const [title, text] of Object.entries(uploads)) {
      const error = refusalOf(text);
      assert.equal(error.code, "CertificateContainsPrivateKey", title);
      const told = JSON.stringify([error.message, String(error.cause), error.stack]);
      assert.ok(!told.includes(text.slice(40, 60)), title);
      assert.equal(error.cause, undefined);
    }
  });

  it("A66: when it is too large", () => {
    assert.equal(refusalOf("A".repeat(1_000_000)).code, "InvalidCertificate");
    assert.equal(refusalOf(Buffer.alloc(65_537, 48).toString("base64")).code, "InvalidCertificate");
  });

  it("when its dates are none", () => {
    const der = Buffer.from(rsa.certificateBase64, "base64");
    const at = der.indexOf(Buffer.from("170d", "hex"));
    const date = der.indexOf(Buffer.from("170d", "hex"), at + 2);
    Buffer.from("x", "latin1").copy(der, date + 2);
    // Node took what lay in memory for such a date, so that one time in many it was one of the past.
    for (let time = 0; time < 4000; time += 1)
      assert.equal(refusalOf(der.toString("base64")).code, "InvalidCertificate");
  });

  it("by name, however it is damaged", () => {
    const der = Buffer.from(rsa.certificateBase64, "base64");
    const flips = fc.array(
      fc.tuple(fc.nat({ max: der.length - 1 }), fc.integer({ min: 1, max: 255 })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(flips, fc.nat({ max: der.length }), (changes, end) => {
        const bytes = Buffer.from(der).subarray(0, end % 2 === 0 ? der.length : end);
        for (const [at, by] of changes) if (at < bytes.length) bytes[at] = bytes[at]! ^ by;
        try {
          readCertificate(bytes.toString("base64"), now);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
