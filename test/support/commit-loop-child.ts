// Commits for ever: two documents and a job that belong together, then says which round is durable.
import { systemClock } from "../../src/base/clock.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";

const store = await openSqliteStore({ file: process.argv[2] ?? "", clock: systemClock });
const first = ((await store.get<number>("setting", "a"))?.value ?? 0) + 1;
for (let round = first; ; round += 1) {
  const job = { id: `job-${round}`, kind: "work", payload: {}, dueAt: 0 };
  await store.commit([
    { op: "put", kind: "setting", key: "a", value: round },
    { op: "enqueue", job },
    { op: "put", kind: "setting", key: "b", value: round },
  ]);
  process.stdout.write(`${round}\n`);
}
