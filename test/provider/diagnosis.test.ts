import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import type { Check } from "../../src/provider/diagnosis/check.ts";
import { diagnose } from "../../src/provider/diagnosis/diagnose.ts";
import { noteWrite } from "../../src/provider/records/notes.ts";
import {
  aModernLocation,
  startProviderServer,
  type ProviderServer,
} from "../support/provider-server.ts";
import { locationPath, subscriptionId } from "../support/provider-world.ts";

const hour = 3_600_000;
const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/diagnose`;

describe("the diagnosis", () => {
  let server: ProviderServer;
  before(async () => {
    server = await startProviderServer();
  });
  after(() => server.close());

  const ask = async (): Promise<{ readonly status: string; readonly checks: readonly Check[] }> => {
    const { status, body, text } = await server.send("POST", path);
    assert.equal(status, 200, text);
    return body as { status: string; checks: readonly Check[] };
  };
  const statusOf = async (name: string): Promise<string | undefined> =>
    (await ask()).checks.find((check) => check.name === name)?.status;

  it("says that nothing is backed up without a location", async () => {
    const { status, checks } = await ask();
    assert.equal(status, "Warning");
    assert.deepEqual(
      checks.filter((check) => check.status !== "Passed").map(({ name }) => name),
      ["locations"],
    );
  });

  it("passes what is well and names what needs care, with what to do", async () => {
    const { world } = server;
    const schedule = { isEnabled: true, frequencyInHours: 12 };
    const made = await server.send("PUT", locationPath, { body: aModernLocation({ schedule }) });
    await server.finish(made);
    await server.finish(await server.send("POST", `${locationPath}/createBackup`));
    const { checks } = await ask();
    const well = checks.filter(({ status }) => status === "Passed").map(({ name }) => name);
    for (const name of ["state", "sealing", "clock", "workers", "keys", "work", "recovery-point"])
      assert.ok(well.includes(name), `${name}: ${JSON.stringify(checks)}`);
    // Nobody is told of alerts yet, and that is all.
    const bad = checks.filter(({ status }) => status !== "Passed");
    assert.deepEqual(
      bad.map(({ name, status }) => [name, status]),
      [["routes", "Warning"]],
    );
    assert.ok(bad.every(({ remediation }) => remediation.length > 0));
    assert.equal(world.engine.calls.includes("testStore"), false);
  });

  it("says in the words of the alerts what is broken, also while the watchdog is dead", async () => {
    const { world } = server;
    const error = { code: "StoreUnreachable", message: "No answer" };
    const at = new Date(world.clock.now()).toISOString();
    await world.store.commit([noteWrite(locationPath.toLowerCase(), "probe", { at, error })]);
    const store = (await ask()).checks.find(({ name }) => name === "store");
    assert.equal(store?.code, "StoreNotAccessible");
    assert.equal(store.message, "The backup store is not accessible: StoreUnreachable: No answer");
    assert.equal(store.probe, "holdfast location test redmond --wait");
    // No look of the watchdog, no scheduler: time alone shows it.
    await world.clock.advance(25 * hour);
    assert.equal(await statusOf("recovery-point"), "Failed");
    assert.equal(await statusOf("schedule"), "Failed");
  });

  it("shows work that nobody does", async () => {
    const { world } = server;
    await world.stopWorkers();
    await server.send("POST", `${locationPath}/createBackup`);
    assert.equal(await statusOf("workers"), "Passed");
    await world.clock.advance(10 * 60_000);
    const { checks } = await ask();
    const dead = checks.filter(({ name }) => name === "workers" || name === "work");
    assert.deepEqual(
      dead.map(({ status }) => status),
      ["Failed", "Failed"],
    );
    assert.match(dead[1]?.remediation.join() ?? "", /holdfast operation cancel/);
  });

  it("shows a clock that was set back, a lost sealing key, a full disk and a dead state", async () => {
    const { deps, store, clock } = server.world;
    const past = { ...clock, now: () => clock.now() - 48 * hour };
    const unseal = (): never => {
      throw new AppError(
        "SecretUnavailable",
        "A stored secret cannot be opened: bring back the key",
      );
    };
    const identity = { ...deps.identity, unseal };
    const freeSpace = (): Promise<number> => Promise.resolve(1000);
    const found = await diagnose({ ...deps, clock: past, identity, freeSpace });
    const failed = found.filter(({ status }) => status === "Failed").map(({ name }) => name);
    for (const name of ["clock", "sealing", "keys", "space"])
      assert.ok(failed.includes(name), name);
    const check = (): Promise<void> =>
      Promise.reject(new AppError("StateUnavailable", "The disk is gone: bring it back"));
    const dead = await diagnose({ ...deps, store: { ...store, check } });
    assert.deepEqual(
      dead.map(({ name, status, code }) => [name, status, code]),
      [["state", "Failed", "StateUnavailable"]],
    );
  });
});
