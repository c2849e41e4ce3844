import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { copyRepository } from "../../src/engine/copy/copy-repository.ts";
import { packName } from "../../src/engine/format/object-names.ts";
import type { Suite } from "../../src/engine/format/suite.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { executeRepair, planRepair } from "../../src/engine/repair/repair-repository.ts";
import { readConfig } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import {
  aFolderRole,
  backupIdOf,
  copyObjects,
  createRepository,
  createRepositoryOfSuite,
  listNames,
  type TestRepository,
} from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder, withTempFolder } from "../support/temp-folder.ts";

const limits = { timeout: 60_000 };
const suites: readonly Suite[] = [1, 2, 3];
const owner = { installationId: "an installation", jobFence: 9 };
const { signal } = new AbortController();

/** The commands in quotes of a text, those that check what is stored. */
function commandsOf(text: string, quote: string): string[] {
  const pattern = new RegExp(`${quote}((?:b3|sha256)sum [^${quote}]*)${quote}`, "g");
  return [...text.matchAll(pattern)].map(([, command = ""]) => command);
}

describe("a repository checked by hand", limits, () => {
  const format = readFileSync(new URL("../../specs/repository-format.md", import.meta.url), "utf8");
  const inFormat = commandsOf(format.split("## Recovery by hand")[1] ?? "", "`");

  /** Runs what its README names, and sees that every pack has the sum that is its name. */
  function checkByHand(folder: string, hash: string): void {
    const commands = commandsOf(readFileSync(`${folder}/README.txt`, "utf8"), '"');
    assert.ok(commands.includes(`${hash} data/*/*`), commands.join());
    const sums = commands.flatMap((command) =>
      execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" }).trim().split("\n"),
    );
    const named = sums.map((line) => line.split(/ +/) as [string, string]);
    for (const [sum, file] of named) assert.equal(sum, basename(file));
    const packs = named.filter(([, file]) => file.startsWith("data/"));
    const stored = readdirSync(`${folder}/data`, { recursive: true, withFileTypes: true });
    assert.equal(packs.length, stored.filter((entry) => entry.isFile()).length);
  }

  it("is as the format's description and its own README say, where it is new", async () => {
    await withTempFolder(async (folder) => {
      for (const name of ["source", "store"]) mkdirSync(`${folder}/${name}`);
      for (const file of ["one", "two"])
        writeFileSync(`${folder}/source/${file}`, someContent(400_000, file));
      const repository = await createRepository(await openLocalStore({ path: `${folder}/store` }));
      await repository.backup(1, [aFolderRole(`${folder}/source`)]);
      checkByHand(`${folder}/store/holdfast`, "b3sum");
      const readme = readFileSync(`${folder}/store/holdfast/README.txt`, "utf8");
      for (const command of commandsOf(readme, '"'))
        assert.ok(inFormat.includes(command), `${command} is described`);
    });
  });

  for (const suite of suites)
    it(`is as its own README says, in suite ${suite}`, () => {
      const path = fileURLToPath(new URL(`../fixtures/repositories/${suite}`, import.meta.url));
      checkByHand(`${path}/holdfast`, suite === 3 ? "b3sum" : "sha256sum");
    });
});

describe("repositories of every suite", limits, () => {
  for (const suite of suites)
    it(`of suite ${suite} are carried on and copied as they are`, async () => {
      await withTempFolder(async (folder) => {
        const contents = [someContent(300_000, "one"), someContent(200_000, "two")];
        mkdirSync(`${folder}/source`);
        writeFileSync(`${folder}/source/0`, contents[0] ?? "");
        const objects: MemoryObjects = new Map();
        const repository = await createRepositoryOfSuite(suite, openMemoryStore(objects));
        const role = aFolderRole(`${folder}/source`);
        await repository.backup(1, [role]);
        writeFileSync(`${folder}/source/1`, contents[1] ?? "");
        const { newBytes } = await repository.backup(2, [role]);
        assert.ok(newBytes < 210_000, `${newBytes} bytes are new: one file is`);
        // Packs that no index names, as an interrupted run leaves them, are taken over: nothing is new then.
        const left = copyObjects(objects);
        for (const name of await listNames(repository.store, "index/")) left.delete(name);
        const resumed = repository.on(openMemoryStore(left));
        assert.ok((await resumed.backup(3, [role])).newBytes < 1000);

        assert.equal((await readConfig(repository.store)).suite, suite);
        await checkPacks(repository, suite);
        const to = openMemoryStore();
        await copyRepository({ ...repository.host, from: repository.store, to, owner, signal });
        await checkPacks(repository.on(to), suite);
        const copy = repository.on(to);
        assert.deepEqual((await copy.verify({ depth: "content" })).findings, []);
        await copy.restore(2, `${folder}/restored`);
        for (const [at, bytes] of contents.entries())
          assert.ok(readFileSync(`${folder}/restored/files/${at}`).equals(bytes));
        assert.equal(
          await textOf(copy.store, "README.txt"),
          await textOf(repository.store, "README.txt"),
        );
      });
    });

  async function checkPacks({ store }: TestRepository, suite: Suite): Promise<void> {
    const names = await listNames(store, "data/");
    assert.ok(names.length > 1);
    for (const name of names) {
      const bytes = await store.get(name);
      assert.equal(bytes[8], suite);
      assert.equal(name, packName(sumOf(bytes, suite)));
    }
  }
});

async function textOf(store: ObjectStore, name: string): Promise<string> {
  return Buffer.from(await store.get(name)).toString("utf8");
}

/** By the programs that check a repository by hand. */
function sumOf(bytes: Uint8Array, suite: Suite): string {
  const program = suite === 3 ? "b3sum" : "sha256sum";
  return execFileSync(program, { input: bytes, encoding: "utf8" }).slice(0, 64);
}

describe("a pack that is not what its name promises", limits, () => {
  let folder = "";
  const worlds = new Map<Suite, { repository: TestRepository; objects: MemoryObjects }>();
  before(async () => {
    folder = await makeTempFolder();
    for (const suite of suites) {
      const objects: MemoryObjects = new Map();
      const repository = await createRepositoryOfSuite(suite, openMemoryStore(objects));
      for (const number of [1, 2]) {
        mkdirSync(`${folder}/${number}`, { recursive: true });
        writeFileSync(`${folder}/${number}/file`, someContent(50_000, `${number}`));
        await repository.backup(number, [aFolderRole(`${folder}/${number}`)]);
      }
      worlds.set(suite, { repository, objects });
    }
  });
  after(() => removeFolder(folder));

  type Change = (bytes: Uint8Array, other: Uint8Array) => Uint8Array;
  const withByte = (at: number, change: (byte: number) => number): Change => {
    return (bytes) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = change(changed[at] ?? 0);
      return changed;
    };
  };
  const flipped = (byte: number): number => byte ^ 1;
  const changes: Readonly<Record<string, Change>> = {
    "altered in a block": withByte(500, flipped),
    "altered in its salt": withByte(70, flipped),
    "said to be of suite 1": withByte(8, (suite) => (suite === 1 ? 2 : 1)),
    "said to be of suite 3": withByte(8, (suite) => (suite === 3 ? 2 : 3)),
    "said to be of a suite nobody knows": withByte(8, () => 4),
    truncated: (bytes) => bytes.subarray(0, -1),
    longer: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]),
    "another backup's": (_, other) => other,
  };

  for (const suite of suites)
    for (const [title, change] of Object.entries(changes))
      it(`${title}, in suite ${suite}: named by verify, refused by all others`, async () => {
        const { repository, objects } = worlds.get(suite) ?? assert.fail();
        const changed = copyObjects(objects);
        const [name = "", other = ""] = await packsOf(repository);
        const bytes = change(bytesOf(objects, name), bytesOf(objects, other));
        changed.set(name, { bytes, modifiedAt: 1 });
        const damaged = repository.on(openMemoryStore(changed));

        for (const depth of ["ciphertext", "content"] as const) {
          const { findings } = await damaged.verify({ depth });
          assert.deepEqual([...new Set(findings.map(({ object }) => object))], [name], depth);
          assert.ok(findings.some(({ code }) => code === "CorruptObject"));
        }
        if (title !== "longer") await assert.rejects(damaged.restore(1, `${folder}/never`));
        const { host, store, keys } = damaged;
        const copying = { ...host, from: store, to: openMemoryStore(), owner, signal };
        await assert.rejects(copyRepository(copying), { target: name });
        await damaged.restore(2, `${folder}/${suite} ${title}`);

        // Without an index it would be taken over: it is not, and its content is stored again.
        for (const index of await listNames(store, "index/")) changed.delete(index);
        const { newBytes } = await damaged.backup(3, [aFolderRole(`${folder}/1`)]);
        assert.ok(newBytes > 50_000, `${newBytes}`);
        const options = { ...host, store, keys, signal };
        const plan = await planRepair(options);
        const { setAside } = await executeRepair(plan, { ...options, owner });
        assert.ok(setAside.includes(name), setAside.join());
      });

  it("under its name in another suite is damage, and is not taken over", async () => {
    const { repository, objects } = worlds.get(3) ?? assert.fail();
    const changed = copyObjects(objects);
    const [name = ""] = await packsOf(repository);
    const bytes = bytesOf(objects, name);
    const moved = packName(createHash("sha256").update(bytes).digest("hex"));
    changed.delete(name);
    changed.set(moved, { bytes, modifiedAt: 1 });
    const damaged = repository.on(openMemoryStore(changed));
    const { findings } = await damaged.verify();
    assert.deepEqual(
      findings.map(({ code, object, backups }) => ({ code, object, backups })),
      [
        { code: "MissingObject", object: name, backups: [backupIdOf(1)] },
        { code: "CorruptObject", object: moved, backups: [] },
      ].sort((a, b) => (a.object < b.object ? -1 : 1)),
    );
    const { newBytes } = await damaged.backup(3, [aFolderRole(`${folder}/1`)]);
    assert.ok(newBytes > 50_000, `${newBytes}`);
  });

  /** Those of the first backup, then those of the second. */
  async function packsOf({ store }: TestRepository): Promise<string[]> {
    const packs: string[] = [];
    for (const number of [1, 2]) {
      const [manifest = ""] = (await textOf(store, `backups/${backupIdOf(number)}`)).split("\n");
      const { refs } = JSON.parse(manifest) as { refs: string };
      const lines = (await textOf(store, refs)).split("\n");
      packs.push(...lines.filter((line) => line.startsWith("data/")));
    }
    return [...new Set(packs.map((line) => line.split(" ")[0] ?? ""))];
  }

  function bytesOf(objects: MemoryObjects, name: string): Uint8Array {
    return objects.get(name)?.bytes ?? assert.fail(name);
  }
});
