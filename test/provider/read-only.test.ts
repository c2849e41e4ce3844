import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { JsonSchema } from "../../src/arm/contract.ts";
import { findContract } from "../support/contracts.ts";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  startProviderServer,
} from "../support/provider-server.ts";
import { groupPath, type Json } from "../support/provider-world.ts";

const contract = findContract("2026-12-01");
const blackouts = [
  { from: "2027-01-01T00:00:00Z", to: "2027-01-02T00:00:00Z", reason: "New year" },
];

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

async function finish(answer: Exchange): Promise<void> {
  assert.ok([200, 201].includes(answer.status), answer.text);
  const ended = await arm.finish(answer);
  assert.equal(ended.body.status, "Succeeded", ended.text);
}

async function put(properties: object): Promise<void> {
  const store = { kind: "Local", path: `/read-only-${number}` };
  await finish(await arm.send("PUT", path, { body: aModernLocation({ store, ...properties }) }));
}

async function read(): Promise<Json> {
  return (await arm.send("GET", path)).body;
}

describe("what only the service writes", () => {
  /** Paths of read-only values in what a request may hold, where the answer has them. */
  function readOnlyPaths(definition: string, value: Json, at = ""): readonly string[] {
    const { definitions } = contract;
    const resolve = (schema: JsonSchema): JsonSchema => {
      const { $ref: reference } = schema;
      return typeof reference === "string"
        ? (definitions[reference.replace("#/definitions/", "")] ?? {})
        : schema;
    };
    const walk = (schema: JsonSchema, shown: Json, where: string): readonly string[] => {
      if (schema["readOnly"] === true) return [where];
      if (Array.isArray(shown)) {
        const items = resolve((schema["items"] ?? {}) as JsonSchema);
        return shown.flatMap((item: Json, index) => walk(items, item, `${where}[${index}]`));
      }
      if (typeof shown !== "object" || shown === null) return [];
      const properties = (schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
      return Object.entries(properties).flatMap(([name, property]) =>
        Object.hasOwn(shown, name)
          ? walk(resolve(property), shown[name], where === "" ? name : `${where}.${name}`)
          : [],
      );
    };
    return walk(definitions[definition] ?? {}, value, at);
  }

  const partsOf = (where: string): readonly string[] => where.split(/[.[\]]+/).filter(Boolean);

  function changeAt(value: Json, [first = "", ...rest]: readonly string[]): void {
    if (rest.length > 0) return changeAt(value[first], rest);
    const known = value[first];
    if (typeof known === "number") value[first] = known + 1;
    else if (typeof known === "object" && known !== null) value[first] = { odd: true };
    else value[first] = /^\d{4}-/.test(String(known)) ? "2001-02-03T04:05:06Z" : "Odd";
  }

  /** `some`: paths that must be among those that were tried. */
  async function proveReadOnly(
    definition: string,
    resource: string,
    methods: readonly string[],
    some: readonly string[],
    moving: readonly string[] = [],
  ): Promise<void> {
    const shown = (await arm.send("GET", resource)).body;
    const paths = readOnlyPaths(definition, shown).filter(
      // Identity is rule 4.
      (one) => !["id", "name", "type"].includes(one),
    );
    for (const one of [...some, ...moving])
      assert.ok(paths.includes(one), `${one} in ${paths.join()}`);
    for (const one of paths.filter((path) => !moving.includes(path))) {
      const body = structuredClone(shown);
      changeAt(body, partsOf(one));
      for (const method of methods) {
        const answer = await arm.send(method, resource, { body });
        assert.equal(answer.status, 400, `${method} ${one} ${answer.text}`);
        assert.deepEqual(
          [answer.body.error.code, answer.body.error.target],
          ["PropertyChangeNotAllowed", one],
        );
      }
    }
    assert.deepEqual((await arm.send("GET", resource)).body, shown);
  }

  const below: readonly (readonly [
    kind: string,
    name: string,
    body: Json,
    some: readonly string[],
    moving?: readonly string[],
  ])[] = [
    [
      "notificationRoutes",
      "hook",
      {
        kind: "Webhook",
        targetUrl: "https://hooks.example/x",
        signingSecret: "a secret that is long enough",
      },
      ["systemData", "properties.targetOrigin"],
      ["properties.lastDelivered"],
    ],
    ["monitoringSettings", "default", { drillTargetInDays: 7 }, ["systemData"]],
  ];
  for (const [kind, name, properties, some, moving] of below) {
    it(`rules 72 and 132: of ${kind} is taken as it was read, and refused when it is another`, async () => {
      await put({});
      const resource = `${path}/${kind}/${name}`;
      const made = await arm.send("PUT", resource, { body: { properties } });
      assert.ok(made.status < 300, made.text);
      if (kind === "notificationRoutes") await arm.send("POST", `${resource}/test`);
      const { definition } = putRoutes.find(({ path: one }) => one.includes(kind))?.body ?? {};
      await proveReadOnly(definition ?? assert.fail(), resource, ["PUT"], some, moving);
      const shown = (await arm.send("GET", resource)).body;
      const again = await arm.send("PUT", resource, { body: shown });
      assert.equal(again.status, 200, again.text);
      // Written anew, by nobody else and at no other time of this clock.
      assert.deepEqual(again.body, shown);
    });
  }

  const putRoutes = contract.routes.filter(({ method }) => method === "PUT");

  it("is proved of every type that can be written", () => {
    const kinds = putRoutes.map(({ path: one }) => one.split("/").at(-2));
    assert.deepEqual(new Set(kinds), new Set(["backupLocations", ...below.map(([kind]) => kind)]));
  });

  it("rules 72 and 132: is taken as it was read, and refused when it is another", async () => {
    // Of a plan any time may be the next one that somebody read.
    await put({ schedule: { isEnabled: true, frequencyInHours: 12 } });
    await arm.finish(await arm.send("POST", `${path}/createBackup`));
    const shown = await read();
    await proveReadOnly(
      "BackupLocationRequest",
      path,
      ["PUT", "PATCH"],
      ["systemData", "properties.encryption.mode", "properties.provisioningState"],
      [
        ...["etag", "properties.capacity", "properties.lastBackupTime"],
        ...["properties.schedule.nextBackupTime", "properties.schedule.lastSkip"],
      ],
    );
    assert.deepEqual(await read(), shown);
  });

  /** What was read before a first backup ended and a tick of the schedule passed. */
  async function readAndLetMove(): Promise<Json> {
    const soon = new Date(arm.world.clock.now() + 120_000).getUTCMinutes();
    await put({ schedule: { isEnabled: true, cron: `${soon} * * * *` } });
    const stale = await read();
    const running = await arm.send("POST", `${path}/createBackup`);
    assert.equal((await arm.finish(running)).body.status, "Succeeded");
    await arm.world.clock.advance(180_000);
    await arm.world.provider.runScheduler();
    const now = await read();
    for (const [one, other] of [
      [stale.etag, now.etag],
      [stale.properties.capacity, now.properties.capacity],
      [stale.properties.lastBackupTime, now.properties.lastBackupTime],
      [stale.properties.schedule.nextBackupTime, now.properties.schedule.nextBackupTime],
    ])
      assert.notDeepEqual(one, other);
    return stale;
  }

  it("rules 72 and 278: what moved while a backup ended is no reason to refuse a PUT of all that was read", async () => {
    const stale = await readAndLetMove();
    stale.properties.retention.periodInDays = 9;
    const strict = { headers: { "if-match": stale.etag }, body: stale };
    assert.equal((await arm.send("PUT", path, strict)).status, 412);
    await finish(await arm.send("PUT", path, { body: stale }));
    const { properties } = await read();
    assert.equal(properties.retention.periodInDays, 9);
    // Ignored, not taken.
    assert.notEqual(properties.lastBackupTime, null);
    assert.notDeepEqual(properties.capacity, stale.properties.capacity);
    assert.notEqual(properties.schedule.nextBackupTime, stale.properties.schedule.nextBackupTime);
  });

  it("rule 72: nor is what moved a reason to refuse a PATCH", async () => {
    const stale = await readAndLetMove();
    stale.tags = { changed: "yes" };
    const answer = await arm.send("PATCH", path, { body: stale });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual((await read()).tags, { changed: "yes" });
  });

  it("rule 72: what was read while an operation ran may be sent when that has ended", async () => {
    const store = { kind: "Local", path: `/read-only-${number}` };
    const accepted = await arm.send("PUT", path, { body: aModernLocation({ store }) });
    assert.equal(accepted.body.properties.provisioningState, "Creating");
    await finish(accepted);
    await finish(await arm.send("PUT", path, { body: accepted.body }));
  });

  it("rule 72: of a route a delivery moves no reason to refuse it either", async () => {
    await put({});
    const route = `${path}/notificationRoutes/hook`;
    const targetUrl = "https://hooks.example/x";
    const properties = {
      kind: "Webhook",
      targetUrl,
      signingSecret: "a secret that is long enough",
    };
    const stale = (await arm.send("PUT", route, { body: { properties } })).body;
    assert.equal(stale.properties.lastDelivered, null);
    await arm.send("POST", `${route}/test`);
    const body = { ...stale, properties: { ...stale.properties, isEnabled: false } };
    const answer = await arm.send("PUT", route, { body });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body.properties.isEnabled, false);
    assert.notEqual(answer.body.properties.lastDelivered, null);
  });

  for (const [title, respell] of [
    ["seven digits", (time: string) => time.replace(/(?:\.\d+)?Z$/, ".0000000Z")],
    ["an offset", (time: string) => time.replace(/(?:\.\d+)?Z$/, "+00:00")],
    ["another zone", (time: string) => toZone(time, 2)],
  ] as const) {
    it(`rule 72: times are compared as instants: ${title}`, async () => {
      await put({ schedule: { blackouts, pausedUntil: "2026-04-01T00:00:00Z" } });
      await arm.finish(await arm.send("POST", `${path}/createBackup`));
      const shown = await read();
      const text = JSON.stringify(shown);
      const respelt = text.replaceAll(/"(\d{4}-\d\d-\d\dT[^"]*)"/g, (_whole, time: string) =>
        JSON.stringify(respell(time)),
      );
      assert.notEqual(respelt, text);
      await finish(await arm.send("PUT", path, { body: JSON.parse(respelt) }));
    });
  }

  function toZone(time: string, hours: number): string {
    const moved = new Date(Date.parse(time) + hours * 3_600_000).toISOString();
    return moved.replace("Z", `+0${hours}:00`);
  }
});
