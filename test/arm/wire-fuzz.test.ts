import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { groupPath, makeOperation, subscriptionId } from "../support/fake-provider.ts";
import { assertArmAnswer, sendAttack } from "../support/hostile-http.ts";
import { startThingService, type ThingService } from "../support/thing-service.ts";

/** Bounded: the whole file must stay below five seconds. */
const runs = { numRuns: 600, interruptAfterTimeLimit: 3_500, markInterruptAsFailure: false };

let service: ThingService;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
before(async () => {
  service = await startThingService();
  const operation = makeOperation();
  service.operations.set(operation.id, operation);
});
after(async () => {
  agent.destroy();
  await service.close();
});

const junk = fc.oneof(
  fc.constantFrom(
    ...["", "..", ".", "%", "%zz", "%2F", "%252F", "%00", "%C3%28", "%0d%0a", "%E2%80%AE", ";a=b"],
    ...["a.", "a%20", "constructor", "__proto__", "a".repeat(300), "%F0%9F%92%A9", "{box}", "*"],
  ),
  fc.string({ maxLength: 12 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.stringMatching(/^[!-"$->@-~]{0,10}$/),
);
const word = fc.constantFrom(
  ...["subscriptions", "resourceGroups", "resourcegroups", "providers", "Test.Things", "boxes"],
  ...["operations", "operationResults", "operationStatuses", "locations", "shake", "rg", "b1"],
  ...[subscriptionId, makeOperation().id],
);
const goodPath = fc.constantFrom(
  `${groupPath}/boxes`,
  `${groupPath}/boxes/b1`,
  `${groupPath}/boxes/b1/shake`,
  `${groupPath}/boxes/b1/operationResults/${makeOperation().id}`,
  `/subscriptions/${subscriptionId}/providers/Test.Things/locations/b1/operationStatuses/${makeOperation().id}`,
  "/providers/Test.Things/operations",
);
/** One part put in, left out or replaced. */
const spoiltPath = fc
  .tuple(goodPath, fc.nat(12), fc.nat(1), fc.array(fc.oneof(junk, word), { maxLength: 1 }))
  .map(([good, at, count, instead]) => {
    const parts = good.split("/");
    parts.splice(Math.min(at + 1, parts.length), count, ...instead);
    return parts.join("/");
  });
const oddPath = fc.array(fc.oneof(junk, word), { maxLength: 12 }).map((all) => all.join("/"));
const path = fc
  .oneof(
    { weight: 3, arbitrary: goodPath },
    { weight: 3, arbitrary: spoiltPath },
    { weight: 1, arbitrary: oddPath },
  )
  .map((text) => (text.startsWith("/") ? text : `/${text}`));

const version = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("api-version=2030-01-01-preview", "API-VERSION=2020-01-01"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        "api-version=",
        "api-version[]=2020-01-01",
        "api-version=2020-01-01&api-version=x",
        "x=y",
      ],
    ),
  },
);
const query = fc
  .tuple(
    version,
    fc.array(
      fc.tuple(fc.constantFrom("$top", "$skipToken", "IsAsyncOperation", "%24TOP", "a[b]"), junk),
      {
        maxLength: 3,
      },
    ),
  )
  .map(([first, rest]) => [first, ...rest.map(([name, value]) => `${name}=${value}`)].join("&"));

const headerText = fc.stringMatching(/^[ -~\u00a1-\u00ff]{0,40}$/);
const headers = fc.dictionary(
  fc.constantFrom(
    ...["content-type", "content-encoding", "if-match", "if-none-match", "referer", "origin"],
    ...["x-ms-client-request-id", "x-ms-correlation-request-id", "x-ms-return-client-request-id"],
    ...["x-ms-arm-resource-system-data", "x-ms-routing-request-id", "accept", "accept-language"],
    ...["x-http-method-override", "repeatability-request-id", "traceparent", "upgrade", "cookie"],
  ),
  fc.oneof(
    headerText,
    fc.constantFrom("application/json", "true", "gzip", "identity", "*", '"a","b"', "W/x", "{"),
  ),
  { maxKeys: 3 },
);

const body = fc.oneof(
  fc.constantFrom(
    ...[
      "",
      "{",
      "[]",
      "null",
      '"x"',
      "{}",
      "\uFEFF{}",
      '{"a":1,"a":2}',
      '{"__proto__":{}}',
      "1e400",
    ],
    ...['{"properties":{"size":"4"}}', '{"name":"other"}', "[".repeat(5_000), '{"a":"\\ud800"}'],
    ...['{"properties":{"size":4,"SIZE":4}}', "NaN", "// x", "\u0000", '{"id":[[[{}]]]}'],
  ),
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
  fc
    .dictionary(fc.constantFrom("properties", "Name", "id", "TYPE", "tags", "sise"), fc.jsonValue())
    .map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 60 }),
);

const attack = fc.record({
  method: fc.constantFrom(
    ...[
      "GET",
      "GET",
      "PUT",
      "PATCH",
      "POST",
      "DELETE",
      "HEAD",
      "OPTIONS",
      "TRACE",
      "PROPFIND",
      "QUERY",
    ],
  ),
  path,
  query,
  headers,
  body,
  isJson: fc.boolean(),
});

describe("hostile requests", () => {
  it("rule 46: end in an ARM answer, never a 5xx, HTML or a hang", async () => {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(attack, async (one) => {
        const reply = await sendAttack(service.url, agent, one);
        seen.add(reply.status);
        assertArmAnswer(one.method, reply);
      }),
      runs,
    );
    // A generator that only makes one kind of request would prove nothing.
    for (const status of [200, 400, 404, 405, 415]) assert.ok(seen.has(status), `no ${status}`);
  });

  it("leave the service well", async () => {
    const reply = await service.send("GET", `${groupPath}/boxes/b1?api-version=2020-01-01`);
    assert.equal(reply.status, 200);
    assert.deepEqual(
      service.lines.filter(({ level }) => level === "error"),
      [],
    );
    assert.equal(Object.hasOwn(Object.prototype, "x"), false);
  });
});
