import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { aFolderRole, createRepository } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../support/${name}`, import.meta.url));

describe("a platform without a compiled BLAKE3", { timeout: 60_000 }, () => {
  it("restores and carries on what was written with one, and makes repositories that need none", async () => {
    await withTempFolder(async (folder) => {
      for (const name of ["there", "here", "source"]) mkdirSync(`${folder}/${name}`);
      const contents = [someContent(300_000, "large"), someContent(40, "small")];
      for (const [at, bytes] of contents.entries()) writeFileSync(`${folder}/source/${at}`, bytes);
      const repository = await createRepository(await openLocalStore({ path: `${folder}/there` }));
      assert.equal((await readConfig(repository.store)).suite, 2);
      await repository.backup(1, [aFolderRole(`${folder}/source`)]);
      writeFileSync(`${folder}/keys.json`, JSON.stringify(repository.keys));

      const program = [
        "--import",
        fileOf("blake3-hider-child.ts"),
        fileOf("without-blake3-child.ts"),
      ];
      const output = execFileSync(process.execPath, [...program, folder], { encoding: "utf8" });

      const { suites, newBytes } = JSON.parse(output) as { suites: number[]; newBytes: number };
      assert.deepEqual(suites, [2, 1]);
      assert.ok(
        newBytes < 1000,
        `${newBytes} bytes are new: nothing changed but times of the tree`,
      );
      for (const [at, bytes] of contents.entries())
        for (const restored of ["restored", "restored-here"])
          assert.ok(readFileSync(`${folder}/${restored}/files/${at}`).equals(bytes), restored);
    });
  });
});
