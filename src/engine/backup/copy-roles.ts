import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, toAppError } from "../../base/errors.ts";
import { toIso } from "../../base/clock.ts";
import type { ChunkTable } from "../chunk-table.ts";
import type { RoleResult } from "../model.ts";
import type { Source, SourceHost, SourceWarning } from "../source.ts";
import type { BackupOptions, BackupRole } from "./options.ts";
import type { ProgressMeter } from "./progress-meter.ts";
import type { RoleCounts } from "./record-queue.ts";
import { RoleRun } from "./role-run.ts";
import type { TreeCache } from "./tree-cache.ts";
import type { FinishedTree } from "./tree-writer.ts";
import type { WorkerPool } from "./worker-pool.ts";

export interface CopiedRole {
  readonly result: RoleResult;
  /** Undefined for a role that failed: nothing of it is referenced. */
  readonly tree: FinishedTree | undefined;
}

export interface CopyContext {
  readonly options: BackupOptions;
  readonly pool: WorkerPool;
  readonly table: ChunkTable;
  readonly cache: TreeCache | undefined;
  readonly meter: ProgressMeter;
  readonly firstWave: FirstWave;
}

/**
 * The roles that come first are made ready while the repository is opened: those that only look from the start, the
 * others when the run has its lease.
 */
export class FirstWave {
  readonly #options: BackupOptions;
  readonly #roles: readonly BackupRole[];
  readonly #prepared = new Map<BackupRole, Promise<PreparedRole>>();

  constructor(options: BackupOptions) {
    this.#options = options;
    this.#roles = wavesOf(options)[0] ?? [];
    this.#prepare(this.#roles.filter(({ onlyLooks }) => onlyLooks === true));
  }

  /** The run has its lease. */
  begin(): void {
    this.#prepare(this.#roles.filter((role) => !this.#prepared.has(role)));
  }

  /** In the order they were given; who takes them closes them. */
  async take(): Promise<PreparedRole[]> {
    const prepared = this.#roles.flatMap((role) => this.#prepared.get(role) ?? []);
    this.#prepared.clear();
    return Promise.all(prepared);
  }

  /** Closes what nobody took. */
  async close(): Promise<void> {
    for (const role of await this.take()) await role.close();
  }

  #prepare(roles: readonly BackupRole[]): void {
    for (const role of roles) this.#prepared.set(role, prepareRole(this.#options, role));
  }
}

/**
 * Copies all roles, wave by wave: within a wave all sources are made consistent first, so that their moments
 * lie close together. A role that fails is a result; a store that fails is an exception.
 */
export async function copyRoles(context: CopyContext): Promise<CopiedRole[]> {
  const copied: CopiedRole[] = [];
  for (const [index, roles] of wavesOf(context.options).entries()) {
    context.meter.enter("preparing");
    const prepared =
      index === 0
        ? await context.firstWave.take()
        : await Promise.all(roles.map((role) => prepareRole(context.options, role)));
    copied.push(...(await copyWave(context, prepared)));
  }
  return copied;
}

function wavesOf({ roles }: BackupOptions): (readonly BackupRole[])[] {
  const waves = [...new Set(roles.map((role) => role.wave))].sort((a, b) => a - b);
  return waves.map((wave) => roles.filter((role) => role.wave === wave));
}

async function copyWave(
  context: CopyContext,
  prepared: readonly PreparedRole[],
): Promise<CopiedRole[]> {
  const { options, meter } = context;
  const copied: CopiedRole[] = [];
  try {
    options.signal.throwIfAborted();
    await options.failpoint?.("backup.roles-prepared");
    for (const role of prepared) {
      meter.enter("copying", role.role.name);
      const one = await copyRole(context, role);
      meter.end(role.role.name, one.result.status);
      copied.push(one);
    }
  } finally {
    for (const role of prepared) await role.close();
  }
  return copied;
}

interface PreparedRole {
  readonly role: BackupRole;
  readonly source: Source | undefined;
  readonly error: AppError | undefined;
  readonly startedAt: number;
  readonly warnings: SourceWarning[];
  close(): Promise<void>;
}

async function prepareRole(options: BackupOptions, role: BackupRole): Promise<PreparedRole> {
  const startedAt = options.clock.now();
  const warnings: SourceWarning[] = [];
  const host = new RoleHost(options, role.name, warnings);
  let source: Source | undefined;
  const close = async (): Promise<void> => {
    await source?.close().catch((error: unknown) =>
      options.logger.warn("Cannot clean up after a role", {
        role: role.name,
        code: toAppError(error).code,
      }),
    );
    await host.close();
  };
  try {
    source = role.open(host);
    await source.prepare(options.signal);
    return { role, source, error: undefined, startedAt, warnings, close };
  } catch (error) {
    return { role, source: undefined, error: toAppError(error), startedAt, warnings, close };
  }
}

async function copyRole(context: CopyContext, prepared: PreparedRole): Promise<CopiedRole> {
  const { options } = context;
  const { role, source, warnings } = prepared;
  if (source === undefined) {
    const error = new AppError("SourceUnavailable", "The source could not be opened");
    return failedRole(options, prepared, prepared.error ?? error, emptyCounts);
  }
  const run = createRun(context, prepared, source);
  try {
    const tree = await run.run();
    if (run.counts.files + run.counts.otherEntries === 0 && role.allowEmpty !== true) {
      throw new AppError(
        "NothingBackedUp",
        `Role "${role.name}" gave nothing to back up: check its settings, or allow it to be empty`,
      );
    }
    return {
      result: { ...describe(options, prepared, run.counts), status: statusOf(warnings) },
      tree,
    };
  } catch (error) {
    const failure = toAppError(error);
    // A stop makes sources fail: that is not theirs.
    options.signal.throwIfAborted();
    if (!isSourceFault(failure)) throw error;
    return failedRole(options, prepared, failure, run.counts);
  }
}

function createRun(
  { options, pool, table, cache, meter }: CopyContext,
  { role, warnings }: PreparedRole,
  source: Source,
): RoleRun {
  return new RoleRun({
    role: role.name,
    source,
    pool,
    table,
    cache,
    before: options.rescan === true ? undefined : cache?.read(role.name),
    warn: (warning) => {
      warnings.push(warning);
      options.onWarning?.(role.name, warning);
    },
    onBytes: (bytes, files) => meter.add(bytes, files),
    signal: options.signal,
  });
}

/** What the source did wrong fails its role; anything else (store, engine, cancel) fails the backup. */
function isSourceFault(error: AppError): boolean {
  return [
    "SourceUnavailable",
    "SourceFailed",
    "SourceTimeout",
    "NothingBackedUp",
    "InvalidConfiguration",
    "UnsafePath",
  ].includes(error.code);
}

function failedRole(
  options: BackupOptions,
  prepared: PreparedRole,
  error: AppError,
  counts: RoleCounts,
): CopiedRole {
  options.logger.warn("A role could not be backed up", {
    role: prepared.role.name,
    code: error.code,
    error: error.message,
  });
  const result: RoleResult = {
    ...describe(options, prepared, counts),
    status: "Failed",
    error: { code: error.code, message: error.message },
  };
  return { result, tree: undefined };
}

function describe(
  options: BackupOptions,
  prepared: PreparedRole,
  counts: RoleCounts,
): Omit<RoleResult, "status" | "error"> {
  const { name, required, essential } = prepared.role;
  const times = { startedAt: toIso(prepared.startedAt), endedAt: toIso(options.clock.now()) };
  return { name, required, essential, ...times, ...counts, warnings: prepared.warnings.length };
}

/** A file that was gone before it could be read is no loss; one that could not be read is. */
function statusOf(warnings: readonly SourceWarning[]): RoleResult["status"] {
  return warnings.every((warning) => warning.code === "Vanished")
    ? "Succeeded"
    : "PartialSucceeded";
}

const emptyCounts: RoleCounts = {
  files: 0,
  directories: 0,
  otherEntries: 0,
  plainBytes: 0,
  newBytes: 0,
};

class RoleHost implements SourceHost {
  readonly #options: BackupOptions;
  readonly #role: string;
  readonly #warnings: SourceWarning[];
  #scratch: Promise<string> | undefined;

  constructor(options: BackupOptions, role: string, warnings: SourceWarning[]) {
    this.#options = options;
    this.#role = role;
    this.#warnings = warnings;
  }

  warn(warning: SourceWarning): void {
    this.#warnings.push(warning);
    this.#options.onWarning?.(this.#role, warning);
  }

  scratchDirectory(): Promise<string> {
    this.#scratch ??= mkdtemp(join(this.#options.scratchDirectory, "role-"));
    return this.#scratch;
  }

  async close(): Promise<void> {
    if (this.#scratch !== undefined)
      await rm(await this.#scratch, { recursive: true, force: true });
  }
}
