import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, it } from "node:test";
import type { Clock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { BackupRecord } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { prepareRepository } from "../../src/engine/repository.ts";
import { openDirectorySource } from "../../src/roles/directory.ts";
import { PackedEntries } from "../../src/engine/packed-entries.ts";
import type { BackupRole } from "../../src/engine/backup/options.ts";
import { createWalk, nodeWalkSystem } from "../../src/roles/directory-walk.ts";
import { toRawPath } from "../../src/roles/raw-path.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import {
  aFolderRole,
  createEngineClock,
  createRepository,
  listNames,
  openRepository,
  restoredPath,
  someDeployment,
  somePassword,
  type BackupChanges,
  type TestRepository,
} from "../support/a-repository.ts";
import { compareTrees, someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

/** A folder that is backed up again and again with a cache. */
interface World {
  readonly folder: string;
  readonly source: string;
  readonly cache: string;
  readonly store: ObjectStore;
  repository: TestRepository;
  /** Backs up, restores and compares; says what the run added. */
  run(changes?: BackupChanges): Promise<Outcome>;
}

interface Outcome {
  readonly record: BackupRecord;
  readonly newPacks: number;
  readonly refs: string;
}

async function withWorld(
  use: (world: World) => Promise<void>,
  role: (source: string) => BackupRole = aFolderRole,
): Promise<void> {
  await withTempFolder(async (folder) => {
    const source = `${folder}/source`;
    writeTree(source);
    const store = openMemoryStore();
    const cache = `${folder}/cache`;
    let runs = 0;
    const world: World = {
      folder,
      source,
      cache,
      store,
      repository: await createRepository(store),
      run: async (changes = {}) => {
        runs += 1;
        const before = await listNames(store, "data/");
        const options = { cacheDirectory: cache, ...changes };
        const record = await world.repository.backup(runs, [role(source)], options);
        const target = `${folder}/target ${runs}`;
        await world.repository.restore(runs, target);
        assert.deepEqual(compareTrees(source, restoredPath(target)), []);
        const after = await listNames(store, "data/");
        const manifest = Buffer.from(await store.get(`backups/${record.backupId}`)).toString();
        const refs = /"refs":"([^"]+)"/.exec(manifest)?.[1] ?? "";
        return { record, newPacks: after.length - before.length, refs };
      },
    };
    await use(world);
  });
}

function writeTree(source: string): void {
  for (const name of ["a", "b", "b/inner", "c"])
    mkdirSync(`${source}/${name}`, { recursive: true });
  for (const name of ["a/1", "a/2", "b/1", "b/inner/1", "c/1", "last"])
    writeFileSync(`${source}/${name}`, someContent(40_000, name));
  writeFileSync(`${source}/empty`, "");
  symlinkSync("a/1", `${source}/link`);
  linkSync(`${source}/c/1`, `${source}/c/2`);
}

/** The folder as a walk in a thread of its own gives it, a few entries at a time. */
function aPackedRole(path: string): BackupRole {
  return aFolderRole(path, {
    open: (host) => ({
      ...openDirectorySource({ path }, host),
      entries: async function* () {
        const warn = host.warn.bind(host);
        const root = toRawPath(path);
        const walk = createWalk({ root, isExcluded: undefined, warn, system: nodeWalkSystem });
        for (let batch = walk.pack(3); batch.length > 0; batch = walk.pack(3))
          yield new PackedEntries(batch, `${root}/`);
      },
    }),
  });
}

const limits = { timeout: 240_000 };

for (const [kind, role] of [
  ["", aFolderRole],
  [", packed", aPackedRole],
] as const) {
  describe(`a backup of a tree seen before${kind}`, limits, () => followTree(role));
}

function followTree(role: (source: string) => BackupRole): void {
  it("stores nothing when nothing changed", async () => {
    await withWorld(async (world) => {
      const first = await world.run();
      const second = await world.run();
      assert.equal(second.newPacks, 0);
      assert.equal(second.refs, first.refs);
      assert.equal(second.record.newBytes, 0);
      assert.equal(second.record.plainBytes, first.record.plainBytes);
      assert.deepEqual(countsOf(second.record), countsOf(first.record));
    }, role);
  });

  const touches: Record<string, (source: string) => void> = {
    "a file was added": (source) => writeFileSync(`${source}/a/new`, someContent(30_000, "new")),
    "a file was added first": (source) => writeFileSync(`${source}/!first`, "first"),
    "a file was added last": (source) => writeFileSync(`${source}/~last`, "last"),
    "a file was removed": (source) => rmSync(`${source}/b/1`),
    "the last file was removed": (source) => rmSync(`${source}/~last`),
    "a file was changed": (source) => writeFileSync(`${source}/b/inner/1`, someContent(9000, "x")),
    "a folder was renamed": (source) => renameSync(`${source}/b`, `${source}/z`),
    "a folder became a file": (source) => {
      rmSync(`${source}/z`, { recursive: true });
      writeFileSync(`${source}/z`, "now a file");
    },
    "a file became a folder": (source) => {
      rmSync(`${source}/a/1`);
      mkdirSync(`${source}/a/1`);
    },
    "a time was touched": (source) => utimesSync(`${source}/a/1`, 1_600_000_000, 1_600_000_000),
    "a mode was changed": (source) => chmodSync(`${source}/c/1`, 0o600),
    "a link was changed": (source) => {
      rmSync(`${source}/link`);
      symlinkSync("a/2", `${source}/link`);
    },
    "a linked name was removed": (source) => rmSync(`${source}/c/1`),
    "everything but one was removed": (source) => {
      for (const name of ["a", "b", "c", "empty", "link", "z", "!first"])
        rmSync(`${source}/${name}`, { recursive: true, force: true });
    },
  };
  it("restores equal after each kind of change", async () => {
    await withWorld(async (world) => {
      await world.run();
      for (const [what, touch] of Object.entries(touches)) {
        touch(world.source);
        await world.run().catch((error: unknown) => assert.fail(`${what}: ${String(error)}`));
      }
      assert.equal((await world.run()).newPacks, 0);
    }, role);
  });

  it("reads a file whose size and mtime stayed", async () => {
    await withWorld(async (world) => {
      await world.run();
      const file = `${world.source}/a/1`;
      utimesSync(file, 1_600_000_000, 1_600_000_000);
      await world.run();
      writeFileSync(file, someContent(40_000, "other content"));
      utimesSync(file, 1_600_000_000, 1_600_000_000);
      const { record } = await world.run();
      assert.ok(record.newBytes > 0);
    }, role);
  });

  it("reads again what changed within the clock's grain", async () => {
    await withWorld(async (world) => {
      // A run starts just after the last change: a later one may carry the same time.
      const changedAt = lstatSync(`${world.source}/link`).ctimeMs;
      const clockAt = (time: number): Clock => ({ ...createEngineClock(), now: () => time });
      await world.run({ clock: clockAt(changedAt + 500) });
      assert.ok((await countRead(world, clockAt(changedAt + 600))) > 0, "believed unchanged");
      assert.ok((await countRead(world, clockAt(changedAt + 60_000))) > 0, "believed unchanged");
      assert.equal(await countRead(world, clockAt(changedAt + 70_000)), 0);
    }, role);
  });

  it("reads everything when asked to", async () => {
    await withWorld(async (world) => {
      await world.run();
      assert.equal(await countRead(world, createEngineClock()), 0);
      assert.ok((await countRead(world, createEngineClock(), { rescan: true })) > 0);
    }, role);
  });
}

let extraRuns = 100;

/** Backs up with a source whose files lie elsewhere: how many it could not find, so how many were read. */
async function countRead(world: World, clock: Clock, changes: BackupChanges = {}): Promise<number> {
  let read = 0;
  const role = aFolderRole(world.source, {
    open: (host) => {
      const source = openDirectorySource({ path: world.source }, host);
      return {
        ...source,
        entries: async function* (signal) {
          for await (const batch of source.entries(signal))
            yield Array.from(batch, (entry) =>
              entry.localPath === undefined ? entry : { ...entry, localPath: "/nonexistent/file" },
            );
        },
      };
    },
  });
  const onWarning = (): void => void (read += 1);
  // Without a cache of its own afterwards: the next count starts from the same one.
  const saved = readdirSync(`${world.cache}/${world.repository.keys.repositoryId}`).map(
    (name) =>
      [name, readFileSync(`${world.cache}/${world.repository.keys.repositoryId}/${name}`)] as const,
  );
  await world.repository
    .backup((extraRuns += 1), [role], { cacheDirectory: world.cache, clock, onWarning, ...changes })
    .catch(() => undefined);
  const kept = `${world.cache}/${world.repository.keys.repositoryId}`;
  rmSync(kept, { recursive: true });
  mkdirSync(kept);
  for (const [name, bytes] of saved) writeFileSync(`${kept}/${name}`, bytes);
  // Brings the cache to the time of this clock.
  await world.run({ clock });
  return read;
}

function countsOf(record: BackupRecord): unknown {
  return record.roles.map(({ files, directories, otherEntries, plainBytes, warnings }) => ({
    files,
    directories,
    otherEntries,
    plainBytes,
    warnings,
  }));
}

describe("the cache", limits, () => {
  it("may be lost", async () => {
    await withWorld(async (world) => {
      await world.run();
      rmSync(world.cache, { recursive: true });
      assert.equal((await world.run()).newPacks, 0);
    });
  });

  it("may be damaged anywhere", async () => {
    await withWorld(async (world) => {
      await world.run();
      const folder = `${world.cache}/${world.repository.keys.repositoryId}`;
      for (const ending of [".role", ".tree"]) {
        for (const change of [
          (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
          (bytes: Buffer) => {
            bytes[bytes.length >> 1] = 255 ^ (bytes[bytes.length >> 1] ?? 0);
            return bytes;
          },
          () => Buffer.alloc(0),
          () => Buffer.alloc(100, 0xff),
        ]) {
          const name = readdirSync(folder).find((found) => found.endsWith(ending)) ?? "";
          writeFileSync(`${folder}/${name}`, change(readFileSync(`${folder}/${name}`)));
          assert.equal((await world.run()).newPacks, 0);
        }
      }
    });
  });

  it("holds no names in the clear, and no leftovers", async () => {
    await withWorld(async (world) => {
      await world.run();
      const folder = `${world.cache}/${world.repository.keys.repositoryId}`;
      writeFileSync(`${folder}/0123456789abcdef.tree`, "left by a killed run");
      writeFileSync(`${world.source}/changed`, "more");
      await world.run();
      assert.equal(readdirSync(folder).length, 2);
      for (const name of readdirSync(folder))
        assert.ok(!readFileSync(`${folder}/${name}`).includes("inner"));
    });
  });

  it("that cannot be written fails no backup", async () => {
    await withWorld(async (world) => {
      const inTheWay = `${world.folder}/file`;
      writeFileSync(inTheWay, "no folder");
      const codes: unknown[] = [];
      const warn = (_message: string, fields?: object): void => void codes.push(fields);
      await world.run({ cacheDirectory: inTheWay, logger: { ...silentLogger, warn } });
      assert.equal(codes.length, 1);
    });
  });

  it("of another epoch is not used", async () => {
    await withWorld(async (world) => {
      const first = await world.run();
      const other = { ...somePassword, keyBase64: Buffer.alloc(32, 5).toString("base64") };
      const { keys, host } = world.repository;
      const renewed = await prepareRepository(world.store, keys, [other], someDeployment, host);
      assert.equal(renewed.epochs.length, 2);
      const old = world.repository;
      world.repository = openRepository(world.store, renewed, other, host);
      const second = await world.run();
      assert.ok(second.newPacks > 0, "content of another epoch must not be referenced");
      assert.notEqual(second.record.epochId, first.record.epochId);
      await old.restore(1, `${world.folder}/old`);
      assert.deepEqual((await world.repository.verify()).findings, []);
      await assert.rejects(old.restore(2, `${world.folder}/never`), {
        code: "DecryptionKeyMismatch",
      });
    });
  });

  it("is not believed about packs that are gone", async () => {
    await withWorld(async (world) => {
      await world.run();
      for (const name of await listNames(world.store, "data/")) await world.store.remove(name);
      const second = await world.run();
      assert.ok(second.newPacks > 0);
    });
  });
});
