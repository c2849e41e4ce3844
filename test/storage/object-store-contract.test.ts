import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";

import { systemClock } from "../../src/base/clock.ts";
import type { Clock } from "../../src/base/clock.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import type { MemoryObjects } from "../../src/storage/memory.ts";
import { retryStore } from "../../src/storage/retrying.ts";
import { describeObjectStore } from "../contracts/describe-object-store.ts";
import { objectStoreCases, runStoreCase } from "../contracts/object-store.ts";
import type { StoreUnderTest } from "../contracts/object-store.ts";
import { openFaultyStore } from "../support/faulty-store.ts";
import { fillFolder } from "../support/fill-folder.ts";
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

async function openLocal(clock: Clock = systemClock): Promise<StoreUnderTest> {
  const path = await makeTempFolder();
  const store = await openLocalStore({ path, clock });
  return {
    store,
    reopen: () => openLocalStore({ path }),
    fill: async (names) => fillFolder(join(path, "holdfast"), names),
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

const inProcess = {
  full: { lacks: "memory has no limit" },
  denied: { lacks: "memory has no accounts" },
  wrongSecret: { lacks: "memory has no sign-in" },
  skewed: { lacks: "memory has our clock" },
  network: { lacks: "no network is between" },
  seesFlippedBits: true,
};

describeObjectStore("memory", { ...inProcess, open: openMemory });
describeObjectStore("local", {
  ...inProcess,
  open: openLocal,
  full: { lacks: "needs a mount of its own: see local-processes.test.ts" },
  denied: { lacks: "needs another user: see local-processes.test.ts" },
  wrongSecret: { lacks: "folders have no sign-in" },
  skewed: openLocal,
});
describeObjectStore("retrying memory", { ...inProcess, open: openRetrying });
describeObjectStore("faulty without a fault", { ...inProcess, open: openFaultless });

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
