import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import type { ErrorCode } from "../../src/base/errors.ts";
import { AppError, isAppError } from "../../src/base/errors.ts";
import type { ObjectEntry, ObjectStore } from "../../src/engine/object-store.ts";

/** A fresh, empty store and a way to look at it as another process would. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** A second view of the same place; only what really got there is in it. */
  readonly reopen: () => Promise<ObjectStore>;
  /** Puts many small objects, each as long as its name, by a quicker road than `put`. */
  readonly fill?: (names: readonly string[]) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export interface StoreCase {
  readonly title: string;
  readonly run: (test: StoreUnderTest) => Promise<void>;
}

/** Runs one case against a fresh store; rejects when the store breaks it. */
export async function runStoreCase(
  storeCase: StoreCase,
  open: () => Promise<StoreUnderTest>,
): Promise<void> {
  const test = await open();
  try {
    await storeCase.run(test);
  } finally {
    await test.dispose();
  }
}

/** Repeatable bytes that no store can guess or compress. */
export function someBytes(length: number, seed = "seed"): Buffer {
  if (length === 0) return Buffer.alloc(0);
  return createHash("shake256", { outputLength: length }).update(seed).digest();
}

/** Everything a listing shows, sorted by name. */
export async function listAll(store: ObjectStore, prefix: string): Promise<ObjectEntry[]> {
  const entries: ObjectEntry[] = [];
  for await (const entry of store.list(prefix)) entries.push(entry);
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The cases as plain functions, so that a lying store can be shown to fail them. */
export const objectStoreCases: readonly StoreCase[] = [
  { title: "returns exactly the bytes put", run: returnsBytes },
  { title: "keeps objects for the next process", run: keepsObjects },
  { title: "reads exact ranges", run: readsRanges },
  { title: "refuses ranges past the end", run: refusesRanges },
  { title: "reads into the memory it asks for", run: readsIntoMemory },
  { title: "refuses a name that is taken", run: refusesTakenName },
  { title: "lets one of 20 parallel puts win", run: letsOneWin },
  { title: "publishes nothing after an abort", run: publishesNothingAfterAbort },
  { title: "copies bytes before put resolves", run: copiesBytes },
  { title: "never shows a part of an object", run: showsNoPart },
  { title: "lists at once what was put", run: listsAtOnce },
  { title: "lists long folders by prefix", run: (test) => listsManyObjects(test, 1_200) },
  { title: "says that an absent object is absent", run: reportsAbsence },
  { title: "removes objects, absent ones too", run: removesObjects },
  { title: "frees the name of a removed object", run: freesName },
  { title: "refuses names that could escape", run: refusesNames },
  { title: "probes without leaving anything behind", run: probesCleanly },
  { title: "ends calls under way when closed", run: closesUnderWay },
];

async function returnsBytes({ store }: StoreUnderTest): Promise<void> {
  for (const length of [0, 1, 4095, 4096, 65_537, 3_000_001]) {
    const bytes = someBytes(length, `length ${length}`);
    const name = `data/${length % 7}a/object-${length}.bin`;
    await store.put(name, bytes);
    assertBytes(await store.get(name), bytes);
    assert.deepEqual(await store.stat(name), { bytes: length });
  }
}

async function keepsObjects({ store, reopen }: StoreUnderTest): Promise<void> {
  const bytes = someBytes(100_000);
  await store.put("config", bytes);
  await store.put("backups/one", bytes.subarray(0, 10));
  const other = await reopen();
  assertBytes(await other.get("config"), bytes);
  const names = (await listAll(other, "")).map(({ name }) => name);
  assert.deepEqual(names, ["backups/one", "config"]);
  await other.close();
}

async function readsRanges({ store }: StoreUnderTest): Promise<void> {
  const bytes = someBytes(100_000);
  await store.put("data/ab/pack", bytes);
  const ranges = [
    [0, 0],
    [0, 1],
    [1, 4096],
    [99_999, 1],
    [100_000, 0],
    [12_345, 54_321],
    [0, 100_000],
  ] as const;
  for (const [offset, length] of ranges) {
    const read = await store.get("data/ab/pack", { offset, length });
    assertBytes(read, bytes.subarray(offset, offset + length));
  }
}

async function readsIntoMemory({ store }: StoreUnderTest): Promise<void> {
  const bytes = someBytes(300_000);
  await store.put("data/ab/pack", bytes);
  const given: Uint8Array[] = [];
  const range = { offset: 1000, length: 200_000 };
  const read = await store.get("data/ab/pack", range, undefined, (length) => {
    given.push(new Uint8Array(new SharedArrayBuffer(length)));
    return given.at(-1) as Uint8Array;
  });
  assertBytes(read, bytes.subarray(1000, 201_000));
  assert.equal(read.buffer === given.at(-1)?.buffer, store.asksForMemory === true);
  if (store.asksForMemory !== true) return;
  const sizes: number[] = [];
  const refusal = new AppError("LimitExceeded", "too much");
  const refuse = (length: number): never => {
    sizes.push(length);
    throw refusal;
  };
  for (let time = 1; time <= 20; time += 1)
    await assert.rejects(store.get("data/ab/pack", undefined, undefined, refuse), refusal);
  assert.deepEqual(new Set(sizes), new Set([bytes.length]));
  assertBytes(await store.get("data/ab/pack"), bytes); // no connection is left waiting
}

async function refusesRanges({ store }: StoreUnderTest): Promise<void> {
  await store.put("short", someBytes(10));
  const ranges = [
    { offset: 0, length: 11 },
    { offset: 10, length: 1 },
    { offset: 11, length: 0 },
    { offset: -1, length: 1 },
    { offset: 0, length: -1 },
    { offset: 0.5, length: 1 },
    { offset: 0, length: Number.NaN },
    { offset: Number.MAX_SAFE_INTEGER, length: Number.MAX_SAFE_INTEGER },
  ];
  for (const range of ranges) await assertCode(store.get("short", range), "InvalidArgument");
}

async function refusesTakenName({ store, reopen }: StoreUnderTest): Promise<void> {
  const first = someBytes(5_000, "first");
  await store.put("refs/taken", first);
  for (const second of [someBytes(5_000, "second"), someBytes(1), someBytes(9_000), first]) {
    await assertCode(store.put("refs/taken", second), "ObjectExists");
  }
  assertBytes(await store.get("refs/taken"), first);
  assertBytes(await (await reopen()).get("refs/taken"), first);
}

async function letsOneWin({ store, reopen }: StoreUnderTest): Promise<void> {
  const rivals = [store, await reopen()];
  const contents = Array.from({ length: 20 }, (_, index) => someBytes(20_000, `rival ${index}`));
  const outcomes = await Promise.allSettled(
    contents.map(async (bytes, index) => rivals[index % 2]?.put("locks/writer", bytes)),
  );
  const winners = contents.filter((_, index) => outcomes[index]?.status === "fulfilled");
  assert.equal(winners.length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") assert.ok(isAppError(outcome.reason, "ObjectExists"));
  }
  assertBytes(await store.get("locks/writer"), winners[0] ?? Buffer.alloc(0));
  assert.equal((await listAll(store, "")).length, 1);
}

async function publishesNothingAfterAbort({ store }: StoreUnderTest): Promise<void> {
  const reason = new Error("given up");
  await assert.rejects(store.put("late", someBytes(10), AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const put = store.put("later", someBytes(1_000_000), controller.signal);
  controller.abort(reason);
  const isDone = await put.then(
    () => true,
    () => false,
  );
  assert.equal(await store.stat("late"), undefined);
  assert.deepEqual(await store.stat("later"), isDone ? { bytes: 1_000_000 } : undefined);
}

async function copiesBytes({ store }: StoreUnderTest): Promise<void> {
  const bytes = someBytes(10_000);
  const before = Buffer.from(bytes);
  await store.put("copied", bytes);
  bytes.fill(0);
  const read = await store.get("copied");
  assertBytes(read, before);
  read.fill(0);
  assertBytes(await store.get("copied"), before);
}

async function showsNoPart({ store, reopen }: StoreUnderTest): Promise<void> {
  const other = await reopen();
  const bytes = someBytes(5_000_000);
  let isDone = false;
  const put = store.put("data/aa/pack", bytes).finally(() => {
    isDone = true;
  });
  do {
    const read = await other.get("data/aa/pack").catch((error: unknown) => {
      if (isAppError(error, "ObjectNotFound")) return undefined;
      throw error;
    });
    if (read !== undefined) assertBytes(read, bytes);
    const stat = await other.stat("data/aa/pack");
    assert.ok(stat === undefined || stat.bytes === bytes.length, "a part has the name");
    const shown = (await listAll(other, "")).map((entry) => [entry.name, entry.bytes]);
    if (shown.length > 0) assert.deepEqual(shown, [["data/aa/pack", bytes.length]]);
    await new Promise((resolve) => setImmediate(resolve));
  } while (!isDone);
  await put;
  assertBytes(await other.get("data/aa/pack"), bytes);
}

async function listsAtOnce({ store, reopen }: StoreUnderTest): Promise<void> {
  const other = await reopen();
  for (let index = 0; index < 5; index += 1) {
    const name = `index/run-${index}`;
    const bytes = someBytes(index * 11);
    await store.put(name, bytes);
    for (const view of [store, other]) {
      const found = (await listAll(view, "index/")).find((entry) => entry.name === name);
      assert.equal(found?.bytes, bytes.length);
      assert.ok(Number.isSafeInteger(found.modifiedAt) && found.modifiedAt > 0);
    }
  }
}

/** Lists that many objects by prefixes of all lengths. */
export async function listsManyObjects(
  { store, fill }: StoreUnderTest,
  count: number,
): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => {
    const id = index.toString(16).padStart(4, "0");
    return `data/${id.slice(2)}/${id}`;
  });
  if (fill !== undefined) await fill(names);
  else await putAll(store, names);
  await store.put("data-sheet", Buffer.alloc(1));
  await store.put("backups/b", Buffer.alloc(1));
  const all = await listAll(store, "data/");
  assert.deepEqual(
    all.map(({ name }) => name),
    names.toSorted(),
  );
  assert.ok(all.every(({ name, bytes }) => bytes === name.length));
  for (const prefix of ["data/0f/", "data/0", "data/0f/000", "dat", "", "nothing/here/"]) {
    const expected = [...names, "data-sheet", "backups/b"].filter((name) =>
      name.startsWith(prefix),
    );
    assert.equal((await listAll(store, prefix)).length, expected.length, prefix);
  }
}

/** Each as long as its name, a few at a time. */
async function putAll(store: ObjectStore, names: readonly string[]): Promise<void> {
  const waiting = names.values();
  const work = async (): Promise<void> => {
    for (const name of waiting) await store.put(name, Buffer.from(name));
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function reportsAbsence({ store }: StoreUnderTest): Promise<void> {
  await store.put("data/aa/here", someBytes(1));
  for (const name of ["absent", "data/aa", "data/aa/her", "data/bb/here", "data/aa/here/below"]) {
    await assertCode(store.get(name), "ObjectNotFound");
    await assertCode(store.get(name, { offset: 0, length: 1 }), "ObjectNotFound");
    assert.equal(await store.stat(name), undefined);
  }
}

async function removesObjects({ store, reopen }: StoreUnderTest): Promise<void> {
  await store.put("data/aa/one", someBytes(1));
  await store.put("data/aa/two", someBytes(2));
  await store.remove("data/aa/one");
  await store.remove("data/aa/one");
  await store.remove("never/was");
  for (const view of [store, await reopen()]) {
    await assertCode(view.get("data/aa/one"), "ObjectNotFound");
    assert.equal(await view.stat("data/aa/one"), undefined);
    const names = (await listAll(view, "")).map(({ name }) => name);
    assert.deepEqual(names, ["data/aa/two"]);
  }
}

async function freesName({ store }: StoreUnderTest): Promise<void> {
  await store.put("locks/writer", someBytes(10, "old"));
  await store.remove("locks/writer");
  await store.put("locks/writer", someBytes(20, "new"));
  assertBytes(await store.get("locks/writer"), someBytes(20, "new"));
}

async function refusesNames({ store }: StoreUnderTest): Promise<void> {
  const bad = ["", ".", "..", "/a", "a/", "a//b", "a/../b", "../a", "a/./b", ".parts/x", "a b"];
  const worse = [
    "a\\b",
    "a\0b",
    "a\nb",
    "é",
    "a:b",
    "a.",
    "~",
    "x".repeat(600),
    "a/".repeat(9) + "a",
  ];
  for (const name of [...bad, ...worse]) {
    await assertCode(store.put(name, someBytes(1)), "InvalidArgument");
    await assertCode(store.get(name), "InvalidArgument");
    await assertCode(store.stat(name), "InvalidArgument");
    await assertCode(store.remove(name), "InvalidArgument");
  }
  for (const prefix of ["../", "/", "a//", "a\0", "é"]) {
    await assertCode((async () => listAll(store, prefix))(), "InvalidArgument");
  }
  assert.deepEqual(await listAll(store, ""), []);
}

async function probesCleanly({ store }: StoreUnderTest): Promise<void> {
  const probe = await store.probe();
  assert.equal(probe.canWrite, true);
  if (probe.canRemove) assert.deepEqual(await listAll(store, ""), []);
  if (probe.freeBytes !== undefined) assert.ok(probe.freeBytes <= (probe.totalBytes ?? Infinity));
}

async function closesUnderWay({ store, reopen }: StoreUnderTest): Promise<void> {
  await store.put("present", someBytes(300_000));
  const names = ["one", "two", "three", "four"];
  const puts = names.map((name) => store.put(name, someBytes(1_000_000, name)));
  const gets = names.map(() => store.get("present"));
  const outcomes = Promise.allSettled([...puts, ...gets]);
  await store.close();
  await store.close(); // again is harmless
  const other = await reopen();
  for (const [index, outcome] of (await outcomes).entries()) {
    if (outcome.status === "rejected") {
      assert.ok(isAppError(outcome.reason), `not a named error: ${String(outcome.reason)}`);
    } else if (outcome.value !== undefined) assertBytes(outcome.value, someBytes(300_000));
    const name = names[index];
    if (name === undefined) continue;
    const isWhole = (await other.stat(name)) !== undefined;
    if (outcome.status === "fulfilled") assert.ok(isWhole, `${name} was acknowledged and is gone`);
    if (isWhole) assertBytes(await other.get(name), someBytes(1_000_000, name));
  }
  await other.close();
}

/** Compares without printing megabytes of difference. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length);
  assert.ok(Buffer.compare(actual, expected) === 0, "the bytes differ");
}

/** The work fails with a named error of that code. */
export async function assertCode(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isAppError(error, code), `expected ${code}, got ${String(error)}`);
    return true;
  });
}
