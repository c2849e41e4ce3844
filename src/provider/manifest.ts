import type { Handler, Provider } from "../arm/resource-type.ts";
import type { JobHandler } from "../jobs/job-handler.ts";
import type { Reading } from "../metrics/gauges.ts";
import { listAuditRecords, readAuditLog } from "./audit/audit-reads.ts";
import { cancelOperation } from "./requests/action-cancel.ts";
import { copyBackups } from "./requests/action-copy.ts";
import { alertHandlers } from "./alerts/alert-routes.ts";
import { createInsights, insightsHandlers } from "./alerts/insights.ts";
import { createBackup } from "./requests/action-create-backup.ts";
import { pinBackup, unpinBackup } from "./requests/action-pin.ts";
import { previewRetention } from "./requests/action-preview-retention.ts";
import { previewSchedule } from "./requests/action-preview-schedule.ts";
import { restoreBackup } from "./requests/action-restore.ts";
import { pruneStore } from "./requests/action-prune.ts";
import { verifyStore } from "./requests/action-verify.ts";
import { testStore } from "./requests/action-test-store.ts";
import { moveNotSupported } from "./faults.ts";
import { runDiagnosis } from "./diagnosis/diagnose.ts";
import { deleteBackup } from "./requests/backup-delete.ts";
import { listBackups } from "./requests/backup-list.ts";
import { backupHandler } from "./jobs/jobs-backup.ts";
import { configureHandler } from "./jobs/jobs-configure.ts";
import { copyHandler } from "./jobs/jobs-copy.ts";
import { deleteHandler } from "./jobs/jobs-delete.ts";
import { pruneHandler } from "./jobs/jobs-prune.ts";
import { afterCleanUp } from "./jobs/make-way.ts";
import { restoreHandler } from "./jobs/jobs-restore.ts";
import { testStoreHandler } from "./jobs/jobs-test-store.ts";
import { verifyHandler } from "./jobs/jobs-verify.ts";
import { deleteLocation } from "./requests/location-delete.ts";
import { patchLocation, putLocation } from "./requests/location-put.ts";
import { allOperationRows, listOperations } from "./requests/operation-list.ts";
import { followOpenOperations } from "./records/open-operations.ts";
import { jobKinds } from "./records/operation-start.ts";
import {
  findOperation,
  operationRetentionMilliseconds,
  purgeExpired,
  renderOperationResult,
  renderOperationTarget,
} from "./requests/operations.ts";
import { countRuns } from "./metrics/counting-engine.ts";
import { measureState } from "./metrics/measure.ts";
import { noticeHandler } from "./notify/notice-job.ts";
import { noticeJobKind } from "./notify/notices.ts";
import { notificationHandlers } from "./notify/route-handlers.ts";
import { keepOperationLogs, readOperationLog } from "./operation-log/operation-log.ts";
import { scopeHandler } from "./operation-log/scoped-handler.ts";
import { tellSteps } from "./operation-log/telling-engine.ts";
import { createOpenerVault, type OpenerVault } from "./stores/opener-vault.ts";
import { createPreflight } from "./requests/preflight.ts";
import type { ProviderDeps } from "./provider-deps.ts";
import { listLocations, readBackup, readLocation } from "./requests/reads.ts";
import { runScheduler } from "./schedule/scheduler.ts";
import { inOpenSubscription, putSubscription } from "./requests/subscriptions.ts";
import { sweepProvider } from "./schedule/sweeper.ts";
import { probeStores } from "./watch/probe-stores.ts";
import { watchLocations } from "./watch/watch.ts";

/** What main puts to work: the provider for the ARM layer, the handlers for the worker, the upkeep for a timer. */
export interface BackupProvider {
  readonly provider: Provider;
  /** What ARM tells about subscriptions: a service of its own, for its api-version is. */
  readonly lifeCycle: Provider;
  /** Alerts in the shape of Microsoft.InfrastructureInsights.Admin. */
  readonly insights: Provider;
  /** By job kind. */
  readonly jobHandlers: ReadonlyMap<string, JobHandler>;
  /** Of notifications: for a worker of their own, so that no backup holds one up. */
  readonly noticeHandlers: ReadonlyMap<string, JobHandler>;
  /** Ends orphans and removes what has expired: at start, then every minute or so. */
  readonly runUpkeep: () => Promise<void>;
  /** Starts the backups that are due: every few seconds, in every instance. */
  readonly runScheduler: () => Promise<void>;
  /** The watchdog's look at every location: on a timer of its own, whatever else works or not. */
  readonly runWatch: () => Promise<void>;
  /** Looks at the stores that were not looked at for a period (milliseconds): every few seconds, in every instance. */
  readonly probeStores: (periodMilliseconds: number) => Promise<void>;
  /** Brings the log lines of operations to the state: every second or so, and before the state is closed. */
  readonly keepLogs: () => Promise<void>;
  /** The state in numbers, as it is now. */
  readonly measure: () => Promise<readonly Reading[]>;
}

/** The one entry of the provider. */
export function createProvider(given: ProviderDeps): BackupProvider {
  const deps = { ...given, engine: tellSteps(countRuns(given.engine, given.count), given) };
  const vault = createOpenerVault();
  const openOperations = followOpenOperations(deps.store);
  const provider: Provider = {
    namespace: "Microsoft.Backup.Admin",
    handlers: guardSubscriptions(deps, createHandlers(deps, vault)),
    findOperation: (id) => findOperation(deps, id),
    renderResult: (operation, context) => renderOperationResult(deps, operation, context),
    renderTarget: renderOperationTarget,
    operations: allOperationRows,
  };
  return {
    provider,
    lifeCycle: createLifeCycle(deps, provider),
    insights: createInsights(guardSubscriptions(deps, insightsHandlers(deps))),
    jobHandlers: createJobHandlers(deps, vault),
    noticeHandlers: new Map([[noticeJobKind, noticeHandler(deps)]]),
    runUpkeep: async () => {
      await sweepProvider(deps, openOperations);
      await purgeExpired(deps);
      await deps.store.removeEndedJobs(deps.clock.now() - operationRetentionMilliseconds);
    },
    keepLogs: () => keepOperationLogs(deps),
    runScheduler: () => runScheduler(deps),
    runWatch: () => watchLocations(deps),
    probeStores: (period) => probeStores(deps, period),
    measure: () => measureState(deps),
  };
}

/** What each kind of job does; every line it writes belongs to its operation. */
function createJobHandlers(
  deps: ProviderDeps,
  vault: OpenerVault,
): ReadonlyMap<string, JobHandler> {
  const handlers: readonly (readonly [string, JobHandler])[] = [
    [jobKinds.configure, configureHandler(deps)],
    [jobKinds.backup, backupHandler(deps)],
    [jobKinds.restore, restoreHandler(deps, vault)],
    [jobKinds.verify, verifyHandler(deps, vault)],
    [jobKinds.prune, pruneHandler(deps)],
    [jobKinds.copy, copyHandler(deps)],
    [jobKinds.testStore, testStoreHandler(deps)],
    [jobKinds.delete, deleteHandler(deps)],
  ];
  const ready = (kind: string, one: JobHandler): JobHandler =>
    afterCleanUp(deps, scopeHandler(deps, kind, one));
  return new Map(handlers.map(([kind, one]) => [kind, ready(kind, one)]));
}

/** Every handler asks first whether the state of its subscription lets it work. */
function guardSubscriptions(
  deps: ProviderDeps,
  handlers: ReadonlyMap<string, Handler>,
): ReadonlyMap<string, Handler> {
  return new Map([...handlers].map(([key, handler]) => [key, inOpenSubscription(deps, handler)]));
}

function createLifeCycle(deps: ProviderDeps, provider: Provider): Provider {
  return {
    ...provider,
    namespace: "Microsoft.Resources",
    operations: [],
    handlers: new Map([
      ["PUT /subscriptions/{subscriptionId}", (request) => putSubscription(deps, request)],
    ]),
  };
}

const auditLog = "/providers/Microsoft.Backup.Admin/auditLogs/default";
const inSubscription = "/subscriptions/{subscriptionId}";
const group =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations";
const location = `${group}/{location}`;
const backup = `${location}/backups/{backup}`;

/** One handler for every route of the contracts, whatever their versions. */
function createHandlers(deps: ProviderDeps, vault: OpenerVault): ReadonlyMap<string, Handler> {
  return new Map<string, Handler>([
    ["GET /providers/Microsoft.Backup.Admin/operations", listOperations],
    [`GET ${auditLog}`, () => readAuditLog(deps)],
    [`GET ${auditLog}/records`, (request) => listAuditRecords(deps, request)],
    [
      "GET /subscriptions/{subscriptionId}/providers/Microsoft.Backup.Admin/backupLocations",
      (request) => listLocations(deps, request),
    ],
    [`GET ${group}`, (request) => listLocations(deps, request)],
    [`GET ${location}`, (request) => readLocation(deps, request)],
    [`PUT ${location}`, (request) => putLocation(deps, request)],
    [`PATCH ${location}`, (request) => patchLocation(deps, request)],
    [`DELETE ${location}`, (request) => deleteLocation(deps, request)],
    [`POST ${location}/createBackup`, (request) => createBackup(deps, request)],
    [`POST ${location}/verify`, (request) => verifyStore(deps, vault, request)],
    [`POST ${location}/pruneExternalStore`, (request) => pruneStore(deps, vault, request)],
    [`POST ${location}/copy`, (request) => copyBackups(deps, vault, request)],
    [`POST ${location}/previewRetention`, (request) => previewRetention(deps, request)],
    [`POST ${location}/previewSchedule`, (request) => previewSchedule(deps, request)],
    [`POST ${location}/testStore`, (request) => testStore(deps, request)],
    ...backupHandlers(deps, vault),
    ...operatorHandlers(deps),
    [
      `POST ${inSubscription}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/deployments/{deployment}/preflight`,
      createPreflight(deps),
    ],
    [
      `POST ${inSubscription}/resourceGroups/{resourceGroupName}/moveResources`,
      () => Promise.reject(moveNotSupported()),
    ],
    ...alertHandlers(deps),
    ...notificationHandlers(deps),
  ]);
}

/** What people ask who look after the service. */
function operatorHandlers(deps: ProviderDeps): readonly (readonly [string, Handler])[] {
  const provider = `${inSubscription}/providers/Microsoft.Backup.Admin`;
  const operation = `${provider}/locations/{location}/operationStatuses/{operationId}`;
  return [
    [`POST ${provider}/diagnose`, (request) => runDiagnosis(deps, request)],
    [`GET ${operation}/log`, (request) => readOperationLog(deps, request)],
    [`POST ${operation}/cancel`, (request) => cancelOperation(deps, request)],
  ];
}

function backupHandlers(
  deps: ProviderDeps,
  vault: OpenerVault,
): readonly (readonly [string, Handler])[] {
  return [
    [`GET ${location}/backups`, (request) => listBackups(deps, request)],
    [`DELETE ${backup}`, (request) => deleteBackup(deps, request)],
    [`POST ${backup}/pin`, (request) => pinBackup(deps, request)],
    [`POST ${backup}/unpin`, (request) => unpinBackup(deps, request)],
    [`GET ${backup}`, (request) => readBackup(deps, request)],
    [`POST ${backup}/restore`, (request) => restoreBackup(deps, vault, request)],
    [`POST ${backup}/verify`, (request) => verifyStore(deps, vault, request)],
  ];
}
