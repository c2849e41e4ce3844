import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { contracts } from "../../src/generated/contracts.ts";
import { aPfx } from "../support/fake-identity.ts";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  startProviderServer,
} from "../support/provider-server.ts";
import { aBody, aGate, refuse } from "../support/provider-steps.ts";
import { groupPath, type Json } from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

const apiVersion = "2026-12-01";
const pfx = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
const statusUrl = (answer: Exchange): string => answer.headers.get("azure-asyncoperation") ?? "";
const resultUrl = (answer: Exchange): string => answer.headers.get("location") ?? "";
const idOf = (answer: Exchange): string =>
  /operationStatuses\/([^?]+)/.exec(statusUrl(answer))?.[1] ?? "";

describe("a location in each of its states over HTTP", () => {
  let arm: ProviderServer;
  let path = "";
  let number = 0;
  before(async () => {
    arm = await startProviderServer();
    const body = aModernLocation({ store: { kind: "Local", path: "/copies" } });
    await arm.finish(await arm.send("PUT", `${groupPath}/backupLocations/copies`, { body }));
  });
  after(() => arm.close());
  beforeEach(() => {
    arm.world.engine.behavior = {};
    number += 1;
    path = `${groupPath}/backupLocations/place-${number}`;
  });

  const aLocation = (store = `/backup-${number}`): Json =>
    aModernLocation({ store: { kind: "Local", path: store } });
  const readState = async (): Promise<string> =>
    (await arm.send("GET", path)).body.properties.provisioningState;
  const cancel = async (started: Exchange): Promise<void> => {
    assert.equal(await arm.world.store.requestCancel(idOf(started)), true);
    arm.world.startWorker();
    assert.equal((await arm.finish(started)).body.status, "Canceled");
  };

  /** Ways to each state; nobody works then, but for ends. */
  const ways: Readonly<Record<string, () => Promise<void>>> = {
    Creating: async () => {
      await arm.world.stopWorkers();
      await arm.send("PUT", path, { body: aLocation() });
    },
    Succeeded: async () => {
      await arm.finish(await arm.send("PUT", path, { body: aLocation() }));
    },
    Updating: async () => {
      await arm.finish(await arm.send("PUT", path, { body: aLocation() }));
      await arm.world.stopWorkers();
      await arm.send("PUT", path, { body: aLocation(`/other-${number}`) });
    },
    Failed: async () => {
      arm.world.engine.behavior = { probe: refuse };
      await arm.finish(await arm.send("PUT", path, { body: aLocation() }));
      arm.world.engine.behavior = {};
    },
    Canceled: async () => {
      await arm.world.stopWorkers();
      await cancel(await arm.send("PUT", path, { body: aLocation() }));
    },
    Deleting: async () => {
      await arm.finish(await arm.send("PUT", path, { body: aLocation() }));
      await arm.world.stopWorkers();
      await arm.send("DELETE", path);
    },
  };

  for (const [state, reach] of Object.entries(ways)) {
    it(`rules 88 and 101: ${state} is shown, can be deleted, and is 404 then`, async () => {
      await reach();
      assert.equal(await readState(), state);
      await arm.world.stopWorkers();
      const removal = await arm.send("DELETE", path);
      assert.equal(removal.status, 202, removal.text);
      assert.equal(await readState(), "Deleting");
      arm.world.startWorker();
      assert.equal((await arm.finish(removal)).body.status, "Succeeded");
      assert.equal((await arm.send("GET", path)).status, 404);
    });
  }

  for (const state of ["Failed", "Canceled"]) {
    it(`rule 76: ${state} is repaired by PUT`, async () => {
      await ways[state]?.();
      assert.equal(await readState(), state);
      const again = await arm.send("PUT", path, { body: aLocation() });
      assert.equal(again.status, 200);
      assert.equal((await arm.finish(again)).body.status, "Succeeded");
      assert.equal(await readState(), "Succeeded");
      await arm.finish(await arm.send("POST", `${path}/createBackup`));
    });
  }

  for (const state of ["Creating", "Updating", "Deleting"]) {
    it(`rules 86 and 265: while ${state} every action and change is 409, and says until when`, async () => {
      let backup = "2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412";
      if (state === "Creating") await ways[state]?.();
      else {
        await ways["Succeeded"]?.();
        backup = (await arm.finish(await arm.send("POST", `${path}/createBackup`))).body.name;
        await arm.world.stopWorkers();
        if (state === "Updating")
          await arm.send("PUT", path, { body: aLocation(`/other-${number}`) });
        else await arm.send("DELETE", path);
      }
      const below = `/backups/${backup}`;
      const calls: readonly (readonly [string, string, Json?])[] = [
        ["PUT", "", aLocation(`/third-${number}`)],
        ["PATCH", "", { tags: { a: "b" } }],
        ...["createBackup", "verify", "pruneExternalStore"].map(
          (action) => ["POST", `/${action}`] as const,
        ),
        ["POST", "/copy", { targetLocationName: "copies" }],
        ...(state === "Creating"
          ? []
          : ([
              ["POST", `${below}/restore`, { ...pfx, targetPath: `${arm.world.restoreRoot}/x` }],
              ["POST", `${below}/verify`],
              ["DELETE", below],
            ] as const)),
      ];
      for (const [method, where, body] of calls) {
        const answer = await arm.send(method, `${path}${where}`, { body });
        assert.equal(answer.status, 409, `${method} ${where} ${answer.text}`);
        assert.equal(answer.body.error.code, "AnotherOperationInProgress");
        assert.equal(answer.body.error.target, path);
        assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/);
      }
      for (const version of ["2021-09-01"]) {
        const answer = await arm.send("PATCH", path, { version, body: aBody({ userName: "x" }) });
        assert.equal(answer.status, 409, answer.text);
      }
      arm.world.startWorker();
      if (state !== "Deleting") await arm.send("DELETE", path);
      await waitUntil(async () => (await arm.send("GET", path)).status === 404);
    });
  }

  it("rules 135, 137 and 138: PUT, PATCH and DELETE hold to a tag, and change nothing where it does not hold", async () => {
    await ways["Succeeded"]?.();
    const first = await arm.send("GET", path);
    const tag = first.headers.get("etag") ?? "";
    assert.match(tag, /^".+"$/);
    assert.equal(first.body.etag, tag);
    const calls: readonly (readonly [string, Json?])[] = [
      ["PUT", aLocation()],
      ["PATCH", { tags: { a: "b" } }],
      ["DELETE"],
    ];
    for (const [method, body] of calls) {
      for (const headers of [{ "If-Match": '"stale"' }, { "If-Match": `W/${tag}` }]) {
        const answer = await arm.send(method, path, { body, headers });
        assert.equal(answer.status, 412, method);
        assert.equal(answer.body.error.code, "PreconditionFailed");
        assert.equal(answer.headers.get("retry-after"), null);
      }
    }
    assert.deepEqual((await arm.send("GET", path)).body, first.body);
    const patched = await arm.send("PATCH", path, {
      body: { tags: { a: "b" } },
      headers: { "If-Match": tag },
    });
    assert.equal(patched.status, 200, patched.text);
    assert.notEqual(patched.headers.get("etag"), tag);
    assert.equal(patched.headers.get("etag"), patched.body.etag);
    const stale = await arm.send("DELETE", path, { headers: { "If-Match": tag } });
    assert.equal(stale.status, 412);
    const headers = { "If-Match": "*" };
    const { etag } = (await arm.send("PATCH", path, { body: {}, headers })).body;
    const removal = await arm.send("DELETE", path, { headers: { "If-Match": etag } });
    assert.equal(removal.status, 202);
    await arm.finish(removal);
  });

  it("rules 177 and 192: what has ended is shown to the letter, whatever comes after it, and a look changes nothing", async () => {
    await ways["Succeeded"]?.();
    const change = await arm.send("PUT", path, { body: aLocation() });
    await arm.finish(change);
    const backup = await arm.send("POST", `${path}/createBackup`);
    await arm.finish(backup);
    arm.world.engine.behavior = { probe: refuse };
    const failed = await arm.send("PUT", path, { body: aLocation(`/bad-${number}`) });
    await arm.finish(failed);
    arm.world.engine.behavior = {};
    const looks = [change, backup, failed].flatMap((one) =>
      contracts.flatMap(({ apiVersion: version }) =>
        [statusUrl(one), resultUrl(one)].map((url) =>
          url.replace(`api-version=${apiVersion}`, `api-version=${version}`),
        ),
      ),
    );
    const read = (): Promise<readonly (readonly [number, string])[]> =>
      Promise.all(
        looks.map(async (url) => {
          const { status, text } = await arm.send("GET", url);
          return [status, text] as const;
        }),
      );
    const stored = await arm.world.dump();
    const seen = await read();
    for (let turn = 0; turn < 4; turn += 1) assert.deepEqual(await read(), seen);
    assert.equal(await arm.world.dump(), stored);
    const cancelUrl = new URL(statusUrl(change)).pathname.concat("/cancel");
    assert.equal((await arm.send("POST", cancelUrl)).status, 409);
    const other = aLocation(`/later-${number}`);
    await arm.finish(await arm.send("PUT", path, { body: other }));
    await arm.finish(await arm.send("POST", `${path}/createBackup`));
    assert.deepEqual(await read(), seen);
    await arm.finish(await arm.send("DELETE", path));
    assert.deepEqual(await read(), seen);
  });

  it("rule 151: nothing waits for a store that hangs, whatever is asked", async () => {
    await ways["Succeeded"]?.();
    const backup = (await arm.finish(await arm.send("POST", `${path}/createBackup`))).body.name;
    const gate = aGate();
    const wait = (): Promise<void> => gate.opened;
    arm.world.engine.behavior = {
      ...{ probe: wait, prepare: wait, backup: wait, restore: wait },
      ...{ verify: wait, prune: wait, copy: wait },
    };
    const calls: readonly (readonly [string, string, Json?])[] = [
      ["POST", "/testStore"],
      ["POST", "/previewSchedule", {}],
      ["POST", "/previewRetention", {}],
      ["POST", `/backups/${backup}/pin`, {}],
      ["POST", `/backups/${backup}/unpin`],
      ["PATCH", "", { properties: { store: { kind: "Local", path: `/slow-${number}` } } }],
    ];
    const started: Exchange[] = [];
    for (const [method, below, body] of calls)
      started.push(await arm.send(method, `${path}${below}`, { body }));
    for (const [at, { status, text }] of started.entries())
      assert.ok(status === 200 || status === 202, `${calls[at]?.[1]} ${text}`);
    for (const one of started.filter(({ status }) => status === 202)) {
      assert.equal((await arm.send("GET", statusUrl(one))).body.endTime, undefined);
      assert.equal((await arm.send("GET", resultUrl(one))).status, 202);
    }
    assert.equal((await arm.send("DELETE", path)).status, 202);
    gate.open();
    arm.world.engine.behavior = {};
    for (const one of started.filter(({ status }) => status === 202)) await arm.finish(one);
  });
});
