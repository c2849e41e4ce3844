import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { groupPath, makeOperation, subscriptionId } from "../support/fake-provider.ts";
import {
  modern,
  old,
  startThingService,
  type Reply,
  type ThingService,
} from "../support/thing-service.ts";

let service: ThingService;
before(async () => {
  service = await startThingService();
});
after(() => service.close());
beforeEach(() => service.operations.clear());

const { id } = makeOperation();
const regional = `/subscriptions/${subscriptionId}/providers/Test.Things/locations/b1`;
const places = [regional, `${groupPath}/boxes/b1`];

function poll(place: string, type: "Results" | "Statuses", query: string = modern): Promise<Reply> {
  return service.send("GET", `${place}/operation${type}/${id}?${query}`);
}

async function assertNotFound(answer: Promise<Reply>): Promise<void> {
  const reply = await answer;
  assert.equal(reply.status, 404);
  assert.equal(reply.error.code, "OperationNotFound");
}

describe("polls over HTTP", () => {
  it("rules 7, 164: every place answers in every version", async () => {
    service.operations.set(id, makeOperation());
    for (const place of places) {
      for (const query of [modern, old]) {
        const result = await poll(place, "Results", query);
        assert.equal(result.status, 202);
        assert.equal(result.text, "");
        assert.match(String(result.headers["retry-after"]), /^\d+$/);
        const status = await poll(place, "Statuses", query);
        assert.equal(status.status, 200);
        assert.equal((status.json as { status: string }).status, "Running");
      }
    }
  });

  it("rule 168: IsAsyncOperation=1 shows the status", async () => {
    service.operations.set(id, makeOperation());
    const reply = await poll(regional, "Results", `${modern}&isasyncoperation=1&t=1&s=2`);
    assert.equal(reply.status, 200);
    assert.notEqual((reply.json as { status?: string }).status, undefined);
  });

  it("ids and words match in any casing", async () => {
    service.operations.set(id, makeOperation());
    const path = `${regional}/operationStatuses/${id}`;
    assert.equal((await service.send("GET", `${path.toUpperCase()}?${modern}`)).status, 200);
  });

  it("A24: unknown operations do not exist", async () => {
    for (const place of places) {
      await assertNotFound(poll(place, "Results"));
      await assertNotFound(poll(place, "Statuses"));
    }
  });

  it("rule 181, A24: foreign operations do not exist", async () => {
    for (const change of [
      { subscriptionId: "99999999-2222-4333-8444-555555555555" },
      { locationName: "other" },
    ]) {
      service.operations.set(id, makeOperation(change));
      for (const place of places) await assertNotFound(poll(place, "Statuses"));
    }
    service.operations.set(id, makeOperation({ resourceGroupName: "other" }));
    await assertNotFound(poll(places[1] ?? "", "Results"));
  });

  it("rule 187: a failed one answers 4xx with its cause", async () => {
    const error = { code: "StoreFull", message: "The store is full: free space" };
    service.operations.set(id, makeOperation({ state: "Failed", error }));
    const result = await poll(regional, "Results");
    assert.equal(result.status, 409);
    assert.equal(result.error.code, "StoreFull");
    const status = await poll(regional, "Statuses");
    assert.equal(status.status, 200);
    assert.equal(status.error.code, "StoreFull");
  });

  it("rule 186: a finished one answers its result", async () => {
    service.operations.set(id, makeOperation({ state: "Succeeded", result: { name: "b1" } }));
    const reply = await poll(regional, "Results");
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.json, { name: "b1" });
    assert.equal(reply.headers["retry-after"], undefined);
  });

  it("rule 10: polls are only read", async () => {
    for (const method of ["PUT", "POST", "DELETE"]) {
      const path = `${regional}/operationStatuses/${id}?${modern}`;
      const reply = await service.send(method, path);
      assert.equal(reply.status, 405);
      assert.match(reply.headers.allow ?? "", /GET/);
    }
  });

  it("odd operation ids answer 400 or 404", async () => {
    for (const odd of ["x", "__proto__", "..", "%00", "a".repeat(300)]) {
      const reply = await service.send("GET", `${regional}/operationStatuses/${odd}?${modern}`);
      assert.ok(reply.status === 400 || reply.status === 404, odd);
    }
  });
});
