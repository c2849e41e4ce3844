import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { endProcess, type ProcessPriority } from "./base/background-process.ts";
import { systemClock } from "./base/clock.ts";
import { AppError } from "./base/errors.ts";
import type { Logger } from "./base/log.ts";
import { programFile } from "./base/program-file.ts";
import { startAside } from "./base/start-aside.ts";
import { describeFailure, errorOfThread } from "./base/thread-failure.ts";
import { keepScope } from "./base/work-scope.ts";
import type {
  EngineCall,
  EngineOutcome,
  FromEngine,
  EngineSetup,
  ToEngine,
} from "./engine-messages.ts";
import { listBackups } from "./engine/list-backups.ts";
import type {
  BackupRecord,
  CopyOutcome,
  Progress,
  PruneReport,
  RestoreSummary,
  VerifyReport,
} from "./engine/model.ts";
import { lookAtRepository, lookForNewest } from "./engine/look-at-repository.ts";
import type { ObjectStore } from "./engine/object-store.ts";
import { newRepositoryKeys, prepareRepository } from "./engine/repository.ts";
import type { BackupEngine, PruneRun, StoreLook } from "./provider/ports.ts";
import { checkStore, failureOfCheck, type RepositoryLooker } from "./storage/check-store.ts";
import { createHostPolicy } from "./storage/host-policy.ts";
import { openStore } from "./storage/open-store.ts";
import type { StoreCheck } from "./storage/store-check.ts";
import type { StoreWatch } from "./storage/store-spans.ts";
import type { StoreSpec } from "./storage/store-spec.ts";

export interface ProcessEngineOptions {
  readonly workers: number;
  readonly priority: ProcessPriority;
  readonly cacheDirectory: string;
  readonly scratchDirectory: string;
  readonly installationId: string;
  /** The configuration's `roles`, as written. */
  readonly roles: unknown;
  /** The configuration's `stores.allowedHosts`. */
  readonly allowedHosts: readonly string[] | undefined;
  /** PEM of what `stores.caFile` names. */
  readonly authorities: string | undefined;
  readonly logger: Logger;
  readonly failpoint: string | undefined;
  /** Made for each run, in the scope of its caller: hears of every call to its stores. */
  readonly watchStores?: () => StoreWatch;
}

/** The engine as the provider calls it: short calls here, long runs in a process each. */
export function createProcessEngine(options: ProcessEngineOptions): BackupEngine {
  const host = { clock: systemClock, randomBytes };
  const withStore = storeUser(options);
  return {
    ...looks(options, withStore),
    newRepositoryKeys: () => Promise.resolve(newRepositoryKeys(host)),
    prepareRepository: (store, keys, recipients, deployment) =>
      withStore(store, (opened) => prepareRepository(opened, keys, recipients, deployment, host)),
    listBackups: (store, key) =>
      withStore(
        store,
        async (opened) => (await listBackups(opened, key)).backups.map((backup) => backup.record),
        "read",
      ),
    ...longRuns(options),
  };
}

function looks(
  options: ProcessEngineOptions,
  withStore: StoreUser,
): Pick<BackupEngine, "testStore" | "probeStore" | "lookAtStore"> {
  const { installationId } = options;
  return {
    testStore: (store, remembered) => {
      const look: RepositoryLooker["look"] = (opened) =>
        lookAtRepository(opened, remembered, systemClock.now());
      return testStore(options, store, { installationId, look });
    },
    probeStore: async (store) => {
      const check = await testStore(options, store);
      const failure = failureOfCheck(check);
      if (failure !== undefined) throw failure;
      return check;
    },
    lookAtStore: async (store, mayWrite, remembered) => {
      const look = async (opened: ObjectStore): Promise<StoreLook> => {
        const { canRemove } = await opened.probe();
        const newest = remembered && (await lookForNewest(opened, remembered));
        return { leavesObject: !canRemove, ...(newest === undefined ? {} : { newest }) };
      };
      // A folder that is gone is a lost mount: opening it to write would make another one.
      const reads = !mayWrite || store.kind === "local";
      const seen = reads ? await withStore(store, look, "read") : undefined;
      if (!mayWrite && seen !== undefined) return { ...seen, leavesObject: false };
      return withStore(store, look);
    },
  };
}

function longRuns(
  options: ProcessEngineOptions,
): Pick<BackupEngine, "runBackup" | "verify" | "prune" | "copy" | "restore"> {
  const run = <T extends EngineOutcome>(call: EngineCall, ...rest: RunControls): Promise<T> =>
    runInProcess(options, call, rest) as Promise<T>;
  const { installationId, roles } = options;
  return {
    runBackup: ({ fence: _fence, ...backup }, ...controls) =>
      run<BackupRecord>({ kind: "backup", ...backup, installationId, roles }, ...controls),
    verify: ({ store, keys, ...rest }, ...controls) => {
      const expectedPublicKey = keys.signingPublicKey;
      const call = { kind: "verify", store, expectedPublicKey, ...rest } as const;
      return run<VerifyReport>(call, ...controls);
    },
    prune: ({ store, confirm, ...rest }, onProgress, signal) => {
      const call = { kind: "prune", store, installationId, ...rest } as const;
      return run<PruneReport>(call, onProgress, signal, confirm);
    },
    copy: ({ signingPublicKey, ...copy }, ...controls) => {
      const expectedPublicKey = signingPublicKey;
      const call = { kind: "copy", expectedPublicKey, installationId, ...copy } as const;
      return run<CopyOutcome>(call, ...controls);
    },
    restore: ({ store, signingPublicKey, ...rest }, ...controls) => {
      const expectedPublicKey = signingPublicKey;
      const call = { kind: "restore", store, expectedPublicKey, ...rest } as const;
      return run<RestoreSummary>(call, ...controls);
    },
  };
}

type RunControls = [
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
  confirm?: PruneRun["confirm"],
];

function testStore(
  { allowedHosts, authorities, watchStores }: ProcessEngineOptions,
  store: StoreSpec,
  look?: RepositoryLooker,
): Promise<StoreCheck> {
  const hosts = createHostPolicy(allowedHosts);
  return watchingStores(watchStores, (watch) => {
    const open = { hosts, authorities, observe: watch?.observe };
    return checkStore(() => openStore(store, open), look);
  });
}

/** Hears of the calls to stores while something is done, and tells when that has ended. */
async function watchingStores<T>(
  watchStores: ProcessEngineOptions["watchStores"],
  use: (watch: StoreWatch | undefined) => Promise<T>,
): Promise<T> {
  const watch = watchStores?.();
  try {
    return await use(watch);
  } finally {
    watch?.end();
  }
}

type StoreUser = <T>(
  spec: StoreSpec,
  use: (store: ObjectStore) => Promise<T>,
  access?: "read" | "write",
) => Promise<T>;

/** Opens a store for one short call. */
function storeUser({ allowedHosts, authorities, watchStores }: ProcessEngineOptions): StoreUser {
  const hosts = createHostPolicy(allowedHosts);
  return (spec, use, access = "write") =>
    watchingStores(watchStores, async (watch) => {
      const store = await openStore(spec, { access, hosts, authorities, observe: watch?.observe });
      try {
        return await use(store);
      } finally {
        await store.close();
      }
    });
}

/** What has said its last word has nothing left to do. */
const millisecondsToEnd = 5000;

async function runInProcess(
  options: ProcessEngineOptions,
  call: EngineCall,
  [onProgress, signal, confirm]: RunControls,
): Promise<EngineOutcome> {
  const { logger, roles: _roles, installationId: _id, watchStores, ...rest } = options;
  const setup: EngineSetup = { call, ...rest };
  const program = programFile("engine-process");
  const { child: engine, stopLeaving } = await startAside(program, setup.priority);
  const tell = (message: ToEngine | EngineSetup): void => {
    // One that has ended hears nothing: its end is told below.
    engine.send(message, () => undefined);
  };
  const onAbort = (): void => tell({ kind: "cancel" });
  try {
    return await watchingStores(watchStores, (watch) => {
      const outcome = waitForOutcome(engine, {
        ...{ logger, onProgress, watch },
        onConfirm: async (ids) => tell(await askToConfirm(ids, confirm)),
      });
      tell(setup);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      return outcome;
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
    stopLeaving();
    await endProcess(engine, millisecondsToEnd);
  }
}

/** The answer of whoever started the run: without one to ask, all may go. */
async function askToConfirm(
  backupIds: readonly string[],
  confirm: PruneRun["confirm"] = (ids) => Promise.resolve(ids),
): Promise<ToEngine> {
  try {
    return { kind: "confirmed", backupIds: await confirm(backupIds) };
  } catch (error) {
    return describeFailure("refused", error);
  }
}

interface Listeners {
  readonly logger: Logger;
  readonly onProgress: (progress: Progress) => void;
  readonly watch: StoreWatch | undefined;
  /** Never rejects. */
  readonly onConfirm: (backupIds: readonly string[]) => Promise<void>;
}

function waitForOutcome(
  engine: ChildProcess,
  { logger, onProgress, watch, onConfirm }: Listeners,
): Promise<EngineOutcome> {
  const inScope = keepScope();
  return new Promise((resolve, reject) => {
    engine.on("message", (message: FromEngine) => {
      if (message.kind === "progress") inScope(() => onProgress(message.progress));
      else if (message.kind === "log")
        inScope(() => logger[message.level](message.message, message.fields));
      else if (message.kind === "store-operations")
        for (const operation of message.operations) watch?.observe(operation);
      else if (message.kind === "confirm") void inScope(() => onConfirm(message.backupIds));
      else if (message.kind === "done") resolve(message.outcome);
      else reject(errorOfThread(message));
    });
    engine.on("error", (cause) => reject(interrupted("could not be started", cause)));
    // Not "exit": what it said last may come after that.
    engine.on("close", (code, signal) =>
      reject(interrupted(signal === null ? `ended with code ${code}` : `was ended by ${signal}`)),
    );
  });
}

/** It is tried again. */
function interrupted(what: string, cause?: Error): AppError {
  const message = `The engine's process ${what} before its work was done: see the log of the service and of the system, which ends processes when memory runs out`;
  return new AppError("Interrupted", message, { retryable: true, cause });
}
