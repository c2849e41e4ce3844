import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { repairSteps } from "../../src/engine/repair/repair-repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aStreamRole,
  backupIdOf,
  createRepository,
  type TestRepository,
} from "../support/a-repository.ts";
import { startScript } from "../support/child-process.ts";
import { someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

let folder = "";
let repository: TestRepository;
const content = (number: number): Buffer => someContent(30_000, `own ${number}`);
const role = (number: number) => aStreamRole("own", () => [content(number)]);

/** The first backup's pack is damaged, the second one's index object is lost. */
before(async () => {
  folder = await makeTempFolder();
  mkdirSync(`${folder}/base`);
  repository = await createRepository(await openLocalStore({ path: `${folder}/base` }));
  writeFileSync(`${folder}/keys`, JSON.stringify(repository.keys), { mode: 0o600 });
  await repository.backup(1, [role(1)]);
  const [pack = ""] = listFiles("data");
  const before = new Set(listFiles("index"));
  await repository.backup(2, [role(2)], { fence: 2 });
  const [index = ""] = listFiles("index").filter((name) => !before.has(name));
  const bytes = readFileSync(pack);
  bytes[90] = (bytes[90] ?? 0) ^ 1;
  rmSync(pack);
  writeFileSync(pack, bytes);
  rmSync(index);
});
after(() => removeFolder(folder));

describe("kill -9 of a repair", { concurrency: 2, timeout: 120_000 }, () => {
  for (const step of repairSteps) {
    it(`at ${step}: nothing is lost, and the next one ends it`, async () => {
      const path = `${folder}/store ${step}`;
      cpSync(`${folder}/base`, path, { recursive: true });
      const killed = startScript("repair-child.ts", path, `${folder}/keys`, "10", step);
      assert.equal(await killed.ended, "SIGKILL", killed.readErrors());
      const next = startScript("repair-child.ts", path, `${folder}/keys`, "11", "never");
      assert.equal(await next.ended, 0, next.readErrors());
      const copied = repository.on(await openLocalStore({ path }));
      await copied.backup(3, [role(1)], { fence: 20 });
      const { findings } = await copied.verify();
      const [lost, ...more] = findings;
      // What was damaged stays so, and costs no other backup.
      assert.deepEqual([lost?.code, lost?.backups, more], ["CorruptObject", [backupIdOf(1)], []]);
      for (const number of [2, 3]) {
        const target = `${folder}/target ${step} ${number}`;
        await copied.restore(number, target);
        const expected = content(number === 3 ? 1 : number);
        assert.ok(readFileSync(`${target}/own/dump`).equals(expected));
      }
    });
  }
});

function listFiles(kind: string): string[] {
  return readdirSync(`${folder}/base/holdfast/${kind}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
}
