import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { lookHowBusy, paceProcess, shareBeside } from "../../src/base/pace-process.ts";
import { waitFor } from "../support/wait-for.ts";

const counter = join(import.meta.dirname, "..", "support", "counting-child.ts");

/** `T` of one that is stopped; undefined when there is none any more. */
function stateOf(pid: number | undefined): string | undefined {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

async function startCounter(): Promise<{ readonly child: ChildProcess; count: () => number }> {
  const child = fork(counter);
  let count = 0;
  child.on("message", (value) => {
    count = Number(value);
  });
  await once(child, "message");
  return { child, count: () => count };
}

/** Has something to do all the time, and lets timers and messages come in between. */
async function beBusyUntil(isEnough: () => boolean): Promise<void> {
  for (const started = performance.now(); !isEnough(); await setImmediate()) {
    assert.ok(performance.now() - started < 30_000, "It does not come to that");
    for (const turn = performance.now(); performance.now() - turn < 2;);
  }
}

describe("a process beside a program that is busy", () => {
  it("is stopped for a part of the time, gets on, and is left alone when there is time again", async () => {
    const { child, count } = await startCounter();
    const end = paceProcess(child, 1, 2);
    try {
      let [stops, before] = [0, count()];
      let wasStopped = false;
      await beBusyUntil(() => {
        const isStopped = stateOf(child.pid) === "T";
        if (isStopped && !wasStopped) stops += 1;
        wasStopped = isStopped;
        return stops >= 5 && count() > before;
      });
      let runs = 0;
      before = count();
      await waitFor("it runs all the time", () => {
        runs = stateOf(child.pid) === "T" ? 0 : runs + 1;
        return runs > 20 && count() > before;
      });
    } finally {
      end();
      child.kill("SIGKILL");
    }
  });

  it("goes on when the pace ends, also from a stop", async () => {
    const { child, count } = await startCounter();
    const end = paceProcess(child, 1, 2);
    try {
      await beBusyUntil(() => stateOf(child.pid) === "T");
      end();
      const before = count();
      await waitFor("it goes on", () => count() > before);
      assert.notEqual(stateOf(child.pid), "T");
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("may end meanwhile", async () => {
    const { child } = await startCounter();
    const end = paceProcess(child, 1, 2);
    await beBusyUntil(() => stateOf(child.pid) === "T");
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    let turns = 0;
    await beBusyUntil(() => (turns += 1) > 50);
    end();
  });

  it("has what is left of the processors when those who ask take as much as the program", () => {
    const rounded = (busy: number, processors: number): string =>
      shareBeside(busy, processors).toFixed(2);
    assert.deepEqual(
      [0, 0.25, 0.5, 1].map((busy) => rounded(busy, 2)),
      ["1.00", "0.75", "0.50", "0.10"],
    );
    assert.deepEqual(
      [0, 0.5, 1].map((busy) => rounded(busy, 8)),
      ["1.00", "0.88", "0.75"],
    );
    assert.equal(rounded(1, 1), "0.10");
  });

  it("is judged by how busy the program is now", async () => {
    const look = lookHowBusy();
    let isOver = false;
    void look.then(() => (isOver = true));
    await beBusyUntil(() => isOver);
    assert.ok((await look) > 0.5);
  });
});

it("a bound process ends when the one that has started it is killed, even while it is stopped", async () => {
  const starter = fork(join(import.meta.dirname, "..", "support", "binding-child.ts"));
  const [pid] = (await once(starter, "message")) as [number];
  await waitFor("it is stopped", () => stateOf(pid) === "T");
  const ended = once(starter, "exit");
  starter.kill("SIGKILL");
  await ended;
  await waitFor("it has ended", () => [undefined, "Z", "X"].includes(stateOf(pid)));
});
