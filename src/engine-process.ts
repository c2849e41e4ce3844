import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { giveWay } from "./base/background-process.ts";
import { systemClock } from "./base/clock.ts";
import type { LogFields, Logger } from "./base/log.ts";
import { describeFailure, errorOfThread } from "./base/thread-failure.ts";
import { runBackup } from "./engine/backup/run-backup.ts";
import { copyAndCheck } from "./engine/copy/copy-and-check.ts";
import type {
  EngineCall,
  EngineOutcome,
  EngineSetup,
  FromEngine,
  ToEngine,
} from "./engine-messages.ts";
import type { BackupRecord, CopyOutcome, Progress, PruneReport } from "./engine/model.ts";
import type { ObjectStore } from "./engine/object-store.ts";
import { pruneStore } from "./engine/prune/prune-store.ts";
import { restoreBackup } from "./engine/restore/restore-backup.ts";
import { verifyRepository } from "./engine/verify/verify-repository.ts";
import { openSource, parseRoles } from "./roles/role-config.ts";
import { createHostPolicy } from "./storage/host-policy.ts";
import type { StoreOperation } from "./storage/observed-store.ts";
import { openStore, type OpenStoreOptions } from "./storage/open-store.ts";
import { requireRoom } from "./storage/store-room.ts";
import type { StoreSpec } from "./storage/store-spec.ts";

/** Told by the hundred: a message each would cost more than many a call. */
const toldAtOnce = 100;
const untold: StoreOperation[] = [];

// One run of the engine in a process of its own: its walking and hashing never hold up the service, its memory goes when
// it ends, and what kills it does not kill the service.
if (process.send !== undefined) listen();

function listen(): void {
  // The service says what ends; a signal to all of its processes reaches this one too.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
  // Without the service nobody hears what comes of this, and the next one may have begun it anew.
  process.once("disconnect", () => process.exit(1));
  process.once("uncaughtException", (error) => end(describeFailure("failed", error)));
  process.once("message", (setup: EngineSetup) => void serve(setup));
}

async function serve(setup: EngineSetup): Promise<void> {
  giveWay(setup.priority);
  const cancel = new AbortController();
  process.on("message", ({ kind }: ToEngine) => {
    if (kind === "cancel") cancel.abort();
  });
  try {
    const outcome = await run(setup, cancel.signal);
    end({ kind: "done", outcome });
  } catch (error) {
    end(describeFailure("failed", error));
  }
}

/** Says the last word. */
function end(message: FromEngine): void {
  tellOperations();
  process.send?.(message, () => process.exit());
}

async function run(setup: EngineSetup, signal: AbortSignal): Promise<EngineOutcome> {
  const store = await openFor(setup);
  try {
    return await runCall(setup, store, signal);
  } finally {
    await store.close();
  }
}

/** Looking at a store must work on a read-only mount, and leaves nothing behind. */
async function openFor(setup: EngineSetup): Promise<ObjectStore> {
  const { call } = setup;
  const isWriting = call.kind === "backup" || (call.kind === "prune" && !call.isDryRun);
  return isWriting ? openToWrite(setup, call.store) : openToRead(setup, call.store);
}

function openToRead(setup: EngineSetup, spec: StoreSpec): Promise<ObjectStore> {
  return openStore(spec, { access: "read", ...connectionOf(setup) });
}

function connectionOf({
  allowedHosts,
  authorities,
}: EngineSetup): Pick<OpenStoreOptions, "hosts" | "authorities" | "observe"> {
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
async function openToWrite(setup: EngineSetup, spec: StoreSpec): Promise<ObjectStore> {
  if (spec.kind === "local") await (await openToRead(setup, spec)).close();
  return openStore(spec, connectionOf(setup));
}

async function runCall(
  setup: EngineSetup,
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
  { workers, failpoint }: EngineSetup,
  store: ObjectStore,
  signal: AbortSignal,
) {
  return {
    ...{ store, signal, workers, randomBytes, clock: systemClock },
    onProgress: (progress: Progress): void => {
      tellOperations();
      send({ kind: "progress", progress });
    },
    logger: engineLogger({}),
    failpoint: stopAt(failpoint),
  };
}

async function runBackupCall(
  setup: EngineSetup,
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
  setup: EngineSetup,
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
    const listen = (message: ToEngine): void => {
      if (message.kind === "cancel") return;
      process.off("message", listen);
      if (message.kind === "confirmed") resolve(message.backupIds);
      else reject(errorOfThread(message));
    };
    process.on("message", listen);
    send({ kind: "confirm", backupIds });
  });
}

async function runCopyCall(
  setup: EngineSetup,
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

/** For tests: the service dies, and this with it. */
function stopAt(failpoint: string | undefined): (step: string) => void {
  return (step) => {
    if (step !== failpoint) return;
    process.kill(process.ppid, "SIGKILL");
    process.kill(process.pid, "SIGKILL");
  };
}

function send(message: FromEngine): void {
  process.send?.(message);
}

function engineLogger(bound: LogFields): Logger {
  const log =
    (level: "error" | "warn" | "info" | "debug") =>
    (message: string, fields: LogFields = {}): void =>
      send({ kind: "log", level, message, fields: { ...bound, ...fields } });
  return {
    error: log("error"),
    warn: log("warn"),
    info: log("info"),
    debug: log("debug"),
    child: (fields) => engineLogger({ ...bound, ...fields }),
  };
}
