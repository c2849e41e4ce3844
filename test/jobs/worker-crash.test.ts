import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import { startScript } from "../support/child-process.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const ids = ["a", "b", "c"];

describe("worker killed with kill -9", { concurrency: 2, timeout: 60_000 }, () => {
  const points = ["before the handler", "in the handler", "before the finish", "after the finish"];
  for (const point of points) {
    it(`${point}: each job ends once`, async () => {
      await withJobs(async (file, store) => {
        await runChild(file, point, "SIGKILL");
        await runChild(file, "never", 0);
        for (const id of ids) {
          const job = await store.getJob(id);
          assert.equal(job?.state, "succeeded", id);
          assert.equal((await store.get("setting", `end/${id}`))?.value, "succeeded", id);
        }
        const killed = await store.getJob("a");
        const isRepeated = point !== "after the finish";
        assert.ok((killed?.attempt ?? 0) >= (isRepeated ? 2 : 1));
        if (!isRepeated) assert.equal(killed?.attempt, 1);
      });
    });
  }

  it("at every attempt: the job ends Interrupted", async () => {
    await withJobs(
      async (file, store) => {
        await runChild(file, "in the handler", "SIGKILL");
        await runChild(file, "in the handler", "SIGKILL");
        await runChild(file, "never", 0);
        const job = await store.getJob("a");
        assert.equal(job?.state, "failed");
        assert.match(job.error ?? "", /^Interrupted: /);
        assert.equal((await store.get("setting", "end/a"))?.value, "Interrupted");
      },
      ["a"],
    );
  });
});

async function withJobs(
  use: (file: string, store: StateStore) => Promise<void>,
  jobIds: readonly string[] = ids,
): Promise<void> {
  await withTempFolder(async (folder) => {
    const file = join(folder, "state.db");
    const store = await openSqliteStore({ file, clock: systemClock });
    for (const id of jobIds) {
      await store.commit([{ op: "enqueue", job: { id, kind: "work", payload: {}, dueAt: 0 } }]);
    }
    await use(file, store);
    await store.close();
  });
}

async function runChild(file: string, killPoint: string, expected: number | string): Promise<void> {
  const child = startScript("worker-child.ts", file, killPoint);
  assert.equal(await child.ended, expected, child.readErrors());
}
