import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isTerminal, type OperationRecord } from "../../src/arm/operation-record.ts";
import { silentLogger } from "../../src/base/log.ts";
import { startWorker } from "../../src/jobs/worker.ts";
import { failpointNames, type FailpointName } from "../../src/provider/ports.ts";
import { aCertificate, aPfx } from "../support/fake-identity.ts";
import { createMortalStore, type MortalStore } from "../support/mortal-store.ts";
import {
  groupPath,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { aBody, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import { waitUntil } from "../support/worker-world.ts";

const modern = "2026-12-01";

describe("rule 280: a death at a named step", () => {
  for (const name of failpointNames) {
    it(`${name} ends every operation, and the next backup works`, () =>
      withProviderWorld((world) => dieAndRecover(world, name), { hasWorker: false }));
  }
});

async function dieAndRecover(world: ProviderWorld, name: FailpointName): Promise<void> {
  const mortal = createMortalStore(world.store);
  const failpoint = (reached: FailpointName): Promise<void> | undefined =>
    reached === name ? mortal.kill() : undefined;
  const { jobHandlers } = world.restart({ store: mortal.store, failpoint });
  startDoomedWorker(world, mortal, jobHandlers);
  let isDead = false;
  void mortal.died.then(() => (isDead = true));
  await liveALife(world, () => isDead);
  assert.ok(isDead, "It never died");

  world.restart();
  world.startWorker();
  await world.provider.runUpkeep();
  // The dead worker's lease has to run out before anybody may take its job.
  for (let second = 0; second < 45; second += 1) await world.clock.advance(1000);
  await waitUntil(async () =>
    (await listOperations(world)).every(({ state }) => isTerminal(state)),
  );
  await assertSettled(world);
  await setUpLocation(world);
  await makeBackup(world);
}

function startDoomedWorker(
  { clock }: ProviderWorld,
  { store }: MortalStore,
  handlers: ProviderWorld["provider"]["jobHandlers"],
): void {
  startWorker({
    store,
    clock,
    logger: silentLogger,
    owner: "doomed",
    handlers,
    concurrency: 4,
    leaseSeconds: 30,
    maxAttempts: 3,
    pollMilliseconds: 1,
  });
}

/** Everything a location goes through until death; the clock moves so that the worker looks for work. */
async function liveALife(world: ProviderWorld, isDead: () => boolean): Promise<void> {
  const backups: string[] = [];
  const restore = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
  const steps: readonly (() => Promise<unknown>)[] = [
    () => world.accept("PUT", locationPath, { body: aBody(aStore) }),
    async () => backups.push((await world.accept("POST", `${locationPath}/createBackup`)).id),
    () => world.accept("POST", `${locationPath}/backups/${backups[0]}/restore`, { body: restore }),
    () => world.accept("POST", `${locationPath}/verify`, { apiVersion: modern }),
    () => world.accept("POST", `${locationPath}/pruneExternalStore`),
    () => world.accept("PUT", secondPath, { body: aBody({ path: "/second" }) }),
    () => world.accept("POST", `${locationPath}/copy`, { apiVersion: modern, body: intoSecond }),
    () => world.accept("DELETE", locationPath, { apiVersion: modern }),
  ];
  for (const step of steps) {
    let isOver = false;
    void step().then(() => (isOver = true));
    for (let turn = 0; turn < 500 && !isDead(); turn += 1) {
      const jobs = isOver ? await world.store.listJobs(["queued", "running"]) : undefined;
      if (jobs?.length === 0) break;
      await world.clock.advance(1);
    }
    if (isDead()) return;
  }
}

const secondPath = `${groupPath}/backupLocations/second`;
const intoSecond = { targetLocationName: "second" };
const aStore = { path: "/backup", encryptionCertBase64: aCertificate("north") };

async function listOperations({ store }: ProviderWorld): Promise<readonly OperationRecord[]> {
  const found = await store.list<OperationRecord>("operation", {});
  return found.map(({ value }) => value);
}

async function assertSettled(world: ProviderWorld): Promise<void> {
  for (const { value } of await world.store.list<Record<string, unknown>>("location", {})) {
    assert.match(String(value["provisioningState"]), /^(?:Succeeded|Failed)$/);
    assert.equal(value["running"], undefined);
    assert.equal(value["pending"], undefined);
  }
  for (const { value } of await world.store.list<Record<string, unknown>>("backup", {})) {
    assert.match(String(value["status"]), /^(?:Succeeded|Failed)$/);
  }
  const failures = (await listOperations(world)).filter(({ state }) => state !== "Succeeded");
  for (const { error } of failures) assert.equal(error?.code, "SecretUnavailable");
  assert.deepEqual(await world.store.listJobs(["queued", "running"]), []);
}
