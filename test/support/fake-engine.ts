import { createHash, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../src/base/errors.ts";
import type {
  BackupRecord,
  NewestBackup,
  Progress,
  Recipient,
  RecipientName,
  RememberedRepository,
  RepositoryKeys,
} from "../../src/engine/model.ts";
import type {
  BackupEngine,
  BackupRun,
  CopyRun,
  PruneRun,
  RestoreRun,
  VerifyRun,
} from "../../src/provider/ports.ts";
import { planRetention } from "../../src/engine/retention.ts";
import { describeStore } from "../../src/storage/store-spec.ts";

/** An engine that keeps its stores in memory and does what a test tells it to. */
export interface FakeEngine extends BackupEngine {
  /** Calls so far, oldest first, e.g. `runBackup`. */
  readonly calls: readonly string[];
  readonly backupRuns: readonly BackupRun[];
  readonly restoreRuns: readonly RestoreRun[];
  readonly verifyRuns: readonly VerifyRun[];
  readonly pruneRuns: readonly PruneRun[];
  readonly copyRuns: readonly CopyRun[];
  /** Called before the named work is done; what it throws is the work's failure. */
  behavior: FakeBehavior;
  /** Backups of the store at a path. */
  recordsOf(path: string): readonly BackupRecord[];
}

export interface FakeBehavior {
  readonly probe?: (path: string) => Promise<void> | void;
  readonly prepare?: () => Promise<void> | void;
  readonly backup?: (
    run: BackupRun,
    report: (progress: Progress) => void,
    signal: AbortSignal,
  ) => Promise<void> | void;
  readonly restore?: (run: RestoreRun, signal: AbortSignal) => Promise<void> | void;
  readonly copy?: (
    run: CopyRun,
    report: (progress: Progress) => void,
    signal: AbortSignal,
  ) => Promise<void> | void;
  readonly verify?: () => Promise<void> | void;
  readonly prune?: (run: PruneRun, signal: AbortSignal) => Promise<void> | void;
  /** Between the last word about what goes and its removal, which is told; nothing is removed when it throws. */
  readonly removal?: (backupIds: readonly string[], signal: AbortSignal) => Promise<void> | void;
  /** Changes the record a run ends with. */
  readonly record?: (record: BackupRecord) => BackupRecord;
  readonly freeBytes?: number;
  /** How stores show the newest backup that is remembered. */
  readonly newest?: NewestBackup;
}

interface FakeStore {
  keys: RepositoryKeys | undefined;
  recipients: readonly RecipientName[];
  readonly records: BackupRecord[];
  /** When a prune last marked what is to go a grace later. */
  markedAt?: number | undefined;
}

const graceMilliseconds = 24 * 3_600_000;

export function createFakeEngine(now: () => number): FakeEngine {
  const stores = new Map<string, FakeStore>();
  const calls: string[] = [];
  const backupRuns: BackupRun[] = [];
  const restoreRuns: RestoreRun[] = [];
  const verifyRuns: VerifyRun[] = [];
  const pruneRuns: PruneRun[] = [];
  const copyRuns: CopyRun[] = [];
  const storeAt = (path: string): FakeStore => {
    const store = stores.get(path) ?? { keys: undefined, recipients: [], records: [] };
    stores.set(path, store);
    return store;
  };
  const newestOf = (remembered: RememberedRepository | undefined): { newest?: NewestBackup } =>
    remembered === undefined ? {} : { newest: engine.behavior.newest ?? "shown" };
  const engine: FakeEngine = {
    calls,
    backupRuns,
    restoreRuns,
    verifyRuns,
    pruneRuns,
    copyRuns,
    behavior: {},
    recordsOf: (path) => storeAt(path).records,
    probeStore: async (spec) => {
      calls.push("probeStore");
      await engine.behavior.probe?.(describeStore(spec));
      // Nobody can tell the room of a container.
      if (spec.kind === "azure-blob") return {};
      return { freeBytes: engine.behavior.freeBytes ?? 965 * 2 ** 30, totalBytes: 2 ** 40 };
    },
    testStore: async (spec, remembered) => {
      calls.push("testStore");
      await engine.behavior.probe?.(describeStore(spec));
      const step = {
        name: "reach",
        status: "Passed",
        message: "The store answers",
      } as const;
      const freeBytes = engine.behavior.freeBytes ?? 2 ** 30;
      return {
        isUsable: true,
        steps: [step],
        freeBytes,
        ...newestOf(remembered),
      };
    },
    lookAtStore: async (spec, _mayWrite, remembered) => {
      calls.push("lookAtStore");
      await engine.behavior.probe?.(describeStore(spec));
      return { leavesObject: false, ...newestOf(remembered) };
    },
    newRepositoryKeys: () => {
      calls.push("newRepositoryKeys");
      return Promise.resolve(freshKeys());
    },
    prepareRepository: async (spec, keys, recipients) => {
      calls.push("prepareRepository");
      await engine.behavior.prepare?.();
      const store = storeAt(describeStore(spec));
      if (store.keys !== undefined && store.keys.repositoryId !== keys.repositoryId) {
        throw new AppError(
          "RepositoryExists",
          `The store holds repository "${store.keys.repositoryId}" of somebody else: choose another folder`,
        );
      }
      store.recipients = recipients.map(nameOf);
      store.keys = withEpoch(store.keys ?? keys, store.recipients);
      return store.keys;
    },
    runBackup: async (run, onProgress, signal) => {
      calls.push("runBackup");
      backupRuns.push(run);
      await engine.behavior.backup?.(run, onProgress, signal);
      signal.throwIfAborted();
      const store = storeAt(describeStore(run.store));
      const known = store.records.find(({ backupId }) => backupId === run.backupId);
      if (known !== undefined) return known;
      const made = aRecord(run, store, now());
      const record = engine.behavior.record?.(made) ?? made;
      store.records.push(record);
      return record;
    },
    listBackups: (spec) => {
      calls.push("listBackups");
      return Promise.resolve(storeAt(describeStore(spec)).records);
    },
    copy: async (run, onProgress, signal) => {
      calls.push("copy");
      copyRuns.push(run);
      await engine.behavior.copy?.(run, onProgress, signal);
      signal.throwIfAborted();
      const { keys, records } = storeAt(describeStore(run.store));
      const target = storeAt(describeStore(run.to));
      target.keys = keys;
      const isAsked = ({ backupId }: BackupRecord): boolean =>
        run.backupIds?.includes(backupId) ?? true;
      const isThere = (one: BackupRecord): boolean => target.records.includes(one);
      const [present, copied] = [
        records.filter(isThere),
        records.filter((one) => isAsked(one) && !isThere(one)),
      ];
      target.records.push(...copied);
      const idsOf = (all: readonly BackupRecord[]): string[] => all.map((one) => one.backupId);
      return {
        report: {
          repositoryId: keys?.repositoryId ?? "",
          copied: idsOf(copied),
          present: idsOf(present),
          objects: copied.length,
          bytes: copied.length * 1500,
        },
        verification: {
          depth: run.depth,
          backups: target.records.length,
          objects: 7,
          bytes: 0,
          findings: [],
          durationMilliseconds: 5,
        },
      };
    },
    verify: async (run) => {
      calls.push("verify");
      verifyRuns.push(run);
      await engine.behavior.verify?.();
      const { records } = storeAt(describeStore(run.store));
      return {
        depth: run.depth,
        ...(run.subset === undefined ? {} : { subset: run.subset }),
        backups: records.length,
        objects: 7,
        bytes: 4096,
        findings: [],
        durationMilliseconds: 1250,
      };
    },
    prune: async (run, _onProgress, signal) => {
      calls.push("prune");
      pruneRuns.push(run);
      await engine.behavior.prune?.(run, signal);
      const store = storeAt(describeStore(run.store));
      const expired = planRetention(store.records, run.policy, now()).remove;
      const wanted = new Set([...expired.map(({ backupId }) => backupId), ...run.remove]);
      const planned = store.records.map(({ backupId }) => backupId).filter((id) => wanted.has(id));
      const removedBackups =
        run.isDryRun || planned.length === 0 ? planned : await run.confirm(planned);
      const removed = new Set(removedBackups);
      if (!run.isDryRun) {
        if (removed.size > 0) await engine.behavior.removal?.(removedBackups, signal);
        const kept = store.records.filter(({ backupId }) => !removed.has(backupId));
        store.records.splice(0, store.records.length, ...kept);
        const isRipe = store.markedAt !== undefined && store.markedAt + graceMilliseconds <= now();
        if (isRipe) store.markedAt = undefined;
        if (removedBackups.length > 0) store.markedAt = now();
      }
      return {
        isDryRun: run.isDryRun,
        removedBackups,
        objects: ["data/3f/3f0c77a1"],
        bytesFreedNow: 0,
        bytesFreedLater: store.markedAt === undefined ? 0 : 4096,
      };
    },
    restore: async (run, _onProgress, signal) => {
      calls.push("restore");
      restoreRuns.push(run);
      await engine.behavior.restore?.(run, signal);
      signal.throwIfAborted();
      await mkdir(join(run.targetPath, "files"), { recursive: true });
      await writeFile(join(run.targetPath, "files", "one.txt"), "restored");
      return {
        backupId: run.backupId,
        roles: [{ name: "files", files: 1, bytes: 8, warnings: 0 }],
        files: 1,
        bytes: 8,
        warnings: [],
        durationMilliseconds: 12_500,
      };
    },
  };
  return engine;
}

function aRecord(run: BackupRun, store: FakeStore, now: number): BackupRecord {
  const at = new Date(now).toISOString();
  return {
    backupId: run.backupId,
    repositoryId: run.keys.repositoryId,
    epochId: run.keys.epochs.at(-1)?.id ?? "",
    sequence: (run.ledgerHead?.sequence ?? 0) + 1,
    status: "Succeeded",
    createdAt: at,
    endedAt: at,
    isAutomatic: run.isAutomatic,
    isCloudRecoveryReady: true,
    deployment: run.deployment,
    recipients: store.recipients,
    roles: [
      {
        name: "files",
        status: "Succeeded",
        required: true,
        essential: true,
        startedAt: at,
        endedAt: at,
        files: 3,
        directories: 1,
        otherEntries: 0,
        plainBytes: 4096,
        newBytes: 2048,
        warnings: 0,
      },
    ],
    plainBytes: 4096,
    newBytes: 2048,
    storedBytes: 1500,
    manifestHash: createHash("sha256").update(run.backupId).digest("hex"),
    signature: "trusted",
  };
}

function freshKeys(): RepositoryKeys {
  return {
    repositoryId: randomUUID(),
    signingPrivateKey: "c2lnbmluZy1wcml2YXRlLWtleQ==",
    signingPublicKey: "c2lnbmluZy1wdWJsaWMta2V5",
    epochs: [],
  };
}

function withEpoch(keys: RepositoryKeys, recipients: readonly RecipientName[]): RepositoryKeys {
  const newest = keys.epochs.at(-1);
  if (newest !== undefined && JSON.stringify(newest.recipients) === JSON.stringify(recipients))
    return keys;
  const id = String(keys.epochs.length + 1).padStart(32, "0");
  const epoch = {
    id,
    recipients,
    wrapTo: [],
    chunkIdKey: "Y2h1bms=",
    indexKey: "aW5kZXg=",
    chunkerSeed: "c2VlZA==",
  };
  return { ...keys, epochs: [...keys.epochs, epoch] };
}

/** The thumbprint a test certificate has: of its bytes, as the real one. */
export function fakeThumbprint(certificateBase64: string): string {
  return createHash("sha1")
    .update(Buffer.from(certificateBase64, "base64"))
    .digest("hex")
    .toUpperCase();
}

function nameOf(recipient: Recipient): RecipientName {
  if (recipient.kind === "pre-shared-key") {
    const keyId = createHash("sha256").update(recipient.keyBase64).digest("hex");
    return { kind: "pre-shared-key", keyId };
  }
  const bytes = Buffer.from(recipient.certificateBase64, "base64");
  return {
    kind: "certificate",
    thumbprint: fakeThumbprint(recipient.certificateBase64),
    keyId: createHash("sha256").update(bytes).digest("hex"),
    subject: "CN=Test",
  };
}
