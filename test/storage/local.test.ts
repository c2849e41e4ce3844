import assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";

import type { Clock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import type { ErrorCode } from "../../src/base/errors.ts";
import { nodeFileSystem } from "../../src/storage/file-system.ts";
import type { FileSystem } from "../../src/storage/file-system.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { listAll, someBytes } from "../contracts/object-store.ts";
import { withTempFolder } from "../support/temp-folder.ts";

describe("local store", () => {
  it("keeps objects below holdfast", () =>
    withTempFolder(async (path) => {
      const store = await openLocalStore({ path });
      await store.put("data/ab/pack", someBytes(10));
      const file = join(path, "holdfast", "data", "ab", "pack");
      assert.deepEqual(await fs.readFile(file), someBytes(10));
      assert.equal(store.localPath?.("data/ab/pack"), file);
      assert.equal((await fs.stat(file)).mode & 0o777, 0o600);
      assert.deepEqual(await fs.readdir(join(path, "holdfast", ".parts")), []);
    }));

  it("refuses a folder that is absent", () =>
    withTempFolder(async (path) => {
      await assertCode(openLocalStore({ path: join(path, "absent") }), "BackupPathNotFound");
      await assertCode(openLocalStore({ path: "relative" }), "InvalidBackupPath");
      await fs.writeFile(join(path, "file"), "");
      await assertCode(openLocalStore({ path: join(path, "file") }), "InvalidBackupPath");
      assert.deepEqual(await fs.readdir(path), ["file"]);
    }));

  it("makes nothing when opened for reading", () =>
    withTempFolder(async (path) => {
      await assertCode(openLocalStore({ path, access: "read" }), "RepositoryNotFound");
      assert.deepEqual(await fs.readdir(path), []);
      await openLocalStore({ path });
      const store = await openLocalStore({ path, access: "read" });
      await assertCode(store.put("a", someBytes(1)), "StoreReadOnly");
      await assertCode(store.remove("a"), "StoreReadOnly");
    }));

  it("flushes file and folders in order", () =>
    withTempFolder(async (path) => {
      const calls: string[] = [];
      const store = await openLocalStore({ path, fileSystem: recordCalls(calls, path) });
      calls.length = 0;
      await store.put("data/ab/pack", someBytes(10));
      assert.deepEqual(calls, [
        "mkdir holdfast/.parts",
        "sync holdfast",
        "mkdir holdfast/data",
        "sync holdfast",
        "mkdir holdfast/data/ab",
        "sync holdfast/data",
        "write holdfast/.parts/*",
        "datasync holdfast/.parts/*",
        "close holdfast/.parts/*",
        "link holdfast/data/ab/pack",
        "sync holdfast/data/ab",
        "unlink holdfast/.parts/*",
      ]);
    }));

  it("syncs its folders after a writer that died between name and sync", () =>
    withTempFolder(async (path) => {
      const calls: string[] = [];
      const store = await openLocalStore({ path, fileSystem: recordCalls(calls, path) });
      await store.put("data/ab/pack", someBytes(10));
      calls.length = 0;
      await store.settle?.();
      assert.deepEqual(calls, []);
      await fs.link(`${path}/holdfast/data/ab/pack`, `${path}/holdfast/.parts/left`);
      await store.settle?.();
      const synced = ["sync holdfast/data/ab", "sync holdfast/data", "sync holdfast"];
      assert.deepEqual(calls, [...synced, "unlink holdfast/.parts/*"]);
      calls.length = 0;
      await store.settle?.();
      assert.deepEqual(calls, []);
      await store.settle?.(true);
      assert.deepEqual(calls, synced);
    }));

  it("publishes on mounts without links", () =>
    withTempFolder(async (path) => {
      const fileSystem = failCall("link", "EPERM");
      const stores = [await openLocalStore({ path, fileSystem })];
      const puts = Array.from({ length: 10 }, async (_, index) =>
        stores[0]?.put("locks/writer", someBytes(100, String(index))),
      );
      const outcomes = await Promise.allSettled(puts);
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
      const names = (await listAll(await openLocalStore({ path }), "")).map(({ name }) => name);
      assert.deepEqual(names, ["locks/writer"]);
      assert.deepEqual(await fs.readdir(join(path, "holdfast", ".parts")), []);
    }));

  it("knows its own link after a lost answer", () =>
    withTempFolder(async (path) => {
      const link: FileSystem["link"] = async (from, to) => {
        await fs.link(from, to);
        throw Object.assign(new Error("EEXIST"), { code: "EEXIST" }); // NFS repeats the request
      };
      const store = await openLocalStore({ path, fileSystem: { ...nodeFileSystem, link } });
      await store.put("config", someBytes(10));
      await assertCode(store.put("config", someBytes(10)), "ObjectExists");
    }));

  it("goes on after an empty folder vanished", () =>
    withTempFolder(async (path) => {
      const store = await openLocalStore({ path });
      await store.put("data/ab/one", someBytes(1));
      await fs.rm(join(path, "holdfast", "data"), { recursive: true });
      await store.put("data/ab/two", someBytes(2));
      assert.deepEqual(await store.stat("data/ab/two"), { bytes: 2 });
    }));

  it("calls nothing absent after an unmount", () =>
    withTempFolder(async (path) => {
      const store = await openLocalStore({ path });
      await store.put("config", someBytes(1));
      await fs.rm(join(path, "holdfast"), { recursive: true });
      await assertCode(store.get("config"), "StoreUnreachable");
      await assertCode(store.stat("config"), "StoreUnreachable");
      await assertCode(store.remove("config"), "StoreUnreachable");
      await assertCode(listAll(store, ""), "StoreUnreachable");
      await assertCode(listAll(store, "data/"), "StoreUnreachable");
      await assertCode(store.put("config", someBytes(1)), "StoreUnreachable");
      assert.deepEqual(await fs.readdir(path), []);
    }));

  it("removes parts older than a day", () =>
    withTempFolder(async (path) => {
      const parts = join(path, "holdfast", ".parts");
      await fs.mkdir(parts, { recursive: true });
      const now = Date.UTC(2026, 10, 23);
      for (const [name, hours] of [
        ["old", 25],
        ["young", 23],
      ] as const) {
        await fs.writeFile(join(parts, name), "");
        const time = new Date(now - hours * 3_600_000);
        await fs.utimes(join(parts, name), time, time);
      }
      await openLocalStore({ path, clock: clockAt(now) });
      assert.deepEqual(await fs.readdir(parts), ["young"]);
    }));

  it("probes space, removal and clock", () =>
    withTempFolder(async (path) => {
      const clock = clockAt(Date.now() - 3_600_000);
      const probe = await (await openLocalStore({ path, clock })).probe();
      assert.ok((probe.freeBytes ?? 0) > 0 && (probe.totalBytes ?? 0) >= (probe.freeBytes ?? 0));
      assert.ok(probe.canRemove && probe.canWrite && probe.encryptedInFlight);
      assert.ok(Math.abs((probe.clockSkewMilliseconds ?? 0) - 3_600_000) < 60_000);
    }));

  it("says that a store refuses removal", () =>
    withTempFolder(async (path) => {
      const store = await openLocalStore({ path });
      await store.put("warm-up", someBytes(1));
      const fileSystem = failCall("unlink", "EPERM", (called) => !called.includes(".parts"));
      const probe = await (await openLocalStore({ path, fileSystem })).probe();
      assert.deepEqual([probe.canWrite, probe.canRemove], [true, false]);
    }));
});

describe("local store against hostile folders", () => {
  it("A41: does not follow links out of the store", () =>
    withTempFolder(async (path) => {
      const outside = join(path, "outside");
      const root = join(path, "share", "holdfast");
      await fs.mkdir(outside);
      await fs.mkdir(root, { recursive: true });
      await fs.writeFile(join(outside, "secret"), "secret");
      const store = await openLocalStore({ path: join(path, "share") });
      await fs.symlink(outside, join(root, "data"));
      await fs.symlink(join(outside, "secret"), join(root, "config"));
      for (const name of ["config", "data/secret"]) {
        await assertCode(store.get(name), "StoreTampered");
        await assertCode(store.stat(name), "StoreTampered");
      }
      await assertCode(store.put("data/new", someBytes(1)), "StoreTampered");
      await assertCode(store.remove("data/secret"), "StoreTampered");
      await assertCode(listAll(store, "data/"), "StoreTampered");
      assert.deepEqual(await listAll(store, ""), []);
      assert.deepEqual(await fs.readdir(outside), ["secret"]);
    }));

  it("A41: refuses holdfast or .parts as links", () =>
    withTempFolder(async (path) => {
      await fs.mkdir(join(path, "outside"));
      await fs.symlink(join(path, "outside"), join(path, "holdfast"));
      await assertCode(openLocalStore({ path }), "StoreTampered");
      await fs.unlink(join(path, "holdfast"));
      const store = await openLocalStore({ path });
      await fs.symlink(join(path, "outside"), join(path, "holdfast", ".parts"));
      await assertCode(store.put("config", someBytes(1)), "StoreTampered");
      assert.deepEqual(await fs.readdir(join(path, "outside")), []);
    }));

  it("A43: passes over alien names", () =>
    withTempFolder(async (path) => {
      const store = await openLocalStore({ path });
      await store.put("data/aa/good", someBytes(1));
      const folder = join(path, "holdfast", "data", "aa");
      for (const name of ["a\nb", "<b>", ".hidden", "x".repeat(250), "good~", "é"]) {
        await fs.writeFile(join(folder, name), "");
      }
      await fs.writeFile(Buffer.from(`${folder}/\xff\xfe`, "latin1"), "");
      assert.deepEqual(
        (await listAll(store, "")).map(({ name }) => name),
        ["data/aa/good"],
      );
    }));
});

describe("local store on failing disks", () => {
  const table: readonly (readonly [string, ErrorCode])[] = [
    ["ENOSPC", "StoreFull"],
    ["EDQUOT", "StoreFull"],
    ["EROFS", "StoreReadOnly"],
    ["EACCES", "StoreAuthRefused"],
    ["EIO", "StoreUnreachable"],
    ["ESTALE", "StoreUnreachable"],
    ["ETIMEDOUT", "StoreTimeout"],
    ["EKEYEXPIRED", "StoreAccountProblem"],
    ["EBUSY", "StoreLocked"],
    ["EWEIRD", "StoreUnreachable"],
  ];
  const steps = ["write", "datasync", "close", "link", "sync"] as const;
  for (const [nativeCode, code] of table) {
    it(`names ${nativeCode} ${code} at every step`, () =>
      withTempFolder(async (path) => {
        await (await openLocalStore({ path })).put("data/first", someBytes(10));
        for (const step of steps) {
          const store = await openLocalStore({ path });
          const failing = await openLocalStore({ path, fileSystem: failStep(step, nativeCode) });
          await assert.rejects(failing.put("data/second", someBytes(10)), (error) => {
            assert.ok(isAppError(error, code), String(error));
            assert.equal(error.nativeCode, nativeCode);
            assert.match(error.message, /^Cannot write "data\/second": .+\(E[A-Z]+\): .+[^.]$/);
            return true;
          });
          assert.equal(await store.stat("data/second"), undefined, step);
          assert.deepEqual(await fs.readdir(join(path, "holdfast", ".parts")), [], step);
          assert.deepEqual(await store.stat("data/first"), { bytes: 10 });
        }
      }));
  }

  it("finishes short writes", () =>
    withTempFolder(async (path) => {
      const fileSystem = patchHandles((handle) => {
        const write = handle.write.bind(handle) as (
          bytes: Uint8Array,
          offset: number,
          length: number,
        ) => Promise<{ bytesWritten: number }>;
        const short = (bytes: Uint8Array, offset: number, length: number): unknown =>
          write(bytes, offset, Math.min(length, 7));
        Object.assign(handle, { write: short });
      });
      const store = await openLocalStore({ path, fileSystem });
      await store.put("config", someBytes(100));
      assert.deepEqual(Buffer.from(await store.get("config")), someBytes(100));
    }));

  it("gives no name to bytes after an abort", () =>
    withTempFolder(async (path) => {
      const controller = new AbortController();
      const reason = new Error("given up");
      const fileSystem = patchHandles((handle, name) => {
        if (!name.includes(".parts/")) return;
        const datasync = handle.datasync.bind(handle);
        const abortThen = async (): Promise<void> => {
          controller.abort(reason);
          await datasync();
        };
        Object.assign(handle, { datasync: abortThen });
      });
      const store = await openLocalStore({ path, fileSystem });
      await assert.rejects(store.put("config", someBytes(10), controller.signal), reason);
      assert.equal(await store.stat("config"), undefined);
      assert.deepEqual(await fs.readdir(join(path, "holdfast", ".parts")), []);
    }));

  it("names a file that ends early", () =>
    withTempFolder(async (path) => {
      const fileSystem = patchHandles((handle) => {
        Object.assign(handle, { read: async () => ({ bytesRead: 0 }) });
      });
      const store = await openLocalStore({ path, fileSystem });
      await store.put("config", someBytes(100));
      await assertCode(store.get("config"), "StoreTampered");
    }));
});

async function assertCode(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isAppError(error, code), `expected ${code}, got ${String(error)}`);
    return true;
  });
}

function clockAt(now: number): Clock {
  return { now: () => now, sleep: async () => undefined };
}

function failure(nativeCode: string): Error {
  return Object.assign(new Error(`${nativeCode}: injected`), { code: nativeCode });
}

type PathCall = "link" | "unlink";

function failCall(
  call: PathCall,
  nativeCode: string,
  isHit: (path: string) => boolean = () => true,
): FileSystem {
  const original = nodeFileSystem[call] as (...paths: unknown[]) => Promise<void>;
  const failing = async (...paths: unknown[]): Promise<void> => {
    if (isHit(String(paths[0]))) throw failure(nativeCode);
    await original(...paths);
  };
  return { ...nodeFileSystem, [call]: failing };
}

type Step = "write" | "datasync" | "close" | "link" | "sync";

/** Fails one step of a put; "sync" is that of the folder the object goes to. */
function failStep(step: Step, nativeCode: string): FileSystem {
  if (step === "link") return failCall("link", nativeCode);
  return patchHandles((handle, path) => {
    const isFolder = path.endsWith("/data");
    if (!(step === "sync" ? isFolder : path.includes(".parts/"))) return;
    const close = handle.close.bind(handle);
    const fail = async (): Promise<void> => {
      if (step === "close") await close();
      throw failure(nativeCode);
    };
    Object.assign(handle, { [step]: fail });
  });
}

function patchHandles(patch: (handle: fs.FileHandle, path: string) => void): FileSystem {
  const open: FileSystem["open"] = async (path, flags, mode) => {
    const handle = await fs.open(path, flags, mode);
    patch(handle, String(path));
    return handle;
  };
  return { ...nodeFileSystem, open };
}

function recordCalls(calls: string[], base: string): FileSystem {
  const note = (call: string, path: unknown): void => {
    const name = String(path).slice(base.length + 1);
    calls.push(`${call} ${name.replace(/\.parts\/.+/, ".parts/*")}`);
  };
  const recording = patchHandles((handle, path) => {
    for (const call of ["write", "datasync", "sync", "close"] as const) {
      const original = handle[call].bind(handle) as (...rest: unknown[]) => Promise<unknown>;
      const isFolder = !path.includes(".parts/");
      const noted = (...rest: unknown[]): Promise<unknown> => {
        if (!isFolder || call === "sync") note(call, path);
        return original(...rest);
      };
      Object.assign(handle, { [call]: noted });
    }
  });
  return {
    ...recording,
    mkdir: (async (path: string, options: { mode: number }) => {
      note("mkdir", path);
      return fs.mkdir(path, options);
    }) as FileSystem["mkdir"],
    link: async (from, to) => {
      note("link", to);
      await fs.link(from, to);
    },
    unlink: async (path) => {
      note("unlink", path);
      await fs.unlink(path);
    },
  };
}
