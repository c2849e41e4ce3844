import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import { encodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import { signerOf } from "../../src/engine/repository.ts";
import { createSigningKeys } from "../../src/engine/crypto/signing.ts";
import type { BackupRecord, VerifyReport } from "../../src/engine/model.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import {
  aFolderRole,
  backupIdOf,
  copyObjects,
  createRepository,
  restoredPath,
  type TestRepository,
} from "../support/a-repository.ts";
import { compareTrees, findWrongFiles, someContent } from "../support/odd-tree.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

/** Two backups of a small folder that changed in between, and what they were made of. */
interface Corpus {
  readonly folder: string;
  readonly objects: MemoryObjects;
  readonly repository: TestRepository;
  readonly records: readonly BackupRecord[];
}

let corpus: Corpus;
let targets = 0;

before(async () => {
  corpus = await buildCorpus();
});
after(() => removeFolder(corpus.folder));

async function buildCorpus(): Promise<Corpus> {
  const folder = await makeTempFolder();
  const objects: MemoryObjects = new Map();
  const repository = await createRepository(openMemoryStore(objects));
  const records: BackupRecord[] = [];
  for (const number of [1, 2]) {
    const source = `${folder}/source ${number}`;
    mkdirSync(`${source}/below`, { recursive: true });
    writeFileSync(`${source}/kept`, someContent(150_000, "kept"));
    writeFileSync(`${source}/below/changed`, someContent(90_000, `changed ${number}`));
    writeFileSync(`${source}/small ${number}`, `only in backup ${number}`);
    records.push(await repository.backup(number, [aFolderRole(source)]));
  }
  return { folder, objects, repository, records };
}

const numbers = [1, 2];

/** The corpus after something happened to its objects. */
function damage(change: (objects: MemoryObjects) => void): TestRepository {
  const objects = copyObjects(corpus.objects);
  change(objects);
  return corpus.repository.on(openMemoryStore(objects));
}

function bytesOf(name: string): Uint8Array {
  const object = corpus.objects.get(name);
  assert.ok(object, name);
  return object.bytes;
}

function write(objects: MemoryObjects, name: string, bytes: Uint8Array): void {
  objects.set(name, { bytes, modifiedAt: 1 });
}

function flip(name: string, at: number): (objects: MemoryObjects) => void {
  return (objects) => {
    const bytes = Uint8Array.from(bytesOf(name));
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = (bytes[place] ?? 0) ^ 0x20;
    write(objects, name, bytes);
  };
}

/** What a signed document says. */
function bodyOf(name: string): object {
  const [line = ""] = Buffer.from(bytesOf(name)).toString("utf8").split("\n");
  return JSON.parse(line) as object;
}

/** With a document that says something else, under the repository's own signature. */
function signAnew(name: string, changes: object): TestRepository {
  const body = { ...bodyOf(name), ...changes };
  const bytes = encodeSignedDocument(name, body, signerOf(corpus.repository.keys));
  return damage((objects) => write(objects, name, bytes));
}

/** Every byte of the shortest of them, by a stride that is no multiple of anything in it. */
function everyPlace(names: readonly string[]): number[] {
  const length = Math.min(...names.map((name) => bytesOf(name).length));
  return Array.from({ length: Math.ceil(length / 7) }, (_, index) => index * 7);
}

function namesBelow(prefix: string): string[] {
  return [...corpus.objects.keys()].filter((name) => name.startsWith(prefix)).sort();
}

/** Restores a backup: the error it ends with, or undefined after a whole and equal restore. */
async function tryRestore(repository: TestRepository, number: number): Promise<unknown> {
  const target = `${corpus.folder}/target ${(targets += 1)}`;
  const source = `${corpus.folder}/source ${number}`;
  let failure: unknown;
  try {
    await repository.restore(number, target);
  } catch (error) {
    failure = error;
  }
  const restored = restoredPath(target);
  if (failure === undefined) assert.deepEqual(compareTrees(source, restored), []);
  else if (existsSync(restored)) assert.deepEqual(findWrongFiles(source, restored), []);
  return failure;
}

/** Damaged backups end in a named error and leave no wrong byte; the others restore. */
async function checkRestores(
  repository: TestRepository,
  affected: readonly string[],
): Promise<void> {
  for (const number of numbers) {
    const failure = await tryRestore(repository, number);
    if (affected.includes(backupIdOf(number)))
      assert.ok(isAppError(failure) && failure.code !== "Internal", String(failure));
    else assert.equal(failure, undefined);
  }
}

interface Expected {
  readonly object: string;
  readonly codes: readonly string[];
}

async function checkFound(
  repository: TestRepository,
  { object, codes }: Expected,
): Promise<VerifyReport["findings"][number]> {
  const report = await repository.verify();
  const finding = report.findings.find((found) => found.object === object);
  assert.ok(finding, `${object} not found in ${JSON.stringify(report.findings)}`);
  assert.ok(codes.includes(finding.code), finding.code);
  return finding;
}

/** Every kind of object, by an example or all of them, and the backups that need it. */
const kinds = ["data/", "index/", "refs/", "keys/", "epochs/", "backups/"] as const;

function expectedUsers(name: string): string[] {
  if (name.startsWith("backups/")) return [name.slice("backups/".length)];
  return numbers
    .map((number) => corpus.records[number - 1] as BackupRecord)
    .filter((record) => {
      const manifest = Buffer.from(bytesOf(`backups/${record.backupId}`)).toString("utf8");
      const refs = /"refs":"([^"]+)"/.exec(manifest)?.[1] ?? "";
      return refs === name || Buffer.from(bytesOf(refs)).toString("latin1").includes(name);
    })
    .map((record) => record.backupId);
}

const badCodes = ["CorruptObject", "SignatureInvalid", "UnsupportedFormat", "RollbackDetected"];

describe("a damaged repository", { timeout: 300_000 }, () => {
  it("is sound before it is damaged", async () => {
    const report = await corpus.repository.verify({ depth: "content" });
    assert.deepEqual(report.findings, []);
    assert.equal(report.backups, 2);
    await checkRestores(corpus.repository, []);
    for (const kind of kinds) assert.ok(namesBelow(kind).length > 0, kind);
    assert.equal(namesBelow("data/").length, 2);
  });

  for (const kind of kinds) {
    it(`A47: a flipped byte anywhere in ${kind} is found`, async () => {
      const names = namesBelow(kind);
      // Documents are read without threads: each of their bytes can be tried in little time.
      const isDocument = bytesOf(names[0] ?? "")[0] === 0x7b;
      const places = isDocument ? everyPlace(names) : [0, 9, 20, 70, 200, -29, -13, -9, -1];
      for (const place of places) {
        const repository = damage((objects) => {
          for (const name of names) flip(name, place)(objects);
        });
        const { findings } = await repository.verify({
          depth: isDocument ? "structure" : "ciphertext",
        });
        for (const name of names) {
          const finding = findings.find((found) => found.object === name);
          assert.ok(finding && badCodes.includes(finding.code), `${name} ${place}`);
          const users = expectedUsers(name);
          assert.deepEqual([...finding.backups].sort(), users, `${name} ${place}`);
        }
      }
    });

    it(`A47: no wrong byte is restored from a damaged ${kind}`, async () => {
      for (const name of namesBelow(kind)) {
        const isPack = name.startsWith("data/");
        for (const place of isPack ? [60, 200, -1] : [60])
          await checkRestores(damage(flip(name, place)), restoreFailures(name, place));
      }
    });

    it(`A48: a shorter, longer or missing object in ${kind} is found`, async () => {
      const names = namesBelow(kind);
      const changes: readonly [(bytes: Uint8Array) => Uint8Array, readonly string[]][] = [
        [(bytes) => bytes.subarray(0, bytes.length - 1), badCodes],
        [(bytes) => bytes.subarray(0, bytes.length >> 1), badCodes],
        [() => new Uint8Array(0), badCodes],
        [(bytes) => Buffer.concat([bytes, Buffer.of(0)]), badCodes],
        [(bytes) => Buffer.concat([bytes, bytes]), badCodes],
      ];
      for (const [change, codes] of changes) {
        const repository = damage((objects) => {
          for (const name of names) write(objects, name, change(bytesOf(name)));
        });
        const { findings } = await repository.verify({ depth: "structure" });
        for (const object of names) {
          const finding = findings.find((found) => found.object === object);
          assert.ok(finding && codes.includes(finding.code), object);
          assert.deepEqual([...finding.backups].sort(), expectedUsers(object));
        }
      }
      for (const name of names.slice(-1)) {
        const half = bytesOf(name).subarray(0, bytesOf(name).length >> 1);
        const isPack = kind === "data/";
        if (isPack)
          await checkRestores(
            damage((objects) => write(objects, name, half)),
            expectedUsers(name),
          );
        const gone = damage((objects) => objects.delete(name));
        await checkRestores(gone, expectedUsers(name));
        // A backup that is gone is missed by who remembers it: see A52.
        if (kind === "backups/") continue;
        const { findings } = await gone.verify({ depth: "structure" });
        const finding = findings.find((found) => found.object === name);
        assert.equal(finding?.code, "MissingObject");
        assert.deepEqual([...finding.backups].sort(), expectedUsers(name));
      }
    });
  }

  it("A49: packs under each other's names are found", async () => {
    const [first = "", second = ""] = namesBelow("data/");
    const repository = damage((objects) => {
      write(objects, first, bytesOf(second));
      write(objects, second, bytesOf(first));
    });
    for (const object of [first, second])
      await checkFound(repository, { object, codes: ["CorruptObject"] });
    await checkRestores(repository, [backupIdOf(1), backupIdOf(2)]);
  });

  it("A50: backups under each other's names are refused", async () => {
    const names = numbers.map((number) => `backups/${backupIdOf(number)}`);
    const repository = damage((objects) =>
      names.forEach((name, index) => write(objects, name, bytesOf(names[1 - index] ?? ""))),
    );
    for (const object of names)
      await checkFound(repository, { object, codes: ["SignatureInvalid"] });
    await checkRestores(repository, [backupIdOf(1), backupIdOf(2)]);
  });

  it("A51: an older version of a backup is found", async () => {
    // The same id twice, from two copies of the store, as a store rolled back and written again shows it.
    const objects = copyObjects(corpus.objects);
    const branch = corpus.repository.on(openMemoryStore(objects));
    const other = copyObjects(corpus.objects);
    const source = `${corpus.folder}/source 1`;
    await branch.backup(3, [aFolderRole(source)]);
    await branch.backup(4, [aFolderRole(source)]);
    await corpus.repository
      .on(openMemoryStore(other))
      .backup(3, [aFolderRole(`${corpus.folder}/source 2`)]);
    const name = `backups/${backupIdOf(3)}`;
    for (const [key, value] of other) if (!objects.has(key)) objects.set(key, value);
    objects.set(name, other.get(name) as never);
    const { findings } = await branch.verify();
    assert.deepEqual(
      findings.map(({ code, object }) => ({ code, object })),
      [{ code: "RollbackDetected", object: `backups/${backupIdOf(4)}` }],
    );
  });

  it("A52: a deleted newest backup is found", async () => {
    const [, newest] = corpus.records;
    assert.ok(newest);
    const object = `backups/${newest.backupId}`;
    const repository = damage((objects) => objects.delete(object));
    const { findings } = await repository.verify({ ledgerHead: newest });
    assert.deepEqual(
      findings.map((found) => ({ code: found.code, object: found.object })),
      [{ code: "RollbackDetected", object }],
    );
    await assert.rejects(repository.restore(2, `${corpus.folder}/never`), {
      code: "BackupNotFound",
    });
    assert.equal(await tryRestore(repository, 1), undefined);
  });

  it("A53: a backup signed by another is untrusted", async () => {
    const id = backupIdOf(9);
    const name = `backups/${id}`;
    const body = bodyOf(`backups/${backupIdOf(2)}`);
    const forged = encodeSignedDocument(name, { ...body, backupId: id }, createSigningKeys());
    const repository = damage((objects) => write(objects, name, forged));
    await checkFound(repository, { object: name, codes: ["SignatureInvalid"] });
    await assert.rejects(repository.restore(9, `${corpus.folder}/never`), {
      code: "SignatureInvalid",
    });
    await checkRestores(repository, []);
  });

  it("A54: a repository of another key is refused", async () => {
    const stranger = createSigningKeys();
    const options = { expectedPublicKey: stranger.publicKey };
    await assert.rejects(corpus.repository.verify(options), { code: "SignatureInvalid" });
    await assert.rejects(corpus.repository.restore(1, `${corpus.folder}/never`, options), {
      code: "SignatureInvalid",
    });
  });

  it("A55, A67: documents and packs of unknown versions are refused", async () => {
    const name = `backups/${backupIdOf(2)}`;
    for (const version of [0, 2, 255]) {
      const repository = signAnew(name, { version });
      await checkFound(repository, { object: name, codes: ["UnsupportedFormat"] });
      await checkRestores(repository, [backupIdOf(2)]);
    }
  });

  it("A55: a config of a suite or version nobody knows is refused by name", async () => {
    for (const changes of [{ suite: 0 }, { suite: 4 }, { version: 0 }, { version: 3 }]) {
      const repository = signAnew("config", changes);
      const refusal = { code: "UnsupportedFormat", target: "config" };
      await assert.rejects(repository.verify(), refusal);
      await assert.rejects(repository.restore(1, `${corpus.folder}/never`), refusal);
      await assert.rejects(repository.backup(9, [aFolderRole(corpus.folder)]), refusal);
    }
  });

  it("content verification finds damaged packs", async () => {
    const repository = damage((objects) => {
      for (const name of namesBelow("data/")) flip(name, 200)(objects);
    });
    const { findings } = await repository.verify({ depth: "content" });
    for (const name of namesBelow("data/"))
      assert.ok(findings.some((found) => found.object === name && found.code === "CorruptObject"));
  });

  it("a damaged config stops everything by name", async () => {
    const { length } = bytesOf("config");
    for (const place of [0, 30, length >> 1, length - 20, length - 1]) {
      const repository = damage(flip("config", place));
      await assert.rejects(
        repository.verify(),
        (error) => isAppError(error) && error.code !== "Internal",
      );
      assert.ok(isAppError(await tryRestore(repository, 1)));
    }
    const gone = damage((objects) => objects.delete("config"));
    await assert.rejects(gone.verify(), { code: "RepositoryNotFound" });
  });

  it("the next backup heals what it can", async () => {
    const source = `${corpus.folder}/source 2`;
    for (const kind of ["data/", "index/", "keys/"]) {
      for (const name of namesBelow(kind).slice(0, 1)) {
        const repository = damage((objects) => objects.delete(name));
        const record = await repository.backup(3, [aFolderRole(source)]);
        assert.equal(record.status, "Succeeded", name);
        const { findings } = await repository.verify({ depth: "structure" });
        assert.ok(
          findings.every((found) => !found.backups.includes(backupIdOf(3))),
          `${name}: ${JSON.stringify(findings)}`,
        );
        const target = `${corpus.folder}/target ${(targets += 1)}`;
        await repository.restore(3, target);
        assert.deepEqual(compareTrees(source, restoredPath(target)), []);
      }
    }
  });
});

/** Which backups cannot be restored for a flipped byte: damage outside what a backup uses costs it nothing. */
function restoreFailures(name: string, place: number): string[] {
  // The sealed footer and the trailer of a pack serve to rebuild an index only.
  if (name.startsWith("data/") && place < 0) return [];
  return expectedUsers(name);
}
