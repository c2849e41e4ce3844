import assert from "node:assert/strict";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";

import { systemClock } from "../../src/base/clock.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import type { MemoryObjects } from "../../src/storage/memory.ts";
import { retryStore } from "../../src/storage/retrying.ts";
import { describeObjectStore, objectStoreCases, runStoreCase } from "../contracts/object-store.ts";
import type { StoreUnderTest } from "../contracts/object-store.ts";
import { openFaultyStore } from "../support/faulty-store.ts";
import { lies, openLyingStore } from "../support/lying-store.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

async function openMemory(): Promise<StoreUnderTest> {
  const objects: MemoryObjects = new Map();
  return {
    store: openMemoryStore(objects),
    reopen: async () => openMemoryStore(objects),
    dispose: async () => undefined,
  };
}

async function openLocal(): Promise<StoreUnderTest> {
  const path = await makeTempFolder();
  const store = await openLocalStore({ path });
  return {
    store,
    reopen: () => openLocalStore({ path }),
    fill: async (names) => {
      // Links to one file per folder: making 10,000 files takes seconds on some disks.
      const made = new Map<string, string>();
      for (const name of names) {
        const file = join(path, "holdfast", name);
        const first = made.get(dirname(file));
        if (first !== undefined) linkSync(first, file);
        else {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, name);
          made.set(dirname(file), file);
        }
      }
    },
    dispose: async () => {
      await store.close();
      await removeFolder(path);
    },
  };
}

async function openRetrying(): Promise<StoreUnderTest> {
  const test = await openMemory();
  const retry = { clock: systemClock, random: () => 0 };
  return { ...test, store: retryStore(test.store, retry) };
}

async function openFaultless(): Promise<StoreUnderTest> {
  const test = await openMemory();
  return { ...test, store: openFaultyStore(test.store, { failAt: 0, fault: "io-error" }) };
}

describeObjectStore("memory", openMemory);
describeObjectStore("local", openLocal);
describeObjectStore("retrying memory", openRetrying);
describeObjectStore("faulty without a fault", openFaultless);

describe("a lying store", () => {
  for (const lie of Object.keys(lies)) {
    it(`is caught when it ${lie}`, async () => {
      await assert.rejects(async () => {
        for (const storeCase of objectStoreCases) {
          await runStoreCase(storeCase, openLyingStore(lie));
        }
      });
    });
  }
});
