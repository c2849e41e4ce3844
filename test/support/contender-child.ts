// Counts one document up under its etag and claims jobs, beside other processes that do the same.
import { systemClock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";

const [file = "", owner = "", rounds = "0"] = process.argv.slice(2);
const store = await openSqliteStore({ file, clock: systemClock });

for (let done = 0; done < Number(rounds);) {
  const found = await store.get<number>("setting", "count");
  const condition = found === undefined ? "absent" : { etag: found.etag };
  const value = (found?.value ?? 0) + 1;
  const job = { id: `${owner}-${done}`, kind: "work", payload: {}, dueAt: 0 };
  try {
    await store.commit([
      // A read before the writes: what another process commits in between must not break the transaction.
      { op: "delete", kind: "setting", key: "nobody", if: "absent" },
      { op: "put", kind: "setting", key: "count", value, if: condition },
      { op: "enqueue", job },
    ]);
    done += 1;
  } catch (error) {
    if (!isAppError(error, "StateConflict")) throw error;
  }
  const claimed = await store.claimJob({ owner, leaseSeconds: 600, kinds: ["work"] });
  if (claimed !== undefined) process.stdout.write(`${claimed.id}\n`);
}
await store.close();
