import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import fc from "fast-check";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  startProviderServer,
} from "../support/provider-server.ts";
import { groupPath, type Json, locationPath, subscriptionId } from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

let arm: ProviderServer;
let path = "";
let number = 0;
before(async () => {
  arm = await startProviderServer();
});
after(() => arm.close());
beforeEach(() => {
  number += 1;
  path = `${groupPath}/backupLocations/place-${number}`;
});

function aLocation(properties: object = {}): Json {
  return aModernLocation({ store: { kind: "Local", path: `/backup-${number}` }, ...properties });
}

async function setUp(where = path): Promise<void> {
  const ended = await arm.finish(await arm.send("PUT", where, { body: aLocation() }));
  assert.equal(ended.body.status, "Succeeded", ended.text);
}

function assertRefused(answer: Exchange, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.error.code, code);
}

/** A running backup that ends when the gate opens, or when it is told to stop. */
async function startHeldBackup(where: string): Promise<Exchange> {
  arm.world.engine.behavior = {
    backup: (_run, _report, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  };
  const runs = arm.world.engine.backupRuns.length;
  const started = await arm.send("POST", `${where}/createBackup`);
  assert.equal(started.status, 202, started.text);
  while (arm.world.engine.backupRuns.length === runs) await arm.world.clock.advance(10);
  return started;
}

/** Lets the worker see what it was asked. */
async function endHeldBackup(started: Exchange): Promise<Json> {
  const url = started.headers.get("azure-asyncoperation") ?? "";
  for (let turn = 0; turn < 200; turn += 1) {
    const { body } = await arm.send("GET", url);
    if (["Succeeded", "Failed", "Canceled"].includes(body.status)) {
      arm.world.engine.behavior = {};
      return body;
    }
    await arm.world.clock.advance(100);
  }
  return assert.fail("The backup does not end");
}

describe("canceling an operation", () => {
  const cancelUrl = (started: Exchange): string =>
    new URL(started.headers.get("azure-asyncoperation") ?? "").pathname.concat("/cancel");

  it("rules 194 and 196: twice as well as once; it ends as Canceled, 409 on its Location", async () => {
    await setUp();
    const started = await startHeldBackup(path);
    for (let turn = 0; turn < 2; turn += 1) {
      const asked = await arm.send("POST", cancelUrl(started));
      assert.equal(asked.status, 204, asked.text);
    }
    const { status, error } = await endHeldBackup(started);
    assert.equal(status, "Canceled");
    assert.equal(error.code, "OperationCanceled");
    assertRefused(
      await arm.send("GET", started.headers.get("location") ?? ""),
      409,
      "OperationCanceled",
    );
    assert.equal((await arm.send("POST", cancelUrl(started))).status, 204);
    const backups = (await arm.send("GET", `${path}/backups`)).body.value;
    assert.equal(backups[0].properties.status, "Canceled");
    await arm.finish(await arm.send("POST", `${path}/createBackup`));
  });

  it("rule 194: of one that has ended is 409, of an unknown one 404", async () => {
    await setUp();
    const put = await arm.send("PUT", path, { body: aLocation() });
    await arm.finish(put);
    assertRefused(await arm.send("POST", cancelUrl(put)), 409, "OperationAlreadyEnded");
    const unknown = cancelUrl(put).replace(
      /[0-9a-f-]{36}(?=\/cancel)/,
      "00000000-0000-0000-0000-000000000009",
    );
    assertRefused(await arm.send("POST", unknown), 404, "OperationNotFound");
    const foreign = cancelUrl(put).replace(subscriptionId, "00000000-0000-0000-0000-000000000001");
    assertRefused(await arm.send("POST", foreign), 404, "OperationNotFound");
  });

  it("rule 76: a PUT that was canceled leaves a location that PUT repairs", async () => {
    await arm.world.stopWorkers();
    const put = await arm.send("PUT", path, { body: aLocation() });
    assert.equal((await arm.send("POST", cancelUrl(put))).status, 204);
    arm.world.startWorker();
    assert.equal((await arm.finish(put)).body.status, "Canceled");
    const { provisioningState } = (await arm.send("GET", path)).body.properties;
    assert.equal(provisioningState, "Canceled");
    await setUp();
  });
});

describe("preflight", () => {
  const preflight = (resources: readonly Json[]): Promise<Exchange> =>
    arm.send("POST", `${groupPath}/deployments/nightly/preflight`, { body: { resources } });
  const aResource = (body: Json, name = `place-${number}`): Json => ({
    name,
    type: "Microsoft.Backup.Admin/backupLocations",
    apiVersion: "2026-12-01",
    dependsOn: [],
    ...body,
  });

  it("rules 230, 231 and 233: is 200 for good resources and writes nothing", async () => {
    const stored = await arm.world.dump();
    const answer = await preflight([aResource(aLocation()), aResource(aLocation(), "other")]);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body, { status: "Succeeded" });
    assert.equal(await arm.world.dump(), stored);
    assert.equal((await arm.send("GET", path)).status, 404);
  });

  it("rules 231 and 234: names the resource of each fault, and the property below it", async () => {
    const bad = aLocation({ schedule: { frequencyInHours: 0 }, retention: { periodInDays: -1 } });
    const one = await preflight([aResource(aLocation(), "good"), aResource(bad)]);
    assert.equal(one.status, 200);
    assert.equal(one.body.status, "Failed");
    assert.equal(one.body.error.target, path);
    assert.deepEqual(
      one.body.error.details.map(({ target }: Json) => target),
      ["properties.schedule.frequencyInHours", "properties.retention.periodInDays"],
    );
    const several = await preflight([
      aResource(bad),
      aResource({ location: "x" }, "bad."),
      aResource(bad, "third"),
    ]);
    assert.equal(several.body.error.code, "MultipleErrorsOccurred");
    assert.deepEqual(
      several.body.error.details.map(({ target }: Json) => target.split("/").at(-1)),
      [`place-${number}`, "bad.", "third"],
    );
  });

  for (const [title, change, code] of [
    [
      "another type",
      { type: "Microsoft.Backup.Admin/backupLocations/backups" },
      "InvalidResourceType",
    ],
    ["no type", { type: null }, "InvalidResourceType"],
    ["an unknown version", { apiVersion: "2020-01-01" }, "InvalidApiVersionParameter"],
    [
      "a bad certificate",
      { properties: { encryption: { recipients: [{ certificateBase64: "AAAA" }] } } },
      "InvalidCertificate",
    ],
    ["an unknown property", { sku: { name: "x" } }, "UnknownProperty"],
    ["another name inside", { id: "/subscriptions/x" }, "InvalidResourceIdentity"],
  ] as const) {
    it(`rule 234: a resource with ${title} is Failed`, async () => {
      const answer = await preflight([aResource({ ...aLocation(), ...change })]);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.body.status, "Failed");
      assert.equal(answer.body.error.code, code, answer.text);
      assert.equal(answer.body.error.target, path);
    });
  }

  const aChild = (kind: string, name: string, properties: Json): Json => ({
    name: `place-${number}/${name}`,
    type: `Microsoft.Backup.Admin/backupLocations/${kind}`,
    apiVersion: "2026-12-01",
    properties,
  });
  const webhook = { kind: "Webhook", targetUrl: "https://hooks.example/x" };
  const signed = { ...webhook, signingSecret: "a secret that is long enough" };

  it("rule 230: takes every type that PUT takes, below a location too, and secrets that stay", async () => {
    const answer = await preflight([
      aResource(aLocation()),
      aChild("notificationRoutes", "hook", signed),
      aChild("notificationRoutes", "kept", webhook),
      aChild("notificationRoutes", "later", { ...signed, targetUrl: "[parameters('url')]" }),
      aChild("monitoringSettings", "default", { drillTargetInDays: 7 }),
    ]);
    assert.deepEqual(answer.body, { status: "Succeeded" }, answer.text);
  });

  const badChildren: readonly (readonly [
    kind: string,
    name: string,
    properties: Json,
    code: string,
  ])[] = [
    ["notificationRoutes", "a b", signed, "InvalidResourceName"],
    ["notificationRoutes", "hook/more", signed, "InvalidResourceName"],
    ["notificationRoutes", "hook", { kind: "Pigeon" }, "InvalidProperty"],
    ["notificationRoutes", "hook", { ...signed, host: "x" }, "InvalidNotificationRoute"],
    ["notificationRoutes", "hook", { ...signed, targetUrl: "x" }, "InvalidNotificationRoute"],
    [
      "notificationRoutes",
      "hook",
      { ...signed, targetUrl: "https://127.0.0.1/" },
      "NotificationHostNotAllowed",
    ],
    ["monitoringSettings", "other", {}, "InvalidResourceName"],
    ["monitoringSettings", "default", { drillTargetInDays: -1 }, "InvalidProperty"],
  ];
  for (const [kind, name, properties, code] of badChildren) {
    it(`rules 234 and 235: ${kind} ${name} ${JSON.stringify(properties)} is Failed as PUT is`, async () => {
      await setUp();
      const answer = await preflight([aChild(kind, name, properties)]);
      assert.equal(answer.body.status, "Failed");
      assert.equal(answer.body.error.code, code, answer.text);
      assert.equal(answer.body.error.target, `${path}/${kind}/${name.replace("/more", "//more")}`);
      const put = await arm.send("PUT", `${path}/${kind}/${encodeURIComponent(name)}`, {
        body: { properties },
      });
      assert.equal(put.status, 400, put.text);
      assert.equal(put.body.error.code, code, put.text);
    });
  }

  it("rule 234: a child in an api-version that does not know it is Failed", async () => {
    const old = { ...aChild("notificationRoutes", "hook", signed), apiVersion: "2021-09-01" };
    const { error } = (await preflight([old])).body;
    assert.equal(error.code, "InvalidApiVersionParameter");
    assert.match(error.message, /one of 2026-12-01$/);
  });

  it("rule 232: expressions are not judged, wherever they stand", async () => {
    const good = aResource(aLocation({ schedule: { isEnabled: true, frequencyInHours: 6 } }));
    const places = listPlaces(good);
    assert.ok(places.length > 10);
    for (const place of places) {
      const answer = await preflight([replaceAt(good, place, "[parameters('x')]")]);
      assert.equal(answer.body.status, "Succeeded", `${place.join(".")}: ${answer.text}`);
    }
    const escaped = aLocation({ store: { kind: "Local", path: "[[x]" } });
    assert.equal((await preflight([aResource(escaped)])).body.status, "Failed");
  });

  it("rule 232: beside an expression faults are still told", async () => {
    const mixed = aLocation({ schedule: { isEnabled: "[parameters('on')]", frequencyInHours: 0 } });
    const answer = await preflight([aResource(mixed)]);
    assert.equal(answer.body.status, "Failed");
    assert.equal(answer.body.error.details[0].target, "properties.schedule.frequencyInHours");
  });

  it("rule 235: fails exactly what PUT would refuse", async () => {
    const odd = fc.oneof(
      fc.integer({ min: -1, max: 4000 }),
      fc.constantFrom("6", null, true, {}, []),
    );
    const body = fc.record(
      {
        location: fc.constantFrom("redmond", "Redmond", 4, null),
        tags: fc.constantFrom({}, { a: "b" }, { a: 1 }, { A: "", a: "" }),
        properties: fc.record(
          {
            store: fc.constantFrom(
              { kind: "Local", path: "/x" },
              { kind: "Local", path: "x" },
              { kind: "Local" },
              { kind: "Tape" },
              { path: "/x" },
            ),
            schedule: fc.record({ isEnabled: odd, frequencyInHours: odd }, { requiredKeys: [] }),
            retention: fc.record({ periodInDays: odd }, { requiredKeys: [] }),
            sise: fc.constant(1),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    const seen = new Set<string>();
    let round = 0;
    await fc.assert(
      fc.asyncProperty(body, async (one) => {
        round += 1;
        const name = `odd-${number}-${round}`;
        const verdict = (await preflight([aResource(one, name)])).body.status;
        seen.add(verdict);
        const put = await arm.send("PUT", `${groupPath}/backupLocations/${name}`, { body: one });
        assert.equal(put.status, verdict === "Failed" ? 400 : 201, put.text);
        if (put.status === 201)
          await arm.world.finish(
            /Statuses\/([0-9a-f-]+)/.exec(put.headers.get("azure-asyncoperation") ?? "")?.[1] ?? "",
          );
      }),
      { numRuns: 60, examples: [[{ location: "redmond" }], [{ location: 4 }]] },
    );
    assert.deepEqual([...seen].sort(), ["Failed", "Succeeded"]);
  });

  it("a body without resources is 400", async () => {
    const answer = await arm.send("POST", `${groupPath}/deployments/nightly/preflight`, {
      body: {},
    });
    assertRefused(answer, 400, "MissingProperty");
  });
});

/** Every place of a value that a template could fill, but the envelope's type. */
function listPlaces(
  value: Json,
  path_: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path_];
  const below = Object.entries(value).flatMap(([key, item]) =>
    listPlaces(item, [...path_, Array.isArray(value) ? Number(key) : key]),
  );
  return path_.length === 0 || Array.isArray(value) ? below : [path_, ...below];
}

function replaceAt(
  value: Json,
  [first, ...rest]: readonly (string | number)[],
  instead: string,
): Json {
  if (first === undefined) return instead;
  const copy: Json = Array.isArray(value) ? [...value] : { ...value };
  copy[first] = replaceAt(value[first], rest, instead);
  return copy;
}

describe("a template deployment", () => {
  it("rules 227 and 229: deploys, and again without change", async () => {
    const body = aLocation({ schedule: { isEnabled: true, frequencyInHours: 8 } });
    const deploy = async (): Promise<Json> => {
      const put = await arm.send("PUT", path, { body });
      assert.ok(put.status === 200 || put.status === 201);
      await arm.finish(put);
      const read = (await arm.send("GET", path)).body;
      assert.equal(read.properties.provisioningState, "Succeeded");
      return read;
    };
    const first = await deploy();
    const second = await deploy();
    const { etag: _one, systemData: _first, ...firstRest } = first;
    const { etag: _other, systemData: _second, ...secondRest } = second;
    assert.deepEqual(secondRest, firstRest);
    assert.deepEqual((await arm.send("GET", `${path}/backups`)).body.value, []);
  });

  it("rule 239: a move is refused with a code of its own", async () => {
    const group = groupPath.replace(/\/providers.*/, "");
    const answer = await arm.send("POST", `${group}/moveResources`, {
      body: { targetResourceGroup: `${group}2`, resources: [path] },
    });
    assertRefused(answer, 400, "ResourceMoveNotSupported");
  });
});

describe("the life of a subscription", () => {
  let subscription = "";
  let location = "";
  beforeEach(() => {
    const id = `00000000-0000-0000-0000-${String(number).padStart(12, "0")}`;
    subscription = `/subscriptions/${id}`;
    location = locationPath.replace(subscriptionId, id);
  });
  const states = ["Registered", "Unregistered", "Warned", "Suspended", "Deleted"] as const;
  const tell = (state: string, more: object = {}): Promise<Exchange> =>
    arm.send("PUT", subscription, { version: "2.0", body: { state, ...more } });

  it("rules 208, 211 and 217: is echoed and kept with all its fields", async () => {
    const more = {
      registrationDate: "Mon, 02 Mar 2026 12:00:00 GMT",
      properties: { tenantId: "t", registeredFeatures: [{ name: "a", state: "b" }], x: { y: [1] } },
      fromTheFuture: { a: [true] },
    };
    const answer = await tell("Registered", more);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body, { state: "Registered", ...more });
    const kept = await arm.world.store.get<Json>("subscription", subscription);
    assert.deepEqual(kept?.value, answer.body);
  });

  it("rules 209, 210 and 212: every state follows every state, again and again", async () => {
    for (const one of ["Unregistered", ...states] as const)
      for (const other of states) {
        assert.equal((await tell(one)).status, 200);
        const answer = await tell(other);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get("location"), null);
        const kept = await arm.world.store.get<Json>("subscription", subscription);
        assert.deepEqual(kept?.value, { state: other });
      }
    for (let turn = 0; turn < 10; turn += 1) assert.equal((await tell("Deleted")).status, 200);
    assert.equal((await tell("Odd")).status, 400);
    assert.equal((await arm.send("PUT", subscription, { body: { state: "Warned" } })).status, 400);
  });

  it("rule 213: the state decides which verbs pass", async () => {
    await setUp(location);
    const calls: readonly (readonly [string, string, Json?])[] = [
      ["GET", location],
      ["PUT", location, aLocation()],
      ["PATCH", location, { tags: {} }],
      ["POST", `${location}/createBackup`],
      ["POST", `${location}/verify`],
    ];
    for (const state of ["Unregistered", "Warned", "Suspended"]) {
      await tell(state);
      for (const [method, where, body] of calls) {
        const answer = await arm.send(method, where, { body });
        if (method === "GET") assert.equal(answer.status, 200);
        else assertRefused(answer, 409, "InvalidSubscriptionState");
      }
      assert.equal((await arm.send("HEAD", location)).status, 204);
      const removal = await arm.send("DELETE", `${location}x`);
      assert.equal(removal.status, state === "Unregistered" ? 409 : 204);
    }
    await tell("Registered");
    assert.equal((await arm.send("PATCH", location, { body: {} })).status, 200);
    for (const state of ["Warned", "Suspended"]) {
      await tell(state);
      const removal = await arm.send("DELETE", location);
      assert.equal(removal.status, 202, removal.text);
      await arm.finish(removal);
      assert.equal((await arm.send("GET", location)).status, 404);
      await tell("Registered");
      await setUp(location);
    }
    await tell("Deleted");
    await waitUntil(async () => (await arm.send("GET", location)).status === 404);
    const late = await arm.send("PUT", location, { body: aLocation() });
    assertRefused(late, 409, "InvalidSubscriptionState");
  });

  it("rule 214: Warned keeps the data, and Registered brings all back", async () => {
    await setUp(location);
    await arm.finish(await arm.send("POST", `${location}/createBackup`));
    const earlier = (await arm.send("GET", location)).body;
    await tell("Warned");
    assert.deepEqual((await arm.send("GET", location)).body, earlier);
    await tell("Registered");
    await arm.finish(await arm.send("POST", `${location}/createBackup`));
    assert.equal((await arm.send("GET", `${location}/backups`)).body.value.length, 2);
  });

  it("rules 215 and 218: Suspended stops what runs, and nothing begins", async () => {
    await setUp(location);
    const started = await startHeldBackup(location);
    await tell("Suspended");
    assert.equal((await endHeldBackup(started)).status, "Canceled");
    await tell("Registered");
    await arm.world.stopWorkers();
    const waiting = await arm.send("POST", `${location}/createBackup`);
    await tell("Warned");
    arm.world.startWorker();
    const ended = await arm.finish(waiting);
    assert.equal(ended.body.status, "Failed");
    assert.equal(ended.body.error.code, "SubscriptionNotActive");
  });

  it("rule 216: Deleted removes everything, what runs is canceled", async () => {
    await setUp(location);
    await arm.finish(await arm.send("POST", `${location}/createBackup`));
    const route = { kind: "Syslog", host: "logs.example", security: "Tls" };
    const hook = `${location}/notificationRoutes/hook`;
    assert.equal((await arm.send("PUT", hook, { body: { properties: route } })).status, 201);
    await arm.world.provider.runWatch();
    const started = await startHeldBackup(location);
    assert.equal((await tell("Deleted")).status, 200);
    assert.equal((await endHeldBackup(started)).status, "Canceled");
    for (let turn = 0; turn < 200; turn += 1) {
      if ((await arm.send("GET", location)).status === 404) break;
      await arm.world.clock.advance(100);
    }
    assert.equal((await arm.send("GET", location)).status, 404);
    const key = `${subscription}/`.toLowerCase();
    for (const kind of ["location", "backup", "route", "alert", "monitoring", "note"] as const)
      assert.deepEqual(await arm.world.store.list(kind, { prefix: key }), [], kind);
  });
});
