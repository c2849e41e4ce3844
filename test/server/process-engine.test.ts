import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import type { BackupEngine, PruneRun } from "../../src/provider/ports.ts";
import { createProcessEngine } from "../../src/process-engine.ts";
import { somePassword } from "../support/a-repository.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const deployment = { deploymentId: "d", region: "r", stampVersion: null, oemVersion: null };
const ids = [1, 2, 3].map((number) => `0000000${number}-0000-4000-8000-000000000000`);
const [first = "", second = "", third = ""] = ids;

it("a prune in a process asks which backups may still go, and hears a refusal by name", async () => {
  await withTempFolder(async (folder) => {
    const store = { kind: "local", path: join(folder, "store") } as const;
    const { engine, keys } = await makeBackups(folder, store);
    const signal = new AbortController().signal;
    const prune = (confirm: PruneRun["confirm"]): ReturnType<BackupEngine["prune"]> => {
      const run = { store, keys, ledgerHead: undefined, isDryRun: false, policy: undefined };
      return engine.prune({ ...run, remove: [first, second], confirm }, () => undefined, signal);
    };
    const refusal = new AppError("BackupPinned", "Pinned", { target: first });
    await assert.rejects(
      prune(() => Promise.reject(refusal)),
      { code: "BackupPinned", message: "Pinned", target: first },
    );
    const asked: (readonly string[])[] = [];
    const { removedBackups } = await prune((going) => {
      asked.push(going);
      return Promise.resolve(going.filter((id) => id !== second));
    });
    assert.deepEqual(asked, [[first, second], [first]]);
    assert.deepEqual(removedBackups, [first]);
    const held = await engine.listBackups(store, keys.signingPublicKey);
    assert.deepEqual(held.map(({ backupId }) => backupId).toSorted(), [second, third]);
  });
});

async function makeBackups(
  folder: string,
  store: PruneRun["store"],
): Promise<{ readonly engine: BackupEngine; readonly keys: RepositoryKeys }> {
  for (const name of ["store", "source", "cache", "scratch"]) mkdirSync(join(folder, name));
  const engine = createProcessEngine({
    workers: 1,
    priority: "low",
    cacheDirectory: join(folder, "cache"),
    scratchDirectory: join(folder, "scratch"),
    installationId: "an installation",
    roles: [{ name: "files", adapter: "directory", settings: { path: join(folder, "source") } }],
    allowedHosts: undefined,
    authorities: undefined,
    logger: silentLogger,
    failpoint: undefined,
  });
  const fresh = await engine.newRepositoryKeys();
  const keys = await engine.prepareRepository(store, fresh, [somePassword], deployment);
  for (const backupId of ids) {
    writeFileSync(join(folder, "source", "file"), backupId);
    const run = { store, keys, backupId, deployment, isAutomatic: false, rescan: false, fence: 1 };
    const rest = { ledgerHead: undefined, expectedBytes: undefined };
    await engine.runBackup({ ...run, ...rest }, () => undefined, new AbortController().signal);
  }
  return { engine, keys };
}
