import { inspect } from "node:util";
import { isAppError } from "../../src/base/errors.ts";
import { readFileSync } from "node:fs";
import { copyRepository } from "../../src/engine/copy/copy-repository.ts";
import { listBackups } from "../../src/engine/list-backups.ts";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { aStreamRole, openRepository, somePassword } from "./a-repository.ts";

/**
 * Does one thing with a hostile store and says, as a line of JSON, how it ended and what memory it took at most:
 * store, file of keys, action, and for what a remote store is, `remote`; `crowd <folder>` lists 50,000 names there.
 */
const [path = "", keysFile = "", action = "", ...flags] = process.argv.slice(2);
const keys = JSON.parse(readFileSync(keysFile, "utf8")) as RepositoryKeys;
const local = await openLocalStore({ path });
let store: ObjectStore = flags.includes("remote") ? withoutFiles(local) : local;
const crowd = flags[flags.indexOf("crowd") + 1];
if (flags.includes("crowd") && crowd !== undefined) store = withCrowd(store, crowd);
const repository = openRepository(store, keys, somePassword);

const actions: Readonly<Record<string, () => Promise<unknown>>> = {
  list: async () => {
    const { backups, unreadable } = await listBackups(store, keys.signingPublicKey);
    return { backups: backups.length, unreadable: unreadable.length };
  },
  structure: async () => summarize((await repository.verify({ depth: "structure" })).findings),
  ciphertext: async () => summarize((await repository.verify()).findings),
  restore: () => repository.restore(1, `${path}/target`),
  copy: () =>
    copyRepository({
      ...repository.host,
      from: store,
      to: openMemoryStore(),
      owner: { installationId: "another installation", jobFence: 1 },
      signal: new AbortController().signal,
    }),
  prune: () => planPrune(store, keys, { remove: [], now: repository.host.clock.now() }),
  backup: () => repository.backup(7, [aStreamRole("dump", () => [Buffer.alloc(100_000, 7)])]),
};

let outcome: object;
try {
  outcome = { result: await actions[action]?.() };
} catch (error) {
  outcome = isAppError(error) ? { code: error.code } : { error: inspect(error) };
}
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ ...outcome, peakMegabytes })}\n`);

function summarize(findings: readonly { code: string; object: string }[]): unknown {
  return { count: findings.length, first: findings.slice(0, 20) };
}

/** The same store as seen over a network. */
function withoutFiles(target: ObjectStore): ObjectStore {
  return {
    put: (...given) => target.put(...given),
    get: (...given) => target.get(...given),
    list: (...given) => target.list(...given),
    stat: (...given) => target.stat(...given),
    remove: (...given) => target.remove(...given),
    probe: () => target.probe(),
    close: () => target.close(),
  };
}

/** 50,000 objects that nobody wrote, each of nine bytes. */
function withCrowd(inner: ObjectStore, folder: string): ObjectStore {
  const nameOf: Readonly<Record<string, (hex: string) => string>> = {
    backups: (hex) => `backups/00000000-0000-4000-9000-${hex.slice(-12)}`,
    index: (hex) => `index/${hex}`,
    data: (hex) => `data/${hex.slice(0, 2)}/${hex}`,
  };
  const isStrange = (name: string): boolean => name.includes("00000000000fffff");
  const bytes = Buffer.from("a\nb\nc\nd\n\n");
  return {
    ...withoutFiles(inner),
    list: async function* (prefix, signal) {
      yield* inner.list(prefix, signal);
      const toName = nameOf[folder];
      for (let count = 0; count < 50_000; count += 1) {
        const hex = `${"00000000000fffff".repeat(3)}${count.toString(16).padStart(16, "0")}`;
        const name = toName?.(hex) ?? "";
        if (name.startsWith(prefix)) yield { name, bytes: bytes.length, modifiedAt: 1 };
      }
    },
    get: async (name, range, signal) =>
      isStrange(name) || name.includes("-9000-") ? bytes : inner.get(name, range, signal),
  };
}
