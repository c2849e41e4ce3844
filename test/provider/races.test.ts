import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { aPfx, fakeIdentity } from "../support/fake-identity.ts";
import { locationPath, type ProviderWorld, withProviderWorld } from "../support/provider-world.ts";
import { aBody, aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import { waitForSignal, waitUntil } from "../support/worker-world.ts";

const modern = "2026-12-01";

/** A location whose configure operation waits behind a gate. */
async function holdConfigure(world: ProviderWorld): Promise<{ open(): void }> {
  const gate = aGate();
  world.engine.behavior = { probe: () => gate.opened };
  return gate;
}

describe("two writers of a location", () => {
  const body = aBody({ path: "/backup", userName: "someone", password: "hunter2" });

  it("rule 75: the same PUT in flight gets the same operation", () =>
    withProviderWorld(async (world) => {
      const gate = await holdConfigure(world);
      const first = await world.accept("PUT", locationPath, { body });
      const second = await world.accept("PUT", locationPath, { body });
      assert.equal(second.id, first.id);
      gate.open();
      await world.finish(first);
    }));

  it("another password is another PUT: 409", () =>
    withProviderWorld(async (world) => {
      const gate = await holdConfigure(world);
      const first = await world.accept("PUT", locationPath, { body });
      const other = aBody({ path: "/backup", userName: "someone", password: "hunter3" });
      await assert.rejects(world.call("PUT", locationPath, { body: other }), {
        code: "AnotherOperationInProgress",
      });
      gate.open();
      await world.finish(first);
    }));

  it("rule 56: another PUT in flight is 409", () =>
    withProviderWorld(async (world) => {
      const gate = await holdConfigure(world);
      const first = await world.accept("PUT", locationPath, { body });
      await assert.rejects(world.call("PUT", locationPath, { body: aBody({ path: "/other" }) }), {
        code: "AnotherOperationInProgress",
      });
      gate.open();
      await world.finish(first);
      assert.equal(
        (await world.read(locationPath)).properties.externalStoreDefault.path,
        "/backup",
      );
    }));

  it("rule 86: PATCH while updating is 409", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const gate = await holdConfigure(world);
      const first = await world.accept("PUT", locationPath, { body });
      await assert.rejects(
        world.call("PATCH", locationPath, { apiVersion: modern, body: { tags: { a: "b" } } }),
        {
          code: "AnotherOperationInProgress",
        },
      );
      gate.open();
      await world.finish(first);
    }));

  it("a stale If-Match while busy is 412 before 409", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const gate = await holdConfigure(world);
      const first = await world.accept("PUT", locationPath, { body });
      await assert.rejects(
        world.call("PUT", locationPath, { body: aBody({ path: "/x" }), ifMatch: '"stale"' }),
        {
          code: "PreconditionFailed",
        },
      );
      gate.open();
      await world.finish(first);
    }));

  it("rule 265: actions while updating are 409", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const gate = await holdConfigure(world);
      const first = await world.accept("PUT", locationPath, { body });
      for (const path of ["createBackup", "verify", `backups/${backup}/restore`]) {
        await assert.rejects(
          world.call("POST", `${locationPath}/${path}`, {
            apiVersion: modern,
            body: {
              decryptionCertBase64: aPfx("north"),
              decryptionCertPassword: "right",
              targetPath: join(world.restoreRoot, "x"),
            },
          }),
          { code: "AnotherOperationInProgress" },
        );
      }
      gate.open();
      await world.finish(first);
    }));

  it("rule 69: the state is there when the answer is", () =>
    withProviderWorld(
      async (world) => {
        await world.accept("PUT", locationPath, { body });
        const read = await world.read(locationPath, modern);
        assert.equal(read.properties.provisioningState, "Creating");
        assert.equal(read.properties.store.path, "/backup");
      },
      { hasWorker: false },
    ));

  it("rule 156: a commit that fails leaves nothing", () =>
    withProviderWorld(
      async (world) => {
        await assert.rejects(world.call("PUT", locationPath, { body }), /stopped here/);
        assert.equal(await world.store.get("location", locationPath.toLowerCase()), undefined);
        assert.equal((await world.store.listJobs(["queued"])).length, 0);
      },
      {
        failpoint: (name) => {
          if (name === "put.before-commit") throw new Error("stopped here");
        },
      },
    ));
});

describe("backup, restore and their location", () => {
  it("rule 271, A20: createBackup while one runs is 409", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const gate = aGate();
      world.engine.behavior = { backup: () => gate.opened };
      const first = await world.accept("POST", `${locationPath}/createBackup`);
      await assert.rejects(world.call("POST", `${locationPath}/createBackup`), {
        code: "BackupInProgress",
      });
      await assert.rejects(world.call("PUT", locationPath, { body: aBody({ path: "/other" }) }), {
        code: "BackupInProgress",
      });
      gate.open();
      await world.finish(first);
      await makeBackup(world);
    }));

  it("settings may change while a backup runs", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const gate = aGate();
      world.engine.behavior = { backup: () => gate.opened };
      const backup = await world.accept("POST", `${locationPath}/createBackup`);
      const put = await world.accept("PUT", locationPath, {
        body: aBody({ backupRetentionPeriodInDays: 3 }),
      });
      assert.equal((await world.finish(put)).state, "Succeeded");
      gate.open();
      assert.equal((await world.finish(backup)).state, "Succeeded");
      const store = (await world.read(locationPath)).properties.externalStoreDefault;
      assert.equal(store.backupRetentionPeriodInDays, 3);
      assert.notEqual(store.lastBackupTime, null);
    }));

  it("A20: twenty createBackup at once make one backup", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const calls = Array.from({ length: 20 }, () =>
        world.call("POST", `${locationPath}/createBackup`),
      );
      const results = await Promise.allSettled(calls);
      assert.equal(results.filter((one) => one.status === "fulfilled").length, 1);
    }));

  for (const [title, header] of [
    ["client request id", { clientRequestId: "b9f2" }],
    ["Repeatability-Request-ID", { repeatabilityRequestId: "b9f2", clientRequestId: "x" }],
  ] as const) {
    it(`rule 165: the same ${title} starts one backup`, () =>
      withProviderWorld(async (world) => {
        await setUpLocation(world);
        const first = await world.accept("POST", `${locationPath}/createBackup`, header);
        const second = await world.accept("POST", `${locationPath}/createBackup`, header);
        assert.equal(second.id, first.id);
        await world.finish(first);
        await world.clock.advance(5 * 60_000);
        const third = await world.accept("POST", `${locationPath}/createBackup`, header);
        assert.notEqual(third.id, first.id);
      }));
  }

  it("another action with the id is another request", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const id = { clientRequestId: "b9f2", apiVersion: modern };
      const first = await world.finish(
        await world.accept("POST", `${locationPath}/createBackup`, id),
      );
      const second = await world.accept("POST", `${locationPath}/verify`, id);
      assert.notEqual(second.id, first.id);
    }));
});

describe("DELETE of a location", () => {
  it("rule 98: nothing there is empty", () =>
    withProviderWorld(async (world) => {
      const result = await world.call("DELETE", locationPath, { apiVersion: modern });
      assert.deepEqual(result, { kind: "empty" });
    }));

  it("rule 103: takes the backups with it", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      const operation = await world.finish(
        await world.accept("DELETE", locationPath, { apiVersion: modern }),
      );
      assert.equal(operation.state, "Succeeded");
      await assert.rejects(world.read(locationPath), { code: "ResourceNotFound" });
      assert.deepEqual(await world.store.list("backup", {}), []);
    }));

  it("rule 107: the same location can be made again", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      await world.finish(await world.accept("DELETE", locationPath, { apiVersion: modern }));
      await setUpLocation(world);
      const { value } = await world.read(`${locationPath}/backups`);
      assert.equal(value[0].properties.backupInfo.backupId, backup);
    }));

  it("rule 102: a second DELETE gets the same operation", () =>
    withProviderWorld(
      async (world) => {
        const body = aBody({ path: "/backup" });
        await world.accept("PUT", locationPath, { body });
        const first = await world.accept("DELETE", locationPath, { apiVersion: modern });
        const second = await world.accept("DELETE", locationPath, { apiVersion: modern });
        assert.equal(second.id, first.id);
        await assert.rejects(world.call("PUT", locationPath, { body }), {
          code: "AnotherOperationInProgress",
        });
      },
      { hasWorker: false },
    ));

  it("rule 197: cancels the operation that was changing it", () =>
    withProviderWorld(async (world) => {
      const gate = await holdConfigure(world);
      const put = await world.accept("PUT", locationPath, { body: aBody({ path: "/backup" }) });
      const operation = await world.accept("DELETE", locationPath, { apiVersion: modern });
      assert.equal((await world.finish(put)).error?.code, "OperationCanceled");
      gate.open();
      assert.equal((await world.finish(operation)).state, "Succeeded");
      assert.equal((await world.finish(put)).state, "Canceled");
    }));

  it("rule 197: stops the running backup first", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      world.engine.behavior = { backup: (_run, _report, signal) => waitForSignal(signal) };
      const backup = await world.accept("POST", `${locationPath}/createBackup`);
      const removal = await world.accept("DELETE", locationPath, { apiVersion: modern });
      for (let turn = 0; turn < 50; turn += 1) await world.clock.advance(100);
      assert.equal((await world.finish(backup)).state, "Canceled");
      assert.equal((await world.finish(removal)).state, "Succeeded");
    }));
});

describe("what a dead process leaves", () => {
  it("rule 285: orphans end Failed and the next one works", () =>
    withProviderWorld(
      async (world) => {
        const put = await world.accept("PUT", locationPath, { body: aBody({ path: "/backup" }) });
        await world.store.commit([
          ...(await world.store
            .claimJob({ owner: "dead", leaseSeconds: 1, kinds: ["configureLocation"] })
            .then((job) =>
              job === undefined
                ? []
                : [
                    {
                      op: "finishJob" as const,
                      lease: { jobId: job.id, fence: job.fence },
                      state: "failed" as const,
                    },
                  ],
            )),
        ]);
        await world.provider.runUpkeep();
        const operation = await world.provider.provider.findOperation(put.id);
        assert.equal(operation?.error?.code, "Interrupted");
        assert.equal(
          (await world.read(locationPath, modern)).properties.provisioningState,
          "Failed",
        );
        world.startWorker();
        await setUpLocation(world);
      },
      { hasWorker: false },
    ));

  it("rule 283: a backup goes on under its id", () =>
    withProviderWorld(
      async (world) => {
        const first = world.startWorker();
        await setUpLocation(world);
        world.engine.behavior = { backup: (_run, _report, signal) => waitForSignal(signal) };
        const operation = await world.accept("POST", `${locationPath}/createBackup`);
        await waitUntil(() => world.engine.backupRuns.length === 1);
        await first.stop();
        world.engine.behavior = {};
        world.restart();
        world.startWorker();
        assert.equal((await world.finish(operation)).state, "Succeeded");
        assert.deepEqual(
          world.engine.backupRuns.map(({ backupId }) => backupId),
          [operation.id, operation.id],
        );
        assert.ok(
          (world.engine.backupRuns[1]?.fence ?? 0) > (world.engine.backupRuns[0]?.fence ?? 0),
        );
      },
      { hasWorker: false },
    ));

  it("a restore without its key says send again", () =>
    withProviderWorld(
      async (world) => {
        const first = world.startWorker();
        await setUpLocation(world);
        const backup = await makeBackup(world);
        await first.stop();
        const body = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
        const operation = await world.accept("POST", `${locationPath}/backups/${backup}/restore`, {
          body,
        });
        world.restart();
        world.startWorker();
        const ended = await world.finish(operation);
        assert.equal(ended.state, "Failed");
        assert.equal(ended.error?.code, "SecretUnavailable");
        await makeBackup(world);
      },
      { hasWorker: false },
    ));

  it("rules 183, 184: expired operations are forgotten after seven days", () =>
    withProviderWorld(async (world) => {
      const operation = await setUpLocation(world);
      await world.stopWorkers();
      const sevenDays = 7 * 86_400_000;
      await world.clock.advance(sevenDays - 60_000);
      assert.ok(await world.provider.provider.findOperation(operation.id));
      await world.clock.advance(120_000);
      assert.equal(await world.provider.provider.findOperation(operation.id), undefined);
      await world.provider.runUpkeep();
      assert.equal(await world.store.get("operation", operation.id), undefined);
    }));
});

describe("the fake identity", () => {
  it("opens only what it sealed for the place", () => {
    const sealed = fakeIdentity.seal("hunter2", "a");
    assert.ok(!sealed.includes("hunter2"));
    assert.equal(fakeIdentity.unseal(sealed, "a"), "hunter2");
    assert.throws(() => fakeIdentity.unseal(sealed, "b"), { code: "SecretUnavailable" });
  });
});
