import { randomBytes, randomUUID } from "node:crypto";
import { toIso } from "../base/clock.ts";
import { AppError, isAppError, toAppError, type ErrorCode } from "../base/errors.ts";
import { formatBytes } from "../base/format-bytes.ts";
import type { LeaseLook, NewestBackup, RepositoryLook } from "../engine/model.ts";
import type { ObjectStore, StoreProbe } from "../engine/object-store.ts";
import type { StoreCheck, StoreCheckStep, StoreStepName } from "./store-check.ts";

const largestSkewMilliseconds = 5 * 60_000; // prune and some services refuse more
const scarceBytes = 1024 ** 3;

/** The steps, in the order they are taken; each needs those before it. */
const order: readonly StoreStepName[] = [
  "reach",
  "signIn",
  "encryption",
  "write",
  "readBack",
  "list",
  "conditionalCreate",
  "delete",
  "freeSpace",
  "clockSkew",
];

/** What comes after them where the repository is looked at. */
const repositoryOrder: readonly StoreStepName[] = ["newestBackup", "lease"];

/** Codes of a failed opening that say the store was not even reached. */
const unreachedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "StoreUnreachable",
  "StoreTimeout",
  "StoreHostNotAllowed",
]);

/**
 * Tries everything a backup needs of a store, with one small object that is removed again. Never throws for
 * what the store does: each step says how it went and what to do. `open` opens the store for writing; with `look` the
 * repository in it is looked at too.
 */
export async function checkStore(
  open: () => Promise<ObjectStore>,
  look?: RepositoryLooker,
): Promise<StoreCheck> {
  const run = new CheckRun();
  let store: ObjectStore | undefined;
  try {
    store = await open();
    run.pass("reach", "The store answers");
    run.pass("signIn", "The account is accepted and the folder is there");
    await tryOut(run, store);
    if (look !== undefined) reportRepository(run, await look.look(store), look.installationId);
  } catch (error) {
    run.failNext(toAppError(error));
  } finally {
    await store?.close().catch(() => undefined);
  }
  return run.end();
}

/** What shows the repository in a store, and whose look it is. */
export interface RepositoryLooker {
  readonly installationId: string;
  readonly look: (store: ObjectStore) => Promise<RepositoryLook>;
}

/** The failure of the first step that failed, as an operation tells it; undefined when all went well. */
export function failureOfCheck({ steps }: StoreCheck): AppError | undefined {
  const failed = steps.find(({ status }) => status === "Failed");
  if (failed?.code === undefined) return undefined;
  return new AppError(failed.code, failed.message, {
    retryable: false,
    ...(failed.nativeCode === undefined ? {} : { nativeCode: failed.nativeCode }),
  });
}

async function tryOut(run: CheckRun, store: ObjectStore): Promise<void> {
  // First, because without it no content may go there; it writes and removes an object of its own.
  const probe = await store.probe();
  run.keepCapacity(probe);
  if (probe.encryptedInFlight) run.pass("encryption", "What travels is encrypted");
  else
    run.warn("encryption", "What travels is not encrypted; backups are, but sizes and names show");
  const name = `probe-${randomUUID()}`;
  const bytes = randomBytes(4096);
  await store.put(name, bytes);
  run.pass("write", "An object was written");
  try {
    await readBack(run, store, name, bytes);
  } finally {
    await removeProbe(run, store, name);
  }
  reportSpace(run, probe);
  reportClock(run, probe);
}

async function readBack(
  run: CheckRun,
  store: ObjectStore,
  name: string,
  bytes: Buffer,
): Promise<void> {
  if (Buffer.compare(await store.get(name), bytes) !== 0) {
    const message = "The store returned other bytes than were written: do not use it";
    throw new AppError("StoreTampered", message);
  }
  run.pass("readBack", "The same bytes came back");
  if (!(await isListed(store, name))) {
    const message = "The store does not list an object it has just taken: use another store";
    throw new AppError("StoreUnsupported", message);
  }
  run.pass("list", "The object was listed");
  try {
    await store.put(name, bytes);
  } catch (error) {
    if (!isAppError(error, "ObjectExists")) throw error;
    run.pass("conditionalCreate", "An object that exists is not replaced");
    return;
  }
  const message = "The store replaces objects that exist: use a store with conditional writes";
  throw new AppError("StoreUnsupported", message);
}

async function isListed(store: ObjectStore, name: string): Promise<boolean> {
  for await (const entry of store.list(name)) if (entry.name === name) return true;
  return false;
}

/** A store that refuses removal by design serves; a prune leaves there what it keeps. */
async function removeProbe(run: CheckRun, store: ObjectStore, name: string): Promise<void> {
  try {
    await store.remove(name);
  } catch (error) {
    const { code } = toAppError(error);
    if (code !== "StoreReadOnly" && code !== "StoreAuthRefused") throw error;
    return run.warn(
      "delete",
      "The store refuses to remove a fresh object, as under an object lock: backups work, and a prune removes what it no longer keeps",
    );
  }
  if ((await store.stat(name)) === undefined) run.pass("delete", "The object was removed");
  else run.warn("delete", "The removed object is still there: removal may take its time");
}

function reportSpace(run: CheckRun, { freeBytes }: StoreProbe): void {
  if (freeBytes === undefined)
    return run.skip("freeSpace", "The store does not tell its free space");
  const free = `${formatBytes(freeBytes)} are free`;
  if (freeBytes >= scarceBytes) run.pass("freeSpace", free);
  else run.warn("freeSpace", `Only ${free}: extend the store or free space there`);
}

function reportClock(run: CheckRun, { clockSkewMilliseconds }: StoreProbe): void {
  if (clockSkewMilliseconds === undefined) {
    return run.skip("clockSkew", "The store does not tell its time");
  }
  const seconds = Math.round(Math.abs(clockSkewMilliseconds) / 1000);
  const skew = `The clocks differ by ${seconds} s`;
  if (Math.abs(clockSkewMilliseconds) <= largestSkewMilliseconds) run.pass("clockSkew", skew);
  else run.warn("clockSkew", `${skew}: set the clock of this machine or of the store`);
}

function reportRepository(run: CheckRun, { newest, lease }: RepositoryLook, ours: string): void {
  run.keepNewest(newest);
  if (newest === "shown") run.pass("newestBackup", "The newest backup is listed");
  if (newest === "unlisted")
    run.warn(
      "newestBackup",
      "The newest backup is there, but the store does not list it: look for a cache, a replica or a snapshot in between",
    );
  if (newest === "missing")
    run.warn(
      "newestBackup",
      "The newest backup this service made is not in the store: it was rolled back or the backup deleted; verify it",
      "RollbackDetected",
    );
  reportLease(run, lease, ours);
}

function reportLease(run: CheckRun, lease: LeaseLook, ours: string): void {
  if (lease.kind === "free") return run.pass("lease", "No writer holds the repository");
  const { kind, installationId } = lease;
  const until = toIso(lease.validUntil);
  const holder =
    installationId === ours ? "This service" : `Another installation, "${installationId}",`;
  if (kind === "held" && installationId === ours)
    return run.pass("lease", `${holder} holds the repository until ${until}, and renews that`);
  if (kind === "held")
    return run.warn(
      "lease",
      `${holder} holds the repository until ${until}: wait for it to end, or give one of the two another folder`,
    );
  if (installationId === "")
    return run.warn("lease", "A lock that cannot be read lies there: the next backup replaces it");
  run.warn(
    "lease",
    `${holder} held the repository until ${until} and died without letting go: the next backup takes it over; see its log for why it ended`,
  );
}

class CheckRun {
  readonly #steps = new Map<StoreStepName, StoreCheckStep>();
  #capacity: Pick<StoreCheck, "freeBytes" | "totalBytes"> = {};
  #newest: NewestBackup | undefined;

  pass(name: StoreStepName, message: string): void {
    this.#set({ name, status: "Passed", message });
  }

  warn(name: StoreStepName, message: string, code?: ErrorCode): void {
    this.#set({
      name,
      status: "Warning",
      message,
      ...(code === undefined ? {} : { code }),
    });
  }

  skip(name: StoreStepName, message: string): void {
    this.#set({ name, status: "Skipped", message });
  }

  /** The first step that has no verdict is the one that failed. */
  failNext({ code, message, nativeCode }: AppError): void {
    const unreached = unreachedCodes.has(code);
    const isOpening = !this.#steps.has("reach");
    if (isOpening && !unreached) this.pass("reach", "The store answers");
    const name = order.find((step) => !this.#steps.has(step)) ?? "lease";
    this.#set({
      name,
      status: "Failed",
      message,
      code,
      ...(nativeCode === undefined ? {} : { nativeCode }),
    });
  }

  keepCapacity({ freeBytes, totalBytes }: StoreProbe): void {
    this.#capacity = {
      ...(freeBytes === undefined ? {} : { freeBytes }),
      ...(totalBytes === undefined ? {} : { totalBytes }),
    };
  }

  keepNewest(newest: NewestBackup | undefined): void {
    this.#newest = newest;
  }

  end(): StoreCheck {
    const message = "Not tried, because a step before it failed";
    const steps = order.map(
      (name) => this.#steps.get(name) ?? ({ name, status: "Skipped", message } as const),
    );
    const ofRepository = repositoryOrder.flatMap((name) => this.#steps.get(name) ?? []);
    const all = [...steps, ...ofRepository];
    return {
      isUsable: all.every(({ status }) => status !== "Failed"),
      steps: all,
      ...this.#capacity,
      ...(this.#newest === undefined ? {} : { newest: this.#newest }),
    };
  }

  #set(step: StoreCheckStep): void {
    this.#steps.set(step.name, step);
  }
}
