import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Progress } from "../../src/engine/model.ts";
import { EntryPacker, PackedEntries } from "../../src/engine/packed-entries.ts";
import type { SourceEntry } from "../../src/engine/source.ts";
import {
  anEntry,
  aRole,
  aSource,
  createEngineClock,
  createRepository,
} from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const stats = {
  ...{ mode: 0o644n, uid: 1n, gid: 2n, size: 77n, mtimeNs: 3n, ctimeNs: 4n, ino: 5n, rdev: 6n },
};
const plain = { sparse: false, paged: false };

describe("packed entries", () => {
  it("give back what was added, beyond the size of their first buffer", () => {
    const packer = new EntryPacker();
    packer.add("", "", "directory", stats, plain, undefined);
    packer.add("a/", "pages", "file", stats, { sparse: true, paged: true }, undefined);
    packer.add("a/", "disk", "block-device", stats, plain, undefined);
    const target = "t".repeat(100_000);
    packer.add("a/", "link", "symlink", stats, plain, target);
    packer.add("a/b/", "tty", "character-device", stats, plain, undefined);
    const entries = [...new PackedEntries(packer.take(), "/root/")];
    const common = { uid: 1, gid: 2, mode: 0o644, mtimeNs: 3n, ctimeNs: 4n, inode: 5n };
    assert.deepEqual(entries, [
      { ...common, path: "", type: "directory", size: 0 },
      {
        ...{ ...common, path: "a/pages", type: "file", size: 77 },
        ...{ localPath: "/root/a/pages", paged: true, sparse: true },
      },
      { ...common, path: "a/disk", type: "block-device", size: 0, device: 6n },
      { ...common, path: "a/link", type: "symlink", size: 0, linkTarget: target },
      { ...common, path: "a/b/tty", type: "character-device", size: 0, device: 6n },
    ]);
    packer.add("", "later", "fifo", stats, plain, undefined);
    const later = new PackedEntries(packer.take(), "/root/");
    assert.equal(later.length, 1);
    assert.equal(later.path(0), "later");
  });
});

describe("a tree of more than one piece", { timeout: 60_000 }, () => {
  const names = Array.from(
    { length: 6000 },
    (_, n) => `${String(n).padStart(5, "0")}${"n".repeat(90)}`,
  );
  const role = (last: string): ReturnType<typeof aRole> =>
    aRole("many", () => aSource([...entriesOf(names), anEntry(last, { type: "fifo" })]));

  function* entriesOf(all: readonly string[]): Generator<SourceEntry> {
    yield anEntry("", { type: "directory" });
    for (const name of all) yield anEntry(name, { type: "fifo" });
  }

  it("is stored, kept, found again and stored anew from its first difference", () =>
    withTempFolder(async (cacheDirectory) => {
      const repository = await createRepository();
      const first = await repository.backup(1, [role("y")], { cacheDirectory });
      const again = await repository.backup(2, [role("y")], { cacheDirectory });
      const other = await repository.backup(3, [role("z")], { cacheDirectory });
      assert.deepEqual(
        [first, again, other].map(({ roles }) => roles[0]?.otherEntries),
        [6001, 6001, 6001],
      );
      assert.ok(first.storedBytes > again.storedBytes);
      assert.ok(other.newBytes > 0 && other.newBytes < first.newBytes, `${other.newBytes}`);
      assert.deepEqual((await repository.verify({ depth: "content" })).findings, []);
    }));
});

describe("the progress of a backup", { timeout: 60_000 }, () => {
  it("is told in phases, and never falls", async () => {
    const repository = await createRepository();
    const clock = createEngineClock();
    let calls = 0;
    const told: Progress[] = [];
    const pieces = Array.from({ length: 30 }, (_, n) => someContent(100_000, `${n}`));
    const entries = [anEntry("", { type: "directory" }), anEntry("dump", { type: "stream" })];
    const one = aRole("one", () =>
      aSource(entries, async function* () {
        yield* pieces;
      }),
    );
    // Half a second goes by from look to look.
    const ticking = { ...clock, now: () => clock.now() + 500 * (calls += 1) };
    for (const number of [1, 2])
      await repository.backup(number, [one], {
        clock: ticking,
        onProgress: (progress) => void told.push(progress),
      });
    const phases = told.map(({ phase }) => phase).filter((one_, at, all) => one_ !== all[at - 1]);
    assert.deepEqual(phases.slice(0, phases.length / 2), phases.slice(phases.length / 2));
    const firsts = told.slice(
      0,
      told.findLastIndex(({ phase }) => phase === phases[0]),
    );
    assert.ok(firsts.some(({ role, bytesDone }) => role === "one" && bytesDone > 0));
    for (const [at, { bytesDone, phase, bytesTotal }] of told.entries()) {
      const before = told[at - 1];
      if (before?.phase === phase) assert.ok(bytesDone >= before.bytesDone);
      assert.ok(bytesTotal === 0 || bytesTotal >= bytesDone);
    }
  });
});
