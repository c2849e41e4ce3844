import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ContractRoute } from "../../src/arm/contract.ts";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import { isTerminal } from "../../src/arm/operation-record.ts";
import type { RequestContext } from "../../src/arm/request-context.ts";
import type { ArmRequest, ArmResult } from "../../src/arm/resource-type.ts";
import { silentLogger } from "../../src/base/log.ts";
import { startWorker, type Worker } from "../../src/jobs/worker.ts";
import { createProvider, type BackupProvider } from "../../src/provider/manifest.ts";
import type { FailpointHook } from "../../src/provider/ports.ts";
import type { ProviderDeps } from "../../src/provider/provider-deps.ts";
import { createHostPolicy } from "../../src/storage/host-policy.ts";
import { parseBackupPath } from "../../src/storage/path.ts";
import { createAddressReader } from "../../src/storage/store-addresses.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import { findContract } from "./contracts.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createFakeEngine, type FakeEngine } from "./fake-engine.ts";
import { createFakeSender, type FakeSender } from "./fake-sender.ts";
import { fakeIdentity } from "./fake-identity.ts";
import { makeTempFolder, removeFolder } from "./temp-folder.ts";
import { waitUntil } from "./worker-world.ts";

export const subscriptionId = "5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21";
export const groupPath: string = `/subscriptions/${subscriptionId}/resourceGroups/system.redmond/providers/Microsoft.Backup.Admin`;
export const locationPath: string = `${groupPath}/backupLocations/redmond`;

/** The provider over a real store in memory, a real worker, and an engine that does as told. */
export interface ProviderWorld {
  readonly clock: FakeClock;
  readonly store: StateStore;
  readonly engine: FakeEngine;
  readonly notices: FakeSender;
  readonly deps: ProviderDeps;
  readonly provider: BackupProvider;
  readonly restoreRoot: string;
  /** Handles a request as the ARM layer would after validation. */
  call(method: string, path: string, call?: Call): Promise<ArmResult>;
  /** The same, for its operation. */
  accept(method: string, path: string, call?: Call): Promise<OperationRecord>;
  /** Waits for the operation's end. */
  finish(operation: OperationRecord | string): Promise<OperationRecord>;
  /** The body of a value. */
  read(path: string, apiVersion?: string): Promise<Json>;
  startWorker(): Worker;
  stopWorkers(): Promise<void>;
  /** A second provider over the same store: what a restart leaves. */
  restart(overrides?: Partial<ProviderDeps>): BackupProvider;
  /** Everything the store holds, as text. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

export interface Call {
  readonly apiVersion?: string;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly clientRequestId?: string;
  readonly repeatabilityRequestId?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** JSON whose shape a test knows. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers have a shape only the test at hand knows
export type Json = any;

export interface WorldOptions {
  readonly hasWorker?: boolean;
  /** How often workers look unasked: seldom for a test that lets hours pass. */
  readonly pollMilliseconds?: number;
  /** 30 unless told: heartbeats come three times as often. */
  readonly leaseSeconds?: number;
  /** Between two heartbeats at most: long, for a test in which work goes on for hours. */
  readonly maxBeatMilliseconds?: number;
  readonly failpoint?: FailpointHook;
  /** Puts something between everybody and the store. */
  readonly wrapStore?: (store: StateStore) => StateStore;
}

export async function createProviderWorld(options: WorldOptions = {}): Promise<ProviderWorld> {
  const clock = createFakeClock(Date.parse("2026-03-02T12:00:00Z"));
  const opened = await openSqliteStore({ file: ":memory:", clock });
  const store = options.wrapStore?.(opened) ?? opened;
  const engine = createFakeEngine(() => clock.now());
  const restoreRoot = await makeTempFolder();
  const workers: Worker[] = [];
  const notices = createFakeSender();
  const deps: ProviderDeps = {
    store,
    engine,
    identity: fakeIdentity,
    parseStorePath: parseBackupPath,
    addresses: createAddressReader(createHostPolicy(undefined), undefined),
    notices,
    // The fake engine's stores have no folders.
    checkStorePath: () => Promise.resolve(),
    clock,
    logger: silentLogger,
    newId: randomUUID,
    deployment: {
      deploymentId: "9e3b6f58-71d4-4c0a-a2e9-3f5d8c1b6074",
      region: "redmond",
      stampVersion: "1.2108.0.32",
      oemVersion: null,
    },
    restoreRoot,
    pagingKey: Buffer.alloc(32, 7),
    auditPublicKey: "",
    onEnqueued: () => workers.forEach((worker) => worker.wake()),
    ...(options.failpoint === undefined ? {} : { failpoint: options.failpoint }),
  };
  let provider = createProvider(deps);
  const world: ProviderWorld = {
    clock,
    store,
    engine,
    notices,
    deps,
    get provider() {
      return provider;
    },
    restoreRoot,
    call: async (method, path, call = {}) => {
      const request = makeRequest(method, path, call, clock.now());
      const handler = provider.provider.handlers.get(`${method} ${request.route.path}`);
      assert.ok(handler, `handler of ${method} ${request.route.path}`);
      return handler(request);
    },
    accept: async (method, path, call) => {
      const result = await world.call(method, path, call);
      assert.equal(result.kind, "accepted");
      return result.kind === "accepted" ? result.operation : assert.fail();
    },
    finish: async (operation) => {
      const id = typeof operation === "string" ? operation : operation.id;
      await waitUntil(async () => {
        const found = await provider.provider.findOperation(id);
        return found !== undefined && isTerminal(found.state);
      });
      const found = await provider.provider.findOperation(id);
      return found ?? assert.fail("The operation is gone");
    },
    read: async (path, apiVersion) => {
      const result = await world.call("GET", path, apiVersion === undefined ? {} : { apiVersion });
      return result.kind === "value" ? result.body : assert.fail(`GET answered ${result.kind}`);
    },
    startWorker: () => {
      const worker = startWorker({
        store,
        clock,
        logger: silentLogger,
        owner: "test",
        handlers: provider.jobHandlers,
        concurrency: 4,
        leaseSeconds: options.leaseSeconds ?? 30,
        maxAttempts: 3,
        pollMilliseconds: options.pollMilliseconds ?? 1000,
        ...(options.maxBeatMilliseconds === undefined
          ? {}
          : { maxBeatMilliseconds: options.maxBeatMilliseconds }),
      });
      workers.push(worker);
      return worker;
    },
    stopWorkers: async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    },
    restart: (overrides) => (provider = createProvider({ ...deps, ...overrides })),
    dump: async () => JSON.stringify(await readEverything(store)),
    close: async () => {
      const stops = workers.map((worker) => worker.stop());
      await clock.advance(60_000);
      await Promise.all(stops);
      await store.close();
      await removeFolder(restoreRoot);
    },
  };
  if (options.hasWorker !== false) world.startWorker();
  return world;
}

/** Runs with a world and closes it, whatever happens. */
export async function withProviderWorld(
  use: (world: ProviderWorld) => Promise<void>,
  options?: WorldOptions,
): Promise<void> {
  const world = await createProviderWorld(options);
  try {
    await use(world);
  } finally {
    await world.close();
  }
}

const kinds = [
  "subscription",
  "location",
  "backup",
  "operation",
  "repository",
  "ledger",
  "idempotency",
  "audit",
  "alert",
  "watch",
  "note",
  "monitoring",
  "route",
  "deadLetter",
] as const;

async function readEverything(store: StateStore): Promise<unknown> {
  const documents = await Promise.all(kinds.map((kind) => store.list(kind, { limit: 1000 })));
  const jobs = await store.listJobs(["queued", "running", "succeeded", "failed", "canceled"]);
  return { documents, jobs };
}

function makeRequest(method: string, path: string, call: Call, now: number): ArmRequest {
  const { apiVersion = "2018-09-01" } = call;
  const { route, params } = matchRoute(apiVersion, method, path);
  const id = randomUUID();
  const context: RequestContext = {
    requestId: id,
    correlationId: id,
    clientRequestId: call.clientRequestId,
    returnClientRequestId: false,
    apiVersion,
    publicBaseUrl: "https://mgmt.example",
    tenantId: undefined,
    principal: { id: "tester", name: "tester", kind: "development" },
    systemData: undefined,
    receivedAt: now,
  };
  return {
    context,
    route,
    params,
    query: call.query ?? {},
    body: call.body,
    ifMatch: call.ifMatch,
    ifNoneMatch: call.ifNoneMatch,
    repeatabilityRequestId: call.repeatabilityRequestId,
    abandonment: new AbortController(),
  };
}

function matchRoute(
  apiVersion: string,
  method: string,
  path: string,
): { readonly route: ContractRoute; readonly params: Readonly<Record<string, string>> } {
  for (const route of findContract(apiVersion).routes) {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`, "i");
    const match = route.method === method ? pattern.exec(path) : null;
    if (match !== null) return { route, params: { ...match.groups } };
  }
  assert.fail(`No route ${method} ${path} in ${apiVersion}`);
}
