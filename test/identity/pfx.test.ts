import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { createSelfSigned } from "../../src/identity/create-keys.ts";
import { openPfx } from "../../src/identity/pfx.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import {
  makeCertificate,
  makePfx,
  runOpenssl,
  type TestCertificate,
} from "../support/test-certificates.ts";

const folder = await makeTempFolder();
after(() => removeFolder(folder));

const rsa = makeCertificate(folder, "rsa", "rsa:2048");
const other = makeCertificate(folder, "other", "rsa:2048");
const p256 = makeCertificate(folder, "p256", "P-256");
const p384 = makeCertificate(folder, "p384", "P-384");
const password = "correct horse";

async function refusalOf(pfxBase64: string, with_: string = password): Promise<AppError> {
  try {
    await openPfx(pfxBase64, with_);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.match(error.message, /^[A-Z].*[^.]$/);
    assert.ok(with_ === "" || !error.message.includes(with_));
    return error;
  }
  throw new assert.AssertionError({ message: "The .pfx was opened" });
}

async function opensTo(pfxBase64: string, of: TestCertificate, with_ = password): Promise<void> {
  const opened = await openPfx(pfxBase64, with_);
  assert.equal(opened.kind, "private-key");
  assert.equal(opened.certificateBase64, of.certificateBase64);
  const der = Buffer.from(opened.privateKeyBase64, "base64");
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const certificate = new X509Certificate(Buffer.from(opened.certificateBase64, "base64"));
  assert.ok(certificate.checkPrivateKey(key));
}

describe("a .pfx made by openssl", () => {
  const kinds: Record<string, readonly string[]> = {
    "AES-256, the default": [],
    "AES-128 with many iterations": [
      "-keypbe",
      "AES-128-CBC",
      "-certpbe",
      "AES-128-CBC",
      "-iter",
      "50000",
    ],
    "3DES": ["-legacy", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
    "3DES and RC2-40, as old Windows writes": [
      "-legacy",
      "-descert",
      "-certpbe",
      "PBE-SHA1-RC2-40",
    ],
    "PBES2 with 3DES": ["-keypbe", "DES-EDE3-CBC", "-certpbe", "DES-EDE3-CBC"],
    "SHA-512 check": ["-macalg", "sha512"],
    "no check": ["-nomac"],
    "certificate in the clear": ["-certpbe", "NONE"],
    "key in the clear": ["-keypbe", "NONE", "-certpbe", "NONE"],
    "a friendly name": ["-name", "Backup Ünïcode"],
  };
  for (const [title, more] of Object.entries(kinds)) {
    it(`opens: ${title}`, async () => {
      for (const one of [rsa, p256, p384]) {
        await opensTo(makePfx(folder, "kind", one, password, more), one);
      }
    });
  }

  it("opens under odd passwords", async () => {
    for (const odd of ["Grüße 漢字", " ", "a".repeat(200), ""]) {
      await opensTo(makePfx(folder, "odd", p256, odd), p256, odd);
    }
    const legacy = ["-legacy", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"];
    for (const odd of ["Grüße 漢字", ""]) {
      await opensTo(makePfx(folder, "odd", p256, odd, legacy), p256, odd);
    }
  });

  it("A64: gives the pair among many certificates", async () => {
    const chain = join(folder, "chain.pem");
    const extra = Array.from({ length: 9 }, () => other.certificateFile);
    writeFileSync(
      chain,
      [...extra, p384.certificateFile].map((file) => readFileSync(file, "latin1")).join(""),
    );
    await opensTo(makePfx(folder, "many", rsa, password, ["-certfile", chain]), rsa);
  });

  it("opens in base64 with line breaks", async () => {
    const pfx = makePfx(folder, "wrapped", rsa, password);
    await opensTo(pfx.replaceAll(/(.{64})/g, "$1\r\n"), rsa);
  });

  it("opens when its certificate has expired", async () => {
    const wishes = { commonName: "old", validDays: 1, now: Date.UTC(2001, 1), bits: 2048 };
    const old = await createSelfSigned({ ...wishes, password });
    const opened = await openPfx(old.pfxDer.toString("base64"), password);
    assert.equal(opened.certificateBase64, old.certificateDer.toString("base64"));
  });
});

describe("a .pfx is refused", () => {
  it("A64: under a wrong password", async () => {
    for (const more of [
      [],
      ["-nomac"],
      ["-legacy", "-descert"],
      ["-legacy", "-descert", "-nomac"],
    ]) {
      const pfx = makePfx(folder, "wrong", rsa, password, more);
      assert.equal((await refusalOf(pfx, "correct hors")).code, "WrongPfxPassword", more.join(" "));
      assert.equal((await refusalOf(pfx, "")).code, "WrongPfxPassword");
    }
    const pfx = makePfx(folder, "wrong", rsa, password);
    assert.equal((await refusalOf(pfx, "x".repeat(5000))).code, "WrongPfxPassword");
  });

  it("when it is something else", async () => {
    const others = ["", "%%%", "AAAA", rsa.certificateBase64, rsa.privateKeyBase64, "MAMCAQM="];
    for (const text of others)
      assert.equal((await refusalOf(text)).code, "InvalidPfx", text.slice(0, 9));
  });

  it("when it holds no pair", async () => {
    const file = join(folder, "half.pfx");
    const exported = ["pkcs12", "-export", "-out", file, "-passout", `pass:${password}`];
    runOpenssl([...exported, "-nokeys", "-in", rsa.certificateFile]);
    assert.match(
      (await refusalOf(readFileSync(file).toString("base64"))).message,
      /no private key/,
    );
    runOpenssl([...exported, "-nocerts", "-inkey", rsa.keyFile]);
    assert.match(
      (await refusalOf(readFileSync(file).toString("base64"))).message,
      /no certificate/,
    );
  });

  it("A64: when it asks for absurd work, at once", async () => {
    const counts: [string, readonly string[]][] = [
      ["check", ["-keypbe", "NONE", "-certpbe", "NONE", "-iter", "100000"]],
      ["parts", ["-iter", "100000", "-nomac"]],
      ["key alone", ["-iter", "100000", "-nomac", "-certpbe", "NONE"]],
      ["legacy", ["-iter", "100000", "-nomac", "-legacy", "-descert"]],
    ];
    for (const [title, more] of counts) {
      const pfx = Buffer.from(makePfx(folder, "work", p256, password, more), "base64");
      const changed = replaceAll(pfx, "02030186a0", "02037fffff");
      assert.notEqual(changed, pfx.toString("base64"), title);
      const startedAt = performance.now();
      assert.equal((await refusalOf(changed)).code, "InvalidPfx", title);
      assert.ok(performance.now() - startedAt < 500, title);
    }
  });

  it("A64: when it is too large", async () => {
    assert.equal((await refusalOf("A".repeat(100_000_000))).code, "InvalidPfx");
    const zeros = Buffer.alloc(1024 * 1024 + 3).toString("base64");
    assert.match((await refusalOf(zeros)).message, /larger/);
  });

  it("A64: by name, however it is damaged", async () => {
    const quick = ["-iter", "1", "-nomaciter"];
    for (const more of [quick, [...quick, "-nomac"], [...quick, "-nomac", "-legacy", "-descert"]]) {
      const pfx = Buffer.from(makePfx(folder, "damaged", p256, password, more), "base64");
      const flip = fc.tuple(fc.nat({ max: pfx.length - 1 }), fc.integer({ min: 1, max: 255 }));
      await fc.assert(
        fc.asyncProperty(
          fc.array(flip, { minLength: 1, maxLength: 3 }),
          fc.nat({ max: pfx.length * 2 }),
          async (flips, end) => {
            const bytes = Buffer.from(pfx).subarray(0, end);
            for (const [at, by] of flips) if (at < bytes.length) bytes[at] = bytes[at]! ^ by;
            try {
              await openPfx(bytes.toString("base64"), password);
            } catch (error) {
              assert.ok(isAppError(error), String(error));
            }
          },
        ),
        { numRuns: 150 },
      );
    }
  });

  it("A64: when it is nested a thousand deep", async () => {
    let nested = Buffer.from("0500", "hex");
    for (let level = 0; level < 1000; level++) {
      const length = Buffer.from([
        0x30,
        0x83,
        nested.length >> 16,
        (nested.length >> 8) & 255,
        nested.length & 255,
      ]);
      nested = Buffer.concat([length, nested]);
    }
    assert.equal((await refusalOf(nested.toString("base64"))).code, "InvalidPfx");
  });
});

function replaceAll(bytes: Buffer, from: string, to: string): string {
  const changed = bytes.toString("hex").replaceAll(from, to);
  return Buffer.from(changed, "hex").toString("base64");
}
