import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTerminal, type OperationRecord } from "../../src/arm/operation-record.ts";
import { pathOf, succeed, type Answer, type ArmCaller, type Json } from "./arm-caller.ts";
import { compareTrees } from "./odd-tree.ts";
import { startService, type Service } from "./service.ts";
import { readOpenJobs, readOperations } from "./site-snapshot.ts";
import { makeCertificate, makePfx } from "./test-certificates.ts";

/** A service with a location that is killed at named steps and looked at afterwards. */
export interface MortalSite {
  /** Starts the dead process again; it kills itself when it reaches the step. */
  start(step: string): Promise<void>;
  /** Asks for what leads to the step, and waits for the death. */
  die(step: string): Promise<void>;
  /** Everything ended, agrees, and works again; does nothing that would reach the next step. */
  recover(step: string, next: string): Promise<void>;
  /** Every backup in the store is whole. */
  checkAll(): Promise<void>;
  close(): Promise<void>;
}

/** Starts with nothing, and with a step of a PUT to die at. */
export async function openMortalSite(step: string): Promise<MortalSite> {
  const service = await startService({
    makeRoles: makeFewFiles,
    config: { workers: 1 },
    environment: { HOLDFAST_TEST_FAILPOINT: step },
  });
  const api = service.call("2026-12-01");
  const certificate = makeCertificate(service.folder, "backup", "P-256");
  const site: Site = {
    service,
    api,
    certificateBase64: certificate.certificateBase64,
    key: {
      decryptionCertBase64: makePfx(service.folder, "backup", certificate, "word"),
      decryptionCertPassword: "word",
    },
    known: new Set(),
    location: "none yet",
  };
  return {
    start: (next) => service.restart(next === "" ? {} : { HOLDFAST_TEST_FAILPOINT: next }),
    die: (at) => die(site, at),
    recover: (from, next) => recover(site, from, next),
    checkAll: () => checkAll(site),
    close: () => service.close(),
  };
}

interface Site {
  readonly service: Service;
  readonly api: ArmCaller;
  readonly certificateBase64: string;
  readonly key: object;
  /** Operations before the present death. */
  known: ReadonlySet<string>;
  /** The location in use; deaths of a PUT begin another. */
  location: string;
}

function makeFewFiles(folder: string): readonly object[] {
  const path = join(folder, "source");
  mkdirSync(join(path, "below"), { recursive: true });
  for (let number = 0; number < 10; number += 1)
    writeFileSync(join(path, "below", `file ${number}`), randomBytes(20_000));
  return [{ name: "files", adapter: "directory", essential: true, settings: { path } }];
}

/** Each location has a store of its own name. */
function putLocation({ api, service, location, certificateBase64 }: Site): Promise<Answer> {
  const path = join(service.folder, "stores", location);
  mkdirSync(path, { recursive: true });
  const encryption = { recipients: [{ certificateBase64 }] };
  const properties = { store: { kind: "Local", path }, encryption };
  return api.put(pathOf(location), { location: "north", properties });
}

/** Where copies go: a location with a store and nothing else. */
async function putTarget({ api, service, location }: Site): Promise<void> {
  const name = `${location}-copy`;
  const path = join(service.folder, "stores", name);
  mkdirSync(path, { recursive: true });
  const properties = { store: { kind: "Local", path } };
  await succeed(api, await api.put(pathOf(name), { location: "north", properties }));
}

/** What a step belongs to, by the first word of its name. */
function workOf(step: string): string {
  const [word = ""] = step.split(".");
  return { configure: "put", "create-backup": "backup" }[word] ?? word;
}

const patienceMilliseconds = 120_000; // only a failure waits so long: a slow machine is none

async function die(site: Site, step: string): Promise<void> {
  if (workOf(step) === "copy") await putTarget(site);
  site.known = new Set(readOperations(site.service).map(({ id }) => id));
  const { service, api } = site;
  if (workOf(step) === "put") site.location = step.replaceAll(".", "-");
  const { location } = site;
  // Fresh content, so that there is something to store at every step.
  if (workOf(step) === "backup")
    writeFileSync(join(service.folder, "source", "changed"), randomBytes(300_000));
  const ask: Readonly<Record<string, () => Promise<Answer>>> = {
    put: () => putLocation(site),
    backup: () => api.post(pathOf(location, "/createBackup")),
    restore: () => askRestore(site, false),
    verify: () => api.post(pathOf(location, "/verify")),
    prune: () => api.post(pathOf(location, "/pruneExternalStore"), { operationType: "Default" }),
    copy: () => api.post(pathOf(location, "/copy"), { targetLocationName: `${location}-copy` }),
    delete: () => api.remove(pathOf(location)),
  };
  // The answer may be lost with the process.
  const answer = await ask[workOf(step)]?.().catch(() => undefined);
  if (answer !== undefined) assert.ok(answer.status < 300, answer.text);
  const patience = new AbortController();
  const end = await Promise.race([
    service.waitForEnd(),
    sleep(patienceMilliseconds, "no end", { signal: patience.signal }),
  ]);
  patience.abort();
  assert.equal(end, "SIGKILL", `It did not die at ${step}`);
}

async function recover(site: Site, step: string, next: string): Promise<void> {
  await waitUntilEnded(site);
  const fresh = readOperations(site.service).filter(({ id }) => !site.known.has(id));
  // What was not committed was not accepted.
  assert.equal(fresh.length, step.endsWith(".before-commit") ? 0 : 1);
  for (const operation of fresh) await assertEnd(site, step, operation);
  if (workOf(step) === "put" || workOf(step) === "delete") {
    await succeed(site.api, await putLocation(site));
  }
  await assertAgreement(site);
  if (workOf(step) === "restore") return restoreAgain(site);
  if (workOf(next) === "backup") return;
  await succeed(site.api, await site.api.post(pathOf(site.location, "/createBackup")));
  await assertAgreement(site);
  if (workOf(next) !== "restore") await restoreAgain(site);
}

async function waitUntilEnded({ service }: Site): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds;
  const isOver = (): boolean =>
    readOpenJobs(service).length === 0 &&
    readOperations(service).every(({ state }) => isTerminal(state));
  while (!isOver()) {
    assert.ok(performance.now() < deadline, `Never ended: ${service.readLog().slice(-2000)}`);
    await sleep(200);
  }
}

/** Work goes on where it was; only a restore has lost its key, and says so. */
async function assertEnd(
  { api, location }: Site,
  step: string,
  operation: OperationRecord,
): Promise<void> {
  const status = await api.get(
    `/subscriptions/${operation.subscriptionId}/providers/Microsoft.Backup.Admin/locations/${location}/operationStatuses/${operation.id}`,
  );
  assert.equal(status.status, 200, status.text);
  assert.equal(status.body.status, operation.state);
  if (workOf(step) !== "restore") {
    assert.equal(operation.state, "Succeeded", status.text);
    return;
  }
  assert.equal(operation.state, "Failed");
  assert.equal(status.body.error.code, "SecretUnavailable");
  assert.match(status.body.error.message, /send the request again/);
}

/** Location, backups and store tell the same. */
async function assertAgreement({ api, service, location }: Site): Promise<void> {
  const { properties } = (await api.get(pathOf(location))).body;
  assert.equal(properties.provisioningState, "Succeeded");
  const backups: readonly Json[] = (await api.get(pathOf(location, "/backups"))).body.value;
  for (const backup of backups) assert.equal(backup.properties.status, "Succeeded");
  const ends = backups.map((backup) => String(backup.properties.endTime)).toSorted();
  assert.equal(properties.lastBackupTime, ends.at(-1) ?? null);
  const manifests = globSync("**/backups/*", { cwd: join(service.folder, "stores", location) });
  assert.deepEqual(
    backups.map(({ name }) => String(name)).toSorted(),
    manifests.map((name) => basename(name)).toSorted(),
  );
}

async function newestBackup({ api, location }: Site): Promise<string> {
  const backups: readonly Json[] = (await api.get(pathOf(location, "/backups"))).body.value;
  const newest = backups.toSorted((one, other) =>
    String(one.properties.endTime).localeCompare(other.properties.endTime),
  );
  return newest.at(-1).name;
}

async function askRestore(site: Site, overwrite: boolean): Promise<Answer> {
  const id = await newestBackup(site);
  const targetPath = join(site.service.restoreRoot, id);
  const options = { targetPath, overwrite, ...site.key };
  return site.api.post(pathOf(site.location, `/backups/${id}/restore`), options);
}

/** Over what a killed attempt may have left. */
async function restoreAgain(site: Site): Promise<void> {
  await succeed(site.api, await askRestore(site, true));
  const copy = join(site.service.restoreRoot, await newestBackup(site), "files");
  const source = join(site.service.folder, "source");
  assert.deepEqual(compareTrees(source, copy), []);
}

async function checkAll(site: Site): Promise<void> {
  const options = { depth: "Content", ...site.key };
  const asked = await site.api.post(pathOf(site.location, "/verify"), options);
  const { resultAnswer } = await succeed(site.api, asked);
  assert.equal(resultAnswer.body.isHealthy, true, resultAnswer.text);
}
