import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import { executeRepair, planRepair } from "../../src/engine/repair/repair-repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { createEngineClock } from "./a-repository.ts";

/** Repairs as a process of its own that kills itself without a word at the named step: store, file of keys, fence, step. */
const [path = "", keysFile = "", fence = "", step = ""] = process.argv.slice(2);
const options = {
  clock: createEngineClock(),
  randomBytes,
  store: await openLocalStore({ path }),
  keys: JSON.parse(readFileSync(keysFile, "utf8")) as RepositoryKeys,
  owner: { installationId: "an installation", jobFence: Number(fence) },
  signal: new AbortController().signal,
};
await executeRepair(await planRepair(options), {
  ...options,
  failpoint: (reached) => {
    if (reached === step) process.kill(process.pid, "SIGKILL");
  },
});
