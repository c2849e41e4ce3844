import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import { isAppError } from "../../src/base/errors.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import {
  aFolderRole,
  backupIdOf,
  copyObjects,
  createRepository,
  restoredPath,
  type TestRepository,
} from "../support/a-repository.ts";
import { openFaultyStore, type Fault, type Operation } from "../support/faulty-store.ts";
import { compareTrees, someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

let folder = "";
let source = "";
let base: MemoryObjects;
let repository: TestRepository;

before(async () => {
  folder = await makeTempFolder();
  source = `${folder}/source`;
  mkdirSync(source);
  writeFileSync(`${source}/a`, someContent(70_000, "a"));
  base = new Map();
  repository = await createRepository(openMemoryStore(base));
  await repository.backup(1, [aFolderRole(source)]);
  writeFileSync(`${source}/b`, someContent(20_000, "b"));
});
after(() => removeFolder(folder));

/** A backup over a faulty store, on a copy of the base. */
async function runWithFault(
  fault: Fault,
  failAt: number,
  operations: readonly Operation[] | undefined = fault === "torn-write" ? ["put"] : undefined,
): Promise<{ objects: MemoryObjects; error: unknown; operations: number }> {
  const objects = copyObjects(base);
  const store = openFaultyStore(openMemoryStore(objects), {
    failAt,
    fault,
    ...(operations === undefined ? {} : { operations }),
  });
  let error: unknown;
  await runBackup(store).catch((caught: unknown) => (error = caught));
  return { objects, error, operations: store.countOperations() };
}

function runBackup(store: ObjectStore, number = 2): Promise<unknown> {
  return repository.on(store).backup(number, [aFolderRole(source)]);
}

/** Objects are never changed: what an older backup relies on must be there byte for byte. */
function checkUnharmed(objects: MemoryObjects, label: string): void {
  for (const [name, { bytes }] of base) {
    if (name.startsWith("locks/")) continue;
    assert.deepEqual(objects.get(name)?.bytes, bytes, `${label}: ${name}`);
  }
}

const cleanFaults: readonly Fault[] = [
  "io-error",
  "full",
  "timeout-after-success",
  "short-read",
  "wrong-bytes",
  "not-found",
  "crash-before",
  "crash-after",
];

describe("every operation of a backup failing in turn", { timeout: 300_000 }, () => {
  it("harms nothing older, and the next run succeeds", async () => {
    const { operations, error } = await runWithFault("io-error", 0);
    assert.equal(error, undefined);
    assert.ok(operations > 20, `${operations} operations`);
    let failed = 0;
    for (let failAt = 1; failAt <= operations; failAt += 1) {
      const fault = cleanFaults[failAt % cleanFaults.length] ?? "io-error";
      failed += await checkRun(fault, failAt);
    }
    assert.ok(failed > operations / 2, `${failed} of ${operations} runs failed`);
  });

  it("with torn writes: the next run still succeeds", async () => {
    const { operations } = await runWithFault("torn-write", 0);
    for (let failAt = 1; failAt <= operations; failAt += 1) await checkRun("torn-write", failAt);
  });
});

describe("every write of a backup failing in turn", { timeout: 120_000 }, () => {
  for (const [fault, code] of [
    ["full", "StoreFull"],
    ["read-only", "StoreReadOnly"],
  ] as const)
    it(`because the store is ${fault}: the run fails and says so, and publishes nothing`, async () => {
      const { operations } = await runWithFault(fault, 0, ["put"]);
      assert.ok(operations > 5, `${operations} writes`);
      // The last one only lets go of the lease, which runs out by itself.
      for (let failAt = 1; failAt < operations; failAt += 1) {
        const { objects, error } = await runWithFault(fault, failAt, ["put"]);
        assert.ok(isAppError(error, code), `${failAt} of ${operations}: ${inspect(error)}`);
        assert.ok(!objects.has(`backups/${backupIdOf(2)}`), `${failAt} of ${operations}`);
        checkUnharmed(objects, `${fault} at ${failAt}`);
      }
    });
});

/** 1 when the run failed, as it may; 0 when it got over the fault. */
async function checkRun(fault: Fault, failAt: number): Promise<number> {
  const label = `${fault} at ${failAt}`;
  const { objects, error } = await runWithFault(fault, failAt);
  if (error !== undefined)
    assert.ok(isAppError(error) && error.code !== "Internal", `${label}: ${inspect(error)}`);
  checkUnharmed(objects, label);
  // What a failed run left nothing of behaves as the base does: tried now and then only.
  const hasLeft = [...objects.keys()].some((name) => !name.startsWith("locks/") && !base.has(name));
  if (!hasLeft && failAt % 8 !== 0) return 1;
  const store = openMemoryStore(objects);
  await runBackup(store, 3).catch((caught: unknown) =>
    assert.fail(`${label}: next: ${String(caught)}`),
  );
  const { findings } = await repository.on(store).verify({ depth: "structure" });
  // What the run itself left torn is found, and costs no other backup.
  const harmful = findings.filter(
    (found) => fault !== "torn-write" || found.backups.some((id) => id !== backupIdOf(2)),
  );
  assert.deepEqual(harmful, [], label);
  if (failAt % 10 === 0) await checkRestore(store, failAt);
  return error === undefined ? 0 : 1;
}

async function checkRestore(store: ObjectStore, number: number): Promise<void> {
  const target = `${folder}/target ${number}`;
  await repository.on(store).restore(3, target, { overwrite: true });
  assert.deepEqual(compareTrees(source, restoredPath(target)), []);
}
