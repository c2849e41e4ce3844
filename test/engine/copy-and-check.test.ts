import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { backupSteps } from "../../src/engine/backup/options.ts";
import { copyAndCheck } from "../../src/engine/copy/copy-and-check.ts";
import { copyRepository } from "../../src/engine/copy/copy-repository.ts";
import type { CopyOutcome, Progress } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { aStreamRole, backupIdOf, createRepository, listNames } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { PruneWorld } from "../support/prune-world.ts";

/** A copy of a repository into a store, checked as the service checks it. */
function copyFrom(
  world: PruneWorld,
  to: ObjectStore,
  options: Pick<Parameters<typeof copyAndCheck>[0], "backupIds" | "onProgress"> = {},
): Promise<CopyOutcome> {
  return copyAndCheck({
    ...world.repository.host,
    from: world.store,
    to,
    owner: { installationId: "an installation", jobFence: 1 },
    signal: new AbortController().signal,
    expectedPublicKey: world.keys.signingPublicKey,
    depth: "ciphertext",
    workers: 1,
    ...options,
  });
}

describe("a copy and its check", () => {
  let world: PruneWorld;
  before(async () => {
    world = await PruneWorld.create("copy and check");
    for (const number of [1, 2, 3])
      await world.backup(number, { files: someContent(4000, `content ${number}`) });
  });

  const copy = (
    to: ObjectStore,
    backupIds?: readonly string[],
    onProgress?: (progress: Progress) => void,
  ): Promise<CopyOutcome> =>
    copyFrom(world, to, {
      ...(backupIds === undefined ? {} : { backupIds }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });

  it("tells what was copied, that all of it is whole, and how far it is meanwhile", async () => {
    const told: Progress[] = [];
    const { report, verification } = await copy(openMemoryStore(), undefined, (progress) =>
      told.push(progress),
    );
    assert.deepEqual(report.copied.toSorted(), [1, 2, 3].map(backupIdOf));
    assert.equal(verification.backups, 3);
    assert.deepEqual(verification.findings, []);
    const phases = [...new Set(told.map(({ phase }) => phase))];
    assert.deepEqual(phases, ["copying", "verifying"]);
    const last = told.findLast(({ phase }) => phase === "copying");
    assert.ok(last !== undefined && last.bytesTotal > 0 && last.bytesDone === last.bytesTotal);
    assert.equal(last.storedBytes, report.bytes);
  });

  it("does not miss what was not asked for, and misses what was", async () => {
    const target = openMemoryStore();
    const third = [backupIdOf(3)];
    const { report, verification } = await copy(target, third);
    assert.deepEqual(report.copied, third);
    // Its ledger names the one before it, which nobody wanted.
    assert.deepEqual(verification.findings, []);
    const packs = new Set(await listNames(target, "data/"));
    await copy(target, [backupIdOf(1)]);
    const ofFirst = (await listNames(target, "data/")).find((name) => !packs.has(name));
    await target.remove(ofFirst ?? assert.fail());
    // What is damaged is told, whoever asked for it.
    const again = await copy(target, third);
    assert.deepEqual(again.report.copied, []);
    assert.deepEqual(again.report.present, third);
    const found = again.verification.findings.map(({ code, object }) => `${code} ${object}`);
    assert.deepEqual(found, [`MissingObject ${ofFirst}`]);
  });
});

describe("a copy of a store with a manifest that cannot be read", () => {
  it("copies the others, and is no success", async () => {
    const world = await PruneWorld.create("an unreadable manifest");
    for (const number of [1, 2, 3])
      await world.backup(number, { files: someContent(4000, `content ${number}`) });
    const name = `backups/${backupIdOf(2)}`;
    const there = world.objects.get(name) ?? assert.fail();
    world.objects.set(name, { ...there, bytes: there.bytes.subarray(1) });
    const copy = (to: ObjectStore, backupIds?: readonly string[]): Promise<unknown> =>
      copyRepository({
        ...world.repository.host,
        from: world.store,
        to,
        owner: { installationId: "an installation", jobFence: 1 },
        signal: new AbortController().signal,
        ...(backupIds === undefined ? {} : { backupIds }),
      });
    const target = openMemoryStore();
    await assert.rejects(copy(target), { code: "CorruptObject", target: name });
    assert.deepEqual(
      await listNames(target, "backups/"),
      [1, 3].map((number) => `backups/${backupIdOf(number)}`),
    );
    await copy(openMemoryStore(), [backupIdOf(3)]);
  });
});

describe("a copy into a target that is pruned meanwhile", () => {
  it("brings again what went before the copy had the lease", async () => {
    const world = await PruneWorld.create("a pruned target");
    await world.backup(1, { files: someContent(4000, "content") });
    const target = openMemoryStore();
    await copyFrom(world, target);
    const pruned: string[] = [];
    const { verification } = await copyFrom(world, {
      ...target,
      put: async (name, bytes) => {
        if (name.startsWith("locks/") && pruned.length === 0)
          for (const gone of [...(await listNames(target, "data/")), `backups/${backupIdOf(1)}`]) {
            await target.remove(gone);
            pruned.push(gone);
          }
        await target.put(name, bytes);
      },
    });
    assert.ok(pruned.length > 1);
    assert.equal(verification.backups, 1);
    assert.deepEqual(verification.findings, []);
  });
});

describe("the named steps of a backup", () => {
  it("are all reached, and no other", async () => {
    const reached = new Set<string>();
    const repository = await createRepository();
    const role = aStreamRole("files", () => [someContent(5000, "steps")]);
    await repository.backup(1, [role], { failpoint: (step) => void reached.add(step) });
    assert.deepEqual([...reached].toSorted(), backupSteps.toSorted());
  });
});
