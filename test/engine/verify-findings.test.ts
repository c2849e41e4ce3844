import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { maxNamedFaults } from "../../src/engine/format/limits.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import { aStreamRole, backupIdOf, createRepository, listNames } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const roles = [aStreamRole("one", () => [someContent(3_000_000, "one")])];

describe("a verification", { timeout: 120_000 }, () => {
  it("of content needs a key", async () => {
    const repository = await createRepository();
    await repository.backup(1, roles);
    await assert.rejects(repository.verify({ depth: "content", opener: undefined }), {
      code: "InvalidArgument",
    });
  });

  it("names a bounded number of damaged objects and counts the rest", async () => {
    const objects: MemoryObjects = new Map();
    const repository = await createRepository(openMemoryStore(objects));
    const named = 4 * maxNamedFaults;
    for (let number = 0; number < named + 5; number += 1) {
      const id = createHash("sha256").update(String(number)).digest("hex");
      objects.set(`data/${id.slice(0, 2)}/${id}`, { bytes: Buffer.of(1), modifiedAt: 0 });
    }
    const { findings } = await repository.verify();
    assert.equal(findings.length, named + 1);
    assert.equal(findings.at(-1)?.code, "LimitExceeded");
    assert.match(findings.at(-1)?.message ?? "", /^There are 5 more findings/);
  });

  it("of content reads the index of backups that hold the same once", async () => {
    const store = openMemoryStore();
    const repository = await createRepository(store);
    for (const number of [1, 2, 3]) await repository.backup(number, roles);
    const read: string[] = [];
    const watched = repository.on({
      ...store,
      get: (name, ...rest) => {
        read.push(name);
        return store.get(name, ...rest);
      },
    });
    const { findings, backups } = await watched.verify({ depth: "content" });
    assert.deepEqual([findings, backups], [[], 3]);
    // Once for the structure of all of them, once to open the first.
    assert.equal(read.filter((name) => name.startsWith("index/")).length, 2);
  });

  for (const depth of ["ciphertext", "content"] as const)
    it(`of ${depth} tells what cannot be read from what is cut off`, () =>
      withTempFolder(async (folder) => {
        const local = await openLocalStore({ path: folder });
        const repository = await createRepository(local);
        await repository.backup(1, roles);
        const [pack = ""] = await listNames(local, "data/");
        const verify = (path: string): ReturnType<typeof repository.verify> =>
          repository
            .on({
              ...local,
              ...bound(local),
              localPath: (name) => (name === pack ? path : at(name)),
            })
            .verify({ depth });
        const at = (name: string): string => local.localPath?.(name) ?? "";
        mkdirSync(`${folder}/elsewhere`);
        writeFileSync(`${folder}/elsewhere/short`, await local.get(pack));
        truncateSync(`${folder}/elsewhere/short`, 100_000);
        const codes = async (path: string): Promise<string[]> => {
          const { findings } = await verify(path);
          assert.ok(findings.length > 0);
          for (const { object, backups } of findings) {
            assert.equal(object, pack);
            assert.deepEqual(backups, [backupIdOf(1)]);
          }
          return findings.map(({ code }) => code);
        };
        assert.deepEqual(await codes(`${folder}/elsewhere/short`), ["CorruptObject"]);
        const unread = await codes(`${folder}/elsewhere/absent`);
        assert.ok(unread.includes("StoreUnreachable"), unread.join());
        assert.deepEqual((await repository.verify({ depth })).findings, []);
      }));
});

/** The methods of a class, to be spread. */
function bound(store: Awaited<ReturnType<typeof openLocalStore>>): typeof store {
  return {
    put: store.put.bind(store),
    get: store.get.bind(store),
    list: store.list.bind(store),
    stat: store.stat.bind(store),
    remove: store.remove.bind(store),
    probe: store.probe.bind(store),
    close: store.close.bind(store),
  };
}
