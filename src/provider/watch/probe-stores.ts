import { AppError, isAppError, toAppError } from "../../base/errors.ts";
import type { Clock } from "../../base/clock.ts";
import type { Document } from "../../state/state-store.ts";
import { create, getLocation, listAll, replace } from "../documents.ts";
import { isSettled, repositoryKey, type BackupLocation } from "../model.ts";
import type { StoreLook } from "../ports.ts";
import { nowIso, type ProviderDeps } from "../provider-deps.ts";
import { readRemembered } from "../stores/repository-keys.ts";
import { storeSpecOf } from "../stores/store-spec-of.ts";
import { newestNote, noteKeyOf, type ProbeNote } from "../records/notes.ts";

const dayMilliseconds = 86_400_000;
/** Another instance that said it looks has given up after this long. */
const claimMilliseconds = 3 * 60_000;
const patienceMilliseconds = 60_000;
/** Looks at a time: a store that hangs holds up few others. */
const parallelLooks = 4;

/**
 * Looks at the stores between backups, each once in a period, and three times as often while it is no good. A
 * location where something runs is left alone: that work finds out more. Any number of instances may do it.
 */
export async function probeStores(deps: ProviderDeps, periodMilliseconds: number): Promise<void> {
  const waiting = [...(await listAll<BackupLocation>(deps.store, "location", ""))];
  const lookOn = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
      await probeStore(deps, one, periodMilliseconds);
  };
  await Promise.all(Array.from({ length: parallelLooks }, lookOn));
}

async function probeStore(
  deps: ProviderDeps,
  { key, value }: Document<BackupLocation>,
  period: number,
): Promise<void> {
  if (!isIdle(value) || value.settings.store.kind === "none") return;
  try {
    const found = await deps.store.get<ProbeNote>("note", noteKeyOf(key, "probe"));
    if (!isDue(found?.value, deps.clock.now(), period)) return;
    await writeNote(deps, key, found, { ...found?.value, lookingSince: nowIso(deps) });
    await keepResult(deps, key, value, await lookAt(deps, key, value, found?.value));
  } catch (error) {
    // Another instance looks, or the location changed meanwhile: the next look shows how it is then.
    if (isAppError(error, "StateConflict")) return;
    const fields = { locationName: value.name, errorCode: toAppError(error).code };
    deps.logger.error("A store could not be looked at", fields);
  }
}

function isIdle({ running, provisioningState }: BackupLocation): boolean {
  return running === undefined && isSettled(provisioningState);
}

function isDue(note: ProbeNote | undefined, now: number, period: number): boolean {
  if (note === undefined) return true;
  const { at, lookingSince } = note;
  if (isWithin(lookingSince, now, claimMilliseconds)) return false;
  return !isWithin(at, now, isWell(note) ? period : period / 3);
}

function isWell({ error, newest }: ProbeNote): boolean {
  return error === undefined && (newest?.is ?? "shown") === "shown";
}

/** A time in the future is one of a clock that was set back. */
function isWithin(since: string | undefined, now: number, milliseconds: number): boolean {
  if (since === undefined) return false;
  const age = now - Date.parse(since);
  return age >= 0 && age < milliseconds;
}

/** What a look shows; an error is a result. */
async function lookAt(
  deps: ProviderDeps,
  key: string,
  { settings, secrets }: BackupLocation,
  before: ProbeNote | undefined,
): Promise<ProbeNote> {
  const now = deps.clock.now();
  const lastTrace = before?.leftObjectAt;
  // What the store does not let us remove would pile up there.
  const mayWrite = !isWithin(lastTrace, now, dayMilliseconds);
  try {
    const spec = storeSpecOf(deps, key, settings.store, secrets);
    if (spec === undefined) return { at: nowIso(deps) };
    const remembered = await readRemembered(deps, repositoryKey(key, settings.store));
    const looking = deps.engine.lookAtStore(spec, mayWrite, remembered);
    const { leavesObject, newest } = await within(deps.clock, looking);
    const leftObjectAt = leavesObject ? nowIso(deps) : mayWrite ? undefined : lastTrace;
    return {
      at: nowIso(deps),
      ...newestNote(newest, remembered),
      ...(leftObjectAt === undefined ? {} : { leftObjectAt }),
    };
  } catch (error) {
    const { code, message } = toAppError(error);
    const trace = lastTrace === undefined ? {} : { leftObjectAt: lastTrace };
    return { at: nowIso(deps), error: { code, message }, ...trace };
  }
}

async function within(clock: Clock, look: Promise<StoreLook>): Promise<StoreLook> {
  const timer = new AbortController();
  const late = clock.sleep(patienceMilliseconds, timer.signal).then(() => {
    throw new AppError(
      "StoreTimeout",
      `The store did not answer within ${patienceMilliseconds / 1000} s: look at its host and the network`,
    );
  });
  late.catch(() => undefined);
  look.catch(() => undefined);
  try {
    return await Promise.race([look, late]);
  } finally {
    timer.abort();
  }
}

/** Only for the location as it was looked at: what began meanwhile, or other settings, make it void. */
async function keepResult(
  deps: ProviderDeps,
  key: string,
  looked: BackupLocation,
  note: ProbeNote,
): Promise<void> {
  const claimed = await deps.store.get<ProbeNote>("note", noteKeyOf(key, "probe"));
  const location = (await getLocation(deps.store, key))?.value;
  const isSame = JSON.stringify(location?.settings.store) === JSON.stringify(looked.settings.store);
  if (claimed === undefined || location === undefined) return;
  const { lookingSince: _since, ...before } = claimed.value;
  if (!isSame || !isIdle(location)) return writeNote(deps, key, claimed, before);
  await writeNote(deps, key, claimed, note);
  if (isWell(before) !== isWell(note)) deps.onTrouble?.();
}

async function writeNote(
  { store }: ProviderDeps,
  key: string,
  found: Document<ProbeNote> | undefined,
  note: ProbeNote,
): Promise<void> {
  const write =
    found === undefined ? create("note", noteKeyOf(key, "probe"), note) : replace(found, note);
  await store.commit([write]);
}
