import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createThrottle, type Throttle } from "../../src/arm/throttle.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { groupPath, makeOperation } from "../support/fake-provider.ts";
import {
  modern,
  startThingService,
  type Reply,
  type ThingService,
} from "../support/thing-service.ts";

// A tenth of a second each, and ten seconds' worth at once.
const limits = { readsPerSecond: 10, writesPerSecond: 1, deletesPerSecond: 1 };
const boxPath = `${groupPath}/boxes/b1`;

describe("the throttle", () => {
  const request = {
    callerId: "ann",
    subscriptionId: "S1",
    method: "GET",
    namespace: "Test.Things",
  };
  const makeThrottle = (): { readonly throttle: Throttle; readonly clock: FakeClock } => {
    const clock = createFakeClock();
    return { throttle: createThrottle(limits, clock), clock };
  };
  const countTaken = (throttle: Throttle, asked: typeof request): number => {
    for (let taken = 0; taken < 1000; taken += 1) {
      try {
        throttle.take(asked);
      } catch (error) {
        assert.equal((error as { readonly code?: string }).code, "TooManyRequests");
        return taken;
      }
    }
    throw new Error("Nothing is ever refused");
  };

  it("takes a burst, then what the rate gives, and never saves up more than a burst", async () => {
    const { throttle, clock } = makeThrottle();
    assert.equal(countTaken(throttle, request), 100);
    await clock.advance(2000);
    assert.equal(countTaken(throttle, request), 20);
    await clock.advance(3_600_000);
    assert.equal(countTaken(throttle, request), 100);
  });

  it("rule 257: keeps callers, subscriptions and kinds apart", () => {
    const { throttle } = makeThrottle();
    assert.equal(countTaken(throttle, request), 100);
    assert.equal(countTaken(throttle, { ...request, callerId: "bob" }), 100);
    assert.equal(countTaken(throttle, { ...request, subscriptionId: "S2" }), 100);
    assert.equal(countTaken(throttle, { ...request, method: "PATCH" }), 10);
    assert.equal(countTaken(throttle, { ...request, method: "DELETE" }), 10);
    // One subscription, however it is written; one kind, whatever the verb.
    assert.equal(countTaken(throttle, { ...request, subscriptionId: "s1", method: "HEAD" }), 0);
    assert.equal(countTaken(throttle, { ...request, method: "PUT" }), 0);
  });

  it("forgets the longest unused of very many callers, and nobody else", () => {
    const { throttle } = makeThrottle();
    assert.equal(countTaken(throttle, request), 100);
    for (let caller = 0; caller < 9_999; caller += 1)
      throttle.take({ ...request, callerId: String(caller) });
    assert.equal(countTaken(throttle, request), 0);
    for (let caller = 0; caller < 10_000; caller += 1)
      throttle.take({ ...request, callerId: `other ${caller}` });
    assert.equal(countTaken(throttle, request), 100);
  });
});

describe("a throttled service", () => {
  let service: ThingService;
  const clock = createFakeClock();
  before(async () => {
    service = await startThingService({ throttle: createThrottle(limits, clock) });
    service.on("DELETE box", () => Promise.resolve({ kind: "empty" }));
  });
  after(() => service.close());
  const remove = (): Promise<Reply> => service.send("DELETE", `${boxPath}?${modern}`);

  it("rule 255, 256, A20: tells what is left, then 429 with Retry-After, then works again", async () => {
    for (let left = 9; left >= 0; left -= 1) {
      const reply = await remove();
      assert.equal(reply.status, 204);
      const budget = reply.headers["x-ms-ratelimit-remaining-resource"];
      assert.equal(budget, `Test.Things/Deletes;${left}`);
    }
    const refused = await remove();
    assert.equal(refused.status, 429);
    assert.equal(refused.error.code, "TooManyRequests");
    assert.equal(refused.headers["retry-after"], "1");
    await clock.advance(1000);
    assert.equal((await remove()).status, 204);
  });

  it("rule 257: never throttles polls", async () => {
    const operation = makeOperation({ state: "Running" });
    service.operations.set(operation.id, operation);
    const path = `/subscriptions/${operation.subscriptionId}/providers/Test.Things/locations/${operation.locationName}/operationStatuses/${operation.id}?${modern}`;
    for (let polls = 0; polls < 150; polls += 1) {
      const reply = await service.send("GET", path);
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.headers["x-ms-ratelimit-remaining-resource"], undefined);
    }
  });
});
