import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createThrottle } from "../../src/arm/throttle.ts";
import type { BackupLocation } from "../../src/provider/model.ts";
import {
  aModernLocation,
  startProviderServer,
  type Exchange,
  type ProviderServer,
} from "../support/provider-server.ts";
import { aGate } from "../support/provider-steps.ts";
import { locationPath, subscriptionId, type Json } from "../support/provider-world.ts";

describe("callers who mean ill", () => {
  let arm: ProviderServer;
  before(async () => {
    arm = await startProviderServer();
    await arm.finish(await arm.send("PUT", locationPath, { body: aModernLocation() }));
  });
  after(() => arm.close());

  it("A8: see in another subscription or group what they see of nothing at all", async () => {
    const backup = await arm.send("POST", `${locationPath}/createBackup`);
    const { name } = (await arm.finish(backup)).body;
    const other = "00000000-0000-0000-0000-00000000000b";
    const strange = [
      locationPath.replace(subscriptionId, other),
      locationPath.replace("system.redmond", "system.other"),
    ];
    for (const path of strange) {
      for (const below of ["", "/backups", `/backups/${name}`]) {
        const answer = await arm.send("GET", `${path}${below}`);
        const nothing = await arm.send("GET", `${path}${below}`.replace("/redmond", "/nowhere"));
        assert.equal(answer.status, 404);
        assert.equal(nothing.status, 404);
        const same = (body: Json): string => JSON.stringify(body).replaceAll("nowhere", "redmond");
        assert.equal(same(answer.body), same(nothing.body));
      }
      for (const [method, below] of [
        ["POST", "/createBackup"],
        ["PATCH", ""],
      ] as const) {
        const answer = await arm.send(method, `${path}${below}`, { body: {} });
        assert.equal(answer.status, 404, answer.text);
      }
    }
  });

  it("A16: cannot set what only the service says", async () => {
    const before = (await arm.send("GET", locationPath)).body;
    const state = aModernLocation({ provisioningState: "Deleting" });
    const id = { ...aModernLocation(), id: before.id.replace("redmond", "other") };
    for (const body of [state, id]) {
      const answer = await arm.send("PUT", locationPath, { body });
      assert.equal(answer.status, 400, answer.text);
    }
    assert.deepEqual((await arm.send("GET", locationPath)).body, before);
    // The service moves it by itself, so that an older reading must pass: it is ignored.
    const { lastBackupTime } = before.properties;
    const body = aModernLocation({ lastBackupTime: "2020-01-01T00:00:00Z" });
    const answer = await arm.send("PUT", locationPath, { body });
    assert.equal(answer.status, 200, answer.text);
    const after = (await arm.send("GET", locationPath)).body;
    assert.equal(after.properties.lastBackupTime, lastBackupTime);
  });

  it("A17: cannot name a location what no path, log or reader could bear", async () => {
    const at = (name: string): string =>
      `${locationPath}-x`.replace("redmond-x", encodeURIComponent(name));
    const count = async (): Promise<number> =>
      (await arm.world.store.list("location", { limit: 1000 })).length;
    const before = await count();
    for (const name of ["a".repeat(300), "a\u202eb", "a.", "a b ", "a\nb", "a\0", "...", "a:b"]) {
      const answer = await arm.send("PUT", at(name), { body: aModernLocation() });
      assert.equal(answer.status, 400, `${JSON.stringify(name)} ${answer.text}`);
      assert.equal(answer.body.error.code, "InvalidResourceName", name);
    }
    assert.equal(await count(), before);
    // ARM allows these; no file is called by them.
    for (const name of ["💩", "CON", "nul.txt"]) {
      const body = aModernLocation({ store: { kind: "Local", path: `/of-${name}` } });
      await arm.finish(await arm.send("PUT", at(name), { body }));
      assert.equal((await arm.send("GET", at(name))).body.name, name);
      await arm.finish(await arm.send("DELETE", at(name)));
    }
    assert.equal(await count(), before);
  });

  it("A18: are told the bounds of numbers, in every version", async () => {
    const bad = [0, -1, 4.5, "4", 1e9, "NaN", true, []];
    const old = (name: string, value: unknown): Json => ({
      location: "redmond",
      properties: { externalStoreDefault: { [name]: value } },
    });
    const before = (await arm.send("GET", locationPath)).body;
    for (const value of bad) {
      for (const version of ["2016-05-01", "2018-09-01", "2021-09-01"])
        for (const name of ["backupFrequencyInHours", "backupRetentionPeriodInDays"])
          await seeRefused(version, old(name, value), name);
      const ours = {
        frequencyInHours: aModernLocation({ schedule: { frequencyInHours: value } }),
        // Without a day and without a tier the fault is that of the whole.
        "retention(?:.periodInDays)?": aModernLocation({ retention: { periodInDays: value } }),
      };
      for (const [name, body] of Object.entries(ours)) await seeRefused("2026-12-01", body, name);
    }
    const bounds: readonly (readonly [name: string, values: readonly number[], words: RegExp])[] = [
      ["backupFrequencyInHours", [3, 13], /\b(?:4|12)\b/],
      ["backupRetentionPeriodInDays", [1, 15], /\b(?:2|14)\b/],
    ];
    for (const [name, values, words] of bounds)
      for (const value of values)
        assert.match((await seeRefused("2018-09-01", old(name, value), name)).message, words);
    assert.deepEqual((await arm.send("GET", locationPath)).body, before);
  });

  it("A20: start one backup with three hundred requests, and nothing is lost", async () => {
    const gate = aGate();
    arm.world.engine.behavior = { backup: () => gate.opened };
    const sent = Array.from({ length: 300 }, () =>
      arm.send("POST", `${locationPath}/createBackup`),
    );
    const answers = await Promise.all(sent);
    const of = (status: number): readonly Exchange[] =>
      answers.filter((answer) => answer.status === status);
    assert.equal(of(202).length, 1);
    assert.equal(of(409).length, 299);
    assert.ok(of(409).every(({ body }) => body.error.code === "BackupInProgress"));
    gate.open();
    arm.world.engine.behavior = {};
    const [accepted] = of(202);
    assert.equal((await arm.finish(accepted ?? assert.fail())).body.status, "Succeeded");
  });

  it("A20: are told to come again later, and are then heard", async () => {
    const limits = { readsPerSecond: 10, writesPerSecond: 1, deletesPerSecond: 1 };
    const { clock } = arm.world;
    const slow = await startProviderServer({ throttle: createThrottle(limits, clock) });
    try {
      const statuses: number[] = [];
      let last: Exchange | undefined;
      for (let count = 0; count < 12; count += 1) {
        last = await slow.send("POST", `${locationPath}/createBackup`);
        statuses.push(last.status);
      }
      assert.equal(statuses.filter((status) => status === 429).length, 2);
      const seconds = Number(last?.headers.get("retry-after"));
      assert.ok(seconds >= 1, last?.text);
      await clock.advance(seconds * 1000);
      assert.equal((await slow.send("POST", `${locationPath}/createBackup`)).status, 404);
    } finally {
      await slow.close();
    }
  });

  it("A22: cannot store a mask for a secret; null keeps what is there", async () => {
    const path = `${locationPath}-share`;
    const store = { kind: "Smb", path: String.raw`\\files.example\backup`, userName: "backup" };
    const put = (password: string | null): Promise<Exchange> =>
      arm.send("PUT", path, { body: aModernLocation({ store: { ...store, password } }) });
    await arm.finish(await put("hunter2"));
    for (const mask of ["********", "*", "••••••"]) {
      const answer = await put(mask);
      assert.equal(answer.status, 400, mask);
      assert.match(answer.body.error.target, /password$/);
    }
    const before = await secretsOf(path);
    assert.match(before.password ?? "", /./);
    const kept = await put(null);
    assert.equal(kept.status, 200, kept.text);
    assert.equal((await arm.finish(kept)).body.status, "Succeeded");
    assert.deepEqual(await secretsOf(path), before);
  });

  async function seeRefused(
    version: string,
    body: Json,
    name: string,
  ): Promise<{ readonly message: string }> {
    const answer = await arm.send("PUT", locationPath, { version, body });
    assert.equal(answer.status, 400, `${version} ${JSON.stringify(body)} ${answer.text}`);
    assert.match(answer.body.error.target, new RegExp(`${name}$`));
    return answer.body.error as { readonly message: string };
  }

  async function secretsOf(path: string): Promise<BackupLocation["secrets"]> {
    const found = await arm.world.store.get<BackupLocation>("location", path.toLowerCase());
    return found?.value.secrets ?? assert.fail("The location is gone");
  }
});
