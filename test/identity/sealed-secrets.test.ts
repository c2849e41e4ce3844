import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { createSealer, openSealingKey } from "../../src/identity/sealed-secrets.ts";
import { recordNonces } from "../support/nonce-recorder.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const secret = "p@ssword of the share";
const label = "location/local password";

function refusalOf(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.ok(!error.message.includes(secret));
    return error;
  }
  throw new assert.AssertionError({ message: "Nothing was refused" });
}

describe("a sealed secret", () => {
  const sealer = createSealer(randomBytes(32));
  const sealed = sealer.seal(secret, label);

  it("comes back under its label", () => {
    for (const text of [secret, "", "Grüße\n漢字", "x".repeat(100_000)]) {
      assert.equal(sealer.unseal(sealer.seal(text, label), label), text);
    }
    assert.ok(!sealed.includes(secret) && !sealed.includes(label));
  });

  it("A21: does not come back under another label", () => {
    assert.equal(refusalOf(() => sealer.unseal(sealed, `${label} `)).code, "SecretUnavailable");
    assert.equal(refusalOf(() => sealer.unseal(sealed, "")).code, "SecretUnavailable");
  });

  it("does not come back once altered", () => {
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === "A" ? "B" : "A";
      const text = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last sign of base64 may hold bits that say nothing.
      if (at === sealed.length - 1) continue;
      assert.equal(refusalOf(() => sealer.unseal(text, label)).code, "SecretUnavailable", `${at}`);
    }
    for (const text of ["", "hfs1", sealed.slice(0, -30), `${sealed}.x`]) {
      assert.equal(refusalOf(() => sealer.unseal(text, label)).code, "SecretUnavailable");
    }
  });

  it("needs its own key and names it", () => {
    const error = refusalOf(() => createSealer(randomBytes(32)).unseal(sealed, label));
    assert.equal(error.code, "SecretUnavailable");
    assert.ok(error.message.includes(sealed.split(".")[1] ?? "?"));
  });

  it("opens by an older key beside the newest", () => {
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const before = createSealer(old).seal(secret, label);
    const both = createSealer(old, fresh);
    assert.equal(both.unseal(before, label), secret);
    assert.equal(createSealer(fresh).unseal(both.seal(secret, label), label), secret);
  });

  it("never shares a key and nonce", () => {
    const recorder = recordNonces();
    try {
      for (let turn = 0; turn < 50; turn++) sealer.seal(secret, label);
      assert.equal(recorder.count, 50);
      assert.deepEqual(recorder.repeated, []);
    } finally {
      recorder.stop();
    }
  });
});

describe("A91: the sealing key file", () => {
  it("is made once, for its owner only", async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "sealing-key");
      const sealed = openSealingKey(file).seal(secret, label);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.deepEqual(readdirSync(folder), ["sealing-key"]);
      assert.equal(openSealingKey(file).unseal(sealed, label), secret);
    });
  });

  it("takes a new key as a new line", async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "sealing-key");
      const before = openSealingKey(file).seal(secret, label);
      writeFileSync(file, `${readFileSync(file, "utf8")}${randomBytes(32).toString("base64")}\n`);
      const both = openSealingKey(file);
      assert.equal(both.unseal(before, label), secret);
      assert.notEqual(both.seal(secret, label).split(".")[1], before.split(".")[1]);
    });
  });

  it("is refused when others may have it", async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "sealing-key");
      const key = `${randomBytes(32).toString("base64")}\n`;
      const codeOf = (path: string): string => refusalOf(() => openSealingKey(path)).code;
      writeFileSync(file, key, { mode: 0o600 });
      for (const mode of [0o640, 0o604, 0o660]) {
        chmodSync(file, mode);
        assert.equal(codeOf(file), "InvalidConfiguration", mode.toString(8));
      }
      chmodSync(file, 0o400);
      openSealingKey(file);
      symlinkSync(file, join(folder, "link"));
      assert.match(refusalOf(() => openSealingKey(join(folder, "link"))).message, /symbolic link/);
      mkdirSync(join(folder, "folder"), { mode: 0o700 });
      assert.equal(codeOf(join(folder, "folder")), "InvalidConfiguration");
      execFileSync("mkfifo", ["-m", "600", join(folder, "pipe")]);
      assert.equal(codeOf(join(folder, "pipe")), "InvalidConfiguration");
      assert.equal(codeOf(join(folder, "missing", "key")), "InvalidConfiguration");
    });
  });

  it("is refused when another owns it", { skip: process.geteuid?.() !== 0 }, async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "sealing-key");
      openSealingKey(file);
      chownSync(file, 12_345, 12_345);
      assert.match(refusalOf(() => openSealingKey(file)).message, /another user/);
    });
  });

  it("is refused, not replaced, when it is damaged", async () => {
    await withTempFolder(async (folder) => {
      const file = join(folder, "sealing-key");
      for (const text of [
        "",
        "AAAA\n",
        "x".repeat(10_000),
        `${randomBytes(31).toString("base64")}\n`,
      ]) {
        writeFileSync(file, text, { mode: 0o600 });
        assert.equal(refusalOf(() => openSealingKey(file)).code, "InvalidConfiguration");
        assert.equal(readFileSync(file, "utf8"), text);
      }
    });
  });
});
