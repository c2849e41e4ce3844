import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { isAppError } from "../../src/base/errors.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { listAll, someBytes } from "../contracts/object-store.ts";
import { faults, openFaultyStore } from "../support/faulty-store.ts";
import type { Fault } from "../support/faulty-store.ts";

/** What the second of three puts leaves behind, for faults that say so. */
const leftBehind: Readonly<Partial<Record<Fault, number>>> = {
  "timeout-after-success": 100,
  "torn-write": 50,
  "crash-after": 100,
};

describe("faulty store", () => {
  for (const fault of faults) {
    it(`fails the second put with ${fault}`, async () => {
      const inner = openMemoryStore();
      const store = openFaultyStore(inner, { failAt: 2, fault });
      await store.put("first", someBytes(100));
      assert.ok(!store.hasStruck());
      await assert.rejects(store.put("second", someBytes(100)), (error) => isAppError(error));
      assert.ok(store.hasStruck());
      assert.equal((await inner.stat("second"))?.bytes, leftBehind[fault]);
      const isDead = fault.startsWith("crash");
      const third = store.put("third", someBytes(1));
      if (isDead) await assert.rejects(third, { code: "StoreUnreachable" });
      else await third;
    });
  }

  it("damages what it reads", async () => {
    const inner = openMemoryStore();
    await inner.put("config", someBytes(100));
    const open = (fault: Fault) => openFaultyStore(inner, { failAt: 1, fault });
    assert.equal((await open("short-read").get("config")).length, 99);
    assert.notDeepEqual(Buffer.from(await open("wrong-bytes").get("config")), someBytes(100));
    assert.equal(await open("not-found").stat("config"), undefined);
    await assert.rejects(open("not-found").get("config"), { code: "ObjectNotFound" });
    assert.deepEqual(Buffer.from(await inner.get("config")), someBytes(100));
  });

  it("counts operations of the named kinds", async () => {
    const plan = { failAt: 0, fault: "io-error", operations: ["put", "list"] } as const;
    const store = openFaultyStore(openMemoryStore(), plan);
    await store.put("a", someBytes(1));
    await store.get("a");
    await listAll(store, "");
    assert.equal(store.countOperations(), 2);
  });
});
