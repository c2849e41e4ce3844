import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import { readCertificate } from "../../src/identity/certificates.ts";
import { createSelfSigned } from "../../src/identity/create-keys.ts";
import { openPfx } from "../../src/identity/pfx.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import { runOpenssl, writeTestFile } from "../support/test-certificates.ts";

const folder = await makeTempFolder();
after(() => removeFolder(folder));

const now = Date.UTC(2026, 10, 23, 13);
const options = { commonName: "Größe backup", validDays: 730, password: "correct horse", now };
const made = await createSelfSigned(options);

describe("created keys", () => {
  it("are a certificate that openssl verifies", () => {
    const file = writeTestFile(folder, "made.cer", made.certificateDer);
    const text = runOpenssl([
      "x509",
      "-inform",
      "DER",
      "-in",
      file,
      "-noout",
      "-text",
      "-nameopt",
      "utf8",
    ]).toString();
    assert.match(text, /Subject: CN=Größe backup/);
    assert.match(text, /Key Encipherment/);
    assert.match(text, /CA:FALSE/);
    assert.match(text, /sha256WithRSAEncryption/);
    const pem = writeTestFile(
      folder,
      "made.pem",
      runOpenssl(["x509", "-inform", "DER", "-in", file]),
    );
    const at = String(now / 1000);
    const verified = [
      "verify",
      "-check_ss_sig",
      "-partial_chain",
      "-attime",
      at,
      "-trusted",
      pem,
      pem,
    ];
    assert.match(runOpenssl(verified).toString(), /OK/);
  });

  it("are a .pfx that openssl opens", () => {
    const file = writeTestFile(folder, "made.pfx", made.pfxDer);
    const key = runOpenssl([
      "pkcs12",
      "-in",
      file,
      "-passin",
      "pass:correct horse",
      "-nodes",
      "-nocerts",
    ]);
    assert.match(key.toString(), /BEGIN PRIVATE KEY/);
    assert.throws(() => runOpenssl(["pkcs12", "-in", file, "-passin", "pass:wrong", "-nodes"]));
  });

  it("are taken and opened by ourselves", async () => {
    const read = readCertificate(made.certificateDer.toString("base64"), now);
    assert.equal(read.thumbprint, made.thumbprint);
    assert.equal(read.keyBits, 3072);
    assert.deepEqual(read.notes, []);
    assert.equal(read.notAfter, "2028-11-22T13:00:00.000Z");
    const opened = await openPfx(made.pfxDer.toString("base64"), options.password);
    assert.equal(opened.certificateBase64, read.certificateBase64);
  });

  it("are refused for unsound wishes", async () => {
    for (const wish of [
      { commonName: "" },
      { validDays: 0 },
      { password: "short" },
      { bits: 1024 },
    ]) {
      const asked = createSelfSigned({ ...options, ...wish });
      await assert.rejects(asked, (error) => isAppError(error, "InvalidArgument"));
    }
  });
});
