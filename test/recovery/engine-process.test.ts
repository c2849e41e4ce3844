import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Answer, type ArmCaller } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate, type TestCertificate } from "../support/test-certificates.ts";
import { waitFor } from "../support/wait-for.ts";
import { waitForFile } from "../support/wait-for-file.ts";

let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;

/** A program that says who started it, the engine's process, and writes nothing until it finds a file. */
function makeRoles(folder: string): readonly object[] {
  certificate = makeCertificate(folder, "backup", "P-256");
  mkdirSync(join(folder, "store"));
  const wait = "while [ ! -e gate ]; do sleep 0.02; done; cat gate";
  const script = `echo $PPID > soon; mv soon running; ${wait}`;
  const settings = { command: "sh", args: ["-c", script], workingDirectory: folder };
  return [{ name: "gated", adapter: "command", essential: true, settings }];
}

before(async () => {
  service = await startService({ makeRoles, config: { enginePriority: "idle" } });
  api = service.call("2026-12-01");
  const encryption = { recipients: [{ certificateBase64: certificate.certificateBase64 }] };
  const store = { kind: "Local", path: join(service.folder, "store") };
  const body = { location: "north", properties: { store, encryption } };
  await succeed(api, await api.put(pathOf("north"), body));
});
after(() => service.close());

/** Starts a backup; its engine waits at the gate. */
async function startGated(): Promise<{ readonly accepted: Answer; readonly engine: number }> {
  rmSync(join(service.folder, "gate"), { force: true });
  rmSync(join(service.folder, "running"), { force: true });
  const accepted = await api.post(pathOf("north", "/createBackup"));
  return { accepted, engine: await nextEngine() };
}

async function nextEngine(): Promise<number> {
  const running = join(service.folder, "running");
  await waitForFile(running);
  const engine = Number(readFileSync(running, "utf8"));
  rmSync(running);
  assert.notEqual(engine, service.pid);
  return engine;
}

function openGate(): void {
  writeFileSync(join(service.folder, "gate"), "what was behind the gate");
}

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
    const { accepted, engine } = await startGated();
    process.kill(engine, "SIGKILL");
    assert.notEqual(await nextEngine(), engine);
    openGate();
    const { resultAnswer } = await succeed(api, accepted);
    assert.equal(resultAnswer.body.properties.status, "Succeeded");
    assert.match(service.readLog(), /The engine's process was ended by SIGKILL before its work/);
  });

  it("goes on when a signal to end reaches all processes, until the service says otherwise", async () => {
    const { accepted, engine } = await startGated();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(engine, signal);
    openGate();
    const { resultAnswer } = await succeed(api, accepted);
    assert.equal(resultAnswer.body.properties.status, "Succeeded");
    await waitFor("the engine has ended", () => !isAlive(engine));
  });

  it("takes only the processor time that nobody else wants, where it is told so", async () => {
    const { accepted, engine } = await startGated();
    const threads = readdirSync(`/proc/${engine}/task`).map((thread) => {
      const text = readFileSync(`/proc/${engine}/task/${thread}/stat`, "utf8");
      // The fields after the name begin with the third.
      return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[41 - 3]);
    });
    const idle = 5; // SCHED_IDLE
    assert.ok(threads.length > 4);
    assert.deepEqual(new Set(threads), new Set([idle]));
    openGate();
    await succeed(api, accepted);
  });

  it("does not outlive the service", async () => {
    const { accepted, engine } = await startGated();
    await service.kill();
    await waitFor("the engine has ended", () => !isAlive(engine));
    await service.restart();
    assert.notEqual(await nextEngine(), engine);
    openGate();
    const { resultAnswer } = await succeed(api, accepted);
    assert.equal(resultAnswer.body.properties.status, "Succeeded");
  });
});
