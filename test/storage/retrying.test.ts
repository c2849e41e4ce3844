import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { AppError } from "../../src/base/errors.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { defaultRetryLimits, retryStore } from "../../src/storage/retrying.ts";
import type { RetryOptions } from "../../src/storage/retrying.ts";
import { listAll, someBytes } from "../contracts/object-store.ts";
import { openFaultyStore } from "../support/faulty-store.ts";
import type { Fault } from "../support/faulty-store.ts";

describe("retryStore", () => {
  for (const fault of ["io-error", "timeout", "timeout-after-success"] as const) {
    it(`rides out one ${fault} of each operation`, async () => {
      for (let failAt = 1; failAt <= 6; failAt += 1) {
        const { store, pauses } = openRetrying({ failAt, fault });
        await store.put("config", someBytes(100));
        assert.equal((await store.get("config")).length, 100);
        assert.deepEqual(await store.stat("config"), { bytes: 100 });
        assert.equal((await listAll(store, "")).length, 1);
        await store.probe();
        await store.remove("config");
        assert.equal(pauses.length, 1);
      }
    });
  }

  for (const fault of ["full", "read-only", "not-found"] as const) {
    it(`passes ${fault} on at once`, async () => {
      const { store, pauses } = openRetrying({ failAt: 1, fault, operations: ["get"] });
      await store.put("config", someBytes(100));
      await assert.rejects(store.get("config"));
      assert.deepEqual(pauses, []);
    });
  }

  it("never retries a name that is taken", async () => {
    const { store, pauses } = openRetrying({ failAt: 0, fault: "io-error" });
    await store.put("config", someBytes(100));
    await assert.rejects(store.put("config", someBytes(100)), { code: "ObjectExists" });
    assert.deepEqual(pauses, []);
  });

  it("calls a lost put done after comparing", async () => {
    const plan = { failAt: 1, fault: "timeout-after-success", operations: ["put"] } as const;
    const { store } = openRetrying(plan);
    await store.put("config", someBytes(100));
    assert.deepEqual(Buffer.from(await store.get("config")), someBytes(100));
  });

  for (const [what, stored] of [
    ["other bytes", someBytes(100, "rival")],
    ["half of the bytes", someBytes(100).subarray(0, 50)],
  ] as const) {
    it(`does not call ${what} done`, async () => {
      const inner = openMemoryStore();
      let isFirst = true;
      const put: ObjectStore["put"] = async (name, bytes) => {
        if (!isFirst) return inner.put(name, bytes);
        isFirst = false;
        await inner.put(name, stored);
        throw new AppError("StoreTimeout", "Injected");
      };
      const { store } = openRetrying({ failAt: 0, fault: "io-error" }, { ...inner, put });
      await assert.rejects(store.put("config", someBytes(100)), { code: "ObjectExists" });
    });
  }

  it("gives up after the named attempts", async () => {
    const { store, pauses } = openRetrying({ failAt: 1, fault: "io-error", isLasting: true });
    await assert.rejects(store.get("config"), { code: "StoreUnreachable" });
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000]);
    assert.equal(pauses.length, defaultRetryLimits.attempts - 1);
  });

  it("gives up when its time is over, however many attempts are left", async () => {
    let now = 0;
    const pauses: number[] = [];
    const clock: Clock = {
      now: () => now,
      sleep: async (milliseconds) => {
        if (milliseconds === defaultRetryLimits.attemptMilliseconds)
          return new Promise(() => undefined);
        pauses.push(milliseconds);
        now += milliseconds;
      },
    };
    const limits = { ...defaultRetryLimits, attempts: 1000, totalMilliseconds: 10_000 };
    const plan = { failAt: 1, fault: "io-error", isLasting: true } as const;
    const { store } = openRetrying(plan, undefined, { clock, limits });
    await assert.rejects(store.put("config", someBytes(10)), { code: "StoreUnreachable" });
    assert.deepEqual(pauses, [500, 1000, 2000, 4000]);
  });

  it("gives up a hung call and tells it", async () => {
    const inner = openMemoryStore();
    const signals: AbortSignal[] = [];
    const get: ObjectStore["get"] = async (name, range, signal) => {
      if (signal !== undefined) signals.push(signal);
      if (signals.length === 1) await new Promise(() => undefined);
      return inner.get(name, range);
    };
    await inner.put("config", someBytes(10));
    const limits = { ...defaultRetryLimits, attemptMilliseconds: 10 };
    const clock = {
      now: () => 0,
      sleep: (milliseconds: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          setTimeout(resolve, Math.min(milliseconds, 10));
          signal?.addEventListener("abort", () => reject(signal.reason as Error));
        }),
    };
    const store = retryStore({ ...inner, get }, { clock, random: () => 1, limits });
    assert.equal((await store.get("config")).length, 10);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
  });

  it("shows each name once after a break", async () => {
    const inner = openMemoryStore();
    for (const name of ["a", "b", "c"]) await inner.put(name, someBytes(1));
    const plan = { failAt: 1, fault: "io-error", operations: ["list"] } as const;
    const { store, pauses } = openRetrying(plan, inner);
    const names = (await listAll(store, "")).map(({ name }) => name);
    assert.deepEqual(names, ["a", "b", "c"]);
    assert.equal(pauses.length, 1);
  });

  it("stops pausing when aborted", async () => {
    const controller = new AbortController();
    const { store } = openRetrying({ failAt: 1, fault: "io-error", isLasting: true }, undefined, {
      onRetry: () => controller.abort(new Error("given up")),
    });
    await assert.rejects(store.get("config", undefined, controller.signal), /given up/);
  });
});

interface Plan {
  readonly failAt: number;
  readonly fault: Fault;
  readonly operations?: readonly ("put" | "get" | "list")[];
  readonly isLasting?: boolean;
}

function openRetrying(
  plan: Plan,
  inner: ObjectStore = openMemoryStore(),
  more: Partial<RetryOptions> = {},
): { readonly store: ObjectStore; readonly pauses: readonly number[] } {
  const pauses: number[] = [];
  const attemptLimit = defaultRetryLimits.attemptMilliseconds;
  const clock: Clock = {
    now: () => 0,
    sleep: async (milliseconds, signal) => {
      // The time limit of an attempt never strikes here; pauses pass at once.
      if (milliseconds === attemptLimit) return new Promise(() => undefined);
      signal?.throwIfAborted();
      pauses.push(milliseconds);
    },
  };
  const store = retryStore(openFaultyStore(inner, plan), { clock, random: () => 1, ...more });
  return { store, pauses };
}
