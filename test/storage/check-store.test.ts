import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError, type ErrorCode } from "../../src/base/errors.ts";
import type { RepositoryLook } from "../../src/engine/model.ts";
import type { ObjectStore, StoreProbe } from "../../src/engine/object-store.ts";
import { checkStore, failureOfCheck } from "../../src/storage/check-store.ts";
import { openMemoryStore } from "../../src/storage/memory.ts";
import type { StoreCheck } from "../../src/storage/store-check.ts";

/** A sound store of which some parts are others. */
function aStore(changes: (store: ObjectStore) => Partial<ObjectStore>): () => Promise<ObjectStore> {
  const store = openMemoryStore();
  const sound: ObjectStore = {
    put: (...args) => store.put(...args),
    get: (...args) => store.get(...args),
    list: (...args) => store.list(...args),
    stat: (name) => store.stat(name),
    remove: (name) => store.remove(name),
    probe: () => store.probe(),
    close: () => store.close(),
  };
  return () => Promise.resolve({ ...sound, ...changes(store) });
}

function probing(changes: Partial<StoreProbe>): (store: ObjectStore) => Partial<ObjectStore> {
  return (store) => ({ probe: async () => ({ ...(await store.probe()), ...changes }) });
}

function statusOf(check: StoreCheck, name: string): string | undefined {
  return check.steps.find((step) => step.name === name)?.status;
}

const refuse = (code: ErrorCode) => (): Promise<never> =>
  Promise.reject(new AppError(code, `Refused as ${code}: do something about it`));

describe("try-out of a store", () => {
  it("passes every step of a sound one and leaves nothing", async () => {
    const store = openMemoryStore();
    const check = await checkStore(
      aStore(probing({ freeBytes: 2 ** 40, clockSkewMilliseconds: 9 })),
    );
    assert.deepEqual(
      check.steps.filter(({ status }) => status !== "Passed"),
      [],
    );
    assert.equal(check.steps.length, 10);
    assert.equal(check.isUsable, true);
    assert.equal(check.freeBytes, 2 ** 40);
    await checkStore(() => Promise.resolve(store));
    for await (const { name } of store.list("")) assert.fail(name);
  });

  for (const [code, step] of [
    ["StoreUnreachable", "reach"],
    ["StoreHostNotAllowed", "reach"],
    ["StoreAuthRefused", "signIn"],
    ["BackupPathNotFound", "signIn"],
  ] as const) {
    it(`names the step of ${code}`, async () => {
      const check = await checkStore(refuse(code));
      assert.equal(statusOf(check, step), "Failed");
      assert.equal(statusOf(check, "write"), "Skipped");
      assert.equal(check.isUsable, false);
      assert.equal(failureOfCheck(check)?.code, code);
      assert.match(failureOfCheck(check)?.message ?? "", /do something/);
    });
  }

  const faults: readonly [string, string, (store: ObjectStore) => Partial<ObjectStore>][] = [
    ["write", "StoreReadOnly", () => ({ put: refuse("StoreReadOnly") })],
    ["readBack", "StoreTampered", () => ({ get: () => Promise.resolve(Buffer.alloc(4096)) })],
    [
      "list",
      "StoreUnsupported",
      () => ({
        list: async function* () {
          // shows nothing
        },
      }),
    ],
    [
      "conditionalCreate",
      "StoreUnsupported",
      (store) => ({
        put: async (name, bytes) => {
          await store.remove(name);
          await store.put(name, bytes);
        },
      }),
    ],
  ];
  for (const [step, code, changes] of faults) {
    it(`fails at ${step}`, async () => {
      const check = await checkStore(aStore(changes));
      assert.equal(statusOf(check, step), "Failed");
      assert.equal(failureOfCheck(check)?.code, code);
    });
  }

  for (const [step, changes] of [
    ["encryption", probing({ encryptedInFlight: false })],
    ["delete", () => ({ remove: refuse("StoreReadOnly") })],
    ["freeSpace", probing({ freeBytes: 1000 })],
    ["clockSkew", probing({ clockSkewMilliseconds: -3_600_000 })],
  ] as const) {
    it(`warns of ${step} and goes on`, async () => {
      const check = await checkStore(aStore(changes));
      assert.equal(statusOf(check, step), "Warning");
      assert.equal(check.isUsable, true);
      assert.equal(failureOfCheck(check), undefined);
    });
  }

  const until = Date.parse("2026-03-02T12:00:00Z");
  const lock = (installationId: string, kind: "held" | "stale"): RepositoryLook => ({
    lease: { kind, installationId, validUntil: until },
  });
  const looks: readonly [RepositoryLook, string, "Passed" | "Warning", RegExp][] = [
    [{ lease: { kind: "free" } }, "lease", "Passed", /^No writer holds/],
    [lock("ours", "held"), "lease", "Passed", /^This service holds .* 2026-03-02T12:00:00.000Z/],
    [lock("other", "held"), "lease", "Warning", /^Another installation, "other", .*wait for it/],
    [lock("ours", "stale"), "lease", "Warning", /^This service held .* died .*takes it over/],
    [lock("other", "stale"), "lease", "Warning", /"other", held .* died/],
    [lock("", "stale"), "lease", "Warning", /cannot be read/],
    [{ lease: { kind: "free" }, newest: "shown" }, "newestBackup", "Passed", /is listed/],
    [{ lease: { kind: "free" }, newest: "unlisted" }, "newestBackup", "Warning", /a cache/],
    [{ lease: { kind: "free" }, newest: "missing" }, "newestBackup", "Warning", /rolled back/],
  ];
  for (const [seen, name, status, words] of looks)
    it(`says of a repository: ${words.source}`, async () => {
      const look = {
        installationId: "ours",
        look: () => Promise.resolve(seen),
      };
      const check = await checkStore(
        aStore(() => ({})),
        look,
      );
      const step = check.steps.find((one) => one.name === name);
      assert.equal(step?.status, status);
      assert.match(step.message, words);
      assert.equal(step.code, seen.newest === "missing" ? "RollbackDetected" : undefined);
      assert.equal(check.newest, seen.newest);
      assert.equal(check.isUsable, true);
    });

  it("tells a repository that cannot be looked at", async () => {
    const look = { installationId: "ours", look: refuse("StoreTimeout") };
    const check = await checkStore(
      aStore(() => ({})),
      look,
    );
    assert.equal(statusOf(check, "lease"), "Failed");
    assert.equal(failureOfCheck(check)?.code, "StoreTimeout");
  });
});
