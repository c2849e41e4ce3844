import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "./base/clock.ts";
import { giveWay } from "./base/give-way.ts";
import type { LogFields, Logger } from "./base/log.ts";
import { describeFailure, errorOfThread, type ThreadFailure } from "./base/thread-failure.ts";
import { runBackup } from "./engine/backup/run-backup.ts";
import { copyAndCheck } from "./engine/copy/copy-and-check.ts";
import type {
  BackupRecord,
  CopyOutcome,
  DeploymentInfo,
  LedgerHead,
  Opener,
  Progress,
  PruneReport,
  RepositoryKeys,
  RestoreSummary,
  VerifyDepth,
  VerifyReport,
  VerifySubset,
} from "./engine/model.ts";
import type { ObjectStore } from "./engine/object-store.ts";
import { pruneStore } from "./engine/prune/prune-store.ts";
import type { RetentionPolicy } from "./engine/retention-policy.ts";
import { restoreBackup } from "./engine/restore/restore-backup.ts";
import { verifyRepository } from "./engine/verify/verify-repository.ts";
import { openSource, parseRoles } from "./roles/role-config.ts";
import { createHostPolicy } from "./storage/host-policy.ts";
import type { StoreOperation } from "./storage/observed-store.ts";
import { openStore, type OpenStoreOptions } from "./storage/open-store.ts";
import { requireRoom } from "./storage/store-room.ts";
import type { StoreSpec } from "./storage/store-spec.ts";

/** One engine run in a thread of its own, so that its walking and hashing never hold up the service. */
export type EngineCall =
  | {
      readonly kind: "backup";
      readonly store: StoreSpec;
      readonly keys: RepositoryKeys;
      readonly backupId: string;
      readonly isAutomatic: boolean;
      readonly deployment: DeploymentInfo;
      readonly ledgerHead: LedgerHead | undefined;
      /** Distrust the cache: read every file. */
      readonly rescan: boolean;
      /** Refused where it does not fit; undefined tries. */
      readonly expectedBytes: number | undefined;
      readonly installationId: string;
      readonly roles: unknown;
    }
  | {
      readonly kind: "verify";
      readonly store: StoreSpec;
      readonly expectedPublicKey: string | undefined;
      readonly depth: VerifyDepth;
      readonly opener: Opener | undefined;
      readonly ledgerHead: LedgerHead | undefined;
      readonly subset: VerifySubset | undefined;
    }
  | {
      readonly kind: "prune";
      readonly store: StoreSpec;
      readonly keys: RepositoryKeys;
      readonly ledgerHead: LedgerHead | undefined;
      readonly isDryRun: boolean;
      readonly policy: RetentionPolicy | undefined;
      readonly remove: readonly string[];
      readonly installationId: string;
    }
  | {
      readonly kind: "copy";
      readonly store: StoreSpec;
      readonly to: StoreSpec;
      readonly expectedPublicKey: string;
      readonly backupIds: readonly string[] | undefined;
      readonly depth: Exclude<VerifyDepth, "content">;
      readonly installationId: string;
    }
  | {
      readonly kind: "restore";
      readonly store: StoreSpec;
      readonly backupId: string;
      readonly expectedPublicKey: string | undefined;
      readonly opener: Opener;
      readonly targetPath: string;
      readonly overwrite: boolean;
      readonly roles: readonly string[];
    };

export interface ThreadSetup {
  readonly call: EngineCall;
  readonly workers: number;
  readonly cacheDirectory: string;
  readonly scratchDirectory: string;
  readonly allowedHosts: readonly string[] | undefined;
  readonly authorities: string | undefined;
  readonly failpoint: string | undefined;
}

export type EngineOutcome =
  BackupRecord | VerifyReport | PruneReport | CopyOutcome | RestoreSummary;

export type FromThread =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "store-operations"; readonly operations: readonly StoreOperation[] }
  | {
      readonly kind: "log";
      readonly level: "error" | "warn" | "info" | "debug";
      readonly message: string;
      readonly fields: LogFields;
    }
  | { readonly kind: "done"; readonly outcome: EngineOutcome }
  /** A prune asks which of these backups may still go, and waits. */
  | { readonly kind: "confirm"; readonly backupIds: readonly string[] }
  | ThreadFailure<"failed">;

export type ToThread =
  | { readonly kind: "cancel" }
  | { readonly kind: "confirmed"; readonly backupIds: readonly string[] }
  | ThreadFailure<"refused">;

/** Told by the hundred: a message each would cost more than many a call. */
const toldAtOnce = 100;
const untold: StoreOperation[] = [];

const port = parentPort;
if (port !== null) {
  giveWay();
  await serve(workerData as ThreadSetup);
}

async function serve(setup: ThreadSetup): Promise<void> {
  const cancel = new AbortController();
  const listen = ({ kind }: ToThread): void => {
    if (kind === "cancel") cancel.abort();
  };
  port?.on("message", listen);
  try {
    const outcome = await run(setup, cancel.signal);
    tellOperations();
    send({ kind: "done", outcome });
  } catch (error) {
    tellOperations();
    send(describeFailure("failed", error));
  } finally {
    port?.off("message", listen);
    port?.unref();
  }
}

async function run(setup: ThreadSetup, signal: AbortSignal): Promise<EngineOutcome> {
  const store = await openFor(setup);
  try {
    return await runCall(setup, store, signal);
  } finally {
    await store.close();
  }
}

/** Looking at a store must work on a read-only mount, and leaves nothing behind. */
async function openFor(setup: ThreadSetup): Promise<ObjectStore> {
  const { call } = setup;
  const isWriting = call.kind === "backup" || (call.kind === "prune" && !call.isDryRun);
  return isWriting ? openToWrite(setup, call.store) : openToRead(setup, call.store);
}

function openToRead(setup: ThreadSetup, spec: StoreSpec): Promise<ObjectStore> {
  return openStore(spec, { access: "read", ...connectionOf(setup) });
}

function connectionOf({
  allowedHosts,
  authorities,
}: ThreadSetup): Pick<OpenStoreOptions, "hosts" | "authorities" | "observe"> {
  return { hosts: createHostPolicy(allowedHosts), authorities, observe: keepOperation };
}

function keepOperation(operation: StoreOperation): void {
  untold.push(operation);
  if (untold.length >= toldAtOnce) tellOperations();
}

function tellOperations(): void {
  if (untold.length > 0) send({ kind: "store-operations", operations: untold.splice(0) });
}

/** What writes comes after a configuration: where nothing is, a mount is lost, and its place must stay empty. */
async function openToWrite(setup: ThreadSetup, spec: StoreSpec): Promise<ObjectStore> {
  if (spec.kind === "local") await (await openToRead(setup, spec)).close();
  return openStore(spec, connectionOf(setup));
}

async function runCall(
  setup: ThreadSetup,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<EngineOutcome> {
  const { call } = setup;
  const common = commonOptions(setup, store, signal);
  switch (call.kind) {
    case "backup":
      return runBackupCall(setup, call, common);
    case "verify":
      return verifyRepository({ ...call, ...common });
    case "prune":
      return runPruneCall(setup, call, common);
    case "copy":
      return runCopyCall(setup, call, common);
    case "restore":
      return restoreBackup({ ...call, ...common, setsOwner: process.getuid?.() === 0 });
  }
}

type CommonOptions = ReturnType<typeof commonOptions>;

/** What every run is given. */
function commonOptions(
  { workers, failpoint }: ThreadSetup,
  store: ObjectStore,
  signal: AbortSignal,
) {
  return {
    ...{ store, signal, workers, randomBytes, clock: systemClock },
    onProgress: (progress: Progress): void => {
      tellOperations();
      send({ kind: "progress", progress });
    },
    logger: threadLogger({}),
    failpoint: stopAt(failpoint),
  };
}

async function runBackupCall(
  setup: ThreadSetup,
  call: Extract<EngineCall, { kind: "backup" }>,
  common: CommonOptions,
): Promise<BackupRecord> {
  if (call.expectedBytes !== undefined) await requireRoom(common.store, call.expectedBytes);
  const scratchDirectory = join(setup.scratchDirectory, call.backupId);
  mkdirSync(scratchDirectory, { recursive: true, mode: 0o700 });
  try {
    const roles = parseRoles(call.roles).map((role) => ({
      name: role.name,
      wave: role.wave,
      required: role.required,
      essential: role.essential,
      open: (host: Parameters<typeof openSource>[1]) => openSource(role, host),
    }));
    // Within this installation the newest run wins the store's lease: the job table has let only one of them live.
    const fence = common.clock.now();
    return await runBackup({
      ...call,
      ...common,
      roles,
      fence,
      cacheDirectory: setup.cacheDirectory,
      scratchDirectory,
    });
  } finally {
    rmSync(scratchDirectory, { recursive: true, force: true });
  }
}

function runPruneCall(
  setup: ThreadSetup,
  call: Extract<EngineCall, { kind: "prune" }>,
  { onProgress: _onProgress, ...common }: CommonOptions,
): Promise<PruneReport> {
  const { installationId, ...rest } = call;
  // As for backups: within this installation the newest run wins.
  const owner = { installationId, jobFence: common.clock.now() };
  const { cacheDirectory } = setup;
  return pruneStore({ ...rest, ...common, owner, cacheDirectory, confirm: askToConfirm });
}

/** Asked one question at a time. */
function askToConfirm(backupIds: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const listen = (message: ToThread): void => {
      if (message.kind === "cancel") return;
      port?.off("message", listen);
      if (message.kind === "confirmed") resolve(message.backupIds);
      else reject(errorOfThread(message));
    };
    port?.on("message", listen);
    send({ kind: "confirm", backupIds });
  });
}

async function runCopyCall(
  setup: ThreadSetup,
  { backupIds, installationId, ...call }: Extract<EngineCall, { kind: "copy" }>,
  { store: from, ...common }: CommonOptions,
): Promise<CopyOutcome> {
  const to = await openToWrite(setup, call.to);
  try {
    return await copyAndCheck({
      ...common,
      ...call,
      from,
      to,
      // As for backups: within this installation the newest run wins.
      owner: { installationId, jobFence: common.clock.now() },
      ...(backupIds === undefined ? {} : { backupIds }),
      onPlanned: (bytes) => requireRoom(to, bytes),
    });
  } finally {
    await to.close();
  }
}

function stopAt(failpoint: string | undefined): (step: string) => void {
  return (step) => {
    if (step === failpoint) process.kill(process.pid, "SIGKILL");
  };
}

function send(message: FromThread): void {
  port?.postMessage(message);
}

function threadLogger(bound: LogFields): Logger {
  const log =
    (level: "error" | "warn" | "info" | "debug") =>
    (message: string, fields: LogFields = {}): void =>
      send({ kind: "log", level, message, fields: { ...bound, ...fields } });
  return {
    error: log("error"),
    warn: log("warn"),
    info: log("info"),
    debug: log("debug"),
    child: (fields) => threadLogger({ ...bound, ...fields }),
  };
}
