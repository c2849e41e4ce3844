import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { openSqliteSource } from "../../src/roles/sqlite.ts";
import { aSourceHost, readEntries } from "../support/source-host.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const writer = fileURLToPath(new URL("../support/sqlite-writer.ts", import.meta.url));

describe("sqlite source", () => {
  // Without a rest, a writer in delete mode would starve this test's own reading, not the copy.
  for (const [mode, rest] of [
    ["wal", "0"],
    ["delete", "2"],
  ] as const) {
    it(`copies consistently under writers in ${mode} mode`, () =>
      withTempFolder(async (path) => {
        const file = join(path, "bank.db");
        createBank(file, mode);
        const child = spawn(process.execPath, [writer, file, rest], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        try {
          for (let copies = 0; copies < 3; copies += 1) {
            await once(child.stdout, "data"); // it commits, now
            const before = readBank(file).count;
            const host = aSourceHost(path);
            const [entry, ...more] = await readEntries(openSqliteSource({ path: file }, host));
            assert.equal(more.length, 0);
            const copy = readBank(entry?.localPath ?? "");
            assert.equal(copy.sum, 100_000);
            assert.equal(copy.journal, copy.count);
            assert.ok(copy.count >= before && copy.count <= readBank(file).count);
          }
          assert.equal(child.exitCode, null);
        } finally {
          child.kill("SIGKILL");
          await once(child, "exit");
        }
      }));
  }

  it("describes one paged file", () =>
    withTempFolder(async (path) => {
      const file = join(path, "bank.db");
      createBank(file, "wal");
      await fs.chmod(file, 0o640);
      const source = openSqliteSource({ path: file }, aSourceHost(path));
      const [entry] = await readEntries(source);
      const copy = entry?.localPath ?? "";
      const { ino, size } = await fs.stat(copy);
      assert.deepEqual(
        [entry?.path, entry?.type, entry?.mode, entry?.paged, entry?.size, entry?.inode],
        ["bank.db", "file", 0o640, true, size, BigInt(ino)],
      );
      assert.match(basename(dirname(copy)), /^scratch-/);
      await source.close();
    }));

  it("sees commits that wait in the WAL", () =>
    withTempFolder(async (path) => {
      const file = join(path, "bank.db");
      createBank(file, "wal");
      const open = new DatabaseSync(file);
      open.exec("INSERT INTO journal (text) VALUES ('late'); UPDATE counter SET value = value + 1");
      const [entry] = await readEntries(openSqliteSource({ path: file }, aSourceHost(path)));
      assert.equal(readBank(entry?.localPath ?? "").count, 3001);
      open.close();
    }));

  it("names a missing database", () =>
    withTempFolder(async (path) => {
      for (const file of [join(path, "absent.db"), path]) {
        const source = openSqliteSource({ path: file }, aSourceHost(path));
        await assert.rejects(readEntries(source), { code: "SourceUnavailable" });
      }
      assert.deepEqual(await fs.readdir(path), []);
    }));

  it("names a file of another kind", () =>
    withTempFolder(async (path) => {
      const file = join(path, "not.db");
      await fs.writeFile(file, "This is no database. ".repeat(500));
      const source = openSqliteSource({ path: file }, aSourceHost(path));
      await assert.rejects(readEntries(source), {
        code: "SourceFailed",
        nativeCode: "SQLITE_26",
        message: /not an SQLite database/,
      });
    }));

  it("refuses a damaged database", () =>
    withTempFolder(async (path) => {
      const file = join(path, "bank.db");
      createBank(file, "delete");
      const handle = await fs.open(file, "r+");
      for (let page = 3; page < 60; page += 1)
        await handle.write(Buffer.alloc(4096, 0x5a), 0, 4096, page * 4096);
      await handle.close();
      const source = openSqliteSource({ path: file }, aSourceHost(path));
      await assert.rejects(readEntries(source), { code: "SourceFailed", message: /damaged/ });
    }));

  it("gives up on a lock that stays", () =>
    withTempFolder(async (path) => {
      const file = join(path, "bank.db");
      createBank(file, "delete");
      const holder = new DatabaseSync(file);
      holder.exec("BEGIN EXCLUSIVE");
      let pauses = 0;
      const clock = { now: () => 0, sleep: async () => void (pauses += 1) };
      const source = openSqliteSource({ path: file }, aSourceHost(path), clock);
      await assert.rejects(readEntries(source), { code: "SourceTimeout", message: /locked/ });
      assert.ok(pauses > 1000);
      holder.exec("ROLLBACK");
      holder.close();
      assert.equal((await readEntries(source)).length, 1);
    }));

  it("stops when aborted", () =>
    withTempFolder(async (path) => {
      const file = join(path, "bank.db");
      createBank(file, "wal");
      const source = openSqliteSource({ path: file }, aSourceHost(path));
      const reason = new Error("given up");
      await assert.rejects(source.prepare(AbortSignal.abort(reason)), reason);
      const controller = new AbortController();
      const prepared = source.prepare(controller.signal);
      controller.abort(reason);
      await assert.rejects(prepared, reason);
    }));
});

/** A database of some 16 MB, so that a copy takes several steps. */
function createBank(path: string, mode: "wal" | "delete"): void {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = ${mode}; PRAGMA synchronous = off; BEGIN;
    CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL);
    CREATE TABLE journal (id INTEGER PRIMARY KEY, text BLOB NOT NULL);
    CREATE TABLE counter (value INTEGER NOT NULL);
    INSERT INTO counter VALUES (3000);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO account SELECT i, 1000 FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO journal SELECT i, randomblob(5000) FROM n;
    COMMIT`);
  database.close();
}

interface Bank {
  readonly sum: number;
  readonly journal: number;
  readonly count: number;
}

function readBank(path: string): Bank {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const row = database
    .prepare(
      `SELECT (SELECT sum(amount) FROM account) AS sum, (SELECT count(*) FROM journal) AS journal,
       (SELECT value FROM counter) AS count`,
    )
    .get();
  database.close();
  return {
    sum: Number(row?.["sum"]),
    journal: Number(row?.["journal"]),
    count: Number(row?.["count"]),
  };
}
