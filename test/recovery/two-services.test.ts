import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Json } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate } from "../support/test-certificates.ts";
import { waitFor } from "../support/wait-for.ts";

const ticks = 6;

/** The state as any process may look into it. */
function openState(folder: string): DatabaseSync {
  return new DatabaseSync(join(folder, "state", "holdfast.db"), { timeout: 5000 });
}

describe("two services over one state", () => {
  let one: Service;
  let other: Service;
  let state: DatabaseSync;

  before(async () => {
    let roles: readonly object[] = [];
    const makeRoles = (folder: string): readonly object[] => {
      mkdirSync(join(folder, "store"));
      // It writes what it is asked for, and waits as long as somebody holds it.
      const script = "while [ -e hold ]; do sleep 0.02; done; echo content";
      const settings = { command: "sh", args: ["-c", script], workingDirectory: folder };
      roles = [{ name: "gated", adapter: "command", essential: true, settings }];
      return roles;
    };
    one = await startService({ makeRoles });
    const shared = ["state", "restored"].map((name) => join(one.folder, name));
    const [stateDirectory = "", restoreRoot = ""] = shared;
    other = await startService({
      makeRoles: () => roles,
      config: { stateDirectory, restoreRoot },
    });
    const api = one.call("2026-12-01");
    const { certificateBase64 } = makeCertificate(one.folder, "shared", "P-256");
    const properties = {
      store: { kind: "Local", path: join(one.folder, "store") },
      encryption: { recipients: [{ certificateBase64 }] },
      schedule: { isEnabled: true, frequencyInHours: 4 },
    };
    await succeed(api, await api.put(pathOf("north"), { location: "north", properties }));
    state = openState(one.folder);
  });
  after(async () => {
    state.close();
    await Promise.all([one.close(), other.close()]);
  });

  /** The schedule's next time is now, for whichever of them sees it first. */
  const makeDue = (): void => {
    const due = new Date(Date.now() - 1000).toISOString();
    const changed = state
      .prepare(
        "UPDATE document SET etag = ?, body = json_set(body, '$.nextTick', ?, '$.tickDecidedAt', ?) WHERE kind = 'location'",
      )
      .run(randomUUID(), due, due);
    assert.equal(changed.changes, 1);
  };
  const documents = (kind: string): readonly Json[] =>
    state
      .prepare("SELECT body FROM document WHERE kind = ?")
      .all(kind)
      .map(({ body }): Json => JSON.parse(String(body)));
  const backups = (): readonly Json[] => documents("backup");
  const started = (): number =>
    documents("scheduleRecord").filter(({ outcome }) => outcome === "started").length;

  it("exactly one of them runs each backup that is due", async () => {
    for (let tick = 1; tick <= ticks; tick += 1) {
      makeDue();
      await waitFor("the backup of the tick has ended", () => {
        const ended = backups().filter(({ endedAt }) => endedAt !== undefined);
        return ended.length === tick;
      });
    }
    assert.equal(backups().length, ticks);
    assert.equal(started(), ticks);
    assert.ok(backups().every(({ status }) => status === "Succeeded"));
    const jobs = state.prepare("SELECT fence FROM job WHERE kind = 'createBackup'").all();
    assert.deepEqual(
      jobs.map(({ fence }) => fence),
      Array.from({ length: ticks }, () => 1),
    );
  });

  it("the other one ends the backup of one that is killed, and runs the next", async () => {
    const hold = join(one.folder, "hold");
    writeFileSync(hold, "");
    makeDue();
    const ownerOf = (): string =>
      String(state.prepare("SELECT owner FROM job WHERE state = 'running'").get()?.["owner"]);
    const pids = [one, other].map(({ pid }) => String(pid));
    const holder = (): number => pids.findIndex((pid) => ownerOf().endsWith(`/${pid}`));
    await waitFor(
      "one of them runs the backup",
      () => holder() !== -1 && backups().some(({ status }) => status === "Running"),
    );
    const victim = holder() === 0 ? one : other;
    const survivor = victim === one ? other : one;
    await victim.kill();
    await waitFor("the other one has it", () => ownerOf().endsWith(`/${survivor.pid}`));
    rmSync(hold);
    assert.equal(existsSync(hold), false);
    await waitFor("all have ended", () => backups().every(({ endedAt }) => endedAt !== undefined));
    assert.equal(backups().length, ticks + 1);
    assert.ok(backups().every(({ status }) => status === "Succeeded"));
    assert.equal(started(), ticks + 1);
    makeDue();
    await waitFor("the next one has ended", () => {
      const ended = backups().filter(({ status }) => status === "Succeeded");
      return ended.length === ticks + 2;
    });
    await victim.restart();
    const checked = await survivor.call("2026-12-01").post(pathOf("north", "/verify"));
    const verified = await succeed(survivor.call("2026-12-01"), checked);
    assert.equal(verified.resultAnswer.body.isHealthy, true, verified.resultAnswer.text);
  });
});
