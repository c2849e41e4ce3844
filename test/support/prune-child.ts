import { readFileSync } from "node:fs";
import { systemClock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import { executePrune } from "../../src/engine/prune/execute-prune.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { backupIdOf, createHost } from "./a-repository.ts";

/**
 * Prunes backups 1 and 2 without a grace, as a process of its own that kills itself without a word at the named step, the
 * given time it comes by: store, file of keys, step, times, fence.
 */
const [path = "", keysFile = "", step = "", times = "1", fence = "10"] = process.argv.slice(2);
const keys = JSON.parse(readFileSync(keysFile, "utf8")) as RepositoryKeys;
const store = await openLocalStore({ path });
const host = { ...createHost(), clock: { ...createHost().clock, now: () => systemClock.now() } };
const remove = [1, 2].map(backupIdOf);
const plan = await planPrune(store, keys, {
  remove,
  now: host.clock.now(),
  graceMilliseconds: 0,
});
let seen = 0;
await executePrune(plan, {
  ...host,
  store,
  keys,
  owner: { installationId: "an installation", jobFence: Number(fence) },
  logger: silentLogger,
  signal: new AbortController().signal,
  failpoint: (reached) => {
    if (reached === step && (seen += 1) === Number(times)) process.kill(process.pid, "SIGKILL");
  },
});
