import { createHash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { ChunkTable, type ChunkTableParts } from "../../src/engine/chunk-table.ts";

/** Adds the same ids as the other threads do at the same time; answers how many were new to it. */
const { parts, gate, thread, count } = workerData as {
  parts: ChunkTableParts;
  gate: SharedArrayBuffer;
  thread: number;
  count: number;
};
const table = new ChunkTable(parts);
const ids = Array.from({ length: count }, (_, number) =>
  createHash("sha256").update(String(number)).digest().subarray(0, 16),
);
const arrived = new Int32Array(gate);
Atomics.add(arrived, 0, 1);
while (Atomics.load(arrived, 0) < 2);
let added = 0;
for (const id of ids) if (table.add(id, 0, thread) < 0) added += 1;
parentPort?.postMessage(added);
