import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import { hasNativeBlake3 } from "../../src/engine/crypto/keyed-blake3.ts";
import { readConfig } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { aFolderRole, createRepository, openRepository, somePassword } from "./a-repository.ts";

/**
 * On a platform without a compiled BLAKE3, in the folder named first: restores, verifies and carries on the repository in
 * `there` with its `keys.json`, and makes one in `here`. Prints the suites of both.
 */
const [folder = ""] = process.argv.slice(2);
assert.ok(!hasNativeBlake3());
const keys = JSON.parse(readFileSync(`${folder}/keys.json`, "utf8")) as RepositoryKeys;
const there = openRepository(await openLocalStore({ path: `${folder}/there` }), keys, somePassword);
await there.restore(1, `${folder}/restored`, { workers: 2 });
assert.deepEqual((await there.verify({ depth: "content" })).findings, []);
const next = await there.backup(2, [aFolderRole(`${folder}/source`)]);
const here = await createRepository(await openLocalStore({ path: `${folder}/here` }));
await here.backup(1, [aFolderRole(`${folder}/source`)]);
await here.restore(1, `${folder}/restored-here`);
const suites = await Promise.all([there, here].map(({ store }) => readConfig(store)));
process.stdout.write(
  JSON.stringify({ newBytes: next.newBytes, suites: suites.map(({ suite }) => suite) }),
);
