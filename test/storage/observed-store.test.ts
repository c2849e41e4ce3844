import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { createHostPolicy } from "../../src/storage/host-policy.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { observeStore, type StoreOperation } from "../../src/storage/observed-store.ts";
import { openStore } from "../../src/storage/open-store.ts";
import { retryStore } from "../../src/storage/retrying.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const bytes = Buffer.from("content of an object");

function seen(
  changes: Partial<ObjectStore> = {},
  clock = createFakeClock(),
): { readonly store: ObjectStore; readonly told: StoreOperation[] } {
  const told: StoreOperation[] = [];
  const observe = (operation: StoreOperation): void => void told.push(operation);
  const inner = { ...openMemoryStore(), ...changes };
  return { store: observeStore(inner, { kind: "smb", clock, observe }), told };
}

const said = (told: readonly StoreOperation[]): readonly string[] =>
  told.map(({ operation, errorCode }) => `${operation} ${errorCode ?? "well"}`);

async function listAll(store: ObjectStore, signal?: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of store.list("", signal)) names.push(name);
  return names;
}

describe("an observed store", () => {
  it("does what it does, and tells each call with its end", async () => {
    const { store, told } = seen();
    await store.put("a", bytes);
    await assert.rejects(store.put("a", bytes), { code: "ObjectExists" });
    assert.deepEqual(
      Buffer.from(await store.get("a", { offset: 3, length: 4 })),
      bytes.subarray(3, 7),
    );
    await assert.rejects(store.get("b"), { code: "ObjectNotFound" });
    assert.equal((await store.stat("a"))?.bytes, bytes.length);
    assert.deepEqual(await listAll(store), ["a"]);
    await store.remove("a");
    assert.equal((await store.probe()).canWrite, true);
    await store.close();
    assert.deepEqual(said(told), [
      ...["put well", "put ObjectExists", "get well", "get ObjectNotFound"],
      ...["stat well", "list well", "remove well", "probe well"],
    ]);
    assert.ok(told.every(({ store: kind }) => kind === "smb"));
    assert.equal("localPath" in store || "settle" in store, false);
  });

  it("keeps what only some stores have", async () => {
    const settled: (boolean | undefined)[] = [];
    const settle = async (also?: boolean): Promise<void> => void settled.push(also);
    const { store, told } = seen({
      localPath: (name) => `/x/${name}`,
      asksForMemory: true,
      settle,
    });
    assert.equal(store.localPath?.("a"), "/x/a");
    assert.equal(store.asksForMemory, true);
    await store.settle?.(true);
    assert.deepEqual(settled, [true]);
    assert.deepEqual(said(told), ["settle well"]);
  });

  it("gives a listing the time of the store, not that of its reader", async () => {
    const clock = createFakeClock();
    const start = clock.now();
    const list: ObjectStore["list"] = async function* () {
      for (const name of ["a", "b"]) {
        await clock.advance(1000);
        yield { name, bytes: 1, modifiedAt: 0 };
      }
    };
    const { store, told } = seen({ list }, clock);
    for await (const _entry of store.list("")) await clock.advance(60_000);
    const call = { store: "smb", operation: "list", startedAt: start, milliseconds: 2000 };
    assert.deepEqual(told, [call]);
  });

  it("tells a listing that breaks, and one that its reader leaves", async () => {
    const list: ObjectStore["list"] = async function* () {
      yield { name: "a", bytes: 1, modifiedAt: 0 };
      throw new AppError("StoreUnreachable", "The network is gone");
    };
    const { store, told } = seen({ list });
    await assert.rejects(listAll(store), { code: "StoreUnreachable" });
    for await (const _entry of store.list("")) break;
    assert.deepEqual(said(told), ["list StoreUnreachable", "list well"]);
  });

  it("tells what its caller gave up from what failed", async () => {
    const caller = new AbortController();
    const put = (): Promise<void> => {
      caller.abort();
      return Promise.reject(new Error("aborted"));
    };
    const { store, told } = seen({ put });
    await assert.rejects(store.put("a", bytes, caller.signal));
    await assert.rejects(store.put("a", bytes));
    assert.deepEqual(said(told), ["put Canceled", "put Internal"]);
  });

  it("counts every try where one is not enough", async () => {
    let tries = 0;
    const put = (): Promise<void> => {
      tries += 1;
      if (tries < 3) return Promise.reject(new AppError("StoreTimeout", "Too slow"));
      return Promise.resolve();
    };
    const clock = createFakeClock();
    const { store, told } = seen({ put }, clock);
    const patient = retryStore(store, { clock, random: () => 0 });
    const writing = patient.put("a", bytes);
    await clock.advance(10_000);
    await writing;
    assert.deepEqual(said(told), ["put StoreTimeout", "put StoreTimeout", "put well"]);
  });

  it("is what a store is opened as, and the opening is told too", () =>
    withTempFolder(async (path) => {
      const told: StoreOperation[] = [];
      const hosts = createHostPolicy(undefined);
      const observe = (operation: StoreOperation): void => void told.push(operation);
      const store = await openStore({ kind: "local", path }, { hosts, observe });
      await store.put("a", bytes);
      await store.close();
      const gone = { kind: "local", path: `${path}/none` } as const;
      await assert.rejects(openStore(gone, { hosts, observe, access: "read" }));
      assert.deepEqual(said(told), ["open well", "put well", "open BackupPathNotFound"]);
      assert.ok(told.every(({ store: kind }) => kind === "local"));
    }));
});
