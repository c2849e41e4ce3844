import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { recordLog } from "../support/log-recorder.ts";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  startProviderServer,
} from "../support/provider-server.ts";
import { groupPath, type Json } from "../support/provider-world.ts";
import { frontDoor } from "../support/thing-service.ts";

const { logger, lines } = recordLog();
let arm: ProviderServer;
let path = "";
let number = 0;
before(async () => {
  arm = await startProviderServer({ authenticator: frontDoor, logger });
});
after(() => arm.close());
beforeEach(() => {
  number += 1;
  path = `${groupPath}/backupLocations/place-${number}`;
});

function by(name: string, kind = "User", at = "2026-03-01T00:00:00Z"): Json {
  return {
    createdBy: name,
    createdByType: kind,
    createdAt: at,
    lastModifiedBy: name,
    lastModifiedByType: kind,
    lastModifiedAt: at,
  };
}

function put(systemData: Json, properties: object = {}): Promise<Exchange> {
  const store = { kind: "Local", path: `/backup-${number}` };
  return arm.send("PUT", path, {
    body: aModernLocation({ store, ...properties }),
    headers: { "x-ms-arm-resource-system-data": JSON.stringify(systemData) },
  });
}

async function readSystemData(): Promise<Json> {
  return (await arm.send("GET", path)).body.systemData;
}

describe("system data", () => {
  it("rules 108 and 109: comes from the front door; created stays", async () => {
    await arm.finish(await put(by("anna")));
    assert.deepEqual(await readSystemData(), by("anna"));
    await arm.finish(
      await put(by("bert", "User", "2026-03-02T00:00:00Z"), { retention: { periodInDays: 9 } }),
    );
    assert.deepEqual(await readSystemData(), {
      ...by("anna"),
      lastModifiedBy: "bert",
      lastModifiedByType: "User",
      lastModifiedAt: "2026-03-02T00:00:00Z",
    });
  });

  it("rule 110: stays that of the trigger when the operation fails", async () => {
    await arm.finish(await put(by("anna")));
    arm.world.engine.behavior = {
      probe: () => {
        throw new AppError("BackupPathNotFound", "The folder is gone: create it");
      },
    };
    const failed = await arm.finish(
      await put(by("bert"), { store: { kind: "Local", path: `/new-${number}` } }),
    );
    arm.world.engine.behavior = {};
    assert.equal(failed.body.status, "Failed");
    const shown = await readSystemData();
    assert.equal(shown.createdBy, "anna");
    assert.equal(shown.lastModifiedBy, "bert");
  });

  it("rule 110: stays that of the trigger when the operation is canceled", async () => {
    await arm.finish(await put(by("anna")));
    await arm.world.stopWorkers();
    const started = await put(by("bert"), { store: { kind: "Local", path: `/new-${number}` } });
    const url = started.headers.get("azure-asyncoperation") ?? "";
    const cancel = new URL(url).pathname.concat("/cancel");
    assert.equal((await arm.send("POST", cancel)).status, 204);
    arm.world.startWorker();
    assert.equal((await arm.finish(started)).body.status, "Canceled");
    const shown = await readSystemData();
    assert.deepEqual([shown.createdBy, shown.lastModifiedBy], ["anna", "bert"]);
  });

  it("rule 111: no refused request, backup or work of ours changes it", async () => {
    await arm.finish(await put(by("anna")));
    assert.equal((await put(by("bert"), { retention: { periodInDays: 0 } })).status, 400);
    const headers = { "x-ms-arm-resource-system-data": JSON.stringify(by("carl")) };
    const body = { tags: { a: "b" } };
    const stale = { ...headers, "If-Match": '"stale"' };
    assert.equal((await arm.send("PATCH", path, { body, headers: stale })).status, 412);
    await arm.finish(await arm.send("POST", `${path}/createBackup`, { headers }));
    const properties = {
      ...{ kind: "Webhook", targetUrl: "https://hooks.example/a" },
      signingSecret: "a secret of some length",
    };
    const hook = `${path}/notificationRoutes/hook`;
    const made = await arm.send("PUT", hook, { headers, body: { properties } });
    assert.equal(made.body.systemData.createdBy, "carl");
    const [backup] = (await arm.send("GET", `${path}/backups`)).body.value;
    assert.equal(backup.systemData.createdBy, "carl");
    await arm.send("POST", `${path}/backups/${backup.name}/pin`, { headers, body: {} });
    await arm.world.provider.runUpkeep();
    await arm.world.provider.runWatch();
    assert.deepEqual(await readSystemData(), by("anna"));
  });

  it("rules 112 and 113: parts are merged, the kind is any text", async () => {
    await arm.finish(await put(by("anna", "FromTheFuture")));
    await arm.finish(
      await put(
        {
          lastModifiedBy: "bert",
          lastModifiedByType: "Key",
          lastModifiedAt: "2026-03-03T00:00:00Z",
        },
        { retention: { periodInDays: 9 } },
      ),
    );
    const shown = await readSystemData();
    assert.equal(shown.createdByType, "FromTheFuture");
    assert.equal(shown.createdBy, "anna");
    assert.equal(shown.lastModifiedByType, "Key");
  });

  it("rule 114: is no null, and not in versions that do not declare it", async () => {
    await arm.finish(await put("null"));
    assert.equal((await readSystemData())?.createdByType, "User");
    for (const version of ["2016-05-01", "2018-09-01", "2021-09-01"])
      assert.equal("systemData" in (await arm.send("GET", path, { version })).body, false, version);
  });

  it("rules 33 and 115: is in no line of the log", async () => {
    await arm.finish(await put(by("zacharias@example.org")));
    await arm.send("PUT", path, {
      body: aModernLocation({ store: { kind: "Local", path: `/backup-${number}` } }),
      headers: { "x-ms-arm-resource-system-data": '{"createdBy":"zacharias@example.org"' },
    });
    assert.ok(lines.length > 0);
    assert.doesNotMatch(JSON.stringify(lines), /zacharias/);
  });

  it("rules 30 and 54: the front door needs no facts about the user and is never refused", async () => {
    const answer = await arm.send("GET", path);
    assert.equal(answer.status, 404);
    for (const method of ["PUT", "PATCH", "DELETE", "POST"]) {
      const sent = await arm.send(method, method === "POST" ? `${path}/createBackup` : path);
      assert.notEqual(sent.status, 403);
    }
  });
});
