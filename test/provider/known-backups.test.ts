import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { listBackupsOf } from "../../src/provider/records/known-backups.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import type { StateStore, Write } from "../../src/state/state-store.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const north = "/locations/north";
const south = "/locations/south";

function put(location: string, id: string, status: string): Write {
  return { op: "put", kind: "backup", key: `${location}/backups/${id}`, value: { id, status } };
}

function remove(location: string, id: string): Write {
  return { op: "delete", kind: "backup", key: `${location}/backups/${id}` };
}

async function statusesOf(store: StateStore, location: string): Promise<readonly string[]> {
  const backups = await listBackupsOf(store, location);
  return backups.map(({ id, status }) => `${id} ${status}`).toSorted();
}

describe("backups that are known", () => {
  it("follow every write and removal, here and in another process", () =>
    withTempFolder(async (folder) => {
      const options = { file: join(folder, "state.db"), clock: systemClock };
      const store = await openSqliteStore(options);
      const other = await openSqliteStore(options);
      assert.deepEqual(await statusesOf(store, north), []);
      const ids = Array.from({ length: 120 }, (_none, index) => `m${index}`);
      const many = ids.map((id) => put(north, id, "old"));
      await store.commit([...many, put(south, "s1", "old")]);
      assert.equal((await statusesOf(store, north)).length, 120);
      await other.commit(ids.slice(1).map((id) => remove(north, id)));
      await other.commit([put(north, "a", "running")]);
      await other.commit([put(north, "a", "ended")]);
      assert.deepEqual(await statusesOf(store, north), ["a ended", "m0 old"]);
      await store.commit([remove(north, "m0")]);
      assert.deepEqual(await statusesOf(store, north), ["a ended"]);
      await other.commit([remove(north, "a"), put(south, "s2", "new")]);
      assert.deepEqual(await statusesOf(store, north), []);
      assert.deepEqual(await statusesOf(store, south), ["s1 old", "s2 new"]);
      await Promise.all([store.close(), other.close()]);
    }));

  it("are read once for all who ask at once, and as they are for who asks later", () =>
    withTempFolder(async (folder) => {
      const store = await openSqliteStore({ file: join(folder, "state.db"), clock: systemClock });
      await store.commit([put(north, "a", "old")]);
      const before = await Promise.all([1, 2, 3].map(() => listBackupsOf(store, north)));
      assert.equal(new Set(before).size, 1);
      await store.commit([put(north, "b", "new")]);
      assert.deepEqual(await statusesOf(store, north), ["a old", "b new"]);
      assert.equal(before[0]?.length, 1);
      await store.close();
    }));

  it("do not keep one that was removed while another one came, in the middle of a look", () =>
    withTempFolder(async (folder) => {
      const store = await openSqliteStore({ file: join(folder, "state.db"), clock: systemClock });
      let meanwhile: readonly Write[] = [];
      const count: StateStore["count"] = async (kind) => {
        await store.commit(meanwhile);
        meanwhile = [];
        return store.count(kind);
      };
      const watched = { ...store, count };
      await store.commit([put(north, "a", "old"), put(north, "b", "old")]);
      assert.deepEqual(await statusesOf(watched, north), ["a old", "b old"]);
      await store.commit([put(north, "b", "newer")]);
      await store.commit([put(north, "b", "newest")]);
      meanwhile = [remove(north, "a"), put(north, "c", "new")];
      assert.deepEqual(await statusesOf(watched, north), ["b newest"]);
      assert.deepEqual(await statusesOf(watched, north), ["b newest", "c new"]);
      await store.close();
    }));
});
