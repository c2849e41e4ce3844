import assert from "node:assert/strict";
import { linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { isAppError } from "../../src/base/errors.ts";
import type { SourceEntry, SourceWarning } from "../../src/engine/source.ts";
import { createWalk, nodeWalkSystem, type Walk } from "../../src/roles/directory-walk.ts";
import { openDirectorySource } from "../../src/roles/directory.ts";
import { compileExcludes } from "../../src/roles/exclude.ts";
import { toRawPath } from "../../src/roles/raw-path.ts";
import { WalkAhead } from "../../src/roles/walk-ahead.ts";
import { startWalkThread, takeWalkThread } from "../../src/roles/walk-thread.ts";
import { aSourceHost, readEntries } from "../support/source-host.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const exclude = ["**/*.tmp"];

/** Three folders of 500 files, with every kind of entry a codec could lose, and names that are no UTF-8. */
function makeTree(root: string): void {
  for (const folder of ["a", "b/deep/er", "c"]) {
    mkdirSync(join(root, folder), { recursive: true });
    for (let index = 0; index < 500; index += 1)
      writeFileSync(join(root, folder, `${index}.txt`), `${index}`);
  }
  writeFileSync(join(root, "c", "state.sqlite"), "pages");
  writeFileSync(join(root, "c", "left.tmp"), "left out");
  writeFileSync(join(root, "c", "ünï"), "name");
  writeFileSync(Buffer.concat([Buffer.from(join(root, "c/")), Buffer.from([0xff, 0xfe])]), "raw");
  writeFileSync(join(root, "c", "sparse"), "");
  truncateSync(join(root, "c", "sparse"), 10_000_000);
  linkSync(join(root, "a", "1.txt"), join(root, "c", "hard"));
  symlinkSync("../ä/nowhere", join(root, "c", "soft"));
}

function failOnWarning({ path, code }: SourceWarning): void {
  assert.fail(`${path}: ${code}`);
}

function startWalk(root: string, warn: (warning: SourceWarning) => void = () => undefined): Walk {
  const options = { root: toRawPath(root), isExcluded: compileExcludes(exclude), warn };
  return createWalk({ ...options, system: nodeWalkSystem });
}

function takeAll(walk: Walk): SourceEntry[] {
  const entries: SourceEntry[] = [];
  for (let batch = walk.next(256); batch.length > 0; batch = walk.next(256)) entries.push(...batch);
  return entries;
}

describe("thread for the next walk", { timeout: 60_000 }, () => {
  it("is the one that was started before, once", async () => {
    startWalkThread();
    startWalkThread();
    const [first, second] = [takeWalkThread(), takeWalkThread()];
    try {
      assert.notEqual(first, second);
    } finally {
      await Promise.all([first.terminate(), second.terminate()]);
    }
  });

  it("lists as any other", () =>
    withTempFolder(async (path) => {
      makeTree(path);
      const expected = takeAll(startWalk(path));
      startWalkThread();
      const walk = startWalk(path);
      const ahead = new WalkAhead({ root: toRawPath(path), exclude }, walk.state, failOnWarning);
      try {
        let count = 0;
        for await (const batch of ahead.entries())
          for (let at = 0; at < batch.bytes.length; at = batch.after(at)) count += 1;
        assert.equal(count, expected.length);
      } finally {
        await ahead.close();
      }
    }));
});

describe("walk in a thread of its own", { timeout: 60_000 }, () => {
  for (const done of [0, 1, 300, 1400]) {
    it(`goes on after ${done} entries as if nothing had happened`, () =>
      withTempFolder(async (path) => {
        makeTree(path);
        const expected = takeAll(startWalk(path));
        const walk = startWalk(path);
        const first = done === 0 ? [] : walk.next(done);
        const ahead = new WalkAhead({ root: toRawPath(path), exclude }, walk.state, failOnWarning);
        try {
          const rest: SourceEntry[] = [];
          for await (const batch of ahead.entries()) rest.push(...batch);
          assert.deepEqual([...first, ...rest], expected);
          assert.ok(expected.length > 1500);
        } finally {
          await ahead.close();
        }
      }));
  }

  it("gives the same entries through the source, however far the thread came", () =>
    withTempFolder(async (path) => {
      makeTree(path);
      const entries = await readEntries(openDirectorySource({ path, exclude }, aSourceHost(path)));
      assert.deepEqual(entries, takeAll(startWalk(path)));
    }));

  it("passes warnings on", () =>
    withTempFolder(async (path) => {
      makeTree(path);
      const walk = startWalk(path);
      walk.next(2);
      rmSync(join(path, "c"), { recursive: true });
      const warnings: SourceWarning[] = [];
      const setup = { root: toRawPath(path), exclude };
      const ahead = new WalkAhead(setup, walk.state, (warning) => warnings.push(warning));
      try {
        const names: string[] = [];
        for await (const batch of ahead.entries())
          names.push(...Array.from(batch, (entry) => entry.path));
        assert.ok(!names.includes("c"));
        assert.deepEqual(
          warnings.map((warning) => [warning.path, warning.code]),
          [["c", "Vanished"]],
        );
      } finally {
        await ahead.close();
      }
    }));

  it("fails, and does not end early, when the thread ends", () =>
    withTempFolder(async (path) => {
      makeTree(path);
      const { state } = startWalk(path);
      const ahead = new WalkAhead({ root: toRawPath(path), exclude }, state, failOnWarning);
      await ahead.close();
      await assert.rejects(
        async () => {
          for await (const batch of ahead.entries()) assert.fail(`${batch.length} entries`);
        },
        (error) => isAppError(error, "SourceFailed"),
      );
    }));
});
