import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import { describeStateStore, type OpenedStateStore } from "../contracts/state-store.ts";
import { startScript } from "../support/child-process.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

describeStateStore(
  "sqlite in memory",
  async (): Promise<OpenedStateStore> => {
    const clock = createFakeClock();
    const store = await openSqliteStore({ file: ":memory:", clock });
    return {
      store,
      now: () => clock.now(),
      advance: (milliseconds) => clock.advance(milliseconds),
      reopen: () => Promise.reject(new Error("Memory survives nothing")),
      close: () => store.close(),
    };
  },
  { isDurable: false },
);

describe("sqlite file", () => {
  let folder: string;
  let fileNumber = 0;
  const newFile = (): string => join(folder, `state-${(fileNumber += 1)}.db`);
  before(async () => {
    folder = await makeTempFolder();
  });
  after(() => removeFolder(folder));
  const open = (file: string): Promise<StateStore> => openSqliteStore({ file, clock: systemClock });

  describeStateStore(
    "sqlite file",
    async (): Promise<OpenedStateStore> => {
      const clock = createFakeClock();
      const file = newFile();
      let store = await openSqliteStore({ file, clock });
      return {
        store,
        now: () => clock.now(),
        advance: (milliseconds) => clock.advance(milliseconds),
        close: () => store.close(),
        reopen: async () => {
          await store.close();
          store = await openSqliteStore({ file, clock });
          return store;
        },
      };
    },
    { isDurable: true },
  );

  it("leaves one file after closing", async () => {
    const file = newFile();
    const store = await open(file);
    assert.ok(existsSync(`${file}-wal`));
    await store.close();
    assert.equal(existsSync(`${file}-wal`), false);
  });

  it("keeps its files to their owner", async () => {
    const file = join(folder, "new", "deep", "state.db");
    const store = await open(file);
    for (const path of [file, `${file}-wal`, `${file}-shm`]) {
      assert.equal(statSync(path).mode & 0o777, 0o600, path);
    }
    assert.equal(statSync(join(folder, "new", "deep")).mode & 0o777, 0o700);
    await store.close();
    chmodSync(file, 0o644);
    await (await open(file)).close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("A89: refuses a schema of a newer program", async () => {
    const file = newFile();
    await (await open(file)).close();
    runSql(file, "update schema_version set version = 99");
    await rejectsOpen(file, "StateNewerThanProgram", /"99"/);
    const before = readFileSync(file);
    await rejectsOpen(file, "StateNewerThanProgram", /newer program/);
    assert.deepEqual(readFileSync(file), before);
  });

  it("A76: shows at once what another process has committed, however often it was read before", async () => {
    const file = newFile();
    const [one, other] = [await open(file), await open(file)];
    const read = async (store: StateStore): Promise<unknown> =>
      (await store.get("setting", "a"))?.value;
    for (let turn = 0; turn < 3; turn += 1) {
      for (const [writer, reader] of [
        [one, other],
        [other, one],
      ] as const) {
        assert.deepEqual(
          [await read(reader), await read(reader)],
          [await read(writer), await read(writer)],
        );
        const value = [turn, writer === one];
        await writer.commit([{ op: "put", kind: "setting", key: "a", value }]);
        assert.deepEqual(await read(reader), value);
        assert.deepEqual(await read(writer), value);
        const etag = (await reader.get("setting", "a"))?.etag;
        assert.equal(etag, (await writer.get("setting", "a"))?.etag);
        await writer.commit([{ op: "delete", kind: "setting", key: "a" }]);
        assert.equal(await read(reader), undefined);
        assert.equal(await read(writer), undefined);
      }
    }
    await Promise.all([one.close(), other.close()]);
  });

  it("A76: never shows what was before a commit once it is through, whatever is read meanwhile", async () => {
    const store = await open(newFile());
    for (let value = 0; value < 50; value += 1) {
      const write = store.commit([{ op: "put", kind: "setting", key: "a", value }]);
      const meanwhile = Array.from({ length: 5 }, () => store.get<number>("setting", "a"));
      await write;
      assert.equal((await store.get("setting", "a"))?.value, value);
      for (const found of await Promise.all(meanwhile))
        assert.ok((found?.value ?? -1) >= value - 1);
      assert.equal((await store.get("setting", "a"))?.value, value);
    }
    await store.close();
  });

  it("hands out documents nobody can change", async () => {
    const store = await open(newFile());
    await store.commit([{ op: "put", kind: "setting", key: "a", value: { list: [{ deep: 1 }] } }]);
    const found = await store.get<{ list: { deep: number }[] }>("setting", "a");
    assert.throws(() => found?.value.list.push({ deep: 2 }), TypeError);
    assert.deepEqual((await store.get("setting", "a"))?.value, { list: [{ deep: 1 }] });
    await store.close();
  });

  it("numbers the documents of a file that an older program left", async () => {
    const file = newFile();
    const store = await open(file);
    const puts = ["b", "a", "c"].map(
      (key) => ({ op: "put", kind: "setting", key, value: key }) as const,
    );
    await store.commit(puts);
    await store.close();
    runSql(
      file,
      "drop index job_ended; drop index document_revision; alter table document drop column revision",
    );
    runSql(file, "drop table kind_revision; update schema_version set version = 1");
    const newer = await open(file);
    const changes = await newer.listChanges("setting", 0, 10);
    assert.deepEqual(
      changes.map(({ key, revision, value }) => [key, revision, value]),
      [
        ["a", 1, "a"],
        ["b", 2, "b"],
        ["c", 3, "c"],
      ],
    );
    await newer.commit([{ op: "put", kind: "setting", key: "a", value: "again" }]);
    assert.equal(await newer.revisionOf("setting"), 4);
    assert.deepEqual((await newer.listChanges("setting", 3, 10)).at(0)?.value, "again");
    await newer.close();
  });

  it("A77: refuses a damaged file with advice", async () => {
    const file = newFile();
    const store = await open(file);
    const value = "x".repeat(2000);
    const keys = Array.from({ length: 50 }, (_, n) => `key-${n}`);
    await store.commit(keys.map((key) => ({ op: "put", kind: "setting", key, value })));
    await store.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096 * 3, bytes.length - 4096);
    writeFileSync(file, bytes);
    await rejectsOpen(file, "StateUnavailable", /restore it from a backup/);
  });

  it("A77: checks a large file in a thread, and touches nothing of a damaged one", async (context) => {
    const file = newFile();
    const store = await open(file);
    const value = "x".repeat(200_000);
    const keys = Array.from({ length: 40 }, (_, n) => `key-${n}`);
    await store.commit(keys.map((key) => ({ op: "put", kind: "setting", key, value })));
    await store.close();
    const { mock } = context.mock.method(DatabaseSync.prototype, "prepare");
    const texts = (): readonly string[] => mock.calls.map((call) => call.arguments[0]);
    const whole = await open(file);
    assert.equal((await whole.get("setting", "key-7"))?.value, value);
    await whole.close();
    assert.ok(texts().some((text) => text.startsWith("select")));
    assert.deepEqual(
      texts().filter((text) => text.includes("quick_check")),
      [],
    );
    mock.resetCalls();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, bytes.length - 4096 * 300, bytes.length - 4096);
    writeFileSync(file, bytes);
    await rejectsOpen(file, "StateUnavailable", /damaged.*restore it from a backup/);
    assert.deepEqual(texts(), ["pragma data_version", "pragma page_count"]);
    assert.deepEqual(readFileSync(file), bytes);
  });

  it("refuses a file that is no database", async () => {
    const file = newFile();
    writeFileSync(
      file,
      "This is a text, and long enough to be taken for a database header.".repeat(20),
    );
    await rejectsOpen(file, "StateUnavailable", /not a SQLite database/);
    await rejectsOpen(folder, "StateUnavailable", /check the path/);
    await rejectsOpen(join(file, "below"), "StateUnavailable", /check the path/);
  });

  it("notices that its file was moved away", async () => {
    const file = newFile();
    const store = await open(file);
    await store.check();
    renameSync(file, `${file}.moved`);
    await assert.rejects(store.check(), (error) => isAppError(error, "StateUnavailable"));
    await store.close();
  });

  it("says so while another process holds it", async () => {
    const file = newFile();
    const store = await openSqliteStore({ file, clock: systemClock, busyMilliseconds: 50 });
    const other = new DatabaseSync(file);
    other.exec("begin immediate");
    const write = store.commit([{ op: "put", kind: "setting", key: "a", value: 1 }]);
    await assert.rejects(
      write,
      (error) =>
        isAppError(error, "StateUnavailable") && error.retryable && /locked/.test(error.message),
    );
    other.exec("rollback");
    other.close();
    await store.commit([{ op: "put", kind: "setting", key: "a", value: 1 }]);
    await store.close();
  });

  it("has no half commit after kill -9", { timeout: 30_000 }, async () => {
    const file = newFile();
    let acknowledged = 0;
    for (const killAfter of [1, 5, 23]) {
      const child = startScript("commit-loop-child.ts", file);
      let seen = 0;
      for await (const line of child.lines) {
        acknowledged = Number(line);
        seen += 1;
        // Not awaited: more commits run until the signal arrives.
        if (seen === killAfter) child.process.kill("SIGKILL");
      }
      assert.equal(await child.ended, "SIGKILL", child.readErrors());
      const store = await open(file);
      const round = (await store.get<number>("setting", "a"))?.value ?? 0;
      assert.ok(round >= acknowledged, `round ${round} of ${acknowledged} acknowledged`);
      assert.equal((await store.get("setting", "b"))?.value, round);
      assert.equal((await store.listJobs(["queued"])).length, round);
      await store.close();
    }
  });

  it("lets others come between two calls that read or write", async () => {
    const store = await open(newFile());
    const calls = [
      () => store.get("setting", "missing"),
      () => store.list("setting", {}),
      () => store.commit([{ op: "put", kind: "setting", key: "a", value: 1 }]),
      () => store.listJobs(["queued"]),
    ];
    for (const call of calls) {
      let cameBetween = false;
      setImmediate(() => (cameBetween = true));
      await call();
      assert.ok(cameBetween, String(call));
    }
    await store.close();
  });

  it("serves two processes at once", { timeout: 30_000 }, async () => {
    // Nobody has made the file yet: they also race to create it.
    const file = newFile();
    const rounds = 60;
    const children = ["one", "two"].map((owner) =>
      startScript("contender-child.ts", file, owner, String(rounds)),
    );
    const claims = await Promise.all(children.map((child) => readLines(child.lines)));
    for (const child of children) assert.equal(await child.ended, 0, child.readErrors());
    const store = await open(file);
    assert.equal((await store.get("setting", "count"))?.value, 2 * rounds);
    const all = claims.flat();
    assert.equal(new Set(all).size, all.length);
    assert.equal(all.length, (await store.listJobs(["running"])).length);
    assert.ok(all.length >= rounds);
    await store.close();
  });

  async function rejectsOpen(file: string, code: string, words: RegExp): Promise<void> {
    await assert.rejects(open(file), (error: unknown) => {
      assert.ok(isAppError(error), String(error));
      assert.equal(error.code, code);
      assert.match(error.message, words);
      return true;
    });
  }
});

function runSql(file: string, text: string): void {
  const raw = new DatabaseSync(file);
  raw.exec(text);
  raw.close();
}

async function readLines(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
