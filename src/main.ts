import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { createTableAuthorizer } from "./arm/authorization.ts";
import { createArmHandler, type ArmHandler, type PipelineOptions } from "./arm/pipeline.ts";
import { createThrottle } from "./arm/throttle.ts";
import { systemClock } from "./base/clock.ts";
import { toAppError } from "./base/errors.ts";
import { readFreeSpace } from "./base/free-space.ts";
import { programVersion } from "./base/program-version.ts";
import type { Logger } from "./base/log.ts";
import { waitForSignal } from "./base/wait-for-signal.ts";
import { filesOf, loadConfig, newDeploymentId, type Config } from "./config.ts";
import type { DeploymentInfo } from "./engine/model.ts";
import { contracts, insightsContracts, lifeCycleContracts } from "./generated/contracts.ts";
import { readCertificate, readThumbprint } from "./identity/certificates.ts";
import { openPfx } from "./identity/pfx.ts";
import { openSealingKey, type SecretSealer } from "./identity/sealed-secrets.ts";
import { startRepeater, type Repeater } from "./jobs/repeater.ts";
import { startWorker, type Worker } from "./jobs/worker.ts";
import { createMetrics, type Metrics } from "./metrics/exposition.ts";
import { openAuditLog, type KeptAuditLog } from "./provider/audit/audit-log.ts";
import { keepSecret, keepSetting } from "./provider/records/kept-setting.ts";
import { countLeases } from "./provider/metrics/counting-leases.ts";
import { createProvider, type BackupProvider } from "./provider/manifest.ts";
import { createLineBuffer, type LineBuffer } from "./provider/operation-log/line-buffer.ts";
import type { ProviderDeps } from "./provider/provider-deps.ts";
import type { BackupEngine } from "./provider/ports.ts";
import { parseRoles } from "./roles/role-config.ts";
import { accessTable } from "./provider/requests/access-rules.ts";
import { createLogger } from "./server/logger.ts";
import { startServer, type RunningServer } from "./server/server.ts";
import { openAccess, type Access } from "./server/open-access.ts";
import { readCertificatePair, watchCertificate } from "./server/watch-certificate.ts";
import type { StateStore } from "./state/state-store.ts";
import { openSqliteStore } from "./state/sqlite-store.ts";
import { createHostPolicy } from "./storage/host-policy.ts";
import { parseBackupPath } from "./storage/path.ts";
import { checkBackupPath } from "./storage/path-check.ts";
import { watchStores, type StoreWatch } from "./storage/store-spans.ts";
import { createAddressReader } from "./storage/store-addresses.ts";
import { createProcessEngine } from "./process-engine.ts";
import type { Tracing } from "./tracing/open-tracing.ts";
import { openNoticeSender, startUpkeep, startWatchOver, type WatchOver } from "./watch-over.ts";

const maxAttempts = 5;
const concurrency = 2;
const owner = `${hostname()}/${process.pid}`;

// The quick runs of the collector take a millisecond; with helpers for them, which others may keep from the processor, one
// has taken a hundred.
setFlagsFromString("--no-parallel-scavenge");
// What a function was called with is noted from its first call on, not only when it has run often: one rare request, and what is
// compiled later for thousands of others allows for it, instead of being thrown away for all of them when it comes again.
setFlagsFromString("--no-lazy-feedback-allocation");

/** Runs the service until it is told to stop. `--config FILE` names the settings. */
async function runService(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: "string", default: "holdfast.yaml" } },
  });
  const config = loadConfig(values.config, process.env);
  const operationLines = createLineBuffer(systemClock);
  const logger = createLogger({ ...config.log, keeper: operationLines });
  parseRoles(config.roles);
  const tracing = await startTracing(config.tracing);
  const surroundings = { ...(await readSurroundings(config, logger)), operationLines, tracing };
  const stop = await startParts(surroundings);
  const signal = await waitForSignal();
  const message = "Stopping: running work is handed back and continues after the next start";
  logger.info(message, { signal });
  await stop();
}

interface Surroundings {
  readonly config: Config;
  readonly logger: Logger;
  readonly store: StateStore;
  readonly deployment: DeploymentInfo;
  readonly sealer: SecretSealer;
  readonly pagingKey: Uint8Array;
  readonly audit: KeptAuditLog;
  readonly operationLines: LineBuffer;
  readonly tracing: Tracing | undefined;
}

async function readSurroundings(
  config: Config,
  logger: Logger,
): Promise<Omit<Surroundings, "operationLines" | "tracing">> {
  const store = await openState(config);
  const deployment = await readDeployment(config, store);
  const sealer = openSealingKey(filesOf(config).sealingKeyFile);
  const keyText = await keepSecret(store, sealer, "paging-key", () =>
    randomBytes(32).toString("base64"),
  );
  const pagingKey = Buffer.from(keyText, "base64");
  const limits = config.audit;
  const audit = await openAuditLog({ store, clock: systemClock, logger, sealer, limits });
  return { config, logger, store, deployment, sealer, pagingKey, audit };
}

/** Starts provider, worker and listener, and says where; the function returned stops them in the reverse order. */
async function startParts(surroundings: Surroundings): Promise<() => Promise<void>> {
  const { config, logger, store, tracing } = surroundings;
  const running: { worker?: Worker; watchOver?: WatchOver; metrics?: Metrics | undefined } = {};
  const backup = createBackupProvider(surroundings, {
    onEnqueued: () => running.worker?.wake(),
    onNotices: () => running.watchOver?.wake(),
    onTrouble: () => running.watchOver?.look(),
    onWorkEnded: (work) => running.metrics?.countWork(work),
    count: (...counted) => running.metrics?.count(...counted),
    watchStores: () =>
      watchStores(tracing?.tracer, (call) => running.metrics?.countStoreCall(call)),
  });
  const upkeepAll = async (): Promise<void> => {
    await backup.runUpkeep();
    await surroundings.audit.upkeep();
  };
  await upkeepAll();
  const leased = countLeases(store, (...counted) => running.metrics?.count(...counted));
  const { worker, scheduler } = startWork({ ...surroundings, store: leased }, backup);
  const watchOver = startWatchOver({ ...surroundings, store: leased, owner }, backup);
  // Metrics are for whoever watches the service: never on the listener of the API.
  const metrics = config.internal && createMetrics(backup.measure, programVersion);
  Object.assign(running, { worker, watchOver, metrics });
  const stopping = new AbortController();
  const server = await listen({ ...surroundings, metrics }, backup, stopping.signal);
  // Log lines leave at the end of a turn: whoever is told that we listen finds them all.
  await setImmediate();
  process.stdout.write(`listening ${server.url}\n`);
  const upkeep = startUpkeep(logger, upkeepAll, backup.keepLogs);
  return async () => {
    stopping.abort();
    await watchOver.stop();
    await scheduler.stop();
    await server.close();
    await worker.stop();
    for (const one of upkeep) await one.stop();
    await surroundings.audit.upkeep();
    await backup.keepLogs();
    await tracing?.stop();
    await store.close();
  };
}

/** What does the jobs, and what starts those that are due. */
function startWork(
  { config, logger, store }: Surroundings,
  backup: BackupProvider,
): { readonly worker: Worker; readonly scheduler: Repeater } {
  const pauseMilliseconds = config.pollSeconds * 1000;
  const common = { clock: systemClock, logger };
  const worker = startWorker({
    ...common,
    store,
    owner,
    handlers: backup.jobHandlers,
    concurrency,
    leaseSeconds: config.leaseSeconds,
    maxAttempts,
    pollMilliseconds: pauseMilliseconds,
  });
  const work = backup.runScheduler;
  const scheduler = startRepeater({ ...common, name: "The scheduler", pauseMilliseconds, work });
  return { worker, scheduler };
}

type HookName = "onEnqueued" | "onNotices" | "onTrouble" | "onWorkEnded" | "count";
type Hooks = Pick<ProviderDeps, HookName> & { readonly watchStores: () => StoreWatch };

function createBackupProvider(
  parts: Surroundings,
  { watchStores: watch, ...wakers }: Hooks,
): BackupProvider {
  const { config, logger, store, deployment, sealer, pagingKey, audit, operationLines } = parts;
  const { failpoint, stateDirectory, restoreRoot } = config;
  const { allowedHosts } = config.stores;
  return createProvider({
    store,
    engine: createEngine(parts, watch),
    identity: { readCertificate, readThumbprint, openPfx, ...sealer },
    pagingKey,
    refusesUnknownSubscriptions: config.unknownSubscriptions === "refuse",
    auditPublicKey: audit.publicKey,
    audit: audit.settings.log,
    operationLines,
    ...(parts.tracing === undefined ? {} : { tracer: parts.tracing.tracer }),
    parseStorePath: parseBackupPath,
    addresses: createAddressReader(createHostPolicy(allowedHosts), allowedHosts),
    notices: openNoticeSender(config),
    checkStorePath: async (path) => void (await checkBackupPath(path, { clock: systemClock })),
    clock: systemClock,
    logger,
    newId: randomUUID,
    deployment,
    restoreRoot,
    freeSpace: () => readFreeSpace(stateDirectory),
    ...wakers,
    failpoint: (name) => {
      if (name === failpoint) process.kill(process.pid, "SIGKILL");
    },
  });
}

function createEngine(
  { config, logger, deployment }: Surroundings,
  watch: Hooks["watchStores"],
): BackupEngine {
  const { failpoint, roles, workers, enginePriority, stateDirectory, stores } = config;
  return createProcessEngine({
    ...{ workers, priority: enginePriority, roles, logger, failpoint },
    cacheDirectory: makeFolder(stateDirectory, "cache"),
    scratchDirectory: makeFolder(stateDirectory, "scratch"),
    installationId: deployment.deploymentId,
    allowedHosts: stores.allowedHosts,
    authorities: stores.authorities,
    watchStores: watch,
  });
}

async function listen(
  parts: Surroundings & { readonly metrics: Metrics | undefined },
  backup: BackupProvider,
  stopping: AbortSignal,
): Promise<RunningServer> {
  const { config, logger, store, metrics } = parts;
  const { tls: files } = config;
  const access = openAccess(config.authentication, systemClock, logger);
  const { asksForClientCertificate } = access;
  const pair = files === undefined ? undefined : readCertificatePair(files);
  const healthChecks = [{ name: "state", check: () => store.check() }, ...access.healthChecks];
  const usual = { clock: systemClock, logger };
  const own = { ...usual, healthChecks, renderMetrics: metrics?.render };
  const internal = config.internal && (await startServer({ ...own, ...config.internal }));
  const server = await startServer({
    ...usual,
    ...config.listen,
    tls: pair === undefined ? undefined : { ...pair, asksForClientCertificate },
    armHandler: createApi(parts, backup, access, { stopping, onAnswered: metrics?.countRequest }),
    healthChecks: internal === undefined ? healthChecks : undefined,
  });
  const unwatch =
    files === undefined || pair === undefined
      ? () => undefined
      : watchCertificate(files, pair, server, logger);
  return {
    ...server,
    close: async () => {
      unwatch();
      access.stop();
      // Whoever asks for readiness learns first that it is over.
      await internal?.close();
      await server.close();
    },
  };
}

function createApi(
  parts: Surroundings,
  backup: BackupProvider,
  access: Access,
  hooks: Pick<PipelineOptions, "stopping" | "onAnswered">,
): ArmHandler {
  const { config, logger, deployment } = parts;
  const { authenticator, refererHosts } = access;
  return createArmHandler({
    services: [
      { provider: backup.provider, contracts },
      { provider: backup.lifeCycle, contracts: lifeCycleContracts },
      { provider: backup.insights, contracts: insightsContracts },
    ],
    clock: systemClock,
    logger,
    region: deployment.region,
    publicBaseUrl: config.publicBaseUrl,
    ...hooks,
    tracer: parts.tracing?.tracer,
    refererHosts,
    maximumRetrySeconds: config.maximumRetryAfterSeconds,
    authenticator,
    authorizer: createTableAuthorizer(accessTable),
    audit: parts.audit.settings,
    throttle: createThrottle(config.limits, systemClock),
  });
}

function openState(config: Config): Promise<StateStore> {
  makeFolder(config.stateDirectory, ".");
  makeFolder(config.restoreRoot, ".");
  return openSqliteStore({ file: filesOf(config).stateFile, clock: systemClock });
}

/** The deployment as configured; an id that was not configured is made once and kept. */
async function readDeployment(config: Config, store: StateStore): Promise<DeploymentInfo> {
  const { id, region, stampVersion, oemVersion } = config.deployment;
  const deploymentId = id ?? (await keepSetting(store, "deployment-id", newDeploymentId));
  return { deploymentId, region, stampVersion, oemVersion };
}

function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Nothing of it is loaded where there is no collector. */
async function startTracing(settings: Config["tracing"]): Promise<Tracing | undefined> {
  if (settings === undefined) return undefined;
  const { openTracing } = await import("./tracing/open-tracing.ts");
  return openTracing({ ...settings, version: programVersion, instance: owner });
}

if (import.meta.main) {
  try {
    await runService(process.argv.slice(2));
  } catch (error) {
    const { code, message, cause } = toAppError(error);
    const detail =
      code === "Internal" && cause instanceof Error ? `\n${cause.stack ?? cause.message}` : "";
    process.stderr.write(`Cannot start: ${message} (${code})${detail}\n`);
    process.exitCode = 1;
  }
}
