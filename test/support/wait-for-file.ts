import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const patienceMilliseconds = 20_000;

/** Resolves when there is a file of this name. */
export async function waitForFile(path: string): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  while (!existsSync(path)) {
    assert.ok(performance.now() < deadline, `No file ${path}`);
    await sleep(20);
  }
}
