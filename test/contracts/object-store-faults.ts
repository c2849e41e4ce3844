import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import { it } from "node:test";

import { systemClock } from "../../src/base/clock.ts";
import { AppError, isAppError } from "../../src/base/errors.ts";
import type { ErrorCode } from "../../src/base/errors.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { defaultRetryLimits, retryStore } from "../../src/storage/retrying.ts";
import type { RelayDirection } from "../support/fault-relay.ts";
import { assertBytes, assertCode, listAll, someBytes } from "./object-store.ts";
import type { StoreUnderTest } from "./object-store.ts";
import { isLack } from "./store-entry.ts";
import type { StoreBehindRelay, StoreEntry, WrongSecret } from "./store-entry.ts";

/** The part of the contract that needs a place, an account or a network that fails. */
export function describeStoreFaults(entry: StoreEntry): void {
  const { full, denied, wrongSecret, skewed, network } = entry;
  const lacks = { full, denied, wrongSecret, skewed, network };
  it(`offers all but: ${listLacks(lacks) || "nothing"}`, () => {
    for (const [name, offer] of Object.entries(lacks)) {
      if (isLack(offer)) assert.ok(offer.lacks.length > 10, `say why ${name} is not offered`);
    }
  });
  if (!isLack(full)) it("says StoreFull and keeps what it has", () => use(full, fillsUp));
  if (!isLack(denied)) it("says that writing is denied", () => use(denied, isDenied));
  if (!isLack(wrongSecret)) it("says that a secret is wrong", () => refusesSecret(wrongSecret));
  if (!isLack(skewed)) {
    it("tells how far the clocks are apart", async () => {
      const now = (): number => systemClock.now() - 3_600_000;
      await use(() => skewed({ ...systemClock, now }), tellsSkew);
    });
  }
  if (isLack(network)) return;
  for (const { title, run } of networkCases) it(title, () => use(network, run));
  const { mayArriveLate } = entry;
  it(`publishes nothing late, given up while stalled, unless: ${mayArriveLate ?? "never"}`, () =>
    use(network, (test) => publishesNothingLate(test, mayArriveLate !== undefined)));
  if (entry.seesFlippedBits) it("sees a bit flipped on the way", () => use(network, seesFlips));
}

interface NetworkCase {
  readonly title: string;
  readonly run: (test: StoreBehindRelay) => Promise<void>;
}

const networkCases: readonly NetworkCase[] = [
  { title: "survives a cut anywhere in an upload", run: survivesUploadCuts },
  { title: "survives a cut anywhere in a download", run: survivesDownloadCuts },
  { title: "knows its own object after lost answers", run: knowsItsOwn },
  { title: "survives a server restart in an upload", run: survivesUploadRestart },
  { title: "survives a server restart in a download", run: survivesDownloadRestart },
  { title: "goes on after an idle connection broke", run: goesOnAfterIdle },
  { title: "names a server that is gone", run: namesAbsentServer },
  { title: "gives up a stalled call when told", run: abortsStalledCalls },
  { title: "closes while the server stalls", run: closesStalled },
  { title: "works over a slow line", run: worksSlowly },
];

const unreachable: readonly ErrorCode[] = ["StoreUnreachable", "StoreTimeout"];
const fractions = [0, 0.05, 0.3, 0.6, 0.9, 0.97, 0.999];
const uploadBytes = 400_000;

async function use<T extends StoreUnderTest>(
  open: () => Promise<T>,
  run: (test: T) => Promise<void>,
): Promise<void> {
  const test = await open();
  try {
    await run(test);
  } finally {
    await test.dispose();
  }
}

function listLacks(offers: Readonly<Record<string, object>>): string {
  return Object.entries(offers)
    .flatMap(([name, offer]) => (isLack(offer) ? [`${name} (${offer.lacks})`] : []))
    .join(", ");
}

async function fillsUp({ store, reopen }: StoreUnderTest): Promise<void> {
  const whole: string[] = [];
  let failure: unknown;
  for (let index = 0; failure === undefined && index < 80; index += 1) {
    const name = `data/pack-${index}`;
    try {
      await store.put(name, someBytes(1_000_000, name));
      whole.push(name);
    } catch (error) {
      failure = error;
    }
  }
  assert.ok(isAppError(failure, "StoreFull"), `expected StoreFull, got ${String(failure)}`);
  assert.equal(failure.retryable, false);
  const other = await reopen();
  const shown = (await listAll(other, "")).map(({ name }) => name);
  assert.deepEqual(shown, whole.toSorted());
  for (const name of whole) assertBytes(await other.get(name), someBytes(1_000_000, name));
  const first = whole[0];
  assert.ok(first !== undefined, "the place must hold one object of 1 MB");
  await store.remove(first);
  await store.put("backups/late", someBytes(500_000));
  assertBytes(await other.get("backups/late"), someBytes(500_000));
  await other.close();
}

async function isDenied({ store }: StoreUnderTest): Promise<void> {
  assertBytes(await store.get("present"), someBytes(77));
  for (const name of ["new", "data/aa/new"]) {
    const error = await failureOf(store.put(name, someBytes(10)));
    assertDenied(error);
  }
  assert.deepEqual(
    (await listAll(store, "")).map(({ name }) => name),
    ["present"],
  );
  const probe = await store.probe().catch((error: unknown) => assertDenied(error));
  if (probe !== undefined) assert.equal(probe.canWrite, false);
}

function assertDenied(error: unknown): undefined {
  const isNamed = isAppError(error, "StoreAuthRefused") || isAppError(error, "StoreReadOnly");
  assert.ok(isNamed, `expected StoreAuthRefused or StoreReadOnly, got ${String(error)}`);
  assert.equal(error.retryable, false);
}

async function refusesSecret({ open, secret }: WrongSecret): Promise<void> {
  const error = await failureOf(use(open, async ({ store }) => void (await store.stat("present"))));
  const isNamed = isAppError(error, "StoreAuthRefused") || isAppError(error, "StoreAccountProblem");
  assert.ok(isNamed, `expected StoreAuthRefused or StoreAccountProblem, got ${String(error)}`);
  assert.equal(error.retryable, false);
  const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
  assert.ok(!shown.includes(secret), "the error shows the secret");
}

async function tellsSkew({ store }: StoreUnderTest): Promise<void> {
  const { clockSkewMilliseconds = Number.NaN } = await store.probe();
  const off = Math.abs(clockSkewMilliseconds - 3_600_000);
  assert.ok(off < 120_000, `expected an hour, got ${clockSkewMilliseconds} ms`);
}

async function survivesUploadCuts(test: StoreBehindRelay): Promise<void> {
  const { store, relay } = test;
  const total = await measure(test, () => store.put("measured", someBytes(uploadBytes)));
  for (const direction of ["up", "down"] as const) {
    for (const fraction of fractions) {
      const name = `data/${direction}/at-${fraction}`;
      const bytes = someBytes(uploadBytes, name);
      const afterBytes = Math.floor(total[direction] * fraction);
      void relay.arm({ kind: "cut", direction, afterBytes });
      const outcome = await settle(store.put(name, bytes));
      relay.heal();
      await assertWholeOrAbsent(test, name, bytes, outcome);
      assert.deepEqual(await store.stat("measured"), { bytes: uploadBytes }, "the next call fails");
    }
  }
  await assertNothingElse(test);
}

async function survivesDownloadCuts(test: StoreBehindRelay): Promise<void> {
  const { store, relay } = test;
  const bytes = someBytes(uploadBytes);
  await store.put("present", bytes);
  const total = await measure(test, () => store.get("present"));
  for (const direction of ["up", "down"] as const) {
    for (const fraction of fractions) {
      const afterBytes = Math.floor(total[direction] * fraction);
      void relay.arm({ kind: "cut", direction, afterBytes });
      const outcome = await settle(store.get("present"));
      relay.heal();
      if (outcome.status === "fulfilled") assertBytes(outcome.value, bytes);
      else assertUnreachable(outcome.reason);
      assertBytes(await store.get("present"), bytes);
    }
  }
}

async function knowsItsOwn(test: StoreBehindRelay): Promise<void> {
  const { relay } = test;
  const limits = { ...defaultRetryLimits, firstPauseMilliseconds: 20 };
  const store = retryStore(test.store, { clock: systemClock, random: () => 1, limits });
  const total = await measure(test, () => store.put("measured", someBytes(uploadBytes)));
  for (const fraction of [0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.999]) {
    const name = `data/down/at-${fraction}`;
    const afterBytes = Math.floor(total.down * fraction);
    void relay.arm({ kind: "cut", direction: "down", afterBytes });
    await store.put(name, someBytes(uploadBytes, name));
    relay.heal();
    assertBytes(await store.get(name), someBytes(uploadBytes, name));
    await assertCode(store.put(name, someBytes(uploadBytes, "other")), "ObjectExists");
  }
}

async function survivesUploadRestart(test: StoreBehindRelay): Promise<void> {
  const { store, relay } = test;
  const total = await measure(test, () => store.put("measured", someBytes(uploadBytes)));
  const bytes = someBytes(uploadBytes, "second");
  const struck = relay.arm({
    kind: "stall",
    direction: "up",
    afterBytes: Math.floor(total.up * 0.6),
  });
  const put = settle(store.put("data/aa/second", bytes));
  await struck;
  await restart(test);
  await assertWholeOrAbsent(test, "data/aa/second", bytes, await put);
  await store.put("data/aa/third", someBytes(1000));
  assertBytes(await store.get("measured"), someBytes(uploadBytes));
  assertBytes(await store.get("data/aa/third"), someBytes(1000));
  await assertNothingElse(test);
}

async function survivesDownloadRestart(test: StoreBehindRelay): Promise<void> {
  const { store, relay } = test;
  const bytes = someBytes(uploadBytes);
  await store.put("present", bytes);
  const total = await measure(test, () => store.get("present"));
  const struck = relay.arm({
    kind: "stall",
    direction: "down",
    afterBytes: Math.floor(total.down * 0.5),
  });
  const get = settle(store.get("present"));
  await struck;
  await restart(test);
  const outcome = await get;
  if (outcome.status === "fulfilled") assertBytes(outcome.value, bytes);
  else assertUnreachable(outcome.reason);
  await assertGoesOn(store, bytes);
}

async function goesOnAfterIdle({ store, relay }: StoreBehindRelay): Promise<void> {
  await store.put("present", someBytes(77));
  relay.cut();
  await assertGoesOn(store, someBytes(77));
}

/** A call may still be sent into a connection that died unseen; it must say so, and the next must work. */
async function assertGoesOn(store: ObjectStore, present: Uint8Array): Promise<void> {
  const first = await settle(store.get("present"));
  if (first.status === "rejected") assertUnreachable(first.reason);
  await setImmediate(); // connections that died with the first one are seen to be dead by then
  assertBytes(await store.get("present"), present);
}

async function namesAbsentServer({ store, relay }: StoreBehindRelay): Promise<void> {
  await store.put("present", someBytes(77));
  relay.refuse(true);
  await settle(store.stat("present"));
  assertUnreachable(await failureOf(store.get("present")));
  assertUnreachable(await failureOf(store.put("other", someBytes(10))));
  assertUnreachable(await failureOf(listAll(store, "")));
  relay.refuse(false);
  assertBytes(await store.get("present"), someBytes(77));
  assert.deepEqual(
    (await listAll(store, "")).map(({ name }) => name),
    ["present"],
  );
}

async function abortsStalledCalls(test: StoreBehindRelay): Promise<void> {
  const { store, relay } = test;
  await store.put("present", someBytes(uploadBytes));
  const reason = new Error("given up");
  const calls: readonly ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => store.put("late", someBytes(uploadBytes), signal),
    (signal) => store.get("present", undefined, signal),
    async (signal) => {
      for await (const _ of store.list("", signal)) assert.ok(_.name);
    },
  ];
  for (const call of calls) {
    const controller = new AbortController();
    const struck = relay.arm({ kind: "stall", direction: "up", afterBytes: 1 });
    const outcome = settle(call(controller.signal));
    await struck;
    controller.abort(reason);
    assert.deepEqual(await outcome, { status: "rejected", reason });
    relay.heal();
    assertBytes(await store.get("present"), someBytes(uploadBytes));
  }
}

async function publishesNothingLate(test: StoreBehindRelay, mayArrive: boolean): Promise<void> {
  const { store, relay, reopen } = test;
  const controller = new AbortController();
  const struck = relay.arm({ kind: "stall", direction: "up", afterBytes: 1 });
  const bytes = someBytes(uploadBytes);
  const outcome = settle(store.put("late", bytes, controller.signal));
  await struck;
  controller.abort(new Error("given up"));
  await outcome;
  bytes.fill(0); // from now on they are the caller's again
  relay.heal();
  await settle(store.stat("other"));
  const other = await reopen();
  const found = await other.stat("late");
  if (!mayArrive) assert.equal(found, undefined, "published after the abort");
  if (found !== undefined) assertBytes(await other.get("late"), someBytes(uploadBytes));
  await other.close();
}

async function closesStalled({ store, relay }: StoreBehindRelay): Promise<void> {
  await store.put("present", someBytes(77));
  const struck = relay.arm({ kind: "stall", direction: "up", afterBytes: 1 });
  const outcomes = Promise.all([
    settle(store.get("present")),
    settle(store.put("late", someBytes(uploadBytes))),
  ]);
  await struck;
  await store.close();
  for (const outcome of await outcomes) {
    assert.ok(outcome.status === "rejected" && isAppError(outcome.reason));
  }
}

async function worksSlowly({ store, relay }: StoreBehindRelay): Promise<void> {
  relay.delay(15);
  const names = ["data/aa/one", "data/aa/two", "data/bb/three"];
  await Promise.all(names.map((name) => store.put(name, someBytes(uploadBytes, name))));
  for (const name of names) assertBytes(await store.get(name), someBytes(uploadBytes, name));
  assert.equal((await listAll(store, "data/")).length, 3);
}

async function seesFlips(test: StoreBehindRelay): Promise<void> {
  const { store, relay } = test;
  const bytes = someBytes(uploadBytes);
  const total = await measure(test, () => store.put("present", bytes));
  for (const fraction of [0.1, 0.5, 0.9]) {
    const name = `data/flipped/at-${fraction}`;
    const afterBytes = Math.floor(total.up * fraction);
    void relay.arm({ kind: "flip", direction: "up", afterBytes });
    const outcome = await settle(store.put(name, bytes));
    relay.heal();
    await assertWholeOrAbsent(test, name, bytes, outcome, ["StoreTampered"]);
    void relay.arm({
      kind: "flip",
      direction: "down",
      afterBytes: Math.floor(uploadBytes * fraction),
    });
    const read = await settle(store.get("present"));
    relay.heal();
    if (read.status === "fulfilled") assertBytes(read.value, bytes);
    else assertUnreachable(read.reason, ["StoreTampered"]);
  }
  assertBytes(await store.get("present"), bytes);
}

/** Bytes that a call moves in each direction, once connections are up. */
async function measure(
  { relay, store }: StoreBehindRelay,
  call: () => Promise<unknown>,
): Promise<Readonly<Record<RelayDirection, number>>> {
  await store.stat("warm-up");
  const before = { up: relay.countBytes("up"), down: relay.countBytes("down") };
  await call();
  return {
    up: relay.countBytes("up") - before.up,
    down: relay.countBytes("down") - before.down,
  };
}

async function restart({ relay, killServer, startServer }: StoreBehindRelay): Promise<void> {
  await killServer();
  await startServer();
  relay.heal();
}

async function assertWholeOrAbsent(
  { reopen }: StoreBehindRelay,
  name: string,
  bytes: Uint8Array,
  outcome: PromiseSettledResult<unknown>,
  alsoAllowed: readonly ErrorCode[] = [],
): Promise<void> {
  const other: ObjectStore = await reopen();
  const stat = await other.stat(name);
  if (outcome.status === "rejected") assertUnreachable(outcome.reason, alsoAllowed);
  else assert.ok(stat !== undefined, `${name} was acknowledged and is gone`);
  if (stat !== undefined) assertBytes(await other.get(name), bytes);
  await other.close();
}

/** What cuts leave behind is never listed. */
async function assertNothingElse({ reopen }: StoreBehindRelay): Promise<void> {
  const other = await reopen();
  for (const { name, bytes } of await listAll(other, "")) {
    assert.ok(bytes === uploadBytes || bytes === 1000, `${name} of ${bytes} bytes is listed`);
  }
  await other.close();
}

function assertUnreachable(error: unknown, alsoAllowed: readonly ErrorCode[] = []): void {
  assert.ok(error instanceof AppError, `not a named error: ${inspect(error)}`);
  const isAllowed = [...unreachable, ...alsoAllowed].includes(error.code);
  assert.ok(isAllowed, `expected StoreUnreachable or StoreTimeout, got ${inspect(error)}`);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const outcome = await settle(work);
  assert.ok(outcome.status === "rejected", "it did not fail");
  return outcome.reason;
}

async function settle<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.allSettled([work]);
  return outcome;
}
