import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";

import { aesCmac } from "../../src/storage/smb/aes-cmac.ts";
import { utf16 } from "../../src/storage/smb/bytes.ts";
import { deriveSessionKeys } from "../../src/storage/smb/key-derivation.ts";
import { md4 } from "../../src/storage/smb/md4.ts";
import { ntlmV2Key, ntlmV2Proof } from "../../src/storage/smb/ntlm.ts";
import { Sealer, ciphers, signMessage, verifySignature } from "../../src/storage/smb/protection.ts";
import { rc4 } from "../../src/storage/smb/rc4.ts";
import { SmbError } from "../../src/storage/smb/smb-error.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

describe("MD4", () => {
  for (const [text, digest] of [
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
    ["abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"],
    ["1234567890".repeat(8), "e33b4ddc9c38f2199c3e7b164fcc0536"],
  ] as const) {
    it(`digests ${text.length} letters as RFC 1320 does`, () => {
      assert.equal(md4(Buffer.from(text)).toString("hex"), digest);
    });
  }
});

describe("RC4", () => {
  for (const [key, text, sealed] of [
    ["Key", "Plaintext", "bbf316e8d940af0ad3"],
    ["Wiki", "pedia", "1021bf0420"],
  ] as const) {
    it(`turns ${text} into what it should`, () => {
      assert.equal(rc4(Buffer.from(key), Buffer.from(text)).toString("hex"), sealed);
    });
  }
});

describe("AES-CMAC", () => {
  const key = hex("2b7e151628aed2a6abf7158809cf4f3c");
  const text = hex(
    `6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51
     30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710`,
  );
  for (const [length, mac] of [
    [0, "bb1d6929e95937287fa37d129b756746"],
    [16, "070a16b46b4d4144f79bdd9dd04a287c"],
    [40, "dfa66747de9ae63030ca32611497c827"],
    [64, "51f0bebf7e3b9d92fc49741779363cfe"],
  ] as const) {
    it(`signs ${length} bytes as RFC 4493 does`, () => {
      assert.equal(aesCmac(key, [text.subarray(0, length)]).toString("hex"), mac);
      const parts = [text.subarray(0, length >> 2), text.subarray(length >> 2, length)];
      assert.equal(aesCmac(key, parts).toString("hex"), mac);
    });
  }
});

describe("NTLMv2", () => {
  // MS-NLMP 4.2.4.
  const key = ntlmV2Key({ domain: "Domain", user: "User", password: "Password" });

  it("makes the key of MS-NLMP's example", () => {
    assert.equal(key.toString("hex"), "0c868a403bfd7a93a3001ef22ef02e3f");
  });

  it("makes the proof and session key of MS-NLMP's example", () => {
    const pair = (id: number, text: string): Buffer => {
      const value = utf16(text);
      return Buffer.concat([Buffer.from([id, 0, value.length, 0]), value]);
    };
    const targetInfo = Buffer.concat([pair(2, "Domain"), pair(1, "Server"), Buffer.alloc(4)]);
    const nonce = hex("0123456789abcdef");
    const proof = ntlmV2Proof(key, nonce, Buffer.alloc(8, 0xaa), Buffer.alloc(8), targetInfo);
    const start = proof.response.subarray(0, 16).toString("hex");
    assert.equal(start, "68cd0ab851e51c96aabc927bebef6a1c");
    assert.equal(proof.sessionBaseKey.toString("hex"), "8de40ccadbc14a82f15cb0ad0de95ca3");
    const hidden = rc4(proof.sessionBaseKey, Buffer.alloc(16, 0x55)).toString("hex");
    assert.equal(hidden, "c5dad2544fc9799094ce1ce90bc9d03e");
  });

  it("writes names in capitals letter by letter", () => {
    const as = (user: string): string =>
      ntlmV2Key({ domain: "D", user, password: "p" }).toString("hex");
    assert.equal(as("jürgen"), as("JÜRGEN"));
    assert.notEqual(as("strauß"), as("STRAUSS"));
  });
});

describe("keys of a 3.1.1 session", () => {
  // Microsoft's example in "SMB 2 and SMB 3 security in Windows 10".
  const sessionKey = hex("270E1BA896585EEB7AF3472D3B4C75A7");
  const hash = hex(
    `0DD13628CC3ED218EF9DF9772D436D0887AB9814BFAE63A80AA845F36909DB79
     28622DDDAD522D9751640A459762C5A9D6BB084CBB3CE6BDADEF5D5BCE3C6C01`,
  );

  it("are those of Microsoft's example", () => {
    const keys = deriveSessionKeys(sessionKey, hash, 16);
    assert.equal(keys.signing.toString("hex"), "73fe7a9a77bef0bde49c650d8ccb5f76");
    assert.equal(keys.encryption.toString("hex"), "629bcbc54422a0f572b97f45989b6073");
    assert.equal(keys.decryption.toString("hex"), "e2af0dcefac68da71a0dfbd0d1350d74");
  });

  it("are longer for 256 bits, and others", () => {
    const long = deriveSessionKeys(sessionKey, hash, 32);
    assert.equal(long.encryption.length, 32);
    const { encryption } = deriveSessionKeys(sessionKey, hash, 16);
    assert.ok(!long.encryption.subarray(0, 16).equals(encryption));
  });
});

describe("signatures", () => {
  for (const kind of ["AES-CMAC", "AES-GMAC"] as const) {
    it(`by ${kind} see every flipped bit`, () => {
      const key = randomBytes(16);
      const message = randomBytes(100).fill(0, 48, 64);
      signMessage(key, kind, [message.subarray(0, 64), message.subarray(64)]);
      verifySignature(key, kind, message);
      for (let bit = 0; bit < message.length * 8; bit += 1) {
        const changed = Buffer.from(message);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.throws(() => verifySignature(key, kind, changed), isTampered, `bit ${bit}`);
      }
    });
  }
});

describe("sealed messages", () => {
  for (const kind of ciphers.values()) {
    const keyOf = (): Buffer => randomBytes(kind.keyBytes);
    const up = keyOf();
    const client = { signing: keyOf(), encryption: up, decryption: keyOf() };
    const server = { ...client, encryption: client.decryption, decryption: up };

    it(`with ${kind.name} open at the other end alone`, () => {
      const parts = [randomBytes(64), randomBytes(1000)];
      const sealed = Buffer.concat(new Sealer(kind, client, 7n).seal(parts));
      assert.ok(new Sealer(kind, server, 7n).open(sealed).equals(Buffer.concat(parts)));
      assert.throws(() => new Sealer(kind, server, 8n).open(sealed), isTampered);
      assert.throws(() => new Sealer(kind, client, 7n).open(sealed), isTampered);
    });

    it(`with ${kind.name} never share a nonce`, () => {
      const sealer = new Sealer(kind, client, 7n);
      const nonces = Array.from({ length: 50 }, () => {
        const [header = Buffer.alloc(0)] = sealer.seal([randomBytes(64)]);
        return header.subarray(20, 20 + kind.nonceBytes).toString("hex");
      });
      assert.equal(new Set(nonces).size, nonces.length);
    });

    it(`with ${kind.name} show every flipped bit`, () => {
      const sealed = Buffer.concat(new Sealer(kind, client, 7n).seal([randomBytes(64)]));
      const other = new Sealer(kind, server, 7n);
      // From the tag on: the magic tells a sealed message from a clear one, which is refused before.
      for (let bit = 32; bit < sealed.length * 8; bit += 1) {
        const changed = Buffer.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.throws(() => other.open(changed), isTampered, `bit ${bit}`);
      }
    });
  }
});

function isTampered(error: unknown): boolean {
  return error instanceof SmbError && error.fault === "tampered";
}
