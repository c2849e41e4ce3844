// Works on the jobs of a file until all have ended; kills itself at the named point of its first job.
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import { startWorker } from "../../src/jobs/worker.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import type { StateStore } from "../../src/state/state-store.ts";

const [file = "", killPoint = "never"] = process.argv.slice(2);
const real = await openSqliteStore({ file, clock: systemClock });

function dieAt(point: string): void {
  if (point === killPoint) process.kill(process.pid, "SIGKILL");
}

const store: StateStore = {
  ...real,
  claimJob: async (claim) => {
    const job = await real.claimJob(claim);
    if (job !== undefined) dieAt("before the handler");
    return job;
  },
  commit: async (writes, guard) => {
    const isFinish = writes.some((write) => write.op === "finishJob");
    if (isFinish) dieAt("before the finish");
    await real.commit(writes, guard);
    if (isFinish) dieAt("after the finish");
  },
};

const worker = startWorker({
  store,
  clock: systemClock,
  logger: silentLogger,
  owner: String(process.pid),
  concurrency: 1,
  leaseSeconds: 0.5,
  maxAttempts: 2,
  pollMilliseconds: 20,
  handlers: new Map([
    [
      "work",
      {
        run: async (job, { lease }) => {
          await store.commit(
            [{ op: "put", kind: "setting", key: `begun/${job.id}`, value: 1 }],
            lease,
          );
          dieAt("in the handler");
          return [
            { op: "put", kind: "setting", key: `end/${job.id}`, value: "succeeded", if: "absent" },
          ];
        },
        onFailure: (job, error) =>
          Promise.resolve([
            { op: "put", kind: "setting", key: `end/${job.id}`, value: error.code, if: "absent" },
          ]),
        onCancel: () => Promise.resolve([]),
      },
    ],
  ]),
});
while ((await real.listJobs(["queued", "running"])).length > 0) await pause(20);
await worker.stop();
await real.close();
