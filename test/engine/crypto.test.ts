import assert from "node:assert/strict";
import {
  createHash,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
} from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { AppError } from "../../src/base/errors.ts";
import {
  objectKind,
  openBlock,
  openSmall,
  sealBlock,
  sealSmall,
  withOpenedBlock,
} from "../../src/engine/crypto/aead.ts";
import {
  createChunkNamer,
  createPlacedNamer,
  nameRoomBytes,
} from "../../src/engine/crypto/chunk-id.ts";
import { createKeyedBlake3, createPortableBlake3 } from "../../src/engine/crypto/keyed-blake3.ts";
import { hasNativeBlake3 } from "../../src/engine/crypto/load-blake3.ts";
import {
  createNameHash,
  createPackHash,
  createPortableBlake3Hash,
  type NameHash,
} from "../../src/engine/crypto/name-hash.ts";
import {
  checkCommitment,
  commitmentOf,
  deriveKey,
  deriveSecretKey,
  joinFields,
} from "../../src/engine/crypto/derive.ts";
import { unwrapKey, wrapKey } from "../../src/engine/crypto/key-wrap.ts";
import { preSharedKeyIdOf, sealToPreSharedKey } from "../../src/engine/crypto/pre-shared-key.ts";
import {
  createSigningKeys,
  keyIdOf,
  signDocument,
  verifyDocument,
} from "../../src/engine/crypto/signing.ts";
import { recordNonces } from "../support/nonce-recorder.ts";

interface Vectors {
  readonly aead: readonly {
    key: string;
    kind: 1 | 2 | 6;
    number: number;
    aad: string;
    plain: string;
    sealed: string;
  }[];
  readonly hkdf: readonly {
    secret: string;
    salt: string;
    info: string;
    length: number;
    key: string;
  }[];
  readonly commitment: readonly { key: string; commitment: string }[];
  readonly joinFields: readonly { fields: (string | number | { hex: string })[]; joined: string }[];
  readonly chunkId: readonly { key: string; bytes: string; id: string }[];
  /** Of BLAKE3's own test vectors: content is 0, 1, … 250 again and again. */
  readonly keyedBlake3: readonly { bytes: number; digest: string }[];
  /** As above, without a key. */
  readonly blake3: readonly { bytes: number; digest: string }[];
  readonly preSharedWrap: readonly {
    key: string;
    keyId: string;
    salt: string;
    binding: string;
    secret: string;
    wrapped: string;
  }[];
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/crypto.json", import.meta.url), "utf8"),
) as Vectors;

function digestOf(hash: NameHash, content: Buffer, pieceBytes = content.length): string {
  for (let at = 0; at < content.length; at += pieceBytes)
    hash.update(content.subarray(at, at + pieceBytes));
  return hash.digest();
}
const hex = (text: string): Buffer => Buffer.from(text, "hex");
const key = createSecretKey(randomBytes(32));
const aad = Buffer.from("where it belongs");

function refusalOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error.code;
  }
  return "accepted";
}

describe("known answers", () => {
  it("sealed messages", () => {
    for (const one of vectors.aead) {
      const secretKey = createSecretKey(hex(one.key));
      const sealed = sealSmall(secretKey, one.kind, one.number, hex(one.aad), hex(one.plain));
      assert.equal(sealed.toString("hex"), one.sealed);
      const plain = openSmall(secretKey, one.kind, one.number, hex(one.aad), hex(one.sealed));
      assert.equal(plain.toString("hex"), one.plain);
    }
  });

  it("derived keys and commitments", () => {
    for (const one of vectors.hkdf) {
      const derived = deriveKey(hex(one.secret), hex(one.salt), one.info, one.length);
      assert.equal(derived.toString("hex"), one.key);
      const object = createSecretKey(hex(one.secret));
      assert.deepEqual(deriveKey(object, hex(one.salt), one.info, one.length), derived);
      assert.deepEqual(
        deriveSecretKey(object, hex(one.salt), one.info).export().subarray(0, one.length),
        derived.subarray(0, 32),
      );
    }
    for (const one of vectors.commitment) {
      assert.equal(commitmentOf(hex(one.key)).toString("hex"), one.commitment);
    }
  });

  it("joined fields", () => {
    for (const one of vectors.joinFields) {
      const fields = one.fields.map((field) =>
        typeof field === "object" ? hex(field.hex) : field,
      );
      assert.equal(joinFields(...fields).toString("hex"), one.joined);
    }
  });

  it("chunk ids of suite 1", () => {
    for (const one of vectors.chunkId) {
      const nameOf = createChunkNamer(1, createSecretKey(hex(one.key)));
      assert.equal(nameOf(hex(one.bytes)).toString("hex"), one.id);
    }
  });

  it("chunk ids of suites 2 and 3, compiled and in JavaScript", () => {
    assert.ok(hasNativeBlake3(), "what npm installs here has a compiled BLAKE3");
    const key = Buffer.from("whats the Elvish word for friend", "latin1");
    const namers = ([2, 3] as const).map((suite) => createChunkNamer(suite, createSecretKey(key)));
    const [native, portable] = [createKeyedBlake3(key), createPortableBlake3(key)];
    for (const { bytes, digest } of vectors.keyedBlake3) {
      const content = Buffer.from(Array.from({ length: bytes }, (_, at) => at % 251));
      assert.equal(native(content), digest, `${bytes} compiled`);
      assert.equal(portable(content), digest, `${bytes} in JavaScript`);
      for (const nameOf of namers)
        assert.equal(nameOf(content).toString("hex"), digest.slice(0, 32));
    }
  });

  it("names of packs of suite 3, compiled and in JavaScript, whole and in pieces", () => {
    assert.ok(hasNativeBlake3());
    for (const { bytes, digest } of vectors.blake3) {
      const content = Buffer.from(Array.from({ length: bytes }, (_, at) => at % 251));
      for (const make of [() => createPackHash(3), createPortableBlake3Hash])
        for (const pieceBytes of [1 + bytes, 1023, 7])
          assert.equal(digestOf(make(), content, pieceBytes), digest, `${bytes} ${pieceBytes}`);
    }
  });

  it("names of packs of suites 1 and 2, and of indexes and refs of all, are SHA-256", () => {
    const content = randomBytes(5000);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const id = "ab".repeat(32);
    for (const suite of [1, 2, 3] as const) {
      const pack = digestOf(createNameHash(`data/ab/${id}`, suite), content);
      assert.equal(pack, digestOf(createPackHash(suite), content));
      assert.equal(pack === sha256, suite !== 3);
      for (const name of [`index/${id}`, `refs/${id}`])
        assert.equal(digestOf(createNameHash(name, suite), content), sha256);
    }
  });

  it("chunk ids of suite 2 do not depend on what was named before, where it lies, and by whom", () => {
    const key = createSecretKey(randomBytes(32));
    const [nameOf, placedNameOf] = [createChunkNamer(2, key), createPlacedNamer(2, key)];
    const portable = createPortableBlake3(key.export());
    const other = createChunkNamer(2, createSecretKey(randomBytes(32)));
    for (const bytes of [70_000, 0, 1, 63, 64, 65, 1023, 1024, 1025, 16_384, 262_144, 5]) {
      const memory = randomBytes(bytes + 9);
      const content = memory.subarray(4, 4 + bytes);
      const expected = portable(content).slice(0, 32);
      assert.equal(nameOf(content).toString("hex"), expected, `${bytes}`);
      assert.equal(placedNameOf(memory, 4, 4 + bytes).toString("hex"), expected, `${bytes}`);
      assert.notEqual(other(content).toString("hex"), expected);
    }
  });

  it("a key of another length than BLAKE3's is refused", () => {
    for (const make of [createKeyedBlake3, createPortableBlake3])
      for (const bytes of [0, 31, 33, 64])
        assert.throws(() => make(Buffer.alloc(bytes)), { code: "InvalidArgument" }, `${bytes}`);
  });

  it("chunk ids of suite 1 are HMACs, whatever the sizes of content and key", () => {
    for (const keyBytes of [1, 31, 32, 63, 64, 65, 200]) {
      const key = createSecretKey(randomBytes(keyBytes));
      const nameOf = createChunkNamer(1, key);
      const placedNameOf = createPlacedNamer(1, key);
      for (const bytes of [0, 1, 55, 56, 63, 64, 65, 4096, 16_383, 16_384, 16_385, 70_000, 5]) {
        const content = randomBytes(bytes);
        const expected = createHmac("sha256", key).update(content).digest().subarray(0, 16);
        assert.deepEqual(nameOf(content), expected, `${keyBytes} ${bytes}`);
        const memory = Buffer.concat([randomBytes(nameRoomBytes), content, randomBytes(9)]);
        const before = Buffer.from(memory);
        const placed = placedNameOf(memory, nameRoomBytes, nameRoomBytes + bytes);
        assert.deepEqual(placed, expected, `${keyBytes} ${bytes} in place`);
        assert.ok(memory.equals(before));
      }
    }
  });

  it("pre-shared wraps", async () => {
    for (const one of vectors.preSharedWrap) {
      const wrapped = sealToPreSharedKey(
        hex(one.secret),
        hex(one.key),
        hex(one.binding),
        hex(one.salt),
      );
      assert.equal(wrapped.toString("hex"), one.wrapped);
      assert.equal(preSharedKeyIdOf(hex(one.key)), one.keyId);
      const opener = {
        kind: "pre-shared-key",
        keyBase64: hex(one.key).toString("base64"),
      } as const;
      const secret = await unwrapKey(hex(one.wrapped), opener, hex(one.binding));
      assert.equal(Buffer.from(secret).toString("hex"), one.secret);
    }
  });
});

describe("a sealed message", () => {
  it("comes back at every size around slices", () => {
    for (const size of [0, 1, 16, 131_071, 131_072, 131_073, 1_048_576, 1_100_000]) {
      const plain = randomBytes(size);
      const sealed = Buffer.alloc(size + 20, 7);
      assert.equal(sealBlock(key, objectKind.block, 5, aad, plain, sealed), size + 16);
      assert.deepEqual([...sealed.subarray(size + 16)], [7, 7, 7, 7]);
      const out = Buffer.alloc(size + 3, 9);
      assert.equal(
        openBlock(key, objectKind.block, 5, aad, sealed.subarray(0, size + 16), out),
        size,
      );
      assert.deepEqual(out, Buffer.concat([plain, Buffer.from([9, 9, 9])]));
    }
  });

  it("A56: opens for nothing but what was sealed", () => {
    const plain = randomBytes(300_000);
    const sealed = sealSmall(key, objectKind.block, 5, aad, plain);
    const changed = Buffer.from(sealed);
    changed[150_000]! ^= 1;
    const attempts: Record<string, () => unknown> = {
      "another key": () =>
        openSmall(createSecretKey(randomBytes(32)), objectKind.block, 5, aad, sealed),
      "another kind": () => openSmall(key, objectKind.footer, 5, aad, sealed),
      "another number": () => openSmall(key, objectKind.block, 6, aad, sealed),
      "another place": () => openSmall(key, objectKind.block, 5, Buffer.from("elsewhere"), sealed),
      "a changed byte": () => openSmall(key, objectKind.block, 5, aad, changed),
      "a cut": () => openSmall(key, objectKind.block, 5, aad, sealed.subarray(0, -1)),
      "no tag": () => openSmall(key, objectKind.block, 5, aad, sealed.subarray(0, 15)),
      "no room": () => openBlock(key, objectKind.block, 5, aad, sealed, Buffer.alloc(10)),
    };
    for (const [title, attempt] of Object.entries(attempts)) {
      assert.equal(refusalOf(attempt), "CannotOpen", title);
    }
  });

  it("is not made where it has no room for all of it", () => {
    for (const missing of [1, 16, 17])
      assert.equal(
        refusalOf(() =>
          sealBlock(key, objectKind.block, 5, aad, randomBytes(100), Buffer.alloc(116 - missing)),
        ),
        "Internal",
      );
  });

  it("shows what it opened for as long as it is used, and only what is proved", () => {
    const plain = randomBytes(300_000);
    const sealed = sealSmall(key, objectKind.block, 5, aad, plain);
    let shown: Buffer | undefined;
    const length = withOpenedBlock(key, objectKind.block, 5, aad, sealed, (content) => {
      assert.ok(content.equals(plain));
      shown = content;
      return content.length;
    });
    assert.equal(length, plain.length);
    assert.equal(shown?.length, 0, "the bytes are gone");
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(100) ^ 1, 100);
    for (const wrong of [changed, sealed.subarray(0, -1), sealed.subarray(0, 15)])
      assert.throws(
        () => withOpenedBlock(key, objectKind.block, 5, aad, wrong, () => assert.fail("shown")),
        { code: "CannotOpen" },
      );
  });

  it("leaves no unproved content behind", () => {
    const sealed = sealSmall(key, objectKind.block, 1, aad, Buffer.alloc(200_000, 65));
    sealed[sealed.length - 1]! ^= 1;
    const out = Buffer.alloc(200_000);
    assert.equal(
      refusalOf(() => openBlock(key, objectKind.block, 1, aad, sealed, out)),
      "CannotOpen",
    );
    assert.ok(out.every((byte) => byte === 0));
  });

  it("has a nonce for every number and kind", () => {
    const recorder = recordNonces();
    try {
      for (const kind of Object.values(objectKind)) {
        for (const number of [0, 1, 255, 256, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
          sealSmall(key, kind, number, aad, Buffer.from("x"));
        }
      }
      assert.equal(recorder.count, 42);
      assert.deepEqual(recorder.repeated, []);
      sealSmall(key, objectKind.block, 255, aad, Buffer.from("y"));
      assert.equal(recorder.repeated.length, 1);
    } finally {
      recorder.stop();
    }
    for (const number of [-1, 0.5, 2 ** 53, Number.NaN]) {
      assert.equal(
        refusalOf(() => sealSmall(key, objectKind.block, number, aad, Buffer.from("x"))),
        "Internal",
      );
    }
  });

  it("has a fresh key in each pre-shared wrap", async () => {
    const recipient = {
      kind: "pre-shared-key",
      keyBase64: randomBytes(32).toString("base64"),
    } as const;
    const recorder = recordNonces();
    try {
      for (let turn = 0; turn < 20; turn++) await wrapKey(randomBytes(32), [recipient], aad);
      assert.equal(recorder.count, 20);
      assert.deepEqual(recorder.repeated, []);
    } finally {
      recorder.stop();
    }
  });
});

describe("joined fields", () => {
  const field = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 9 }));
  const asBytes = (fields: readonly (string | Uint8Array)[]): string =>
    JSON.stringify(fields.map((one) => Buffer.from(one as string).toString("hex")));

  it("differ for different fields", () => {
    fc.assert(
      fc.property(fc.array(field), fc.array(field), (a, b) => {
        assert.equal(joinFields(...a).equals(joinFields(...b)), asBytes(a) === asBytes(b));
      }),
    );
    assert.notDeepEqual(joinFields("ab", "c"), joinFields("a", "bc"));
    assert.notDeepEqual(joinFields("a", ""), joinFields("a"));
  });

  it("take whole numbers only", () => {
    for (const number of [0, 1, Number.MAX_SAFE_INTEGER]) {
      const bytes = joinFields(number);
      assert.deepEqual([bytes.readUInt32BE(), bytes.readBigUInt64BE(4)], [8, BigInt(number)]);
    }
    for (const number of [-1, 0.5, 2 ** 53]) {
      assert.equal(
        refusalOf(() => joinFields(number)),
        "Internal",
      );
    }
  });
});

describe("a commitment", () => {
  it("A57: fits one key only", () => {
    const [one, other] = [randomBytes(32), randomBytes(32)];
    assert.ok(checkCommitment(one, commitmentOf(one)));
    assert.ok(checkCommitment(createSecretKey(one), commitmentOf(one)));
    assert.ok(!checkCommitment(other, commitmentOf(one)));
    assert.ok(!checkCommitment(one, commitmentOf(one).subarray(0, 31)));
    assert.ok(!checkCommitment(one, new Uint8Array(0)));
  });
});

describe("a signature", () => {
  const keys = createSigningKeys();
  const document = Buffer.from('{"a":1}');
  const signature = signDocument(keys.privateKey, "manifest", document);

  it("holds for its key, domain and bytes", () => {
    assert.ok(verifyDocument(keys.publicKey, "manifest", document, signature));
    assert.ok(!verifyDocument(createSigningKeys().publicKey, "manifest", document, signature));
    assert.ok(!verifyDocument(keys.publicKey, "config", document, signature));
    assert.ok(
      !verifyDocument(
        keys.publicKey,
        "manifes",
        Buffer.concat([Buffer.from("t"), document]),
        signature,
      ),
    );
    assert.ok(!verifyDocument(keys.publicKey, "manifest", Buffer.from('{"a":2}'), signature));
  });

  it("A54: is false for what is none", () => {
    const changed = Buffer.from(signature);
    changed[3]! ^= 1;
    for (const bytes of [changed, signature.subarray(1), Buffer.alloc(64), Buffer.alloc(0)]) {
      assert.ok(!verifyDocument(keys.publicKey, "manifest", document, bytes));
    }
    for (const text of ["", "AAAA", "not base64", keys.privateKey]) {
      assert.ok(!verifyDocument(text, "manifest", document, signature));
    }
  });

  it("A54: is false for keys of another kind", () => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const publicKey = pair.publicKey.export({ format: "der", type: "spki" }).toString("base64");
    const privateKey = pair.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
    const other = signDocument(privateKey, "manifest", document);
    assert.ok(!verifyDocument(publicKey, "manifest", document, other));
  });

  it("has keys with short names", () => {
    assert.match(keyIdOf(keys.publicKey), /^[0-9a-f]{16}$/);
    assert.notEqual(keyIdOf(keys.publicKey), keyIdOf(createSigningKeys().publicKey));
  });
});
