import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";

import type { SourceEntry } from "../../src/engine/source.ts";
import { openDirectorySource } from "../../src/roles/directory.ts";
import { nodeWalkSystem } from "../../src/roles/directory-walk.ts";
import { compileExcludes } from "../../src/roles/exclude.ts";
import { isPseudoFileSystem } from "../../src/roles/pseudo-file-systems.ts";
import { aSourceHost, readEntries } from "../support/source-host.ts";
import { withTempFolder } from "../support/temp-folder.ts";

describe("directory source", () => {
  it("walks folders first, names by bytes", () =>
    withTempFolder(async (path) => {
      for (const folder of ["b", "a/z", "a-b", "B"])
        await fs.mkdir(join(path, folder), { recursive: true });
      for (const file of ["a/y", "a/z/1", "a.txt", "ä", "z", "b/10", "b/9"]) {
        await fs.writeFile(join(path, file), file);
      }
      const entries = await readEntries(openDirectorySource({ path }, aSourceHost(path)));
      assert.deepEqual(
        entries.map((entry) => Buffer.from(entry.path, "latin1").toString()),
        [
          "",
          "B",
          "a",
          "a/y",
          "a/z",
          "a/z/1",
          "a-b",
          "a.txt",
          "b",
          "b/10",
          "b/9",
          "z",
          "ä",
        ].toSorted(byFolder),
      );
    }));

  it("keeps owner, mode and times exactly", () =>
    withTempFolder(async (path) => {
      const file = join(path, "file");
      await fs.writeFile(file, "seven b");
      await fs.chmod(file, 0o4751);
      spawnSync("touch", ["-d", "2020-02-29 12:34:56.123456789Z", file]);
      const stats = await fs.lstat(file, { bigint: true });
      const entry = find(
        await readEntries(openDirectorySource({ path }, aSourceHost(path))),
        "file",
      );
      assert.deepEqual(entry, {
        path: "file",
        type: "file",
        mode: 0o4751,
        uid: Number(stats.uid),
        gid: Number(stats.gid),
        size: 7,
        mtimeNs: 1_582_979_696_123_456_789n,
        ctimeNs: stats.ctimeNs,
        inode: stats.ino,
        localPath: file,
      });
    }));

  it("keeps names that are not UTF-8", () =>
    withTempFolder(async (path) => {
      const raw = Buffer.from(`${path}/\xff\xfedir`, "latin1");
      await fs.mkdir(raw);
      await fs.writeFile(Buffer.concat([raw, Buffer.from("/é\ufffd\n")]), "text");
      const entries = await readEntries(openDirectorySource({ path }, aSourceHost(path)));
      const names = entries.map((entry) => Buffer.from(entry.path, "latin1").toString("hex"));
      assert.deepEqual(names, ["", "fffe646972", "fffe6469722fc3a9efbfbd0a"]);
      const localPath = Buffer.from(entries[2]?.localPath ?? "", "latin1");
      assert.equal(await fs.readFile(localPath, "utf8"), "text");
    }));

  it("takes a root with other letters", () =>
    withTempFolder(async (path) => {
      const root = join(path, "Büro");
      await fs.mkdir(root);
      await fs.writeFile(join(root, "x"), "");
      const entries = await readEntries(openDirectorySource({ path: root }, aSourceHost(path)));
      assert.equal(Buffer.from(entries[1]?.localPath ?? "", "latin1").toString(), join(root, "x"));
    }));

  it("tells every type of entry", () =>
    withTempFolder(async (path) => {
      await fs.writeFile(join(path, "file"), "x");
      await fs.symlink("nowhere/\u00e4", join(path, "symlink"));
      await fs.link(join(path, "file"), join(path, "link"));
      spawnSync("mkfifo", [join(path, "pipe")]);
      const server = createServer().listen(join(path, "socket"));
      await new Promise((resolve) => server.once("listening", resolve));
      const hasDevice = spawnSync("mknod", [join(path, "null"), "c", "1", "3"]).status === 0;
      const entries = await readEntries(openDirectorySource({ path }, aSourceHost(path)));
      server.close();
      const types = Object.fromEntries(entries.map((entry) => [entry.path, entry.type]));
      assert.deepEqual(types, {
        "": "directory",
        file: "file",
        link: "hardlink",
        ...(hasDevice ? { null: "character-device" } : {}),
        pipe: "fifo",
        socket: "socket",
        symlink: "symlink",
      });
      assert.equal(find(entries, "link").linkTarget, "file");
      assert.equal(find(entries, "symlink").linkTarget, "nowhere/\u00c3\u00a4");
      if (hasDevice) assert.equal(find(entries, "null").device, 0x103n);
    }));

  it("marks databases and sparse files", () =>
    withTempFolder(async (path) => {
      for (const name of ["a.db", "b.SQLITE", "c.sqlite3", "d.txt"]) {
        await fs.writeFile(join(path, name), "text");
      }
      await fs.truncate(join(path, "d.txt"), 10_000_000);
      const entries = await readEntries(openDirectorySource({ path }, aSourceHost(path)));
      const marks = entries.map(({ paged, sparse }) => [paged ?? false, sparse ?? false]);
      assert.deepEqual(
        marks.slice(1, 4),
        Array.from({ length: 3 }, () => [true, false]),
      );
      assert.deepEqual(marks[4], [false, true]);
    }));

  it("hands over many entries in batches", () =>
    withTempFolder(async (path) => {
      for (let index = 0; index < 600; index += 1) await fs.writeFile(join(path, `${index}`), "");
      const source = openDirectorySource({ path }, aSourceHost(path));
      const signal = new AbortController().signal;
      await source.prepare(signal);
      const sizes: number[] = [];
      for await (const batch of source.entries(signal)) sizes.push(batch.length);
      assert.deepEqual(sizes, [256, 256, 89]);
    }));

  it("leaves out what is excluded", () =>
    withTempFolder(async (path) => {
      for (const file of ["cache/a", "keep/cache/b", "keep/x.tmp", "y.tmp", "z"]) {
        await fs.mkdir(join(path, file, ".."), { recursive: true });
        await fs.writeFile(join(path, file), "");
      }
      const settings = { path, exclude: ["cache", "**/*.tmp"] };
      const entries = await readEntries(openDirectorySource(settings, aSourceHost(path)));
      const names = entries.map((entry) => entry.path);
      assert.deepEqual(names, ["", "keep", "keep/cache", "keep/cache/b", "z"]);
    }));

  it("warns of what vanishes or cannot be read", () =>
    withTempFolder(async (path) => {
      for (const name of ["gone", "locked", "vanishing", "fine"]) await fs.mkdir(join(path, name));
      const host = aSourceHost(path);
      const source = openDirectorySource({ path }, host, {
        ...nodeWalkSystem,
        stat: (name) => {
          if (String(name).endsWith("/gone")) throw failure("ENOENT");
          return nodeWalkSystem.stat(name);
        },
        list: (name) => {
          if (String(name).endsWith("/locked")) throw failure("EACCES");
          if (String(name).endsWith("/vanishing")) throw failure("ENOENT");
          return nodeWalkSystem.list(name);
        },
      });
      const names = (await readEntries(source)).map((entry) => entry.path);
      assert.deepEqual(names, ["", "fine", "locked", "vanishing"]);
      assert.deepEqual(
        host.warnings.map(({ path: name, code }) => [name, code]),
        [
          ["gone", "Vanished"],
          ["locked", "EACCES"],
          ["vanishing", "Vanished"],
        ],
      );
    }));

  it("shows kernel file systems as empty folders", () =>
    withTempFolder(async (path) => {
      await fs.mkdir(join(path, "proc"));
      await fs.writeFile(join(path, "proc", "inside"), "");
      const source = openDirectorySource({ path }, aSourceHost(path), {
        ...nodeWalkSystem,
        stat: (name) => {
          const stats = nodeWalkSystem.stat(name);
          return String(name).endsWith("/proc") ? Object.assign(stats, { dev: 99n }) : stats;
        },
        fileSystemType: () => 0x9fa0,
      });
      assert.deepEqual(
        (await readEntries(source)).map((entry) => entry.path),
        ["", "proc"],
      );
      assert.ok(isPseudoFileSystem(nodeWalkSystem.fileSystemType("/proc")));
      assert.ok(!isPseudoFileSystem(nodeWalkSystem.fileSystemType(path)));
    }));

  it("crosses into other real file systems", () =>
    withTempFolder(async (path) => {
      await fs.mkdir(join(path, "disk"));
      await fs.writeFile(join(path, "disk", "inside"), "");
      const source = openDirectorySource({ path }, aSourceHost(path), {
        ...nodeWalkSystem,
        stat: (name) => {
          const stats = nodeWalkSystem.stat(name);
          return String(name).endsWith("/disk") ? Object.assign(stats, { dev: 99n }) : stats;
        },
      });
      const names = (await readEntries(source)).map((entry) => entry.path);
      assert.deepEqual(names, ["", "disk", "disk/inside"]);
    }));

  it("names a root that is no folder", () =>
    withTempFolder(async (path) => {
      await fs.writeFile(join(path, "file"), "");
      for (const root of [join(path, "absent"), join(path, "file")]) {
        const source = openDirectorySource({ path: root }, aSourceHost(path));
        await assert.rejects(readEntries(source), { code: "SourceUnavailable" });
      }
    }));

  it("fails when the root vanishes", () =>
    withTempFolder(async (path) => {
      const root = join(path, "root");
      await fs.mkdir(root);
      const source = openDirectorySource({ path: root }, aSourceHost(path));
      const signal = new AbortController().signal;
      await source.prepare(signal);
      await fs.rmdir(root);
      await assert.rejects(
        async () => {
          for await (const batch of source.entries(signal)) assert.fail(`${batch.length} entries`);
        },
        { code: "SourceFailed" },
      );
    }));

  it("stops when aborted", () =>
    withTempFolder(async (path) => {
      const source = openDirectorySource({ path }, aSourceHost(path));
      const controller = new AbortController();
      await source.prepare(controller.signal);
      controller.abort(new Error("given up"));
      await assert.rejects(async () => {
        for await (const batch of source.entries(controller.signal)) assert.fail(`${batch.length}`);
      }, /given up/);
    }));
});

describe("compileExcludes", () => {
  const table: readonly (readonly [pattern: string, path: string, isHit: boolean])[] = [
    ["cache", "cache", true],
    ["cache", "cached", false],
    ["cache", "a/cache", false],
    ["/cache/", "cache", true],
    ["*.tmp", "a.tmp", true],
    ["*.tmp", "b/a.tmp", false],
    ["**/*.tmp", "a.tmp", true],
    ["**/*.tmp", "b/c/a.tmp", true],
    ["var/**", "var/log/x", true],
    ["var/**", "var", false],
    ["v?r", "var", false],
    ["a.b", "axb", false],
    ["\u00e4*", Buffer.from("\u00e4x").toString("latin1"), true],
  ];
  for (const [pattern, path, isHit] of table) {
    it(`${pattern} ${isHit ? "takes" : "leaves"} ${path}`, () => {
      assert.equal(compileExcludes([pattern])?.(path), isHit);
    });
  }

  it("is absent without patterns", () => {
    assert.equal(compileExcludes([]), undefined);
  });
});

function find(entries: readonly SourceEntry[], path: string): SourceEntry {
  const entry = entries.find((candidate) => candidate.path === path);
  assert.ok(entry !== undefined, `no entry "${path}"`);
  return entry;
}

/** Order of a walk: step by step, each step by its bytes. */
function byFolder(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => (path === "" ? [] : path.split("/")));
  for (const [index, step] of (left ?? []).entries()) {
    const other = right?.[index];
    if (other === undefined) return 1;
    const order = Buffer.compare(Buffer.from(step), Buffer.from(other));
    if (order !== 0) return order;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}
