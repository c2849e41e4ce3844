import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { encodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import { createSigningKeys } from "../../src/engine/crypto/signing.ts";
import { listBackups } from "../../src/engine/list-backups.ts";
import { acquireLease } from "../../src/engine/lease.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import {
  aStreamRole,
  createHost,
  createRepository,
  type TestRepository,
} from "../support/a-repository.ts";
import { startScript } from "../support/child-process.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

let folder = "";
let repository: TestRepository;
let copies = 0;

before(async () => {
  folder = await makeTempFolder();
  mkdirSync(`${folder}/base`);
  repository = await createRepository(await openLocalStore({ path: `${folder}/base` }));
  writeFileSync(`${folder}/keys`, JSON.stringify(repository.keys), { mode: 0o600 });
  await repository.backup(1, [aStreamRole("dump", () => [Buffer.alloc(300_000, 5)])]);
});
after(() => removeFolder(folder));

interface Outcome {
  readonly code?: string;
  readonly error?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly peakMegabytes: number;
}

/** A process that does one thing with the store; it must not need more memory than an honest store takes. */
async function runChild(path: string, ...args: readonly string[]): Promise<Outcome> {
  const child = startScript("hostile-store-child.ts", path, `${folder}/keys`, ...args);
  let line = "";
  for await (const text of child.lines) line += text;
  assert.equal(await child.ended, 0, child.readErrors());
  const outcome = JSON.parse(line) as Outcome;
  assert.equal(outcome.error, undefined);
  return outcome;
}

/** A copy of the store in which one object has become 8 GiB long. */
function copyWithHuge(prefix: string): { path: string; name: string } {
  const path = `${folder}/copy ${(copies += 1)}`;
  cpSync(`${folder}/base`, path, { recursive: true });
  const names = readdirSync(`${path}/holdfast`, { recursive: true, encoding: "utf8" });
  // The longest: below data/ there are folders as well.
  const [name = ""] = names
    .filter((found) => found.startsWith(prefix))
    .sort((one, other) => other.length - one.length);
  truncateSync(`${path}/holdfast/${name}`, 8 * 1024 ** 3);
  return { path, name };
}

const maxMegabytes = 400;

describe("A56: an object of 8 GiB in the place of a small one", { timeout: 240_000 }, () => {
  for (const [prefix, code] of [
    ["config", "LimitExceeded"],
    ["epochs/", "LimitExceeded"],
    ["keys/", "LimitExceeded"],
    ["index/", "LimitExceeded"],
    ["refs/", "LimitExceeded"],
    ["backups/", "LimitExceeded"],
    ["data/", "CorruptObject"],
  ] as const) {
    it(`${prefix}: is named and not read`, async () => {
      const { path, name } = copyWithHuge(prefix);
      const restored = await runChild(path, "restore", "remote");
      assert.ok(restored.peakMegabytes < maxMegabytes, `${restored.peakMegabytes} MB`);
      for (const action of ["copy", "prune"]) {
        const { code: refusal, peakMegabytes } = await runChild(path, action, "remote");
        assert.ok(peakMegabytes < maxMegabytes, `${action}: ${peakMegabytes} MB`);
        // What no prune has to read stops none.
        const isRead = action === "copy" || ["config", "refs/", "backups/"].includes(prefix);
        assert.equal(refusal, isRead ? "LimitExceeded" : undefined, action);
      }
      // A pack longer than its index says is read as far as the index says.
      const found = restored.code ?? "none";
      assert.ok(prefix === "data/" || found === code, found);
      const verified = await runChild(path, "ciphertext", "remote");
      assert.ok(verified.peakMegabytes < maxMegabytes, `${verified.peakMegabytes} MB`);
      if (prefix === "config") assert.equal(verified.code, code);
      else
        assert.match(
          JSON.stringify(verified.result),
          new RegExp(`"(?:${code}|CorruptObject)","object":"${name}"`),
        );
    });
  }

  it("a lock holds nobody up", async () => {
    const { path } = copyWithHuge("locks/");
    const { result, peakMegabytes } = await runChild(path, "backup", "remote");
    assert.equal(result?.["status"], "Succeeded");
    assert.ok(peakMegabytes < maxMegabytes, `${peakMegabytes} MB`);
  });
});

describe("50,000 names that nobody wrote", { timeout: 240_000 }, () => {
  for (const crowd of ["backups", "index", "data"]) {
    it(`in ${crowd} cost a backup nothing but time`, async () => {
      const path = `${folder}/copy ${(copies += 1)}`;
      cpSync(`${folder}/base`, path, { recursive: true });
      const action = crowd === "backups" ? "list" : "backup";
      const { result, peakMegabytes } = await runChild(path, action, "crowd", crowd);
      assert.ok(peakMegabytes < maxMegabytes, `${peakMegabytes} MB`);
      if (action === "backup") assert.equal(result?.["status"], "Succeeded");
      else assert.equal(result?.["backups"], 1);
      // The first ten thousand by name, then their number.
      if (crowd === "backups") assert.equal(result?.["unreadable"], 10_001);
    });
  }
});

describe("a document of a stranger", () => {
  const name = "backups/00000000-0000-4000-8000-000000000009";

  it("nested a hundred thousand deep is refused before it is parsed", async () => {
    const signer = createSigningKeys();
    for (const body of ["[", '{"a":']) {
      const { store, keys } = await createRepository(openMemoryStore());
      const text = encodeSignedDocument(name, {}, signer)
        .toString()
        .replace("{}", body.repeat(100_000));
      await store.put(name, Buffer.from(text));
      const { unreadable } = await listBackups(store, keys.signingPublicKey);
      assert.deepEqual(
        unreadable.map(({ error }) => (error as { code: string }).code),
        ["CorruptObject"],
      );
    }
  });

  it("of more than a megabyte is not looked into", async () => {
    const { store, keys } = await createRepository(openMemoryStore());
    const body = { a: "x".repeat(1024 * 1024) };
    await store.put(name, encodeSignedDocument(name, body, createSigningKeys()));
    const { unreadable } = await listBackups(store, keys.signingPublicKey);
    assert.deepEqual(
      unreadable.map(({ error }) => (error as { code: string }).code),
      ["LimitExceeded"],
    );
  });
});

describe("a lock that nobody wrote", () => {
  const owner = { installationId: "a", jobFence: 1 };

  for (const body of [
    "null",
    "7",
    '"a"',
    "[]",
    "{}",
    "",
    '{"installationId":"b","jobFence":1,"validUntil":1e300}',
  ]) {
    it(`${JSON.stringify(body)} holds nothing`, async () => {
      const store = openMemoryStore();
      await store.put("locks/000000000007", Buffer.from(body));
      const lease = await acquireLease(store, owner, createHost());
      assert.equal(lease.fence, 8);
      await lease.release();
    });
  }

  it("with the last number there is leaves no way on, and is named", async () => {
    const store = openMemoryStore();
    await store.put("locks/999999999999", Buffer.from("{}"));
    await assert.rejects(acquireLease(store, owner, createHost()), {
      code: "StoreTampered",
      target: "locks/999999999999",
    });
  });

  it("of a day far ahead is waited for", async () => {
    const store = openMemoryStore();
    const lock = { installationId: "b", jobFence: 1, validUntil: 8.64e15 };
    await store.put("locks/000000000001", Buffer.from(JSON.stringify(lock)));
    await assert.rejects(acquireLease(store, owner, createHost()), { code: "StoreLocked" });
  });
});
