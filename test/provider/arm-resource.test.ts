import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { contracts } from "../../src/generated/contracts.ts";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  startProviderServer,
} from "../support/provider-server.ts";
import { aCertificate } from "../support/fake-identity.ts";
import { aGate } from "../support/provider-steps.ts";
import { groupPath, type Json, subscriptionId } from "../support/provider-world.ts";

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

/** Each location has a folder of its own: a store belongs to one. */
function aLocation(properties: object = {}, envelope: object = {}): Json {
  return aModernLocation(
    { store: { kind: "Local", path: `/backup-${number}` }, ...properties },
    envelope,
  );
}

async function setUp(body: Json = aLocation()): Promise<Json> {
  const ended = await arm.finish(await arm.send("PUT", path, { body }));
  assert.equal(ended.body.status, "Succeeded", ended.text);
  return (await arm.send("GET", path)).body;
}

function assertRefused(answer: Exchange, status: number, code: string, target?: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.body.error.code, code);
  if (target !== undefined) assert.equal(answer.body.error.target, target);
}

async function remove(): Promise<void> {
  await arm.finish(await arm.send("DELETE", path));
}

describe("PUT over HTTP", () => {
  it("rules 63 and 229: repeated, it changes nothing and makes no backup", async () => {
    const first = await setUp();
    for (let turn = 0; turn < 3; turn += 1) {
      const again = await arm.send("PUT", path, { body: aLocation() });
      assert.equal(again.status, 200, again.text);
      assert.equal((await arm.finish(again)).body.status, "Succeeded");
    }
    const last = (await arm.send("GET", path)).body;
    assert.deepEqual(last.properties, first.properties);
    assert.deepEqual((await arm.send("GET", `${path}/backups`)).body.value, []);
  });

  it("rules 65, 66, 68 and 161: answers with all that was sent, and a state", async () => {
    const sent = aLocation(
      { schedule: { isEnabled: true, frequencyInHours: 6 } },
      { tags: { a: "b" } },
    );
    const answer = await arm.send("PUT", path, { body: sent });
    assert.equal(answer.status, 201);
    assert.equal(answer.body.id, path);
    assert.equal(answer.body.name, `place-${number}`);
    assert.equal(answer.body.type, "Microsoft.Backup.Admin/backupLocations");
    assert.equal(answer.body.properties.provisioningState, "Creating");
    assert.deepEqual(answer.body.tags, sent.tags);
    assert.deepEqual(answer.body.properties.store, sent.properties.store);
    assert.equal(answer.body.properties.schedule.frequencyInHours, 6);
    await arm.finish(answer);
  });

  it("rule 73: the region cannot change", async () => {
    await setUp();
    const moved = await arm.send("PUT", path, { body: aLocation({}, { location: "elsewhere" }) });
    assertRefused(moved, 400, "InvalidResourceLocation", "location");
  });

  it("rules 74 and 207: makes no other resource", async () => {
    const list = async (): Promise<readonly string[]> =>
      (
        await arm.send(
          "GET",
          `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/backupLocations`,
        )
      ).body.value.map(({ name }: Json) => name);
    const earlier = await list();
    await setUp();
    await arm.finish(await arm.send("POST", `${path}/createBackup`));
    assert.deepEqual([...(await list())].sort(), [...earlier, `place-${number}`].sort());
  });

  it("rule 71: a refused one leaves tag, values and author alone", async () => {
    const earlier = await setUp();
    const body = aLocation({ retention: { periodInDays: 0 } });
    assert.equal((await arm.send("PUT", path, { body })).status, 400);
    assert.deepEqual((await arm.send("GET", path)).body, earlier);
  });

  it("rules 96, 119 and 236: values come back as written", async () => {
    const sent = aLocation(
      {
        store: { kind: "Local", path: `/Backup-${number}/ÄÖ  x` },
        schedule: { isEnabled: false, frequencyInHours: 168 },
        retention: { periodInDays: 3650 },
        encryption: {
          recipients: ["zebra", "ant", "north"].map((name) => ({
            certificateBase64: aCertificate(name),
          })),
        },
      },
      { tags: { Env: " Two  Blanks ", "cost centre": "4711", leer: "" } },
    );
    const { tags, properties } = await setUp(sent);
    assert.deepEqual(tags, sent.tags);
    assert.deepEqual(Object.keys(tags), Object.keys(sent.tags));
    assert.deepEqual(properties.store, sent.properties.store);
    assert.equal(properties.schedule.frequencyInHours, 168);
    assert.equal(properties.retention.periodInDays, 3650);
    assert.deepEqual(
      properties.encryption.recipients.map(({ certificateBase64 }: Json) => ({
        certificateBase64,
      })),
      sent.properties.encryption.recipients,
    );
  });

  it("rules 95 and 124: what was not sent is not invented later", async () => {
    const created = (await arm.send("PUT", path, { body: aLocation() })).body;
    const settled = await setUp();
    const known = Object.keys(settled.properties);
    assert.deepEqual(
      Object.keys(created.properties).filter((name) => !known.includes(name)),
      [],
    );
    assert.deepEqual(settled.tags, {});
    assert.equal(settled.properties.schedule.isEnabled, false);
  });

  for (const [title, tags] of [
    ["a number", { a: 1 }],
    ["an endless key", { ["k".repeat(513)]: "" }],
    ["an endless value", { a: "v".repeat(257) }],
    ...[..."<>%&\\?/\u0001\u007f"].map(
      (sign) => [`${JSON.stringify(sign)} in a key`, { [`a${sign}b`]: "c" }] as const,
    ),
    ["a value that is null", { a: null }],
    ["two names that differ in case", { Env: "1", env: "2" }],
    ["fifty-one", Object.fromEntries(Array.from({ length: 51 }, (_none, at) => [`t${at}`, ""]))],
  ] as const) {
    it(`rules 118, 119: refuses tags with ${title}`, async () => {
      const answer = await arm.send("PUT", path, { body: aLocation({}, { tags }) });
      assert.equal(answer.status, 400, answer.text);
      assert.match(JSON.stringify(answer.body.error), /"target":"tags/);
      assert.equal((await arm.send("GET", path)).status, 404);
    });
  }

  it("rule 118: takes fifty tags of full length", async () => {
    const tags = Object.fromEntries(
      Array.from({ length: 50 }, (_none, at) => [`${at}`.padEnd(512, "k"), "v".repeat(256)]),
    );
    const { tags: shown } = await setUp(aLocation({}, { tags }));
    assert.deepEqual(shown, tags);
  });

  it("rule 116: the envelope is outside, and nothing of it inside", async () => {
    const read = await setUp();
    const envelope = ["id", "name", "type", "location", "tags", "etag", "systemData", "properties"];
    assert.deepEqual(Object.keys(read), envelope);
    assert.deepEqual(
      Object.keys(read.properties).filter((name) => envelope.includes(name)),
      [],
    );
  });

  it("rule 106: a location whose stored settings are odd can be deleted", async () => {
    await setUp();
    const key = path.toLowerCase();
    const document = await arm.world.store.get<Json>("location", key);
    assert.ok(document);
    const settings = { ...document.value.settings, store: { kind: "from the future", x: 1 } };
    await arm.world.store.commit([
      { op: "put", kind: "location", key, value: { ...document.value, settings } },
    ]);
    await remove();
    assert.equal((await arm.send("GET", path)).status, 404);
  });
});

describe("PATCH over HTTP", () => {
  it("rule 82: identity and region may be repeated and not changed", async () => {
    const { id, name, type, location } = await setUp();
    const same = await arm.send("PATCH", path, { body: { id, name, type, location } });
    assert.equal(same.status, 200, same.text);
    for (const [target, value] of Object.entries({ id: `${id}x`, name: "x", type: "x/y" }))
      assertRefused(
        await arm.send("PATCH", path, { body: { [target]: value } }),
        400,
        "InvalidResourceIdentity",
        target,
      );
    assertRefused(
      await arm.send("PATCH", path, { body: { location: "elsewhere" } }),
      400,
      "InvalidResourceLocation",
    );
  });

  it("rules 82 and 132: the state may be repeated and not changed", async () => {
    await setUp();
    const patch = (provisioningState: string): Promise<Exchange> =>
      arm.send("PATCH", path, { body: { properties: { provisioningState } } });
    assert.equal((await patch("Succeeded")).status, 200);
    assert.equal((await patch("Failed")).status, 400);
  });

  it("rule 87: an empty one changes nothing", async () => {
    const earlier = await setUp(
      aLocation({ retention: { periodInDays: 30 } }, { tags: { a: "b" } }),
    );
    for (const body of [{}, { properties: {} }, { tags: { a: "b" } }]) {
      const answer = await arm.send("PATCH", path, { body });
      assert.equal(answer.status, 200, answer.text);
      // Neither its etag nor who changed it last.
      assert.deepEqual(answer.body, earlier);
      assert.equal(answer.headers.get("etag"), earlier.etag);
    }
  });

  it("rule 137: of nothing is 404 whatever the headers say", async () => {
    for (const headers of [{}, { "If-Match": "*" }, { "If-Match": '"x"' }])
      assertRefused(await arm.send("PATCH", path, { body: {}, headers }), 404, "ResourceNotFound");
  });
});

describe("GET and lists over HTTP", () => {
  it("rules 88, 128 and 131: shows every state, and its operation says the same", async () => {
    const gate = aGate();
    arm.world.engine.behavior = { probe: () => gate.opened };
    const put = await arm.send("PUT", path, { body: aLocation() });
    const stateOf = async (): Promise<string> =>
      (await arm.send("GET", path)).body.properties.provisioningState;
    assert.equal(await stateOf(), "Creating");
    arm.world.engine.behavior = {};
    gate.open();
    assert.equal((await arm.finish(put)).body.status, "Succeeded");
    assert.equal(await stateOf(), "Succeeded");
    const change = await arm.send("PUT", path, {
      body: aLocation({ retention: { periodInDays: 9 } }),
    });
    assert.equal(change.body.properties.provisioningState, "Updating");
    await arm.finish(change);
    const removal = await arm.send("DELETE", path);
    assert.match(String((await arm.send("GET", path)).status), /200|404/);
    await arm.finish(removal);
    assertRefused(await arm.send("GET", path), 404, "ResourceNotFound", path);
  });

  it("rule 89: an unknown subscription is empty", async () => {
    const base = "/subscriptions/00000000-0000-0000-0000-000000000001";
    const list = `${base}/providers/Microsoft.Backup.Admin/backupLocations`;
    assert.deepEqual((await arm.send("GET", list)).body.value, []);
    const one = path.replace(`/subscriptions/${subscriptionId}`, base);
    assertRefused(await arm.send("GET", one), 404, "ResourceNotFound");
  });

  it("rule 90: reading writes nothing", async () => {
    await setUp();
    const stored = await arm.world.dump();
    for (const below of ["", "/backups"]) await arm.send("GET", `${path}${below}`);
    await arm.send("GET", `${groupPath}/backupLocations?$top=3`);
    assert.equal(await arm.world.dump(), stored);
  });

  it("rules 92 and 93: items look like the resource, and nothing is beside them", async () => {
    const read = await setUp();
    await arm.finish(await arm.send("POST", `${path}/createBackup`));
    const list = (await arm.send("GET", `${groupPath}/backupLocations`)).body;
    assert.deepEqual(Object.keys(list).sort(), ["nextLink", "value"]);
    const item = list.value.find(({ id }: Json) => id === path);
    assert.deepEqual(item, (await arm.send("GET", path)).body);
    assert.equal(item.id, read.id);
    const backups = (await arm.send("GET", `${path}/backups`)).body;
    assert.deepEqual(Object.keys(backups).sort(), ["nextLink", "value"]);
    assert.deepEqual(backups.value[0], (await arm.send("GET", backups.value[0].id)).body);
  });

  it("rule 94: lists by group and by subscription", async () => {
    await setUp();
    const names = async (list: string): Promise<readonly string[]> =>
      (await arm.send("GET", list)).body.value.map(({ name }: Json) => name);
    const subscription = `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/backupLocations`;
    assert.ok((await names(subscription)).includes(`place-${number}`));
    assert.ok((await names(`${groupPath}/backupLocations`)).includes(`place-${number}`));
    const other = groupPath.replace("system.redmond", "other");
    assert.deepEqual(await names(`${other}/backupLocations`), []);
  });

  it("rule 55: a missing thing is 404, an empty list 200", async () => {
    assertRefused(await arm.send("GET", path), 404, "ResourceNotFound", path);
    await setUp();
    const list = await arm.send("GET", `${path}/backups`);
    assert.equal(list.status, 200);
    assert.deepEqual(list.body.value, []);
    const missing = `${path}/backups/00000000-0000-0000-0000-000000000009`;
    assertRefused(await arm.send("GET", missing), 404, "ResourceNotFound", missing);
  });

  it("rule 125: a value no version knows is shown as it is", async () => {
    await setUp();
    const backup = await arm.send("POST", `${path}/createBackup`);
    const { resourceId, name } = (await arm.finish(backup)).body;
    const key = `${path.toLowerCase()}/backups/${name}`;
    const document = await arm.world.store.get<Json>("backup", key);
    assert.ok(document?.value.record);
    const roles = [{ ...document.value.record.roles[0], status: "FromTheFuture" }];
    const record = { ...document.value.record, roles };
    await arm.world.store.commit([
      { op: "put", kind: "backup", key, value: { ...document.value, record } },
    ]);
    for (const version of contracts.map(({ apiVersion }) => apiVersion)) {
      const answer = await arm.send("GET", resourceId, { version, isFromElsewhere: true });
      assert.equal(answer.status, 200, `${version} ${answer.text}`);
      assert.match(answer.text, /FromTheFuture/, version);
    }
  });
});

describe("PATCH of more than tags over HTTP", () => {
  it("rules 84 and 152: what takes time is 202 without a body, all else 200 with the whole", async () => {
    await setUp();
    for (const properties of [
      { store: { kind: "Local", path: `/other-${number}` } },
      { encryption: { recipients: [{ certificateBase64: aCertificate("south") }] } },
    ]) {
      const answer = await arm.send("PATCH", path, { body: { properties } });
      assert.equal(answer.status, 202, answer.text);
      assert.equal(answer.text, "");
      assert.equal(answer.headers.get("content-type"), null);
      assert.match(answer.headers.get("location") ?? "", /^https:\/\/[^?]*\/operationResults\//);
      assert.match(answer.headers.get("azure-asyncoperation") ?? "", /\/operationStatuses\//);
      await arm.finish(answer);
    }
    for (const body of [
      { tags: { a: "b" } },
      { properties: { retention: { periodInDays: 3 } } },
      { properties: { schedule: { isEnabled: true, frequencyInHours: 8 } } },
    ]) {
      const answer = await arm.send("PATCH", path, { body });
      assert.equal(answer.status, 200, answer.text);
      for (const name of ["location", "azure-asyncoperation", "retry-after"])
        assert.equal(answer.headers.get(name), null, name);
      assert.deepEqual(answer.body, (await arm.send("GET", path)).body);
    }
  });
});

describe("DELETE over HTTP", () => {
  it("rules 99 and 152: accepted is 202 with both addresses and no body", async () => {
    await setUp();
    const answer = await arm.send("DELETE", path);
    assert.equal(answer.status, 202);
    assert.equal(answer.text, "");
    assert.match(answer.headers.get("location") ?? "", /^https:\/\/[^?]*\/operationResults\//);
    assert.match(answer.headers.get("azure-asyncoperation") ?? "", /\/operationStatuses\//);
    assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/);
    await arm.finish(answer);
  });

  it("rules 98 and 138: of nothing is 204, in a missing group too", async () => {
    for (const where of [path, path.replace("system.redmond", "no-such-group")])
      for (const headers of [{}, { "If-Match": "*" }, { "If-Match": '"x"' }]) {
        const answer = await arm.send("DELETE", where, { headers });
        assert.equal(answer.status, 204, answer.text);
      }
  });

  it("rule 101: is accepted while it is created and after it failed", async () => {
    const gate = aGate();
    arm.world.engine.behavior = { probe: () => gate.opened };
    await arm.send("PUT", path, { body: aLocation() });
    const early = await arm.send("DELETE", path);
    assert.equal(early.status, 202);
    arm.world.engine.behavior = {};
    gate.open();
    await arm.finish(early);
    arm.world.engine.behavior = {
      probe: () => {
        throw new Error("The store is odd");
      },
    };
    const failed = await arm.send("PUT", path, { body: aLocation() });
    for (let turn = 0; turn < 60; turn += 1) await arm.world.clock.advance(1000);
    assert.equal((await arm.finish(failed)).body.status, "Failed");
    arm.world.engine.behavior = {};
    assert.equal((await arm.send("GET", path)).body.properties.provisioningState, "Failed");
    await remove();
    assert.equal((await arm.send("GET", path)).status, 404);
  });

  it("rules 105 and 191: status and result outlive the resource", async () => {
    await setUp();
    const put = await arm.send("PUT", path, { body: aLocation() });
    await arm.finish(put);
    const removal = await arm.send("DELETE", path);
    await arm.finish(removal);
    for (let turn = 0; turn < 3; turn += 1) {
      const status = await arm.send("GET", removal.headers.get("azure-asyncoperation") ?? "");
      assert.equal(status.body.status, "Succeeded");
      const result = await arm.send("GET", removal.headers.get("location") ?? "");
      assert.equal(result.status, 204);
      const earlier = await arm.send("GET", put.headers.get("location") ?? "");
      assert.equal(earlier.status, 200);
      assert.equal(earlier.body.properties.provisioningState, "Succeeded");
    }
  });

  it("rule 8: takes what an old version wrote", async () => {
    const body = {
      location: "redmond",
      properties: {
        externalStoreDefault: { path: `/backup-${number}`, encryptionKeyBase64: "A".repeat(88) },
      },
    };
    await arm.finish(await arm.send("PUT", path, { version: "2016-05-01", body }));
    await remove();
    assert.equal((await arm.send("GET", path)).status, 404);
  });
});

describe("types of resources", () => {
  const routes = contracts.find(({ apiVersion }) => apiVersion === "2026-12-01")?.routes ?? [];
  const below = (path_: string): string =>
    path_.split("/providers/Microsoft.Backup.Admin")[1] ?? "";
  const verbs = (type: string): readonly string[] =>
    routes.filter((route) => below(route.path) === type).map(({ method }) => method);

  it("rule 202: a location has all verbs and both lists", () => {
    assert.deepEqual([...verbs("/backupLocations/{location}")].sort(), [
      "DELETE",
      "GET",
      "PATCH",
      "PUT",
    ]);
    const lists = routes.filter(({ path: one }) => below(one) === "/backupLocations");
    assert.equal(lists.length, 2);
  });

  it("rule 19: are at most three levels deep", () => {
    for (const { path: one } of routes) assert.ok((below(one).match(/\{/g) ?? []).length <= 3, one);
  });

  it("rules 203 and 205: a backup has no region or tags, and a state", async () => {
    await setUp();
    const { resourceId } = (await arm.finish(await arm.send("POST", `${path}/createBackup`))).body;
    const backup = (await arm.send("GET", resourceId)).body;
    assert.deepEqual(Object.keys(backup), ["id", "name", "type", "systemData", "properties"]);
    assert.equal(backup.properties.provisioningState, "Succeeded");
    await remove();
    assertRefused(await arm.send("GET", resourceId), 404, "ResourceNotFound");
  });

  it("rule 204: published backups show the region of their location", async () => {
    await setUp();
    const { resourceId } = (await arm.finish(await arm.send("POST", `${path}/createBackup`))).body;
    for (const version of ["2016-05-01", "2018-09-01", "2021-09-01"]) {
      const { location, tags } = (await arm.send("GET", resourceId, { version })).body;
      assert.deepEqual({ location, tags }, { location: "redmond", tags: {} });
    }
  });

  it("rules 206 and 264: a backup refuses PUT, an action GET", async () => {
    const backup = `${path}/backups/00000000-0000-0000-0000-000000000009`;
    const put = await arm.send("PUT", backup, { body: {} });
    assertRefused(put, 405, "MethodNotAllowed");
    assert.match(put.headers.get("allow") ?? "", /GET/);
    const get = await arm.send("GET", `${path}/createBackup`);
    assertRefused(get, 405, "MethodNotAllowed");
    assert.equal(get.headers.get("allow"), "POST");
  });
});
