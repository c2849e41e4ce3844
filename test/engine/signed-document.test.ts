import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { createSigningKeys } from "../../src/engine/crypto/signing.ts";
import { maxDocumentBytes, maxDocumentDepth } from "../../src/engine/format/limits.ts";
import {
  decodeSignedDocument,
  encodeSignedDocument,
  openSignedDocument,
} from "../../src/engine/format/signed-document.ts";

const signer = createSigningKeys();
const name = "keys/a";
const open = (bytes: Uint8Array): unknown => openSignedDocument(name, bytes, signer.publicKey);

function corruptAs(fault: RegExp, hasCause = false): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isAppError(error, "CorruptObject") && error instanceof AppError);
    assert.match(error.message, fault);
    assert.equal("cause" in error && error.cause !== undefined, hasCause, error.message);
    return true;
  };
}

describe("the body of a signed document", () => {
  const signed = (body: object): Buffer => encodeSignedDocument(name, body, signer);
  const arrays = (depth: number): unknown => (depth === 0 ? 1 : [arrays(depth - 1)]);
  const objects = (depth: number): unknown => (depth === 0 ? 1 : { a: objects(depth - 1) });

  it("may be nested to the bound, and no deeper", () => {
    for (const nest of [arrays, objects]) {
      const deepest = { a: nest(maxDocumentDepth - 1) };
      assert.deepEqual(open(signed(deepest)), deepest);
      const deeper = signed({ a: nest(maxDocumentDepth) });
      assert.throws(() => open(deeper), corruptAs(/nested too deeply/));
    }
  });

  it("may hold any number of things beside each other", () => {
    const wide = { a: Array.from({ length: 100 }, () => [{}, []]), b: {}, c: [] };
    assert.deepEqual(open(signed(wide)), wide);
    // What was closed before leaves no room for more.
    const deeper = signed({ ...wide, d: arrays(maxDocumentDepth) });
    assert.throws(() => open(deeper), corruptAs(/nested too deeply/));
  });

  it("is as deep as its brackets outside of texts", () => {
    const many = "[{".repeat(50);
    for (const text of [many, `"${many}`, `\\"${many}`, `\\\\"${many}"`]) {
      const body = { a: text, [text]: [1] };
      assert.deepEqual(open(signed(body)), body);
    }
    for (const text of ["\\", '"', '\\"', "a\\\\"])
      assert.throws(
        () => open(signed({ a: text, b: arrays(maxDocumentDepth) })),
        corruptAs(/nested too deeply/),
      );
  });

  it("is an object in JSON and UTF-8", () => {
    for (const [body, fault, hasCause] of [
      ["{", /is not JSON$/, true],
      ["[]", /is not a JSON object$/, false],
      ["null", /is not a JSON object$/, false],
      ["1", /is not a JSON object$/, false],
    ] as const) {
      const text = signed({}).toString("utf8").replace("{}", body);
      assert.throws(
        () => decodeSignedDocument(name, Buffer.from(text)).body,
        corruptAs(fault, hasCause),
      );
    }
  });

  it("has one form in bytes: what a reader would mend is refused", () => {
    const bytes = signed({ a: "\ufffd" });
    const at = bytes.indexOf("\ufffd");
    const mended = Buffer.concat([bytes.subarray(0, at), Buffer.of(0xff), bytes.subarray(at + 3)]);
    assert.throws(() => open(mended), corruptAs(/is not UTF-8$/, true));
    const marked = Buffer.concat([Buffer.from("\ufeff"), bytes]);
    assert.throws(() => open(marked), { code: "SignatureInvalid" });
  });
});

describe("the lines of a signed document", () => {
  const [body = "", seal = ""] = encodeSignedDocument(name, { a: 1 }, signer)
    .toString("utf8")
    .split("\n");

  it("are two, and nothing behind them", () => {
    assert.deepEqual(open(Buffer.from(`${body}\n${seal}\n`)), { a: 1 });
    for (const text of [
      "",
      body,
      `${body}\n${seal}`,
      `${body}\n${seal}\n\n`,
      `${body}\n${seal}\n\nx`,
    ])
      assert.throws(() => open(Buffer.from(text)), corruptAs(/is not a body line/));
  });

  it("are no longer than the bound", () => {
    const bytes = Buffer.alloc(maxDocumentBytes + 1, "a");
    assert.throws(() => open(bytes), corruptAs(/is larger than \d+ bytes$/));
    assert.throws(() => open(bytes.subarray(1)), corruptAs(/is not a body line/));
  });

  it("pass under no other name", () => {
    const bytes = encodeSignedDocument(name, { id: "a" }, signer);
    assert.deepEqual(open(bytes), { id: "a" });
    for (const other of ["keys/b", "epochs/a", "keys/", "", "keys/a/"])
      assert.throws(() => openSignedDocument(other, bytes, signer.publicKey), {
        code: "SignatureInvalid",
        target: other,
      });
  });

  it("end with a seal of its one form", () => {
    const { algorithm, keyId, signature } = JSON.parse(seal) as Record<string, string>;
    for (const other of [
      { algorithm: "none", keyId, signature },
      { algorithm, keyId: 1, signature },
      { algorithm, keyId, signature: 1 },
      { algorithm, keyId },
      { keyId, algorithm, signature },
    ])
      assert.throws(
        () => open(Buffer.from(`${body}\n${JSON.stringify(other)}\n`)),
        corruptAs(/has a malformed signature line$/),
      );
  });
});
