import { randomBytes, randomUUID } from "node:crypto";
import { AppError, isAppError, toAppError, type ErrorCode } from "../base/errors.ts";
import { formatBytes } from "../base/format-bytes.ts";
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

/** Codes of a failed opening that say the store was not even reached. */
const unreachedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "StoreUnreachable",
  "StoreTimeout",
  "StoreHostNotAllowed",
]);

/**
 * Tries everything a backup needs of a store, with one small object that is removed again. Never throws for
 * what the store does: each step says how it went and what to do. `open` opens the store for writing.
 */
export async function checkStore(open: () => Promise<ObjectStore>): Promise<StoreCheck> {
  const run = new CheckRun();
  let store: ObjectStore | undefined;
  try {
    store = await open();
    run.pass("reach", "The store answers");
    run.pass("signIn", "The account is accepted and the folder is there");
    await tryOut(run, store);
  } catch (error) {
    run.failNext(toAppError(error));
  } finally {
    await store?.close().catch(() => undefined);
  }
  return run.end();
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

/** A store that refuses removal by design serves; it cannot be pruned. */
async function removeProbe(run: CheckRun, store: ObjectStore, name: string): Promise<void> {
  try {
    await store.remove(name);
  } catch (error) {
    const { code } = toAppError(error);
    if (code !== "StoreReadOnly" && code !== "StoreAuthRefused") throw error;
    return run.warn(
      "delete",
      "The store refuses removal: backups work, and old ones have to be removed by its own rules",
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

class CheckRun {
  readonly #steps = new Map<StoreStepName, StoreCheckStep>();
  #capacity: Pick<StoreCheck, "freeBytes" | "totalBytes"> = {};

  pass(name: StoreStepName, message: string): void {
    this.#set({ name, status: "Passed", message });
  }

  warn(name: StoreStepName, message: string): void {
    this.#set({ name, status: "Warning", message });
  }

  skip(name: StoreStepName, message: string): void {
    this.#set({ name, status: "Skipped", message });
  }

  /** The first step that has no verdict is the one that failed. */
  failNext({ code, message, nativeCode }: AppError): void {
    const unreached = unreachedCodes.has(code);
    const isOpening = !this.#steps.has("reach");
    if (isOpening && !unreached) this.pass("reach", "The store answers");
    const name = order.find((step) => !this.#steps.has(step));
    if (name === undefined) return;
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

  end(): StoreCheck {
    const message = "Not tried, because a step before it failed";
    const steps = order.map(
      (name) => this.#steps.get(name) ?? ({ name, status: "Skipped", message } as const),
    );
    return {
      isUsable: steps.every(({ status }) => status !== "Failed"),
      steps,
      ...this.#capacity,
    };
  }

  #set(step: StoreCheckStep): void {
    this.#steps.set(step.name, step);
  }
}
