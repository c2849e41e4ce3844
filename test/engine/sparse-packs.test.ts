import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { globSync, mkdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { chooseSparsePacks } from "../../src/engine/backup/sparse-packs.ts";
import { TreeCache } from "../../src/engine/backup/tree-cache.ts";
import { ByteWriter } from "../../src/engine/format/byte-writer.ts";
import { encodeTreeRecord, type TreeRecord } from "../../src/engine/format/tree-format.ts";
import type { PackEntry } from "../../src/engine/format/index-format.ts";
import type { BackupRecord, EpochKeys, RoleResult } from "../../src/engine/model.ts";
import { aFolderRole, anEntry, createRepository, listNames } from "../support/a-repository.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const mebibyte = 1024 * 1024;
const epoch: EpochKeys = {
  id: "0".repeat(32),
  recipients: [],
  wrapTo: [],
  chunkIdKey: Buffer.alloc(32, 1).toString("base64"),
  indexKey: Buffer.alloc(32, 2).toString("base64"),
  chunkerSeed: Buffer.alloc(32, 3).toString("base64"),
};

/** References of chunks of a mebibyte each, one for each number. */
function chunksOf(...numbers: readonly number[]): Buffer {
  return Buffer.concat(
    numbers.map((number) => {
      const reference = Buffer.alloc(20);
      reference.writeUInt32LE(number * 0x9e37 + 1, 0);
      reference.writeUInt32LE(number, 8);
      reference.writeUInt32LE(mebibyte, 16);
      return reference;
    }),
  );
}

function aPack(packId: string, ...numbers: readonly number[]): PackEntry {
  const blocks = numbers.map((number) => ({
    offset: 0,
    storedBytes: mebibyte,
    plainBytes: mebibyte,
    compressed: false,
    chunks: chunksOf(number),
  }));
  return { packId, bytes: numbers.length * mebibyte, dataKeyId: "", blocks };
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => from + at);
}

interface Changes {
  readonly roles?: readonly string[];
  readonly avoidBelow?: number;
}

interface World {
  readonly cache: TreeCache;
  readonly folder: string;
  /** The newest backup needs these chunks in a role. */
  remember(role: string, ...numbers: readonly number[]): void;
  /** As `remember`, of a backup that found no pack sparse and changed nothing. */
  rememberDense(role: string, ...numbers: readonly number[]): void;
  choose(packs: readonly PackEntry[], changes?: Changes): string[];
}

async function withCache(use: (world: World) => void): Promise<void> {
  await withTempFolder(async (folder) => {
    const cache = new TreeCache(folder, "a repository", epoch);
    const remembered: string[] = [];
    const remember = (role: string, numbers: readonly number[], denseAbove?: number): void => {
      remembered.push(role);
      const bytes = encodeTree(numbers);
      const writer = cache.create();
      // Pieces end anywhere.
      for (let at = 0; at < bytes.length; at += 100) writer.write(bytes.subarray(at, at + 100));
      writer.close();
      const { file, salt } = writer;
      const pointer = { backupId: "newest", epochId: epoch.id, startedAtNs: 0n, file, salt };
      const chunks = chunksOf(9999);
      cache.commit(role, { ...pointer, treeBytes: bytes.length, chunks, denseAbove });
    };
    use({
      cache,
      folder,
      remember: (role, ...numbers) => remember(role, numbers),
      rememberDense: (role, ...numbers) => remember(role, numbers, 0.5),
      choose: (packs, { roles = remembered, avoidBelow = 0.5 } = {}) => {
        const newest = aRecord(remembered);
        const { packIds } = chooseSparsePacks({ packs, cache, newest, roles, avoidBelow });
        return [...packIds].toSorted();
      },
    });
  });
}

function encodeTree(numbers: readonly number[]): Buffer {
  const writer = new ByteWriter(4096);
  const entry = { ...anEntry(""), sparse: false, paged: false, unstable: false, device: 0n };
  const common = { ...entry, linkTarget: "", chunks: Buffer.alloc(0) };
  const root: TreeRecord = { ...common, type: "directory", depth: 0, name: "" };
  encodeTreeRecord(root, writer);
  for (const number of numbers)
    encodeTreeRecord(
      {
        ...common,
        type: number % 2 === 0 ? "file" : "stream",
        depth: 1,
        name: String(number).padStart(6, "0"),
        size: mebibyte,
        chunks: chunksOf(number),
      },
      writer,
    );
  return writer.take();
}

function aRecord(roles: readonly string[]): BackupRecord {
  const results = roles.map((name) => ({ name, status: "Succeeded" }) as RoleResult);
  return { backupId: "newest", roles: results } as unknown as BackupRecord;
}

describe("packs a run does not rely on", () => {
  it("are those the newest backup needs little of", () =>
    withCache((world) => {
      world.remember("files", 1, ...range(100, 6));
      world.remember("accounts", 200);
      const packs = [
        aPack("sparse", ...range(1, 10)),
        aPack("dense", ...range(100, 10)),
        aPack("two roles", 200, 105, 300, 301, 302),
        aPack("dead", ...range(400, 10)),
      ];
      // Of the third only one chunk counts: the other lies in a pack before it.
      assert.deepEqual(world.choose(packs), ["sparse", "two roles"]);
    }));

  it("a chunk that many files share counts once", () =>
    withCache((world) => {
      world.remember("files", 1, 1, 1, 1, 1, 1, 1, 1);
      assert.deepEqual(world.choose([aPack("sparse", ...range(1, 4))]), ["sparse"]);
    }));

  it("what no role needs any more is not needed", () =>
    withCache((world) => {
      world.remember("files", 1);
      world.remember("gone", 2, 3, 4);
      assert.deepEqual(world.choose([aPack("one", 1, 2, 3, 4)], { roles: ["files"] }), ["one"]);
      assert.deepEqual(world.choose([aPack("one", 1, 2, 3, 4)]), []);
    }));

  it("are not looked for again while nothing changes", () =>
    withCache((world) => {
      world.rememberDense("files", 1);
      world.rememberDense("accounts", 2);
      const packs = [aPack("sparse", ...range(1, 10))];
      assert.deepEqual(world.choose(packs), []);
      assert.deepEqual(world.choose(packs, { avoidBelow: 0.6 }), ["sparse"]);
      assert.deepEqual(world.choose(packs, { roles: ["files"] }), ["sparse"]);
      world.remember("more", 3);
      assert.deepEqual(world.choose(packs), ["sparse"]);
    }));

  it("none where the cache does not tell all", () =>
    withCache((world) => {
      world.remember("files", 1);
      world.remember("accounts", 2);
      const packs = [aPack("sparse", ...range(1, 10))];
      assert.deepEqual(world.choose(packs), ["sparse"]);
      const [tree = ""] = globSync(join(world.folder, "*", "*.tree"));
      truncateSync(tree, 150);
      assert.deepEqual(world.choose(packs), []);
      rmSync(tree);
      assert.deepEqual(world.choose(packs), []);
      const [role = ""] = globSync(join(world.folder, "*", "*.role"));
      rmSync(role);
      assert.deepEqual(world.choose(packs), []);
    }));

  it("the emptiest first, and no more than a tenth is stored again in one run", () =>
    withCache((world) => {
      const half = range(0, 40).map((pack) => range(pack * 100, 12 + (pack % 2)));
      const full = range(50, 20).map((pack) => range(pack * 100, 30));
      world.remember("files", ...half.flat(), ...full.flat());
      const packs = [
        ...half.map((_, pack) => aPack(`half ${pack}`, ...range(pack * 100, 30))),
        ...full.map((numbers, pack) => aPack(`full ${pack}`, ...numbers)),
      ];
      const chosen = world.choose(packs);
      const needed = 20 * 12 + 20 * 13 + 20 * 30;
      assert.equal(chosen.length, Math.floor(needed / 10 / 12));
      for (const name of chosen) assert.match(name, /^half \d*[02468]$/);
    }));
});

describe("a run that leaves a sparse pack", { timeout: 60_000 }, () => {
  it("stores anew what is needed of it, trees too, and only once", () =>
    withTempFolder(async (folder) => {
      const source = join(folder, "source");
      const repository = await createRepository();
      const cacheDirectory = join(folder, "cache");
      const write = (name: string, bytes: Uint8Array): void => {
        writeFileSync(join(source, name), bytes);
        utimesSync(join(source, name), 1_700_000_000, 1_700_000_000);
      };
      mkdirSync(source);
      const keptBytes = randomBytes(20_000);
      write("kept", keptBytes);
      for (const number of range(1, 5)) write(`goes ${number}`, randomBytes(20_000));
      const role = aFolderRole(source);
      const run = (number: number): Promise<BackupRecord> =>
        repository.backup(number, [role], { cacheDirectory });
      const isDense = (): boolean => {
        const epochKeys = repository.keys.epochs.at(-1) as EpochKeys;
        const cache = new TreeCache(cacheDirectory, repository.keys.repositoryId, epochKeys);
        return cache.read(role.name)?.denseAbove === 0.5;
      };
      await run(1);
      for (const number of range(1, 5)) rmSync(join(source, `goes ${number}`));
      await run(2);
      const second = await listNames(repository.store, "data/");
      const third = await run(3);
      assert.ok(!isDense());
      const added = (await listNames(repository.store, "data/")).filter(
        (name) => !second.includes(name),
      );
      assert.equal(added.length, 1);
      assert.ok(third.newBytes >= keptBytes.length && third.newBytes < keptBytes.length + 2000);
      // What was moved is not moved again.
      const fourth = await run(4);
      assert.equal(fourth.newBytes, 0);
      assert.ok(isDense());
      await run(5);
      assert.ok(isDense());
      write("new", randomBytes(20_000));
      await run(6);
      assert.ok(!isDense());
      for (const number of range(1, 4)) {
        await repository.restore(number, join(folder, `restored ${number}`));
      }
      assert.deepEqual((await repository.verify({ depth: "content" })).findings, []);
    }));
});
