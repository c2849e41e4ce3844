import { randomBytes } from "node:crypto";
import { Worker } from "node:worker_threads";
import { systemClock } from "./base/clock.ts";
import { AppError, errorCodes } from "./base/errors.ts";
import type { Logger } from "./base/log.ts";
import type { EngineCall, EngineOutcome, FromThread, ThreadSetup } from "./backup-thread.ts";
import { listBackups } from "./engine/list-backups.ts";
import type { BackupRecord, Progress, RestoreSummary, VerifyReport } from "./engine/model.ts";
import type { ObjectStore } from "./engine/object-store.ts";
import { newRepositoryKeys, prepareRepository } from "./engine/repository.ts";
import type { BackupEngine, StoreSpec } from "./provider/ports.ts";
import { openLocalStore } from "./storage/local.ts";

export interface ThreadEngineOptions {
  readonly workers: number;
  readonly cacheDirectory: string;
  readonly scratchDirectory: string;
  readonly installationId: string;
  /** The configuration's `roles`, as written. */
  readonly roles: unknown;
  readonly logger: Logger;
  readonly failpoint: string | undefined;
}

/** The engine as the provider calls it: short calls here, long runs in a thread each. */
export function createThreadEngine(options: ThreadEngineOptions): BackupEngine {
  const host = { clock: systemClock, randomBytes };
  const run = <T extends EngineOutcome>(
    call: EngineCall,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<T> => runInThread(options, call, onProgress, signal) as Promise<T>;
  return {
    probeStore: (store) => withStore(store, (opened) => opened.probe()),
    newRepositoryKeys: () => Promise.resolve(newRepositoryKeys(host)),
    prepareRepository: (store, keys, recipients, deployment) =>
      withStore(store, (opened) => prepareRepository(opened, keys, recipients, deployment, host)),
    listBackups: (store, key) =>
      withStore(
        store,
        async (opened) => (await listBackups(opened, key)).backups.map((backup) => backup.record),
        "read",
      ),
    runBackup: (backup, onProgress, signal) => {
      const { store, keys, backupId, isAutomatic, deployment, ledgerHead } = backup;
      const call = {
        kind: "backup",
        storePath: store.path,
        keys,
        backupId,
        isAutomatic,
        deployment,
        ledgerHead,
        installationId: options.installationId,
        roles: options.roles,
      } as const;
      return run<BackupRecord>(call, onProgress, signal);
    },
    verify: (store, keys, depth, opener, onProgress, signal) =>
      run<VerifyReport>(
        {
          kind: "verify",
          storePath: store.path,
          expectedPublicKey: keys?.signingPublicKey,
          depth,
          opener,
        },
        onProgress,
        signal,
      ),
    restore: (restore, onProgress, signal) => {
      const { store, signingPublicKey, ...rest } = restore;
      return run<RestoreSummary>(
        { kind: "restore", storePath: store.path, expectedPublicKey: signingPublicKey, ...rest },
        onProgress,
        signal,
      );
    },
  };
}

async function withStore<T>(
  spec: StoreSpec,
  use: (store: ObjectStore) => Promise<T>,
  access: "read" | "write" = "write",
): Promise<T> {
  const store = await openLocalStore({ path: spec.path, access });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function runInThread(
  options: ThreadEngineOptions,
  call: EngineCall,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<EngineOutcome> {
  const { workers, cacheDirectory, scratchDirectory, failpoint } = options;
  const setup: ThreadSetup = { call, workers, cacheDirectory, scratchDirectory, failpoint };
  const file = new URL(
    import.meta.url.endsWith(".ts") ? "./backup-thread.ts" : "./backup-thread.js",
    import.meta.url,
  );
  const thread = new Worker(file, { workerData: setup });
  const onAbort = (): void => thread.postMessage("cancel");
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return new Promise<EngineOutcome>((resolve, reject) => {
    thread.on("message", (message: FromThread) => {
      if (message.kind === "progress") onProgress(message.progress);
      else if (message.kind === "log")
        options.logger[message.level](message.message, message.fields);
      else if (message.kind === "done") resolve(message.outcome);
      else reject(toError(message));
    });
    thread.on("error", (cause) =>
      reject(
        new AppError("Internal", "The engine's thread failed: see the log for its cause", {
          cause,
        }),
      ),
    );
    thread.on("exit", () =>
      reject(
        new AppError("Interrupted", "The engine's thread ended before its work was done", {
          retryable: true,
        }),
      ),
    );
  }).finally(() => {
    signal.removeEventListener("abort", onAbort);
    return thread.terminate();
  });
}

function toError(message: Extract<FromThread, { kind: "failed" }>): AppError {
  const code = errorCodes.find((known) => known === message.code) ?? "Internal";
  const cause = message.cause === "" ? {} : { cause: new Error(message.cause) };
  return new AppError(code, message.message, {
    retryable: message.retryable,
    ...(message.target === undefined ? {} : { target: message.target }),
    ...cause,
  });
}
