import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHostPolicy, portRule, type ResolvedHost } from "../../src/storage/host-policy.ts";
import { parseBackupPath } from "../../src/storage/path.ts";

const answers =
  (...addresses: string[]) =>
  (): Promise<readonly ResolvedHost[]> =>
    Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
const refusal = { code: "StoreHostNotAllowed" };

describe("A31: hosts of stores", () => {
  it("are all allowed without a list, plain HTTP is not", () => {
    const policy = createHostPolicy(undefined);
    policy.check("files.example", 445, false);
    policy.check("10.0.0.7", 445, false);
    assert.throws(() => policy.check("files.example", 80, true), refusal);
  });

  it("are those of the list", () => {
    const policy = createHostPolicy([
      "Files.example",
      "blob.example:443",
      "http://127.0.0.1:10000",
    ]);
    policy.check("files.EXAMPLE", 445, false);
    policy.check("blob.example", 443, false);
    policy.check("127.0.0.1", 10000, true);
    assert.throws(() => policy.check("blob.example", 8443, false), refusal);
    assert.throws(() => policy.check("127.0.0.1", 10000, false), refusal);
    assert.throws(() => policy.check("127.0.0.1", 10001, true), refusal);
    assert.throws(() => policy.check("other.example", 445, false), refusal);
    assert.throws(() => createHostPolicy([]).check("files.example", 445, false), refusal);
  });

  it("fix the port of a share", () => {
    const entries = ["files.example:10445", "other.example"];
    assert.equal(portRule(entries, "FILES.example"), 10445);
    assert.equal(portRule(entries, "other.example"), undefined);
    assert.equal(portRule(undefined, "other.example"), undefined);
  });

  for (const entry of ["", "ftp://a", "a:b", "a:0", "a:70000", "http://a/b", "u@a", "a b"]) {
    it(`are refused in the list as ${JSON.stringify(entry)}`, () => {
      assert.throws(() => createHostPolicy([entry]), { code: "InvalidConfiguration" });
    });
  }
});

describe("A32: addresses of this machine and of metadata services", () => {
  const hosts = [
    ...["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "0.0.0.0", "[::1]", "[::]"],
    ...[
      "169.254.169.254",
      "[fe80::1]",
      "[fe80::1%eth0]",
      "[::ffff:127.0.0.1]",
      "[::ffff:a9fe:a9fe]",
    ],
    ...["[64:ff9b::7f00:1]", "[2002:7f00:1::]", "100.100.100.200", "168.63.129.16"],
    ...["metadata.google.internal", "224.0.0.1", "255.255.255.255"],
  ];
  for (const host of hosts) {
    it(`are refused: ${host}`, () => {
      assert.throws(() => createHostPolicy(undefined).check(host, 445, false), refusal);
    });
  }

  it("are refused in every way to write them in a path", () => {
    for (const host of [
      ...["[::1]", "0-0-0-0-0-0-0-1.ipv6-literal.net", "--1.ipv6-literal.net"],
      ...["[fe80::1%eth0]", "fe80--1s4.ipv6-literal.net", "[::ffff:127.0.0.1]"],
    ]) {
      const path = parseBackupPath(`\\\\${host}\\backup`);
      assert.ok(path.kind === "smb");
      assert.throws(
        () => createHostPolicy(undefined).check(path.server, 445, false),
        refusal,
        host,
      );
    }
  });

  it("are allowed with their line where they are listed with it", () => {
    createHostPolicy(["[fe80::1%eth0]:445"]).check("fe80::1%eth0", 445, false);
  });

  it("are refused where a name leads to one of them", async () => {
    for (const address of ["127.0.0.1", "::1", "169.254.169.254"]) {
      const policy = createHostPolicy(undefined, answers("192.0.2.7", address));
      await assert.rejects(policy.resolve("files.example", 445), refusal);
    }
  });

  it("are allowed where they are listed", async () => {
    const policy = createHostPolicy(["files.example", "127.0.0.1"], answers("127.0.0.1"));
    policy.check("127.0.0.1", 445, false);
    assert.equal((await policy.resolve("files.example", 445)).address, "127.0.0.1");
    assert.equal((await policy.resolve("127.0.0.1", 445)).address, "127.0.0.1");
  });
});

describe("A33: a name", () => {
  it("is looked up once, and its address is what is used", async () => {
    let count = 0;
    const policy = createHostPolicy(undefined, () => {
      count += 1;
      return answers(count === 1 ? "192.0.2.7" : "127.0.0.1")();
    });
    assert.deepEqual(await policy.resolve("files.example", 445), {
      address: "192.0.2.7",
      family: 4,
    });
    assert.equal(count, 1);
  });

  it("that nobody knows is named with its remedy", async () => {
    const policy = createHostPolicy(undefined, answers());
    await assert.rejects(policy.resolve("nowhere.example", 445), {
      code: "StoreUnreachable",
      message: /nowhere\.example.*spelling/,
    });
  });
});
