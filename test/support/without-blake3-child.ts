import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import { hasNativeBlake3 } from "../../src/engine/crypto/load-blake3.ts";
import { readConfig } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { aFolderRole, createRepository, openRepository, somePassword } from "./a-repository.ts";

/**
 * On a platform without a compiled BLAKE3, in the folder named first, for each suite named after it: restores, verifies and
 * carries on the repository in `there-<suite>` with its keys beside it. Then makes one in `here`. Prints the suites of all,
 * and how much was new in each that was carried on.
 */
const [folder = "", ...suites] = process.argv.slice(2);
assert.ok(!hasNativeBlake3());
const role = aFolderRole(`${folder}/source`);
const found: number[] = [];
const newBytes: number[] = [];
for (const suite of suites) {
  const path = `${folder}/there-${suite}`;
  const keys = JSON.parse(readFileSync(`${path}.json`, "utf8")) as RepositoryKeys;
  const there = openRepository(await openLocalStore({ path }), keys, somePassword);
  await there.restore(1, `${folder}/restored-there-${suite}`, { workers: 2 });
  for (const depth of ["ciphertext", "content"] as const)
    assert.deepEqual((await there.verify({ depth })).findings, []);
  newBytes.push((await there.backup(2, [role])).newBytes);
  await there.restore(2, `${folder}/restored-next-${suite}`);
  found.push((await readConfig(there.store)).suite);
}
const here = await createRepository(await openLocalStore({ path: `${folder}/here` }));
await here.backup(1, [role]);
await here.restore(1, `${folder}/restored-here`);
found.push((await readConfig(here.store)).suite);
process.stdout.write(JSON.stringify({ found, newBytes }));
