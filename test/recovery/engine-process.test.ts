import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { succeed } from "../support/arm-caller.ts";
import { startGatedService, type GatedService } from "../support/gated-service.ts";
import { waitFor } from "../support/wait-for.ts";

let gated: GatedService;
before(async () => {
  gated = await startGatedService({ enginePriority: "idle" });
});
after(() => gated.service.close());

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("the engine's process", () => {
  it("when it is killed, takes nothing with it: the backup is tried again", async () => {
    const { accepted, engine } = await gated.startBackup();
    process.kill(engine, "SIGKILL");
    assert.notEqual(await gated.nextEngine(), engine);
    gated.openGate();
    const { resultAnswer } = await succeed(gated.api, accepted);
    assert.equal(resultAnswer.body.properties.status, "Succeeded");
    assert.match(
      gated.service.readLog(),
      /The engine's process was ended by SIGKILL before its work/,
    );
  });

  it("goes on when a signal to end reaches all processes, until the service says otherwise", async () => {
    const { accepted, engine } = await gated.startBackup();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(engine, signal);
    gated.openGate();
    const { resultAnswer } = await succeed(gated.api, accepted);
    assert.equal(resultAnswer.body.properties.status, "Succeeded");
    await waitFor("the engine has ended", () => !isAlive(engine));
  });

  it("takes only the processor time that nobody else wants, where it is told so", async () => {
    const { accepted, engine } = await gated.startBackup();
    const threads = readdirSync(`/proc/${engine}/task`).map((thread) => {
      const text = readFileSync(`/proc/${engine}/task/${thread}/stat`, "utf8");
      // The fields after the name begin with the third.
      return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[41 - 3]);
    });
    const idle = 5; // SCHED_IDLE
    assert.ok(threads.length > 4);
    assert.deepEqual(new Set(threads), new Set([idle]));
    gated.openGate();
    await succeed(gated.api, accepted);
  });

  it("does not outlive the service", async () => {
    const { accepted, engine } = await gated.startBackup();
    await gated.service.kill();
    await waitFor("the engine has ended", () => !isAlive(engine));
    await gated.service.restart();
    assert.notEqual(await gated.nextEngine(), engine);
    gated.openGate();
    const { resultAnswer } = await succeed(gated.api, accepted);
    assert.equal(resultAnswer.body.properties.status, "Succeeded");
  });
});
