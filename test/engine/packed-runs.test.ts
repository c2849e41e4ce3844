import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import type { BackupRole } from "../../src/engine/backup/options.ts";
import { EntryPacker, PackedEntries } from "../../src/engine/packed-entries.ts";
import type { SourceEntry } from "../../src/engine/source.ts";
import { createWalk, nodeWalkSystem } from "../../src/roles/directory-walk.ts";
import { toRawPath } from "../../src/roles/raw-path.ts";
import {
  aRole,
  aSource,
  aStreamRole,
  anEntry,
  createRepository,
  restoredPath,
} from "../support/a-repository.ts";
import { compareTrees, someContent, writeOddTree } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const limits = { timeout: 240_000 };

/** Batches of packed entries, as the thread that lists a large folder sends them. */
function aPackedRole(
  name: string,
  root: string,
  batches: () => Iterable<Uint8Array>,
  between: () => void = () => undefined,
): BackupRole {
  return aRole(name, () => ({
    ...aSource([]),
    entries: async function* () {
      for (const batch of [...batches()]) {
        between();
        yield new PackedEntries(batch, `${root}/`);
      }
    },
  }));
}

function walkPacked(root: string, count: number): Uint8Array[] {
  const system = nodeWalkSystem;
  const warn = (): void => assert.fail("nothing to warn of");
  const walk = createWalk({ root: toRawPath(root), isExcluded: undefined, warn, system });
  const batches: Uint8Array[] = [];
  for (let batch = walk.pack(count); batch.length > 0; batch = walk.pack(count))
    batches.push(batch);
  return batches;
}

function pack(entries: readonly SourceEntry[]): Uint8Array {
  const packer = new EntryPacker();
  for (const entry of entries) {
    const { path, type, linkTarget } = entry;
    const cut = path.lastIndexOf("/") + 1;
    const stats = {
      mode: BigInt(entry.mode),
      uid: BigInt(entry.uid),
      gid: BigInt(entry.gid),
      size: BigInt(entry.size),
      mtimeNs: entry.mtimeNs,
      ctimeNs: entry.ctimeNs,
      ino: entry.inode,
      rdev: 0n,
    };
    const flags = { sparse: false, paged: false };
    packer.add(path.slice(0, cut), path.slice(cut), type, stats, flags, linkTarget);
  }
  return packer.take();
}

describe("packed entries that nothing is known of", limits, () => {
  for (const count of [1, 7, 1000])
    it(`give back every odd file: ${count} at a time`, async () => {
      await withTempFolder(async (folder) => {
        const source = `${folder}/source`;
        mkdirSync(source);
        writeOddTree(source);
        const repository = await createRepository();
        const role = aPackedRole("files", source, () => walkPacked(source, count));
        const record = await repository.backup(1, [role]);
        assert.equal(record.status, "Succeeded");
        await repository.restore(1, `${folder}/target`);
        assert.deepEqual(compareTrees(source, restoredPath(`${folder}/target`)), []);
        const plain = await repository.backup(2, [
          aRole("files", () => ({
            ...aSource([]),
            entries: async function* () {
              for (const batch of walkPacked(source, 50))
                yield Array.from(new PackedEntries(batch, `${source}/`));
            },
          })),
        ]);
        const [packed, listed] = [record, plain].map(({ roles }) => roles[0]);
        assert.ok((packed?.files ?? 0) > 10);
        for (const key of ["files", "directories", "otherEntries", "plainBytes"] as const)
          assert.equal(packed?.[key], listed?.[key], key);
        assert.equal(plain.newBytes, 0, "records differ from those of listed entries");
      });
    });

  it("cost a warning each that cannot be read, and so do links to them", async () => {
    await withTempFolder(async (folder) => {
      symlinkSync("anything", `${folder}/loop`);
      writeFileSync(`${folder}/there`, "there");
      const file = { size: 5 };
      const entries = [
        anEntry("", { type: "directory" }),
        anEntry("gone", file),
        anEntry("linked", { type: "hardlink", linkTarget: "gone" }),
        anEntry("loop", file),
        anEntry("there", file),
      ];
      const warnings: string[] = [];
      const repository = await createRepository();
      const role = aPackedRole("files", folder, () => [pack(entries)]);
      const onWarning = (_role: string, { path, code }: { path: string; code: string }): void =>
        void warnings.push(`${path} ${code}`);
      const record = await repository.backup(1, [role], { onWarning });
      assert.equal(record.status, "PartialSucceeded");
      assert.deepEqual(warnings, ["gone Vanished", "linked LinkTargetLost", "loop ELOOP"]);
      assert.deepEqual([record.roles[0]?.files, record.roles[0]?.plainBytes], [1, 5]);
      await repository.restore(1, `${folder}/target`);
      assert.equal(readFileSync(`${restoredPath(`${folder}/target`)}/there`, "utf8"), "there");
    });
  });

  it("are stored as they are read when they change meanwhile", async () => {
    await withTempFolder(async (folder) => {
      const source = `${folder}/source`;
      mkdirSync(source);
      writeFileSync(`${source}/grows`, someContent(5000, "grows"));
      writeFileSync(`${source}/shrinks`, someContent(5000, "shrinks"));
      const batches = walkPacked(source, 10);
      const role = aPackedRole(
        "files",
        source,
        () => batches,
        () => {
          appendFileSync(`${source}/grows`, "more");
          writeFileSync(`${source}/shrinks`, "less");
        },
      );
      const repository = await createRepository();
      const record = await repository.backup(1, [role]);
      assert.equal(record.roles[0]?.plainBytes, 5004);
      await repository.restore(1, `${folder}/target`);
      const target = restoredPath(`${folder}/target`);
      assert.deepEqual(readFileSync(`${target}/grows`), someContent(5000, "grows"));
      assert.equal(readFileSync(`${target}/shrinks`, "utf8"), "less");
    });
  });
});

describe("packed entries that are wrong", limits, () => {
  const directory = { type: "directory" } as const;
  const refused: Record<string, readonly SourceEntry[]> = {
    "the same name twice": [anEntry("a"), anEntry("a")],
    "names out of order": [anEntry("b"), anEntry("a")],
    "a name after a longer one": [anEntry("ab"), anEntry("a")],
    "a file before the folder above it": [anEntry("b", directory), anEntry("b/x"), anEntry("a")],
    "a name upwards": [anEntry("a", directory), anEntry("a/..")],
    "a name of the folder itself": [anEntry("a", directory), anEntry("a/.")],
    "an empty name": [anEntry("a", directory), anEntry("a/")],
    "a name with a NUL": [anEntry("a\0b")],
    "a path without its directory": [anEntry("a/b")],
    "a path below a file": [anEntry("a"), anEntry("a/b")],
    "a name longer than the format's bound": [anEntry("n".repeat(4097))],
    "a root that is no directory": [anEntry("")],
  };
  for (const [what, entries] of Object.entries(refused)) {
    for (const size of [entries.length + 1, 1])
      it(`fail their role for ${what}, ${size} at a time`, async () => {
        const root = entries[0]?.path === "" ? [] : [anEntry("", directory)];
        const all = [...root, ...entries];
        const batches = all.flatMap((_, at) =>
          at % size === 0 ? [pack(all.slice(at, at + size))] : [],
        );
        const bad = aPackedRole("bad", "/nonexistent", () => batches);
        const repository = await createRepository();
        const record = await repository.backup(1, [bad, aStreamRole("good", () => [Buffer.of(1)])]);
        assert.deepEqual(
          record.roles.map(({ status, error }) => error?.code ?? status),
          [entries.some(({ path }) => isUnsafe(path)) ? "UnsafePath" : "SourceFailed", "Succeeded"],
        );
      });
  }
});

function isUnsafe(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    ["..", "."].includes(name) || path.endsWith("/") || name.includes("\0") || name.length > 4096
  );
}
