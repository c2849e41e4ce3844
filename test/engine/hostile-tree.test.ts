import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { after, before, describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import { foldsCase, TargetTree } from "../../src/engine/restore/target-tree.ts";
import { parseRecords } from "../../src/engine/tree-records.ts";
import type { TreeRecord } from "../../src/engine/format/tree-format.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import { createRepository, restoredPath, type TestRepository } from "../support/a-repository.ts";
import {
  fileTail,
  forgeRoots,
  forgeTree,
  linkTail,
  rawRecord,
  recordTypes,
  rootRecord,
  storeContent,
  type RawRecord,
} from "../support/forge-backup.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

const { directory, file, symlink, hardlink, device } = recordTypes;
const secret = "not to be touched";
let folder = "";
let repository: TestRepository;
/** References and bytes of a file's content that is there. */
let content: { readonly references: Buffer; readonly size: number };
let backups = 1;
const besides = Buffer.from("overwritten");

before(async () => {
  folder = await makeTempFolder();
  mkdirSync(`${folder}/outside`);
  writeFileSync(`${folder}/outside/file`, secret, { mode: 0o640 });
  repository = await createRepository(openMemoryStore());
  content = { references: await storeContent(repository, 1, besides), size: besides.length };
});
after(() => removeFolder(folder));

function aFile(depth: number, name: string, changes: Partial<RawRecord> = {}): Buffer {
  const { references, size } = content;
  return rawRecord({ type: file, depth, name, size, tail: fileTail(references), ...changes });
}

function aLink(type: number, depth: number, name: string, target: string): Buffer {
  return rawRecord({ type, depth, name, mode: 0o777, tail: linkTail(target) });
}

interface Outcome {
  readonly error: unknown;
  readonly target: string;
  readonly warnings: readonly { readonly path: string; readonly code: string }[];
}

/** Restores a backup whose tree is root and these records; whatever comes of it, nothing outside changed. */
async function restoreTree(
  records: readonly Buffer[],
  prepare: (target: string) => void = () => undefined,
): Promise<Outcome> {
  const number = (backups += 1);
  await forgeTree(repository, number, Buffer.concat([rootRecord, ...records]), { besides });
  return restoreForged(number, prepare);
}

async function restoreForged(
  number: number,
  prepare: (target: string) => void = () => undefined,
): Promise<Outcome> {
  const target = `${folder}/target ${number}`;
  prepare(target);
  let error: unknown;
  const overwrite = existsSync(target);
  const summary = await repository
    .restore(number, target, { overwrite })
    .catch((caught: unknown) => void (error = caught));
  assert.deepEqual(readdirSync(`${folder}/outside`), ["file"]);
  assert.equal(readFileSync(`${folder}/outside/file`, "utf8"), secret);
  const { nlink, mode } = lstatSync(`${folder}/outside/file`);
  assert.deepEqual([nlink, mode & 0o777], [1, 0o640]);
  const strays = readdirSync(folder).filter((name) => !/^(?:outside|target \d+)$/.test(name));
  assert.deepEqual(strays, []);
  return { error, target, warnings: summary?.warnings ?? [] };
}

function assertRefused({ error }: Outcome, ...codes: readonly string[]): void {
  assert.ok(isAppError(error) && codes.includes(error.code), String(error));
}

describe("A60: a name in a tree that leads elsewhere is refused", () => {
  const names = ["..", ".", "../outside/file", "a/b", "/etc/passwd", "a\0b", "", "../../../x"];
  for (const name of names) {
    it(JSON.stringify(name), async () => {
      await assertNoTree([aFile(1, name)]);
    });
  }

  it("nothing of it is written", async () => {
    const outcome = await restoreTree([aFile(1, "../../outside/file")]);
    assertRefused(outcome, "UnsafePath");
    assert.deepEqual(readdirSync(restoredPath(outcome.target)), []);
  });

  for (const role of ["..", "../outside", "/", "", "a\0b", ".", "x".repeat(256)]) {
    it(`a role named ${JSON.stringify(role.slice(0, 20))}`, async () => {
      const number = (backups += 1);
      await forgeTree(repository, number, Buffer.concat([rootRecord, aFile(1, "a")]), { role });
      const outcome = await restoreForged(number);
      assertRefused(outcome, "UnsafePath");
      assert.ok(!existsSync(outcome.target));
    });
  }
});

describe("A61: nothing is written or linked through a link", () => {
  it("a file below a symlink of the tree is refused", async () => {
    const link = aLink(symlink, 1, "a", `${folder}/outside`);
    assertRefused(await restoreTree([link, aFile(2, "file")]), "UnsafePath");
  });

  it("a symlink and a file of one name are refused", async () => {
    const link = aLink(symlink, 1, "a", `${folder}/outside/file`);
    assertRefused(await restoreTree([link, aFile(1, "a")]), "UnsafePath");
    assertRefused(await restoreTree([aFile(1, "a"), link]), "UnsafePath");
  });

  it("a directory and a symlink of one name are refused", async () => {
    const inside = rawRecord({ type: directory, depth: 1, name: "a" });
    const link = aLink(symlink, 1, "a", `${folder}/outside`);
    assertRefused(await restoreTree([inside, aFile(2, "b"), link]), "UnsafePath");
    assertRefused(await restoreTree([link, inside, aFile(2, "file")]), "UnsafePath");
  });

  for (const target of ["../../outside/file", "/etc/hostname", "./x", "a//b", "..", "a/../../x"]) {
    it(`a hard link to ${target} is refused`, async () => {
      const link = aLink(hardlink, 1, "link", target);
      assertRefused(await restoreTree([aFile(1, "a"), link]), "UnsafePath");
    });
  }

  it("a hard link through a symlink of the tree is not made", async () => {
    const links = [
      aLink(symlink, 1, "a", `${folder}/outside`),
      aLink(hardlink, 1, "b", "a/file"),
      aLink(hardlink, 1, "c", "a"),
    ];
    const { error, target, warnings } = await restoreTree(links);
    assert.equal(error, undefined);
    assert.deepEqual(warnings.map(({ code }) => code).sort(), ["ENOENT", "ENOENT"]);
    assert.deepEqual(readdirSync(restoredPath(target)), ["a"]);
  });

  it("a hard link through a symlink that was there before is refused", async () => {
    const outcome = await restoreTree([aLink(hardlink, 1, "b", "a/file")], (target) => {
      mkdirSync(`${target}/files`, { recursive: true });
      symlinkSync(`${folder}/outside`, `${target}/files/a`);
    });
    assertRefused(outcome, "UnsafePath");
  });

  it("a symlink in the place of a file is replaced, not followed", async () => {
    const { error, target } = await restoreTree([aFile(1, "a")], (path) => {
      mkdirSync(`${path}/files`, { recursive: true });
      symlinkSync(`${folder}/outside/file`, `${path}/files/a`);
    });
    assert.equal(error, undefined);
    assert.equal(readFileSync(`${restoredPath(target)}/a`, "utf8"), "overwritten");
  });

  it("a symlink in the place of a directory, of the role or of the target is refused", async () => {
    const below = rawRecord({ type: directory, depth: 1, name: "a" });
    const places = ["files/a", "files", ""];
    for (const place of places) {
      const outcome = await restoreTree([below, aFile(2, "file")], (target) => {
        if (place !== "")
          mkdirSync(place === "files" ? target : `${target}/files`, { recursive: true });
        symlinkSync(`${folder}/outside`, place === "" ? target : `${target}/${place}`);
      });
      assertRefused(outcome, "TargetFailed", "RestoreTargetNotAllowed");
    }
  });
});

describe("A62: what a tree may not hold", () => {
  it("devices are named, not made", async () => {
    const tail = Buffer.alloc(8, 1);
    const outcome = await restoreTree([rawRecord({ type: device, depth: 1, name: "disk", tail })]);
    assert.deepEqual(
      outcome.warnings.map(({ code }) => code),
      ["NotRestored"],
    );
    assert.deepEqual(readdirSync(restoredPath(outcome.target)), []);
  });

  const trees: Readonly<Record<string, readonly Buffer[]>> = {
    "a name twice": [aNamed("a"), aNamed("a")],
    "names out of order": [aNamed("b"), aNamed("a")],
    "a second root": [rootRecord],
    "a record two levels below": [aNamed("a", 3)],
    "a record below a file": [
      rawRecord({ type: file, depth: 1, name: "a", tail: fileTail(Buffer.alloc(0)) }),
      aNamed("b", 2),
    ],
    "a depth beyond the bounds": [aNamed("a", 4097)],
    "an unknown type": [rawRecord({ type: 9, depth: 1, name: "a" })],
    "a mode with foreign bits": [rawRecord({ type: directory, depth: 1, name: "a", mode: 0xffff })],
    "a name longer than its record": [
      rawRecord({ type: directory, depth: 1, name: "abc", statedBytes: 49 }),
    ],
    "a name of 5,000 bytes": [aNamed("a".repeat(5000))],
    "more chunks than the record holds": [
      rawRecord({ type: file, depth: 1, name: "a", tail: fileTail(Buffer.alloc(20), 0xffff_ffff) }),
    ],
    "a size beyond any number": [
      rawRecord({
        type: file,
        depth: 1,
        name: "a",
        size: 2 ** 60,
        tail: fileTail(Buffer.alloc(0)),
      }),
    ],
    "chunks that do not add up": [
      rawRecord({ type: file, depth: 1, name: "a", size: 7, tail: fileTail(Buffer.alloc(20)) }),
    ],
    "a link of 65,536 bytes": [aLink(symlink, 1, "a", "x".repeat(65_536))],
    "a link to nothing": [aLink(symlink, 1, "a", "")],
    "bytes after a record's end": [
      rawRecord({ type: directory, depth: 1, name: "a", tail: Buffer.alloc(3) }),
    ],
    "a record that claims 2 GiB": [
      rawRecord({ type: file, depth: 1, name: "a", statedBytes: 0x7fff_fff0 }),
    ],
    "a record that claims 500 MB and ends": [
      rawRecord({ type: file, depth: 1, name: "a", statedBytes: 500_000_000 }),
    ],
    "a record that claims nothing": [Buffer.alloc(4)],
    "half a length": [Buffer.alloc(2, 1)],
  };
  for (const [what, records] of Object.entries(trees)) {
    it(`${what} is refused`, async () => {
      await assertNoTree(records);
    });
  }

  it("the same chunks again and again are refused: no tree has a cycle", async () => {
    const number = (backups += 1);
    const tree = Buffer.concat([rootRecord, aFile(1, "a")]);
    const chunks = await storeContent(repository, number, tree);
    const again = Buffer.concat(Array.from({ length: 50_000 }, () => chunks));
    const bytes = tree.length * 50_000;
    await forgeRoots(repository, number, [{ role: "files", bytes, chunks: again }]);
    assertRefused(await restoreForged(number), "UnsafePath");
  });

  it("directories too deep for the file system end in a named error", async () => {
    const deep = Array.from({ length: 3000 }, (_, index) => aNamed("ab", index + 1));
    assertRefused(await restoreTree(deep), "TargetFailed");
  });

  it("two roles of one name are refused", async () => {
    const number = (backups += 1);
    const tree = Buffer.concat([rootRecord, aFile(1, "a")]);
    const root = { role: "files", bytes: tree.length };
    const chunks = await storeContent(repository, number, tree);
    await forgeRoots(repository, number, [
      { ...root, chunks },
      { ...root, chunks },
    ]);
    assertRefused(await restoreForged(number), "UnsafePath");
  });
});

/** The records are refused wherever the tree's bytes are cut. */
async function assertNoTree(records: readonly Buffer[]): Promise<void> {
  const tree = Buffer.concat([rootRecord, ...records]);
  for (const pieceBytes of [tree.length, 7, 52]) {
    const read = async (): Promise<void> => {
      for await (const [path] of parseRecords(cut(tree, pieceBytes), "files"))
        assert.match(path, /^[ab]?$/);
    };
    await assert.rejects(
      read(),
      (error) => isAppError(error, "CorruptObject") || isAppError(error, "UnsafePath"),
    );
  }
}

async function* cut(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

function aNamed(name: string, depth = 1): Buffer {
  return rawRecord({ type: directory, depth, name });
}

describe("A61: names that differ in case only", () => {
  const make = (foldsCase: boolean): TargetTree => {
    const root = `${folder}/target ${(backups += 1)}`;
    mkdirSync(root);
    const warn = (): void => assert.fail("nothing to warn of");
    return new TargetTree(root, {
      overwrite: false,
      setsOwner: false,
      isFresh: false,
      foldsCase,
      warn,
    });
  };

  it("are two where case counts, as here", async () => {
    assert.equal(foldsCase(folder), false);
    const { error, target } = await restoreTree([aFile(1, "A"), aFile(1, "a")]);
    assert.equal(error, undefined);
    assert.deepEqual(readdirSync(restoredPath(target)).sort(), ["A", "a"]);
  });

  it("are never written into one file where it does not", async () => {
    const records: Buffer[] = [aFile(1, "A"), aNamed("Ö"), aNamed("ö")];
    const decoded: TreeRecord[] = [];
    for await (const [, record] of parseRecords(
      cut(Buffer.concat([rootRecord, ...records]), 4096),
      "files",
    ))
      decoded.push(record);
    const [, aFileRecord, aFolder] = decoded;
    assert.ok(aFileRecord && aFolder);
    const tree = make(true);
    tree.addFile("A", aFileRecord);
    assert.throws(() => tree.addFile("a", aFileRecord), { code: "TargetFailed" });
    tree.addDirectory("d", aFolder);
    assert.throws(() => tree.addLink("D", aFolder), { code: "TargetFailed" });
    tree.addLink("d/A", aFolder);
    const twice = make(false);
    twice.addDirectory("d", aFolder);
    twice.addDirectory("D", aFolder);
  });
});

describe("a file of more pieces than one window", () => {
  it("is restored whole", async () => {
    const repeated = 50;
    const { references, size } = content;
    const tail = fileTail(Buffer.concat(Array.from({ length: repeated }, () => references)));
    const large = rawRecord({
      type: file,
      depth: 1,
      name: "a",
      size: size * repeated,
      mode: 0o440,
      tail,
    });
    const number = (backups += 1);
    const tree = Buffer.concat([rootRecord, large, aFile(1, "b")]);
    await forgeTree(repository, number, tree, { besides });
    const target = `${folder}/target ${number}`;
    const summary = await repository.restore(number, target, { windowPieces: 7 });
    assert.deepEqual([summary.files, summary.bytes], [2, size * (repeated + 1)]);
    const path = `${restoredPath(target)}/a`;
    assert.equal(readFileSync(path, "utf8"), "overwritten".repeat(repeated));
    assert.equal(lstatSync(path).mode & 0o777, 0o440);
  });

  it("is left out when a chunk of a later window is missing", async () => {
    const { references, size } = content;
    const missing = Buffer.from(references);
    missing.fill(7, 0, 16);
    const tail = fileTail(Buffer.concat([references, references, missing]));
    const large = rawRecord({ type: file, depth: 1, name: "a", size: size * 3, tail });
    const number = (backups += 1);
    await forgeTree(repository, number, Buffer.concat([rootRecord, large, aFile(1, "b")]), {
      besides,
    });
    const target = `${folder}/target ${number}`;
    await assert.rejects(repository.restore(number, target, { windowPieces: 1 }), {
      code: "CorruptObject",
    });
    assert.deepEqual(readdirSync(restoredPath(target)), ["b"]);
  });
});
