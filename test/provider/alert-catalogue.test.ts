import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { alertTypes, type AlertTypeId } from "../../src/alerts/alert-types.ts";
import { AppError, type ErrorCode } from "../../src/base/errors.ts";
import type { BackupRecord } from "../../src/engine/model.ts";
import type { FakeBehavior } from "../support/fake-engine.ts";
import { aCertificate, aPfx } from "../support/fake-identity.ts";
import { makeBackup, setUpLocation, startMessenger } from "../support/provider-steps.ts";
import {
  groupPath,
  locationPath,
  withProviderWorld,
  type Json,
  type ProviderWorld,
} from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

/** How an alert comes and goes, as its cause does. */
interface Story {
  /** Brings about what is wrong. */
  readonly raise: (world: ProviderWorld) => Promise<unknown>;
  /** Takes it away. */
  readonly mend: (world: ProviderWorld) => Promise<unknown>;
  /** Where the alert is shown; the usual location unless named. */
  readonly at?: string;
}

const modern = "2026-12-01";
const hour = 3_600_000;
const day = 24 * hour;
const second = `${groupPath}/backupLocations/second`;
const scheduled = { isBackupSchedulerEnabled: true, backupFrequencyInHours: 4 };
const pfx = {
  decryptionCertBase64: aPfx("north"),
  decryptionCertPassword: "right",
};
const failing = (code: ErrorCode) => (): Promise<never> =>
  Promise.reject(new AppError(code, `It failed with ${code}: do something about it`));

/** Every step is later than the one before, so that the newest can be told. */
async function act(world: ProviderWorld, path: string, body?: object): Promise<string> {
  await world.clock.advance(1000);
  const call = { apiVersion: modern, ...(body === undefined ? {} : { body }) };
  return (await world.finish(await world.accept("POST", path, call))).state;
}

async function withBehavior(
  world: ProviderWorld,
  behavior: FakeBehavior,
  work: () => Promise<unknown>,
): Promise<void> {
  world.engine.behavior = behavior;
  await work();
  world.engine.behavior = {};
}

async function backUp(world: ProviderWorld): Promise<string> {
  await world.clock.advance(1000);
  return makeBackup(world);
}

async function ready(world: ProviderWorld, store: object = scheduled): Promise<void> {
  await setUpLocation(world, store);
  await makeBackup(world);
}

/** Time in which nobody does anything. */
async function sleep(world: ProviderWorld, milliseconds: number): Promise<void> {
  await world.stopWorkers();
  await world.clock.advance(milliseconds);
  world.startWorker();
}

function failedBackup(code: ErrorCode): Story {
  const fail = (world: ProviderWorld): Promise<string> =>
    act(world, `${locationPath}/createBackup`);
  return {
    raise: async (world) => {
      await ready(world);
      await withBehavior(world, { backup: failing(code) }, () => fail(world));
    },
    mend: backUp,
  };
}

function changedRecord(change: (record: BackupRecord) => BackupRecord, before: number): Story {
  return {
    raise: async (world) => {
      await ready(world);
      for (let made = 1; made < before; made += 1) await backUp(world);
      await withBehavior(world, { record: change }, () => backUp(world));
    },
    mend: backUp,
  };
}

/** What the look at the stores meets between backups. */
function look(behavior: FakeBehavior): Story {
  const looking = async (world: ProviderWorld): Promise<void> => {
    await world.clock.advance(hour);
    await world.provider.probeStores(hour);
  };
  return {
    raise: async (world) => {
      await ready(world);
      await withBehavior(world, behavior, () => looking(world));
    },
    mend: looking,
  };
}

async function addSecond(world: ProviderWorld, store: object): Promise<void> {
  const body = {
    location: "redmond",
    properties: { externalStoreDefault: store },
  };
  await world.finish(await world.accept("PUT", second, { body }));
}

function failedCopy(store: object): Story {
  const copy = (world: ProviderWorld): Promise<string> =>
    act(world, `${locationPath}/copy`, { targetLocationName: "second" });
  return {
    raise: async (world) => {
      await ready(world);
      await addSecond(world, store);
      await withBehavior(world, { copy: failing("StoreFull") }, () => copy(world));
    },
    mend: copy,
  };
}

function failedPrune(path: string, prepare: (world: ProviderWorld) => Promise<unknown>): Story {
  const prune = (world: ProviderWorld): Promise<string> => act(world, `${path}/pruneExternalStore`);
  return {
    raise: async (world) => {
      await ready(world);
      await prepare(world);
      await withBehavior(world, { prune: failing("StoreAuthRefused") }, () => prune(world));
    },
    mend: prune,
    at: path,
  };
}

/** Time alone brings it about. */
function waiting(milliseconds: number, mend: Story["mend"]): Story {
  return {
    raise: async (world) => {
      await ready(world);
      await world.provider.runWatch();
      await sleep(world, milliseconds);
    },
    mend,
  };
}

async function restore(world: ProviderWorld): Promise<void> {
  const backup = await backUp(world);
  const path = `${locationPath}/backups/${backup}/restore`;
  assert.equal(await act(world, path, pfx), "Succeeded");
}

const verify = (world: ProviderWorld): Promise<string> =>
  act(world, `${locationPath}/verify`, { depth: "Ciphertext" });

const newCertificate: Story["mend"] = (world) =>
  setUpLocation(world, {
    ...scheduled,
    encryptionCertBase64: aCertificate("long"),
  });

const untilItEnds = Date.parse("2030-01-01T00:00:00Z") - Date.parse("2026-03-02T12:00:00Z");

const share = {
  path: "\\\\backup.example\\copies",
  userName: "writer",
  password: "secret",
};

async function deliver(world: ProviderWorld, isDone: () => Promise<boolean>): Promise<void> {
  const messenger = startMessenger(world, 1);
  await waitUntil(async () => {
    await world.clock.advance(1000);
    return isDone();
  });
  const stopped = messenger.stop();
  await world.clock.advance(60_000);
  await stopped;
}

/** The type is the whole catalogue: an alert without a story does not compile. */
const stories: Readonly<Record<AlertTypeId, Story>> = {
  BackupFailed: failedBackup("Internal"),
  BackupFailedAccessDenied: failedBackup("StoreAuthRefused"),
  BackupFailedPathInvalid: failedBackup("BackupPathNotFound"),
  BackupFailedNetwork: failedBackup("StoreUnreachable"),
  BackupFailedStoreFull: failedBackup("StoreFull"),
  BackupFailedStoreReadOnly: failedBackup("StoreReadOnly"),
  BackupFailedUpload: failedBackup("TargetFailed"),
  BackupFailedSource: failedBackup("SourceFailed"),
  BackupFailedEncryption: failedBackup("CertificateExpired"),
  BackupFailedStoreDamaged: failedBackup("CorruptObject"),
  BackupFailedStoreInUse: failedBackup("StoreLocked"),
  BackupInterrupted: failedBackup("TimedOut"),
  ClockSkew: failedBackup("ClockMismatch"),
  BackupPartial: changedRecord((record) => ({ ...record, status: "PartialSucceeded" }), 1),
  UnusualSize: changedRecord((record) => ({ ...record, plainBytes: 2 ** 30 }), 5),
  StoreNotAccessible: look({ probe: failing("StoreUnreachable") }),
  StoreNotWritable: look({ probe: failing("StoreReadOnly") }),
  StoreLooksStale: look({ newest: "unlisted" }),
  LedgerMismatch: look({ newest: "missing" }),
  StoreAlmostFull: {
    raise: async (world) => {
      await ready(world);
      await withBehavior(world, { freeBytes: 2 ** 30 }, () => backUp(world));
    },
    mend: backUp,
  },
  BackupCopyFailed: failedCopy(share),
  InternalBackupFailed: failedCopy({ path: "/second" }),
  BackupNotDeleted: failedPrune(locationPath, () => Promise.resolve()),
  InternalBackupNotDeleted: failedPrune(second, async (world) => {
    await addSecond(world, { path: "/second" });
    await act(world, `${locationPath}/copy`, { targetLocationName: "second" });
  }),
  BackupsNotConfigured: {
    raise: async (world) => {
      const body = { location: "redmond", properties: {} };
      await world.finish(await world.accept("PUT", locationPath, { body }));
    },
    mend: (world) => setUpLocation(world),
  },
  BackupsPaused: {
    raise: (world) => setUpLocation(world, { isBackupSchedulerEnabled: false }),
    mend: (world) => setUpLocation(world, scheduled),
  },
  SchedulerSilent: {
    raise: async (world) => {
      await ready(world);
      await sleep(world, 4 * hour + 60_000);
      await world.provider.runWatch();
      await sleep(world, 0.6 * hour);
    },
    mend: (world) => world.provider.runScheduler(),
  },
  BackupSkipped: {
    raise: async (world) => {
      await ready(world);
      await world.stopWorkers();
      await world.clock.advance(4 * hour);
      await world.accept("POST", `${locationPath}/createBackup`);
      await world.provider.runScheduler();
    },
    mend: async (world) => {
      const { running } = (await world.store.list<Json>("location", { limit: 1 }))[0]?.value ?? {};
      world.startWorker();
      await world.finish(running.operationId);
      await backUp(world);
    },
  },
  EncryptionSettingsOutdated: {
    raise: async (world) => {
      const encryptionKeyBase64 = Buffer.alloc(32, 9).toString("base64");
      const store = { path: "/backup", ...scheduled, encryptionKeyBase64 };
      const body = {
        location: "redmond",
        properties: { externalStoreDefault: store },
      };
      const call = { apiVersion: "2016-05-01", body };
      await world.finish(await world.accept("PUT", locationPath, call));
    },
    mend: newCertificate,
  },
  RecoveryPointOverdue: waiting(9 * hour, backUp),
  VerifyFailed: {
    raise: async (world) => {
      await ready(world);
      await withBehavior(world, { verify: failing("CorruptObject") }, () => verify(world));
    },
    mend: verify,
  },
  DrillOverdue: waiting(91 * day, restore),
  KeyPossessionUnproved: waiting(8 * day, restore),
  CertificateExpiring: waiting(untilItEnds - 20 * day, newCertificate),
  CertificateExpired: waiting(untilItEnds - 2 * day, newCertificate),
  NotificationFailing: {
    raise: async (world) => {
      const webhook = {
        kind: "Webhook",
        targetUrl: "https://hooks.example/a",
        signingSecret: "a canary secret of 24",
      };
      await ready(world);
      const call = { apiVersion: modern, body: { properties: webhook } };
      await world.call("PUT", `${locationPath}/notificationRoutes/hook`, call);
      world.notices.behavior = () => {
        throw new AppError("NotificationFailed", "The receiver refuses: look at it");
      };
      await withBehavior(world, { backup: failing("StoreFull") }, () =>
        act(world, `${locationPath}/createBackup`),
      );
      await world.provider.runWatch();
      const letters = async (): Promise<readonly unknown[]> =>
        (await world.read(`${locationPath}/deadLetters`, modern)).value;
      await deliver(world, async () => (await letters()).length > 0);
    },
    mend: async (world) => {
      world.notices.behavior = () => undefined;
      const call = { apiVersion: modern };
      await world.call("POST", `${locationPath}/notificationRoutes/hook/test`, call);
    },
  },
};

/** Type and state of every alert at a place, after a look of the watchdog. */
async function alertsAt(world: ProviderWorld, at: string): Promise<readonly string[]> {
  await world.provider.runWatch();
  const { value }: Json = await world.read(`${at}/alerts`, modern);
  return value.map(({ properties }: Json) => `${properties.alertTypeId} ${properties.state}`);
}

describe("the catalogue of alerts", () => {
  for (const id of Object.keys(alertTypes) as readonly AlertTypeId[])
    it(`${id} comes with its cause and goes with it`, () =>
      withProviderWorld(async (world) => {
        const { raise, mend, at = locationPath } = stories[id];
        await raise(world);
        const raised = await alertsAt(world, at);
        assert.ok(raised.includes(`${id} Active`), raised.join(", "));
        await mend(world);
        const mended = await alertsAt(world, at);
        assert.equal(mended.includes(`${id} Active`), false, mended.join(", "));
        assert.ok(mended.includes(`${id} Closed`), mended.join(", "));
      }));
});
