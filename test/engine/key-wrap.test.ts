import assert from "node:assert/strict";
import { createPublicKey, randomBytes, webcrypto } from "node:crypto";
import { after, describe, it } from "node:test";
import { fromBER } from "asn1js";
import fc from "fast-check";
import { Certificate, ContentInfo, CryptoEngine, EnvelopedData } from "pkijs";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { describeRecipient, unwrapKey, wrapKey } from "../../src/engine/crypto/key-wrap.ts";
import type { Opener, Recipient } from "../../src/engine/model.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import {
  makeCertificate,
  renewCertificate,
  runOpenssl,
  writeTestFile,
  type TestCertificate,
} from "../support/test-certificates.ts";

const folder = await makeTempFolder();
after(() => removeFolder(folder));

const rsa = makeCertificate(folder, "rsa", "rsa:2048");
const otherRsa = makeCertificate(folder, "other-rsa", "rsa:2048");
const p256 = makeCertificate(folder, "p256", "P-256");
const p384 = makeCertificate(folder, "p384", "P-384");
const secret = randomBytes(32);
const binding = Buffer.from("epoch 7 of repository 9");
const preShared = {
  kind: "pre-shared-key",
  keyBase64: randomBytes(32).toString("base64"),
} as const;

function asRecipient({ certificateBase64 }: TestCertificate): Recipient {
  return { kind: "certificate", certificateBase64 };
}

function asOpener({ privateKeyBase64, certificateBase64 }: TestCertificate): Opener {
  return { kind: "private-key", privateKeyBase64, certificateBase64 };
}

async function refusal(action: Promise<unknown>): Promise<AppError> {
  try {
    await action;
  } catch (error) {
    assert.ok(error instanceof AppError, `Not a named error: ${String(error)}`);
    return error;
  }
  throw new assert.AssertionError({ message: "Nothing was refused" });
}

/** What `openssl cms -decrypt` reads out of the wrapped bytes. */
function decryptByHand(wrapped: Uint8Array, of: TestCertificate): Buffer {
  const file = writeTestFile(folder, "wrapped.der", wrapped);
  const keys = ["-inkey", of.keyFile, "-recip", of.certificateFile];
  return runOpenssl(["cms", "-decrypt", "-inform", "DER", "-in", file, ...keys]);
}

function encryptByHand(content: Uint8Array, of: TestCertificate, more: readonly string[]): Buffer {
  const how = ["-binary", "-aes256", "-outform", "DER", "-recip", of.certificateFile, ...more];
  return runOpenssl(["cms", "-encrypt", ...how], content);
}

const oaep = ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"];
const kdf = ["-aes256-wrap", "-keyopt", "ecdh_kdf_md:sha256"];

describe("a key wrapped to certificates", () => {
  it("comes back by any of mixed recipients", async () => {
    const all = [rsa, p256, p384, otherRsa];
    const wrapped = await wrapKey(secret, all.map(asRecipient), binding);
    for (const one of all) {
      assert.deepEqual(Buffer.from(await unwrapKey(wrapped, asOpener(one), binding)), secret);
    }
  });

  for (const [title, one] of [
    ["RSA", rsa],
    ["P-256", p256],
    ["P-384", p384],
  ] as const) {
    it(`opens by hand with openssl: ${title}`, async () => {
      const wrapped = await wrapKey(secret, [p384, rsa, p256].map(asRecipient), binding);
      const content = decryptByHand(wrapped, one);
      assert.equal(content.subarray(0, 4).toString(), "HFWK");
      assert.deepEqual(content.subarray(6, 38), secret);
      assert.equal(content.length, 6 + 32 + 32);
    });

    it(`comes back from what openssl encrypted: ${title}`, async () => {
      const content = decryptByHand(await wrapKey(secret, [asRecipient(one)], binding), one);
      const wrapped = encryptByHand(content, one, one === rsa ? oaep : kdf);
      assert.deepEqual(Buffer.from(await unwrapKey(wrapped, asOpener(one), binding)), secret);
    });
  }

  it("opens with pkijs, a second implementation", async () => {
    const wrapped = await wrapKey(secret, [rsa, p256].map(asRecipient), binding);
    for (const [index, one] of readOrder(wrapped, [rsa, p256]).entries()) {
      const content = await openWithPkijs(wrapped, index, one);
      assert.deepEqual(content.subarray(6, 38), secret);
    }
  });

  it("is DER: openssl writes the same bytes", async () => {
    const wrapped = await wrapKey(secret, [rsa, p256].map(asRecipient), binding);
    const again = runOpenssl(
      ["cms", "-cmsout", "-inform", "DER", "-outform", "DER"],
      Buffer.from(wrapped),
    );
    assert.deepEqual(Buffer.from(wrapped), again);
  });

  it("shows thumbprints to whoever looks", async () => {
    const wrapped = await wrapKey(secret, [rsa, p256].map(asRecipient), binding);
    const shown = runOpenssl(["cms", "-cmsout", "-print", "-inform", "DER"], Buffer.from(wrapped));
    for (const { thumbprint } of [rsa, p256])
      assert.match(shown.toString(), new RegExp(thumbprint));
  });

  it("opens by a renewed certificate", async () => {
    const wrapped = await wrapKey(secret, [rsa, p256].map(asRecipient), binding);
    for (const one of [rsa, p256]) {
      const renewed = renewCertificate(folder, `renewed-${one.thumbprint}`, one);
      assert.deepEqual(Buffer.from(await unwrapKey(wrapped, asOpener(renewed), binding)), secret);
    }
  });

  it("never gives two equal wraps", async () => {
    const [a, b] = [
      await wrapKey(secret, [asRecipient(rsa)], binding),
      await wrapKey(secret, [asRecipient(rsa)], binding),
    ];
    assert.notDeepEqual(a, b);
  });

  it("A64: names needed and given thumbprints", async () => {
    const wrapped = await wrapKey(secret, [rsa, p256].map(asRecipient), binding);
    const error = await refusal(unwrapKey(wrapped, asOpener(otherRsa), binding));
    assert.equal(error.code, "DecryptionKeyMismatch");
    for (const { thumbprint } of [rsa, p256, otherRsa])
      assert.ok(error.message.includes(thumbprint));
    assert.ok(!error.message.includes("CN="));
  });

  it("A64: refuses a key and certificate that differ", async () => {
    const wrapped = await wrapKey(secret, [asRecipient(rsa)], binding);
    const opener = { ...asOpener(rsa), privateKeyBase64: otherRsa.privateKeyBase64 } as Opener;
    assert.equal(
      (await refusal(unwrapKey(wrapped, opener, binding))).code,
      "DecryptionKeyMismatch",
    );
    const garbage = { ...asOpener(rsa), privateKeyBase64: "AAAA" } as Opener;
    assert.equal(
      (await refusal(unwrapKey(wrapped, garbage, binding))).code,
      "DecryptionKeyMismatch",
    );
  });

  it("A50: does not open under another name", async () => {
    for (const one of [rsa, p256]) {
      const wrapped = await wrapKey(secret, [asRecipient(one)], binding);
      const error = await refusal(unwrapKey(wrapped, asOpener(one), Buffer.from("epoch 8")));
      assert.equal(error.code, "CannotOpen");
    }
  });

  it("does not open self-made content", async () => {
    const wrapped = encryptByHand(secret, rsa, oaep);
    assert.equal((await refusal(unwrapKey(wrapped, asOpener(rsa), binding))).code, "CannotOpen");
  });

  it("A55: refuses weaker schemes openssl offers", async () => {
    const content = decryptByHand(await wrapKey(secret, [asRecipient(rsa)], binding), rsa);
    const weaker: [TestCertificate, string[]][] = [
      [rsa, []],
      [rsa, ["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha1"]],
      [rsa, [...oaep, "-aes128"]],
      [p256, ["-aes256-wrap", "-keyopt", "ecdh_kdf_md:sha1"]],
      [p256, ["-aes128-wrap", "-keyopt", "ecdh_kdf_md:sha256"]],
    ];
    for (const [one, more] of weaker) {
      const wrapped = encryptByHand(content, one, more);
      assert.equal(
        (await refusal(unwrapKey(wrapped, asOpener(one), binding))).code,
        "CannotOpen",
        more.join(" "),
      );
    }
  });

  it("refuses recipients it cannot serve", async () => {
    const codeOf = async (recipients: readonly Recipient[]): Promise<string> =>
      (await refusal(wrapKey(secret, recipients, binding))).code;
    const weak = makeCertificate(folder, "weak", "rsa:1024");
    const odd = makeCertificate(folder, "odd", "P-521");
    assert.equal(await codeOf([]), "InvalidArgument");
    assert.equal(await codeOf(Array<Recipient>(17).fill(asRecipient(p256))), "InvalidArgument");
    assert.equal(await codeOf([asRecipient(rsa), preShared]), "InvalidArgument");
    assert.equal(await codeOf([preShared, preShared]), "InvalidArgument");
    assert.equal(await codeOf([asRecipient(weak)]), "CertificateTooWeak");
    assert.equal(await codeOf([asRecipient(odd)]), "InvalidCertificate");
    assert.equal(
      await codeOf([{ kind: "certificate", certificateBase64: "AAAA" }]),
      "InvalidCertificate",
    );
    assert.equal(
      await codeOf([{ kind: "pre-shared-key", keyBase64: "AAAA" }]),
      "InvalidEncryptionKey",
    );
  });

  it("takes secrets of 32 to 96 bytes", async () => {
    for (const length of [32, 96]) {
      const long = randomBytes(length);
      const wrapped = await wrapKey(long, [asRecipient(p256)], binding);
      assert.deepEqual(Buffer.from(await unwrapKey(wrapped, asOpener(p256), binding)), long);
    }
    assert.equal((await refusal(wrapKey(randomBytes(31), [preShared], binding))).code, "Internal");
    assert.equal((await refusal(wrapKey(randomBytes(97), [preShared], binding))).code, "Internal");
  });
});

describe("a key wrapped to a pre-shared key", () => {
  it("comes back", async () => {
    const wrapped = await wrapKey(secret, [preShared], binding);
    assert.deepEqual(Buffer.from(await unwrapKey(wrapped, preShared, binding)), secret);
  });

  it("does not open by another key", async () => {
    const wrapped = await wrapKey(secret, [preShared], binding);
    const other = {
      kind: "pre-shared-key",
      keyBase64: randomBytes(32).toString("base64"),
    } as const;
    assert.equal((await refusal(unwrapKey(wrapped, other, binding))).code, "DecryptionKeyMismatch");
    assert.equal(
      (await refusal(unwrapKey(wrapped, asOpener(rsa), binding))).code,
      "DecryptionKeyMismatch",
    );
    const cms = await wrapKey(secret, [asRecipient(rsa)], binding);
    const error = await refusal(unwrapKey(cms, preShared, binding));
    assert.equal(error.code, "DecryptionKeyMismatch");
    assert.ok(error.message.includes(rsa.thumbprint));
    assert.ok(!error.message.includes(preShared.keyBase64));
  });

  it("A50: opens under its own name only", async () => {
    const wrapped = await wrapKey(secret, [preShared], binding);
    const error = await refusal(unwrapKey(wrapped, preShared, Buffer.from("epoch 8")));
    assert.equal(error.code, "CannotOpen");
  });
});

describe("hostile wrapped keys", () => {
  const openers: [string, readonly Recipient[], Opener][] = [
    ["RSA", [asRecipient(rsa), asRecipient(p256)], asOpener(rsa)],
    ["EC", [asRecipient(rsa), asRecipient(p256)], asOpener(p256)],
    ["pre-shared", [preShared], preShared],
  ];
  for (const [title, recipients, opener] of openers) {
    it(`A56: flips and cuts end in a named error: ${title}`, async () => {
      const wrapped = Buffer.from(await wrapKey(secret, recipients, binding));
      const index = fc.nat({ max: wrapped.length - 1 });
      const damage = fc.record({
        flips: fc.array(fc.tuple(index, fc.integer({ min: 1, max: 255 })), { maxLength: 3 }),
        end: fc.option(index),
      });
      await fc.assert(
        fc.asyncProperty(damage, async ({ flips, end }) => {
          const bytes = Buffer.from(wrapped).subarray(0, end ?? wrapped.length);
          for (const [at, by] of flips) if (at < bytes.length) bytes[at] = bytes[at]! ^ by;
          await opensOrIsRefused(bytes, opener);
        }),
        { numRuns: 250 },
      );
    });
  }

  it("A56: arbitrary bytes end in a named error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await refusal(unwrapKey(bytes, asOpener(p256), binding));
      }),
    );
  });

  it("A56: refuses size, depth and count bombs at once", async () => {
    const startedAt = performance.now();
    const huge = Buffer.alloc(64 * 1024 + 1, 0x30);
    assert.equal((await refusal(unwrapKey(huge, asOpener(rsa), binding))).code, "LimitExceeded");
    const deep = Buffer.alloc(64 * 1024, Buffer.from([0x30, 0x80]));
    assert.equal((await refusal(unwrapKey(deep, asOpener(rsa), binding))).code, "CannotOpen");
    const claims = Buffer.from("308400ffffff0609", "hex");
    assert.equal((await refusal(unwrapKey(claims, asOpener(rsa), binding))).code, "CannotOpen");
    assert.ok(performance.now() - startedAt < 1000);
  });

  it("every changed byte of a sealed pre-shared wrap is noticed", async () => {
    const wrapped = Buffer.from(await wrapKey(secret, [preShared], binding));
    for (let at = 0; at < wrapped.length; at++) {
      const bytes = Buffer.from(wrapped);
      bytes[at] = bytes[at]! ^ 1;
      await refusal(unwrapKey(bytes, preShared, binding));
    }
  });
});

describe("the name of a recipient", () => {
  it("tells thumbprint, key id, subject and end", () => {
    const name = describeRecipient(asRecipient(rsa));
    const spki = runOpenssl(["x509", "-in", rsa.certificateFile, "-pubkey", "-noout"]);
    const der = createPublicKey(spki).export({ format: "der", type: "spki" });
    const [keyId] = runOpenssl(["dgst", "-sha256", "-r"], der).toString().split(" ");
    assert.deepEqual(
      { kind: name.kind, thumbprint: name.thumbprint, keyId: name.keyId, subject: name.subject },
      { kind: "certificate", thumbprint: rsa.thumbprint, keyId, subject: "CN=rsa" },
    );
    assert.match(name.notAfter ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  it("does not tell a pre-shared key", () => {
    const name = describeRecipient(preShared);
    assert.deepEqual(Object.keys(name).toSorted(), ["keyId", "kind"]);
    assert.match(name.keyId, /^[0-9a-f]{64}$/);
    const other = { ...preShared, keyBase64: randomBytes(32).toString("base64") };
    assert.notEqual(describeRecipient(other).keyId, name.keyId);
  });
});

/** Damage in what is only shown (issuer, thumbprints) may be harmless; a wrong secret is never given. */
async function opensOrIsRefused(bytes: Uint8Array, opener: Opener): Promise<void> {
  try {
    assert.deepEqual(Buffer.from(await unwrapKey(bytes, opener, binding)), secret);
  } catch (error) {
    assert.ok(isAppError(error), String(error));
  }
}

function readOrder(wrapped: Uint8Array, among: readonly TestCertificate[]): TestCertificate[] {
  const at = ({ certificateFile }: TestCertificate): number => {
    const shown = runOpenssl(["x509", "-in", certificateFile, "-noout", "-serial"]).toString();
    return Buffer.from(wrapped).indexOf(Buffer.from(shown.trim().split("=")[1] ?? "", "hex"));
  };
  return among.toSorted((a, b) => at(a) - at(b));
}

async function openWithPkijs(
  wrapped: Uint8Array,
  index: number,
  of: TestCertificate,
): Promise<Buffer> {
  const engine = new CryptoEngine({ name: "node", crypto: webcrypto as never });
  const info = new ContentInfo({ schema: fromBER(new Uint8Array(wrapped).buffer).result });
  const envelope = new EnvelopedData({ schema: info.content as object });
  const content = await envelope.decrypt(
    index,
    {
      recipientCertificate: Certificate.fromBER(Buffer.from(of.certificateBase64, "base64")),
      recipientPrivateKey: new Uint8Array(Buffer.from(of.privateKeyBase64, "base64")).buffer,
    },
    engine,
  );
  return Buffer.from(content);
}
