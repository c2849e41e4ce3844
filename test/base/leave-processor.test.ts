import assert from "node:assert/strict";
import { execFileSync, fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { startBackgroundProcess } from "../../src/base/background-process.ts";
import {
  allowedProcessors,
  findProcessors,
  launcherFor,
  leaveProcessor,
  lookHowBusy,
  placeBeside,
  type Place,
  type Processors,
} from "../../src/base/leave-processor.ts";
import { waitFor } from "../support/wait-for.ts";

const counter = join(import.meta.dirname, "..", "support", "counting-child.ts");

async function theProcessors(): Promise<Processors> {
  const processors = await findProcessors();
  assert.ok(processors, "These tests need two processors, taskset and chrt");
  return processors;
}

async function startCounter(): Promise<ChildProcess> {
  const child = fork(counter);
  await once(child, "message");
  return child;
}

/** Of every thread: where it may run, and the number of its scheduling class (5: idle, 0: the usual one). */
function standing(child: ChildProcess): ReadonlySet<string> {
  const tasks = `/proc/${child.pid}/task`;
  return new Set(
    readdirSync(tasks).map((task) => {
      const read = (name: string): string => readFileSync(join(tasks, task, name), "latin1");
      const policy = /\) (?:\S+ ){38}(\d+)/.exec(read("stat"))?.[1];
      return `${allowedProcessors(read("status")).join(",")} class ${policy}`;
    }),
  );
}

/** Has something to do, all the time or with pauses of so many milliseconds, and lets timers and messages come in between. */
async function beBusyUntil(isEnough: () => boolean, pauses?: number): Promise<void> {
  const started = performance.now();
  while (!isEnough()) {
    assert.ok(performance.now() - started < 30_000, "It does not come to that");
    for (const turn = performance.now(); performance.now() - turn < (pauses ?? 2););
    await (pauses === undefined ? setImmediate() : setTimeout(pauses));
  }
}

function isOnly(seen: ReadonlySet<string>, expected: string): boolean {
  return seen.size === 1 && seen.has(expected);
}

describe("a process beside a program that is busy", () => {
  it("keeps off one processor with all its threads, and may go anywhere when there is time again", async () => {
    const processors = await theProcessors();
    const { all, others } = processors;
    assert.equal(others.length, all.length - 1);
    const child = await startCounter();
    const end = leaveProcessor(child, processors, 0);
    try {
      assert.ok(isOnly(standing(child), `${all.join(",")} class 0`));
      const idle = processors.hasIdleClass ? 5 : 0;
      await beBusyUntil(() => isOnly(standing(child), `${others.join(",")} class ${idle}`));
      await waitFor("it may go anywhere", () =>
        isOnly(standing(child), `${all.join(",")} class 0`),
      );
    } finally {
      end();
      child.kill("SIGKILL");
    }
  });

  it("starts aside in the idle class, and leaves that when the program is calm", async () => {
    const processors = await theProcessors();
    const launcher = launcherFor(placeBeside(0.5, "anywhere"), processors);
    const program = new URL("../support/counting-child.ts", import.meta.url);
    const child = startBackgroundProcess(program, "low", launcher);
    const end = leaveProcessor(child, processors, 0.5);
    try {
      await once(child, "spawn");
      const idle = processors.hasIdleClass ? 5 : 0;
      await waitFor("it stands aside", () =>
        isOnly(standing(child), `${processors.others.join(",")} class ${idle}`),
      );
      await waitFor("it may go anywhere", () =>
        isOnly(standing(child), `${processors.all.join(",")} class 0`),
      );
    } finally {
      end();
      child.kill("SIGKILL");
    }
  });

  it("gets on where others want all that is left over", async () => {
    const processors = await theProcessors();
    const hogs = processors.others.map((processor) =>
      spawn("taskset", ["--cpu-list", String(processor), "sh", "-c", "while :; do :; done"]),
    );
    const launcher = launcherFor("aside", processors);
    const program = new URL("../support/counting-child.ts", import.meta.url);
    const child = startBackgroundProcess(program, "low", launcher);
    const end = leaveProcessor(child, processors, 0.5);
    try {
      let isCounting = false;
      child.once("message", () => (isCounting = true));
      await beBusyUntil(() => isCounting, 5);
      assert.ok(isOnly(standing(child), `${processors.others.join(",")} class 0`));
    } finally {
      end();
      for (const process of [child, ...hogs]) process.kill("SIGKILL");
    }
  });

  it("may end meanwhile", async () => {
    const child = await startCounter();
    const end = leaveProcessor(child, await theProcessors(), 0);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    let turns = 0;
    await beBusyUntil(() => (turns += 1) > 100);
    end();
  });

  it("is judged by how busy the program is now", async () => {
    const look = lookHowBusy();
    let isOver = false;
    void look.then(() => (isOver = true));
    await beBusyUntil(() => isOver);
    // Tests beside this one have their part of the processors.
    assert.equal(placeBeside(await look, "anywhere"), "aside");
  });
});

/** What another process finds, started by these words. */
function askFor(launcher: string, words: readonly string[]): string {
  const module = JSON.stringify(import.meta.resolve("../../src/base/leave-processor.ts"));
  const program = `const { findProcessors } = await import(${module}); console.log(await findProcessors());`;
  return execFileSync(launcher, [...words, "--eval", program], { encoding: "utf8" }).trim();
}

describe("the place beside a program", () => {
  it("follows how busy that is, and not every turn of it", () => {
    const cases: readonly (readonly [busy: number, before: Place, place: Place])[] = [
      [0, "anywhere", "anywhere"],
      [0.19, "anywhere", "anywhere"],
      [0.2, "anywhere", "aside"],
      [0.19, "aside", "aside"],
      [0.1, "aside", "aside"],
      [0.09, "aside", "anywhere"],
      [1, "anywhere", "aside"],
      [0.1, "aside with a share", "aside"],
      [0.05, "aside with a share", "anywhere"],
    ];
    for (const [busy, before, place] of cases)
      assert.equal(placeBeside(busy, before), place, `${busy} after ${before}`);
  });

  it("is what a program is started with", () => {
    const processors = { all: [0, 1, 2], others: [1, 2], hasIdleClass: true };
    assert.deepEqual(launcherFor("anywhere", processors), []);
    const [taskset = "", ...words] = launcherFor("aside", processors);
    assert.deepEqual([taskset, ...words], "taskset --cpu-list 1,2 chrt --idle 0".split(" "));
    assert.deepEqual(
      launcherFor("aside with a share", processors),
      "taskset --cpu-list 1,2".split(" "),
    );
    // Who cannot take it out of the idle class again leaves it its low priority.
    assert.deepEqual(
      launcherFor("aside", { ...processors, hasIdleClass: false }),
      "taskset --cpu-list 1,2".split(" "),
    );
  });

  it("is in the idle class only for a program that may leave it again", () => {
    const words = ["--reuid", "65534", "--clear-groups", process.execPath, "--input-type=module"];
    assert.match(askFor("setpriv", words), /hasIdleClass: false/);
  });

  it("is among the processors that the system allows", () => {
    const read = (list: string): readonly number[] =>
      allowedProcessors(`Name:\tnode\nCpus_allowed:\tf\nCpus_allowed_list:\t${list}\nMems:\t0\n`);
    assert.deepEqual(read("0-3"), [0, 1, 2, 3]);
    assert.deepEqual(read("0,2-3,7"), [0, 2, 3, 7]);
    assert.deepEqual(read("5"), [5]);
    assert.deepEqual(allowedProcessors("Name:\tnode\n"), []);
  });

  it("needs a second processor", async () => {
    const { all } = await theProcessors();
    const words = ["--cpu-list", String(all[0]), process.execPath, "--input-type=module"];
    assert.equal(askFor("taskset", words), "undefined");
  });
});
