import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Authenticator } from "../../src/arm/access.ts";
import { readWaitSeconds } from "../../src/arm/poll-wait.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { groupPath, makeOperation, subscriptionId } from "../support/fake-provider.ts";
import {
  modern,
  old,
  startThingService,
  type Reply,
  type ThingService,
} from "../support/thing-service.ts";
import { waitFor } from "../support/wait-for.ts";

let service: ThingService;
let clock: FakeClock;
before(async () => {
  clock = createFakeClock();
  service = await startThingService({ clock });
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

  it("rules 15 and 18: what the front door adds to sign an address changes nothing", async () => {
    for (const state of ["Running", "Succeeded"] as const) {
      service.operations.set(id, makeOperation({ state, result: { name: "b1" } }));
      for (const place of places) {
        for (const type of ["Results", "Statuses"] as const) {
          const plain = await poll(place, type);
          const signature = `t=638&c=${"M".repeat(1800)}&s=${"q".repeat(1800)}&h=x&foo=bar`;
          const signed = await poll(place, type, `${modern}&${signature}`);
          assert.deepEqual([signed.status, signed.text], [plain.status, plain.text]);
          assert.equal(signed.headers.location, plain.headers.location);
        }
      }
    }
  });

  it("rule 173: a status is JSON, whatever is accepted", async () => {
    for (const state of ["Accepted", "Running", "Succeeded", "Failed", "Canceled"] as const) {
      service.operations.set(id, makeOperation({ state }));
      for (const path of ["operationStatuses", "operationResults"]) {
        const query = path === "operationResults" ? `${modern}&IsAsyncOperation=1` : modern;
        const url = `${regional}/${path}/${id}?${query}`;
        const reply = await service.send("GET", url, { headers: { Accept: "text/html" } });
        assert.equal(reply.status, 200);
        assert.match(
          reply.headers["content-type"] ?? "",
          /^application\/json(?:; charset=utf-8)?$/,
        );
        assert.equal(typeof reply.json, "object");
      }
    }
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

  it("rule 181: that an operation was found at an address says nothing of other addresses or callers", async () => {
    let tenantId = "ann";
    const principal = { id: "arm", name: "arm", kind: "arm" } as const;
    const authenticator: Authenticator = {
      authenticate: () => ({ principal, tenantId, isFrontDoor: true }),
    };
    const tenants = await startThingService({ authenticator });
    tenants.operations.set(id, makeOperation({ tenantId: "ann" }));
    const own = `${regional}/operationStatuses/${id}?${modern}`;
    const other = own.replace(/\/subscriptions\/[^/]+/, `/subscriptions/${crypto.randomUUID()}`);
    try {
      const found: number[] = [];
      for (const [of, url] of [
        ["ann", own],
        ["ann", own],
        ["ann", other],
        ["bob", own],
        ["ann", other],
        ["ann", own],
      ] as const) {
        tenantId = of;
        found.push((await tenants.send("GET", url)).status);
      }
      assert.deepEqual(found, [200, 200, 404, 404, 404, 200]);
    } finally {
      await tenants.close();
    }
  });

  it("rule 181: an operation of another tenant does not exist; who names none is not asked", async () => {
    let tenantId: string | undefined;
    const authenticator: Authenticator = {
      authenticate: () => ({
        principal: { id: "arm", name: "arm", kind: "arm" },
        tenantId,
        isFrontDoor: true,
      }),
    };
    const tenants = await startThingService({ authenticator });
    const look = async (of: string | undefined, started: string | undefined): Promise<number[]> => {
      tenantId = of;
      const operation = makeOperation(started === undefined ? {} : { tenantId: started });
      tenants.operations.set(id, operation);
      const found: number[] = [];
      for (const place of places)
        for (const type of ["Results", "Statuses"]) {
          const url = `${place}/operation${type}/${id}?${modern}`;
          const reply = await tenants.send("GET", url);
          if (reply.status === 404) assert.equal(reply.error.code, "OperationNotFound");
          found.push(reply.status);
        }
      return found;
    };
    try {
      const there = [202, 200, 202, 200];
      assert.deepEqual(await look("ann", "ann"), there);
      assert.deepEqual(await look(undefined, "ann"), there);
      assert.deepEqual(await look("ann", undefined), there);
      assert.deepEqual(await look("bob", "ann"), [404, 404, 404, 404]);
      const headers = { Accept: "text/event-stream" };
      const events = `${regional}/operationStatuses/${id}?${modern}`;
      assert.equal((await tenants.send("GET", events, { headers })).status, 404);
    } finally {
      await tenants.close();
    }
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

describe("waiting for an operation", () => {
  const url = `${regional}/operationStatuses/${id}?${modern}`;
  const waitPause = 200;
  const eventsPause = 500;
  const ended = { state: "Succeeded", endTime: "2030-01-02T03:05:00Z" } as const;

  it("Prefer: wait answers when it ends", async () => {
    service.operations.set(id, makeOperation());
    const waiting = service.send("GET", url, { headers: { Prefer: "respond-async, wait=4" } });
    await pauseOf(waiting);
    service.operations.set(id, makeOperation(ended));
    await clock.advance(waitPause);
    const reply = await waiting;
    assert.equal((reply.json as { status: string }).status, "Succeeded");
    assert.equal(reply.headers["preference-applied"], "wait=4");
    assert.equal(reply.headers["retry-after"], undefined);
  });

  it("Prefer: wait of one second answers a running one after it, and not before", async () => {
    service.operations.set(id, makeOperation());
    const waiting = service.send("GET", url, { headers: { Prefer: "wait=1" } });
    await pauseOf(waiting);
    await clock.advance(999);
    await pauseOf(waiting);
    await clock.advance(1);
    const reply = await waiting;
    assert.equal((reply.json as { status: string }).status, "Running");
    assert.match(String(reply.headers["retry-after"]), /^\d+$/);
  });

  it("the result can be waited for too", async () => {
    service.operations.set(id, makeOperation());
    const waiting = service.send("GET", url.replace("Statuses", "Results"), {
      headers: { Prefer: "wait=4" },
    });
    await pauseOf(waiting);
    service.operations.set(id, makeOperation({ ...ended, result: { a: 1 } }));
    await clock.advance(waitPause);
    assert.equal((await waiting).status, 200);
  });

  it("odd wishes are not heard", () => {
    for (const odd of [undefined, "", "wait", "wait=", "wait=-1", "wait=x", "await=5", "wait=0"])
      assert.equal(readWaitSeconds(odd), undefined, odd);
    assert.equal(readWaitSeconds("wait=10"), 10);
    assert.equal(readWaitSeconds(["a", 'wait="7"']), 7);
    assert.equal(readWaitSeconds("handling=lenient; wait=999999"), 15);
  });

  it("events show each change and end with the operation", async () => {
    service.operations.set(id, makeOperation({ percentComplete: 10 }));
    const events = await openEvents();
    assert.equal((await events.next()).percentComplete, 10);
    service.operations.set(id, makeOperation({ percentComplete: 20 }));
    await pauseOf();
    await clock.advance(eventsPause);
    assert.equal((await events.next()).percentComplete, 20);
    service.operations.set(id, makeOperation(ended));
    await pauseOf();
    await clock.advance(eventsPause);
    assert.equal((await events.next()).status, "Succeeded");
    assert.equal(await events.isOver(), true);
  });

  it("A24: events of unknown operations are 404 in JSON", async () => {
    const reply = await service.send("GET", url, { headers: { Accept: "text/event-stream" } });
    assert.equal(reply.status, 404);
    assert.equal(reply.error.code, "OperationNotFound");
  });

  it("the end of the service ends waits and events", async () => {
    const stopping = new AbortController();
    const other = await startThingService({ stopping: stopping.signal });
    try {
      other.operations.set(id, makeOperation());
      const events = await openEvents(other);
      await events.next();
      const waiting = other.send("GET", url, { headers: { Prefer: "wait=15" } });
      stopping.abort();
      assert.equal(((await waiting).json as { status: string }).status, "Running");
      assert.equal(await events.isOver(), true);
    } finally {
      await other.close();
    }
  });

  it("a reader that leaves harms nobody, and nothing is looked up for it any more", async () => {
    service.operations.set(id, makeOperation());
    const events = await openEvents();
    await events.next();
    await pauseOf();
    events.leave();
    await waitFor("nothing is looked up", () => !isPausing());
    assert.equal((await poll(regional, "Statuses")).status, 200);
    assert.deepEqual(
      service.lines.filter(({ level }) => level === "error"),
      [],
    );
  });

  /** Something sleeps shortly; the time that a request may take is longer. */
  function isPausing(): boolean {
    return clock.wakeTimes.some((at) => at <= clock.now() + eventsPause);
  }

  /** Resolves when the service looks again soon, for a request that is not answered yet. */
  async function pauseOf(waiting?: Promise<Reply>): Promise<void> {
    let isAnswered = false;
    void waiting?.then(() => (isAnswered = true));
    await waitFor("it looks again soon", isPausing);
    assert.ok(!isAnswered, "It has been answered");
  }

  async function openEvents(of: ThingService = service): Promise<{
    next(): Promise<{ readonly status: string; readonly percentComplete?: number }>;
    isOver(): Promise<boolean>;
    leave(): void;
  }> {
    const leaving = new AbortController();
    const response = await fetch(`${of.url}${url}`, {
      headers: { Accept: "text/event-stream" },
      signal: leaving.signal,
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    return {
      next: async () => {
        const { value = "" } = await reader.read();
        const [, json = ""] = /^event: status\ndata: (.*)\n\n$/.exec(value) ?? [];
        return JSON.parse(json) as { status: string };
      },
      isOver: async () => (await reader.read()).done,
      leave: () => leaving.abort(),
    };
  }
});
