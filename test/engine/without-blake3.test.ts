import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { RepositoryKeys } from "../../src/engine/model.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aFolderRole,
  createRepositoryOfSuite,
  openRepository,
  somePassword,
} from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../support/${name}`, import.meta.url));

/** Those whose chunks or packs are named by BLAKE3. */
const suites = [2, 3] as const;

describe("a platform without a compiled BLAKE3", { timeout: 60_000 }, () => {
  it("restores and carries on what was written with one, and makes repositories that need none", async () => {
    await withTempFolder(async (folder) => {
      for (const name of ["here", "source"]) mkdirSync(`${folder}/${name}`);
      const contents = [someContent(300_000, "large"), someContent(40, "small")];
      for (const [at, bytes] of contents.entries()) writeFileSync(`${folder}/source/${at}`, bytes);
      for (const suite of suites) {
        const path = `${folder}/there-${suite}`;
        mkdirSync(path);
        const repository = await createRepositoryOfSuite(suite, await openLocalStore({ path }));
        await repository.backup(1, [aFolderRole(`${folder}/source`)]);
        writeFileSync(`${path}.json`, JSON.stringify(repository.keys));
      }

      const program = [
        "--import",
        fileOf("blake3-hider-child.ts"),
        fileOf("without-blake3-child.ts"),
      ];
      const output = execFileSync(process.execPath, [...program, folder, ...suites.map(String)], {
        encoding: "utf8",
      });

      const { found, newBytes } = JSON.parse(output) as { found: number[]; newBytes: number[] };
      assert.deepEqual(found, [...suites, 1]);
      for (const bytes of newBytes)
        assert.ok(bytes < 1000, `${bytes} bytes are new: nothing changed but times of the tree`);
      for (const suite of suites) {
        const path = `${folder}/there-${suite}`;
        const keys = JSON.parse(readFileSync(`${path}.json`, "utf8")) as RepositoryKeys;
        const repository = openRepository(await openLocalStore({ path }), keys, somePassword);
        assert.deepEqual((await repository.verify({ depth: "content" })).findings, [], path);
      }
      const names = ["here", ...suites.flatMap((suite) => [`there-${suite}`, `next-${suite}`])];
      for (const [at, bytes] of contents.entries())
        for (const restored of names.map((name) => `restored-${name}`))
          assert.ok(readFileSync(`${folder}/${restored}/files/${at}`).equals(bytes), restored);
    });
  });
});
