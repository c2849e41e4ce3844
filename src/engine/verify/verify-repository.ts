import { isAppError, type AppError } from "../../base/errors.ts";
import { defaultWorkers } from "../default-workers.ts";
import { maxNamedFaults } from "../format/limits.ts";
import { maxBytesOfHashed, parseManifestName } from "../format/object-names.ts";
import type { Quarantine } from "../format/quarantine.ts";
import { openSignedDocument } from "../format/signed-document.ts";
import type { UnopenedBackups, VerifyFinding, VerifyReport } from "../model.ts";
import { listBackups, type ListedBackup } from "../list-backups.ts";
import { readRefs } from "../open-backup.ts";
import { readConfig, readDocument, type RepositoryConfig } from "../repository.ts";
import { toStopReason } from "../stop-reason.ts";
import { namesOf, readCondemned, removedBackups } from "../condemned-objects.ts";
import { isInSubset, requireSubset } from "./verify-subset.ts";
import { checkLedger } from "./check-ledger.ts";
import type { VerifyOptions } from "./verify-options.ts";
import { verifyContent } from "./verify-content.ts";
import { hashObjects } from "./hash-pool.ts";

/**
 * Checks a repository and reports every finding; stops at none. Without a key it proves that every stored byte is
 * what was written and that every backup is complete; with the private key also that it decrypts to what its ids say,
 * for the backups that the key opens; `DecryptionKeyMismatch` when it opens none.
 */
export async function verifyRepository(options: VerifyOptions): Promise<VerifyReport> {
  try {
    return await runVerify(options);
  } catch (error) {
    throw toStopReason(options.signal, error, "The verification was canceled");
  }
}

async function runVerify(options: VerifyOptions): Promise<VerifyReport> {
  requireSubset(options.subset);
  const startedAt = options.clock.now();
  const config = await readConfig(options.store, options.expectedPublicKey);
  const run = new VerifyRun(options, config);
  await run.checkStructure();
  // Content first: packs it reads whole are hashed on the way, and need not be read again.
  if (options.depth === "content") await run.checkContent();
  if (options.depth !== "structure") await run.checkCiphertext();
  return {
    depth: options.depth,
    ...(options.subset === undefined ? {} : { subset: options.subset }),
    ...run.report(),
    durationMilliseconds: options.clock.now() - startedAt,
  };
}

class VerifyRun {
  readonly #options: VerifyOptions;
  readonly #config: RepositoryConfig;
  /** Size of every object in the store. */
  readonly #present = new Map<string, number>();
  /** Which backups need an object. */
  readonly #needs = new Map<string, string[]>();
  readonly #findings: VerifyFinding[] = [];
  /** Codes of the findings by object. */
  readonly #found = new Map<string, Set<string>>();
  #backups: readonly ListedBackup[] = [];
  #condemned: ReadonlySet<string> = new Set();
  /** Damaged index objects whose packs other index objects name. */
  readonly #replaced = new Set<string>();
  readonly #hashed = new Set<string>();
  readonly #unopened: UnopenedBackups[] = [];
  #bytes = 0;
  /** Findings that were not named any more. */
  #unnamed = 0;

  constructor(options: VerifyOptions, config: RepositoryConfig) {
    this.#options = options;
    this.#config = config;
  }

  report(): Pick<VerifyReport, "backups" | "objects" | "bytes" | "findings" | "unopened"> {
    const findings = this.#findings
      .filter((found) => !this.#isSettled(found))
      .sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : 0));
    if (this.#unnamed > 0) findings.push(manyMore(this.#unnamed));
    return {
      backups: this.#backups.length,
      objects: this.#present.size,
      bytes: this.#bytes,
      findings,
      ...(this.#unopened.length === 0 ? {} : { unopened: this.#unopened }),
    };
  }

  /** Backups that need an index object which was replaced need the others instead. */
  #followReplacements(quarantines: readonly Quarantine[]): void {
    for (const { name, replacedBy } of quarantines.flatMap(({ objects }) => objects)) {
      if (replacedBy.length === 0 || !replacedBy.every((other) => this.#present.has(other)))
        continue;
      this.#replaced.add(name);
      for (const backupId of this.#needs.get(name) ?? [])
        for (const other of replacedBy) this.#need(other, backupId);
    }
  }

  /** Damage that is known, and that no backup suffers from. */
  #isSettled({ object, backups }: VerifyFinding): boolean {
    return this.#replaced.has(object) || (backups.length === 0 && this.#condemned.has(object));
  }

  async checkStructure(): Promise<void> {
    const { store, expectedPublicKey, ledgerHead } = this.#options;
    for await (const entry of store.list("")) this.#present.set(entry.name, entry.bytes);
    const { backups, unreadable } = await listBackups(store, expectedPublicKey);
    this.#backups = backups;
    for (const { name, error } of unreadable)
      this.#add(isAppError(error) ? error.code : "CorruptObject", name, messageOf(error));
    for (const backup of backups) await this.#checkBackup(backup);
    const { repositoryId, signingPublicKey } = this.#config;
    const condemned = await readCondemned(store, repositoryId, signingPublicKey);
    this.#condemned = namesOf(condemned);
    this.#followReplacements(condemned.quarantines);
    const removed = removedBackups(condemned.tombstones);
    for (const finding of checkLedger(backups, ledgerHead, removed))
      this.#add(finding.code, finding.object, finding.message, finding.backups);
    for (const name of this.#present.keys()) {
      if (signedFolders.some((folder) => name.startsWith(folder))) await this.#checkDocument(name);
    }
  }

  /** Hashes every object that is named by its hash. */
  async checkCiphertext(): Promise<void> {
    const objects = [...this.#present]
      .map(([name, bytes]) => ({ name, bytes }))
      .filter(({ name, bytes }) => !this.#hashed.has(name) && this.#isToHash(name, bytes));
    const left = objects.reduce((sum, { bytes }) => sum + bytes, 0);
    const total = this.#bytes + left;
    let done = this.#hashed.size;
    await hashObjects(
      this.#options.store,
      this.#config.suite,
      objects,
      left,
      this.#options.workers ?? defaultWorkers,
      (name, outcome) => {
        done += 1;
        this.#bytes += outcome.bytes;
        if (outcome.fault !== undefined)
          this.#add("StoreUnreachable", name, `Object "${name}" cannot be read (${outcome.fault})`);
        else this.#checkHash(name, outcome.hash);
        this.#options.onProgress?.({
          phase: "verifying",
          filesDone: done,
          bytesDone: this.#bytes,
          bytesTotal: total,
          storedBytes: this.#bytes,
        });
      },
      this.#options.signal,
    );
  }

  /** What is larger than anything we write is not ours, and is not read. */
  #isToHash(name: string, bytes: number): boolean {
    const maxBytes = maxBytesOfHashed(name);
    if (maxBytes === undefined || !isInSubset(name, this.#options.subset)) return false;
    if (bytes <= maxBytes) return true;
    this.#add(
      "CorruptObject",
      name,
      `Object "${name}" has ${bytes} bytes, more than the ${maxBytes} of any such object: it was not read`,
    );
    return false;
  }

  async checkContent(): Promise<void> {
    await verifyContent(this.#options, this.#config, this.#backups, {
      add: (code, object, message) => this.#add(code, object, message),
      hashed: (name, bytes, hash) => {
        // More bytes than the index knows of were not read.
        if (this.#present.get(name) !== bytes) return;
        this.#hashed.add(name);
        this.#bytes += bytes;
        this.#checkHash(name, hash);
      },
      unopened: (group) => void this.#unopened.push(group),
    });
  }

  #checkHash(name: string, hash: string): void {
    if (name.endsWith(hash)) return;
    const message = `Object "${name}" is damaged: its bytes are not those that were written`;
    this.#add("CorruptObject", name, message);
  }

  async #checkBackup({ record, manifest }: ListedBackup): Promise<void> {
    const name = `backups/${record.backupId}`;
    if (record.signature !== "trusted") {
      this.#add(
        "SignatureInvalid",
        name,
        `Backup "${record.backupId}" is not signed by this repository's key: it was altered or put there by somebody else`,
      );
      return;
    }
    try {
      this.#need(manifest.refs, record.backupId);
      for (const object of await readRefs(this.#options.store, manifest)) {
        this.#need(object.name, record.backupId);
        this.#checkPresence(object.name, object.bytes);
      }
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#add(error.code, manifest.refs, error.message, [record.backupId]);
    }
  }

  #checkPresence(name: string, bytes: number): void {
    const found = this.#present.get(name);
    if (found === bytes || this.#found.has(name)) return;
    if (found === undefined) this.#add("MissingObject", name, `Object "${name}" is missing`);
    else
      this.#add(
        "CorruptObject",
        name,
        `Object "${name}" has ${found} bytes where ${bytes} were written: it is truncated or was replaced`,
      );
  }

  async #checkDocument(name: string): Promise<void> {
    try {
      openSignedDocument(
        name,
        await readDocument(this.#options.store, name),
        this.#config.signingPublicKey,
      );
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#add(error.code, name, error.message);
    }
  }

  #need(name: string, backupId: string): void {
    const backups = this.#needs.get(name);
    if (backups === undefined) this.#needs.set(name, [backupId]);
    else if (backups.at(-1) !== backupId) backups.push(backupId);
  }

  /** The backups of a finding are filled from what is known to need the object. */
  #add(code: AppError["code"], object: string, message: string, backups?: readonly string[]): void {
    if (this.#findings.length === maxNamedFindings) {
      this.#unnamed += 1;
      return;
    }
    const codes = this.#found.get(object) ?? new Set();
    if (codes.has(code)) return;
    this.#found.set(object, codes.add(code));
    const own = parseManifestName(object);
    const needing = backups ?? this.#needs.get(object) ?? (own === undefined ? [] : [own]);
    this.#findings.push({ code, object, message, backups: needing });
  }
}

/** A store may hold any number of damaged objects. */
const maxNamedFindings = 4 * maxNamedFaults;

function manyMore(count: number): VerifyFinding {
  const message = `There are ${count} more findings: mend or remove those that are named, then verify again`;
  return { code: "LimitExceeded", object: "", message, backups: [] };
}

const signedFolders = ["epochs/", "keys/", "tombstones/", "quarantine/"];

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
