import { createHash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { ChunkTable, type ChunkTableParts } from "../../src/engine/chunk-table.ts";

/**
 * Adds the same ids as the other thread does at the same time, or, crowded, ids of its own that want the places which
 * the other's want; answers how many were new to it.
 */
const { parts, gate, thread, count, isCrowded } = workerData as {
  parts: ChunkTableParts;
  gate: SharedArrayBuffer;
  thread: number;
  count: number;
  isCrowded: boolean;
};
const idsPerStep = isCrowded ? 50 : 500;
const table = new ChunkTable(parts);
const ids = Array.from({ length: count }, (_, number) =>
  isCrowded
    ? crowdedId(thread, number)
    : createHash("sha256").update(String(number)).digest().subarray(0, 16),
);
const steps = new Int32Array(gate);
const other = thread === 1 ? 2 : 1;
let added = 0;
for (const [number, id] of ids.entries()) {
  if (number % idsPerStep === 0) meet(number / idsPerStep + 1);
  if (table.add(id, 0, thread) < 0) added += 1;
}
parentPort?.postMessage(added);

function crowdedId(owner: number, number: number): Buffer {
  const id = Buffer.alloc(16);
  id.writeUInt32LE(number * 2, 0);
  id.writeUInt32LE(owner, 4);
  return id;
}

/** Both threads begin every step together: on a busy machine one would otherwise be done before the other starts. */
function meet(step: number): void {
  Atomics.store(steps, thread, step);
  Atomics.notify(steps, thread);
  for (let seen = Atomics.load(steps, other); seen < step; seen = Atomics.load(steps, other)) {
    Atomics.wait(steps, other, seen);
  }
}
