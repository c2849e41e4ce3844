import { isAppError } from "../../base/errors.ts";
import { toIso } from "../../base/clock.ts";
import { readCondemned } from "../condemned-objects.ts";
import { maxIndexBytes } from "../format/limits.ts";
import { parsePackName } from "../format/object-names.ts";
import { encodeQuarantine, type QuarantinedObject } from "../format/quarantine.ts";
import { encodeSignedDocument, openSignedDocument } from "../format/signed-document.ts";
import type { Suite } from "../format/suite.ts";
import { requireHash } from "../index-objects.ts";
import { acquireLease, type LeaseOwner } from "../lease.ts";
import type { LedgerHead, Progress, RepositoryKeys, VerifyFinding } from "../model.ts";
import type { ObjectStore } from "../object-store.ts";
import { putChecked } from "../read-back.ts";
import { readBounded } from "../read-object.ts";
import { readConfig, signerOf, type EngineHost } from "../repository.ts";
import { toStopReason } from "../stop-reason.ts";
import { verifyRepository } from "../verify/verify-repository.ts";
import { findReplacements } from "./find-replacements.ts";
import { rebuildIndex, type RebuiltIndex } from "./rebuild-index.ts";

export interface RepairOptions extends EngineHost {
  readonly store: ObjectStore;
  readonly keys: RepositoryKeys;
  /** `structure` finds what is missing or cut off; `ciphertext`, the default, reads every byte. */
  readonly depth?: "structure" | "ciphertext";
  readonly ledgerHead?: LedgerHead | undefined;
  readonly workers?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What a repair would add, and what it cannot mend: plain data, to be shown first. */
export interface RepairPlan {
  /** Damaged packs, keys and index objects, and lost index objects: no later backup will rely on them. */
  readonly setAside: readonly VerifyFinding[];
  /** What has to be brought back from elsewhere, or makes the backups it names incomplete. */
  readonly beyondRepair: readonly VerifyFinding[];
}

export interface RepairResult {
  readonly setAside: readonly string[];
  /** Found damaged by the plan and whole now: a fault of reading, not of what is stored. */
  readonly soundAfterAll: readonly string[];
  readonly index: RebuiltIndex;
}

/** Named moments of a repair at which a crash must harm nothing. */
export const repairSteps = ["repair.leased", "repair.index-added", "repair.noted"] as const;

export type RepairStep = (typeof repairSteps)[number];

export interface RepairRunOptions extends RepairOptions {
  readonly owner: LeaseOwner;
  readonly failpoint?: (step: RepairStep) => void | Promise<void>;
}

/** Looks for damage, and changes nothing. */
export async function planRepair(options: RepairOptions): Promise<RepairPlan> {
  const { store, keys } = options;
  const { findings } = await verifyRepository({
    ...options,
    depth: options.depth ?? "ciphertext",
    expectedPublicKey: keys.signingPublicKey,
  });
  const { quarantines } = await readCondemned(store, keys.repositoryId, keys.signingPublicKey);
  const known = new Set(quarantines.flatMap(({ objects }) => objects.map(({ name }) => name)));
  // An index object is found again when what replaced it is lost in turn.
  const isKnown = ({ object }: VerifyFinding): boolean =>
    known.has(object) && !object.startsWith("index/");
  const setAside = findings.filter((found) => canSetAside(found) && !isKnown(found));
  return { setAside, beyondRepair: findings.filter((found) => !canSetAside(found)) };
}

/**
 * Adds index objects for packs that none names, and a signed note about what is damaged, so that the next backup stores
 * that content again. Nothing is changed or removed. Each damage is looked at a second time first.
 */
export async function executeRepair(
  plan: RepairPlan,
  options: RepairRunOptions,
): Promise<RepairResult> {
  try {
    options.signal.throwIfAborted();
    const lease = await acquireLease(options.store, options.owner, options);
    try {
      await options.failpoint?.("repair.leased");
      return await repairLeased(plan, options, () => lease.assertHeld());
    } finally {
      await lease.release();
    }
  } catch (error) {
    throw toStopReason(options.signal, error, "The repair was canceled: nothing was changed");
  }
}

async function repairLeased(
  plan: RepairPlan,
  options: RepairRunOptions,
  assertHeld: () => Promise<void>,
): Promise<RepairResult> {
  const { store, keys, signal, failpoint } = options;
  const damaged: VerifyFinding[] = [];
  const soundAfterAll: string[] = [];
  const { suite } = await readConfig(store, keys.signingPublicKey);
  for (const found of plan.setAside) {
    signal.throwIfAborted();
    if (!canSetAside(found)) continue;
    if (await isStillDamaged(store, keys, suite, found)) damaged.push(found);
    else soundAfterAll.push(found.object);
  }
  const index = await rebuildIndex(store, keys, suite, options, signal);
  await failpoint?.("repair.index-added");
  await assertHeld();
  if (damaged.length > 0) await storeNote(damaged, options);
  await failpoint?.("repair.noted");
  return { setAside: damaged.map(({ object }) => object), soundAfterAll, index };
}

const damageCodes: ReadonlySet<string> = new Set([
  "CorruptObject",
  "SignatureInvalid",
  "LimitExceeded",
]);

/** What a later backup can store anew: content, the keys of content, and index objects. */
function canSetAside({ code, object }: VerifyFinding): boolean {
  const isIndex = object.startsWith("index/");
  if (code === "MissingObject") return isIndex;
  return (
    damageCodes.has(code) &&
    (isIndex || object.startsWith("keys/") || parsePackName(object) !== undefined)
  );
}

/** Memory and cables flip bits as well as disks do. */
async function isStillDamaged(
  store: ObjectStore,
  keys: RepositoryKeys,
  suite: Suite,
  { object }: VerifyFinding,
): Promise<boolean> {
  try {
    const bytes = await readBounded(store, object, maxIndexBytes);
    if (object.startsWith("keys/")) openSignedDocument(object, bytes, keys.signingPublicKey);
    else requireHash(object, bytes, suite);
    return false;
  } catch (error) {
    if (isAppError(error, "ObjectNotFound")) return object.startsWith("index/");
    if (isAppError(error) && damageCodes.has(error.code)) return true;
    throw error;
  }
}

async function storeNote(
  damaged: readonly VerifyFinding[],
  options: RepairRunOptions,
): Promise<void> {
  const { store, keys, clock, randomBytes, signal } = options;
  const objects: QuarantinedObject[] = [];
  for (const { object: name, code, backups } of damaged) {
    const replacedBy = name.startsWith("index/")
      ? await findReplacements(store, keys, name, backups)
      : [];
    objects.push({ name, code, replacedBy });
  }
  const id = randomBytes(16).toString("hex");
  const name = `quarantine/${id}`;
  const body = encodeQuarantine({
    id,
    repositoryId: keys.repositoryId,
    createdAt: toIso(clock.now()),
    objects,
  });
  await putChecked(store, name, encodeSignedDocument(name, body, signerOf(keys)), signal);
}
