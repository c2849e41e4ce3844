import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SpanEnd, SpanStart, Tracer } from "../../src/base/tracer.ts";
import type { StoreOperation } from "../../src/storage/observed-store.ts";
import { createStoreSpans } from "../../src/storage/store-spans.ts";

interface Told {
  readonly name: string;
  readonly start: SpanStart;
  readonly end: SpanEnd | undefined;
}

function recordSpans(): { readonly tracer: Tracer; readonly told: Told[] } {
  const told: Told[] = [];
  const start: Tracer["start"] = (name, span) => ({
    traceParent: "",
    end: (end) => void told.push({ name, start: span, end }),
  });
  return { tracer: { start }, told };
}

const call = (changes: Partial<StoreOperation>): StoreOperation => ({
  ...{ store: "sftp", operation: "put", startedAt: 1000, milliseconds: 10 },
  ...changes,
});

describe("the spans of a run's calls to its stores", () => {
  it("are one for each kind of call, from the first to the last", () => {
    const { tracer, told } = recordSpans();
    const watch = createStoreSpans(tracer, "parent");
    for (let index = 0; index < 5000; index += 1)
      watch.observe(call({ startedAt: 1000 + index, milliseconds: 20 }));
    watch.observe(call({ operation: "get", startedAt: 9000 }));
    watch.observe(call({ operation: "get", startedAt: 9100, errorCode: "ObjectNotFound" }));
    watch.observe(call({ operation: "get", startedAt: 9200, errorCode: "Canceled" }));
    assert.deepEqual(told, []);
    watch.end();
    watch.end();
    const common = { kind: "work", parent: "parent" };
    const numbers = (calls: number, milliseconds: number): object => ({
      "holdfast.store": "sftp",
      "holdfast.store.calls": calls,
      "holdfast.store.failed": 0,
      "holdfast.store.milliseconds": milliseconds,
    });
    assert.deepEqual(told, [
      {
        name: "store:put",
        start: { ...common, startedAt: 1000, attributes: numbers(5000, 100_000) },
        end: { endedAt: 6019 },
      },
      {
        name: "store:get",
        start: { ...common, startedAt: 9000, attributes: numbers(3, 30) },
        end: { endedAt: 9210 },
      },
    ]);
  });

  it("are also one for each of the first that fail or are slow, and for no more", () => {
    const { tracer, told } = recordSpans();
    const watch = createStoreSpans(tracer, "parent");
    watch.observe(call({ milliseconds: 9999 }));
    watch.observe(call({ milliseconds: 10_000 }));
    for (let index = 0; index < 500; index += 1)
      watch.observe(call({ operation: "get", errorCode: "StoreTimeout", milliseconds: 7 }));
    assert.equal(told.length, 20);
    const [slow, failed] = told;
    assert.equal(slow?.name, "store:put slow");
    assert.deepEqual(slow.end, { errorCode: undefined, endedAt: 11_000 });
    assert.equal(failed?.name, "store:get failed");
    assert.deepEqual(failed.end, { errorCode: "StoreTimeout", endedAt: 1007 });
    watch.end();
    const totals = told.slice(20).map(({ start }) => start.attributes?.["holdfast.store.failed"]);
    assert.deepEqual(totals, [0, 500]);
  });
});
