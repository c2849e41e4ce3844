import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openTracing, type Tracing, type TracingSettings } from "../../src/tracing/open-tracing.ts";
import { startTraceReceiver, type TraceReceiver } from "../support/trace-receiver.ts";

const parent = `00-${"a1".repeat(16)}-${"b2".repeat(8)}-01`;

describe("traces", () => {
  let receiver: TraceReceiver;
  before(async () => {
    receiver = await startTraceReceiver();
  });
  after(() => receiver.close());

  const open = (change: Partial<TracingSettings> = {}): Tracing => {
    const { endpoint, host } = receiver;
    return openTracing({ endpoint, allowedHosts: [host], version: "1", instance: "a", ...change });
  };

  it("reach the collector with their parents, attributes and failures", async () => {
    const { tracer, stop } = open();
    const request = tracer.start("PUT /thing", { kind: "server", parent });
    const work = tracer.start("work", { kind: "work", parent: request.traceParent });
    work.end({ errorCode: "StoreFull", attributes: { count: 3, none: undefined } });
    request.end();
    tracer.start("alone", { kind: "work", parent: "no parent at all" }).end();
    await stop();
    const [child, top, alone] = ["work", "PUT /thing", "alone"].map((name) =>
      receiver.spans.find((span) => span.name === name),
    );
    assert.equal(top?.traceId, "a1".repeat(16));
    assert.equal(top.parentSpanId, "b2".repeat(8));
    assert.equal(child?.traceId, top.traceId);
    assert.equal(child.parentSpanId, top.spanId);
    assert.equal(child.status.code, 2);
    assert.deepEqual(child.attributes, { count: 3, "error.type": "StoreFull" });
    assert.notEqual(alone?.traceId, top.traceId);
    assert.match(receiver.text(), /"service\.name","value":\{"stringValue":"holdfast"\}/);
  });

  it("go to allowed hosts only", () => {
    assert.throws(() => open({ allowedHosts: ["collector.example.net"] }), {
      code: "InvalidConfiguration",
    });
    assert.throws(
      () => open({ endpoint: "https://127.0.0.1:1/v1/traces", allowedHosts: undefined }),
      {
        code: "InvalidConfiguration",
      },
    );
  });

  it("of a caller who keeps none are not kept", async () => {
    const { tracer, stop } = open();
    tracer.start("unsampled", { kind: "server", parent: parent.replace(/01$/, "00") }).end();
    await stop();
    assert.equal(
      receiver.spans.some(({ name }) => name === "unsampled"),
      false,
    );
  });

  it("hold nothing up when nobody listens", async () => {
    const endpoint = "http://127.0.0.1:1/v1/traces";
    const { tracer, stop } = open({ endpoint, allowedHosts: ["http://127.0.0.1:1"] });
    tracer.start("lost", { kind: "work" }).end();
    await stop();
  });
});
