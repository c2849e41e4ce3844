import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createDevelopmentAuthenticator } from "./arm/access.ts";
import { createArmHandler } from "./arm/pipeline.ts";
import { systemClock } from "./base/clock.ts";
import { isAppError, toAppError } from "./base/errors.ts";
import type { Logger } from "./base/log.ts";
import { loadConfig, newDeploymentId, type Config } from "./config.ts";
import type { DeploymentInfo } from "./engine/model.ts";
import { contracts } from "./generated/contracts.ts";
import { readCertificate, readThumbprint } from "./identity/certificates.ts";
import { openPfx } from "./identity/pfx.ts";
import { openSealingKey, type SecretSealer } from "./identity/sealed-secrets.ts";
import { startWorker, type Worker } from "./jobs/worker.ts";
import { createProvider, type BackupProvider } from "./provider/manifest.ts";
import { parseRoles } from "./roles/role-config.ts";
import { createLogger } from "./server/logger.ts";
import { startServer } from "./server/server.ts";
import type { StateStore } from "./state/state-store.ts";
import { openSqliteStore } from "./state/sqlite-store.ts";
import { parseBackupPath } from "./storage/path.ts";
import { createThreadEngine } from "./thread-engine.ts";

const maxAttempts = 5;
const concurrency = 2;
const upkeepMilliseconds = 30_000;

/** Runs the service until it is told to stop. `--config FILE` names the settings. */
async function runService(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: "string", default: "holdfast.yaml" } },
  });
  const config = loadConfig(values.config, process.env);
  const logger = createLogger(config.log);
  parseRoles(config.roles);
  const store = await openState(config);
  const deployment = await readDeployment(config, store);
  const sealer = openSealingKey(join(config.stateDirectory, "sealing.key"));
  const sealedPagingKey = await keepSetting(store, "paging-key", () =>
    sealer.seal(randomBytes(32).toString("base64"), "paging-key"),
  );
  const pagingKey = Buffer.from(sealer.unseal(sealedPagingKey, "paging-key"), "base64");
  const parts = assemble({ config, logger, store, deployment, sealer, pagingKey });
  await parts.backup.runUpkeep();
  const worker = startWorker({
    store,
    clock: systemClock,
    logger,
    owner: `${hostname()}/${process.pid}`,
    handlers: parts.backup.jobHandlers,
    concurrency,
    leaseSeconds: config.leaseSeconds,
    maxAttempts,
    pollMilliseconds: config.pollSeconds * 1000,
  });
  parts.onWorker(worker);
  const server = await startServer({
    host: config.listen.host,
    port: config.listen.port,
    tls: readTls(config),
    armHandler: parts.armHandler,
    healthChecks: [{ name: "state", check: () => store.check() }],
    clock: systemClock,
    logger,
  });
  process.stdout.write(`listening ${server.url}\n`);
  const upkeep = setInterval(() => runQuietly(parts.backup, logger), upkeepMilliseconds);
  const signal = await waitForSignal();
  logger.info("Stopping: running work is handed back and continues after the next start", {
    signal,
  });
  clearInterval(upkeep);
  await server.close();
  await worker.stop();
  await store.close();
}

interface Parts {
  readonly backup: BackupProvider;
  readonly armHandler: ReturnType<typeof createArmHandler>;
  onWorker(worker: Worker): void;
}

interface Surroundings {
  readonly config: Config;
  readonly logger: Logger;
  readonly store: StateStore;
  readonly deployment: DeploymentInfo;
  readonly sealer: SecretSealer;
  readonly pagingKey: Uint8Array;
}

function assemble({ config, logger, store, deployment, sealer, pagingKey }: Surroundings): Parts {
  let worker: Worker | undefined;
  const { failpoint } = config;
  const engine = createThreadEngine({
    workers: config.workers,
    cacheDirectory: makeFolder(config.stateDirectory, "cache"),
    scratchDirectory: makeFolder(config.stateDirectory, "scratch"),
    installationId: deployment.deploymentId,
    roles: config.roles,
    logger,
    failpoint,
  });
  const backup = createProvider({
    store,
    engine,
    identity: {
      readCertificate,
      readThumbprint,
      openPfx,
      seal: sealer.seal,
      unseal: sealer.unseal,
    },
    pagingKey,
    parseStorePath: parseBackupPath,
    clock: systemClock,
    logger,
    newId: randomUUID,
    deployment,
    restoreRoot: config.restoreRoot,
    onEnqueued: () => worker?.wake(),
    failpoint: (name) => {
      if (name === failpoint) process.kill(process.pid, "SIGKILL");
    },
  });
  const armHandler = createArmHandler({
    services: [{ provider: backup.provider, contracts }],
    clock: systemClock,
    logger,
    region: deployment.region,
    publicBaseUrl: config.publicBaseUrl,
    authenticator:
      config.authentication.mode === "development"
        ? createDevelopmentAuthenticator(logger)
        : undefined,
  });
  return { backup, armHandler, onWorker: (started) => void (worker = started) };
}

function openState(config: Config): Promise<StateStore> {
  makeFolder(config.stateDirectory, ".");
  makeFolder(config.restoreRoot, ".");
  return openSqliteStore({ file: join(config.stateDirectory, "holdfast.db"), clock: systemClock });
}

/** The deployment as configured; an id that was not configured is made once and kept. */
async function readDeployment(config: Config, store: StateStore): Promise<DeploymentInfo> {
  const { id, region, stampVersion, oemVersion } = config.deployment;
  const deploymentId = id ?? (await keepSetting(store, "deployment-id", newDeploymentId));
  return { deploymentId, region, stampVersion, oemVersion };
}

/** A value that is made by the first instance on this state and then stays. */
async function keepSetting(store: StateStore, key: string, make: () => string): Promise<string> {
  const kept = await store.get<{ readonly value: string }>("setting", key);
  if (kept !== undefined) return kept.value.value;
  try {
    await store.commit([
      { op: "put", kind: "setting", key, value: { value: make() }, if: "absent" },
    ]);
  } catch (error) {
    // Another instance was first: its value is ours.
    if (!isAppError(error, "StateConflict")) throw error;
  }
  return keepSetting(store, key, make);
}

function readTls(config: Config): { certPem: string; keyPem: string } | undefined {
  if (config.tls === undefined) return undefined;
  return {
    certPem: readFileSync(config.tls.certificateFile, "utf8"),
    keyPem: readFileSync(config.tls.keyFile, "utf8"),
  };
}

function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function runQuietly(backup: BackupProvider, logger: Logger): void {
  backup
    .runUpkeep()
    .catch((error: unknown) =>
      logger.error("Upkeep failed; it is tried again", { errorCode: toAppError(error).code }),
    );
}

function waitForSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => resolve(signal));
  });
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
