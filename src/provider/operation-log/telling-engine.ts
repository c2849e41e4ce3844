import type { Logger } from "../../base/log.ts";
import type { Tracer } from "../../base/tracer.ts";
import { currentScope } from "../../base/work-scope.ts";
import type { BackupRecord, Progress } from "../../engine/model.ts";
import type { BackupEngine } from "../ports.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { tracePhases } from "./phase-spans.ts";

type Report = (progress: Progress) => void;

/** The engine, telling the log where a long run is and what came of it: few lines, however long it takes. */
export function tellSteps(
  engine: BackupEngine,
  { logger, tracer }: Pick<ProviderDeps, "logger" | "tracer">,
): BackupEngine {
  const inPhases = <T>(report: Report, run: (report: Report) => Promise<T>): Promise<T> =>
    tracePhases(tracer, tellPhases(report, logger), run);
  return {
    ...engine,
    runBackup: async (run, report, signal) => {
      const record = await inPhases(report, (told) => engine.runBackup(run, told, signal));
      tellRoles(record, logger);
      if (tracer !== undefined) traceRoles(record, tracer);
      return record;
    },
    verify: (run, report, signal) => inPhases(report, (told) => engine.verify(run, told, signal)),
    copy: (run, report, signal) => inPhases(report, (told) => engine.copy(run, told, signal)),
    restore: (run, report, signal) => inPhases(report, (told) => engine.restore(run, told, signal)),
    prune: async (run, report, signal) => {
      const result = await engine.prune(run, report, signal);
      const removed = { count: result.removedBackups.length, bytes: result.bytesFreedNow };
      logger.info(run.isDryRun ? "Clean-up planned" : "Clean-up done", removed);
      return result;
    },
  };
}

/** A line for each phase and role, when it begins. */
function tellPhases(report: Report, logger: Logger): Report {
  let told = "";
  return (progress) => {
    const { phase, role } = progress;
    const now = `${phase} ${role ?? ""}`;
    if (now !== told) logger.info("Step begun", { step: phase, role });
    told = now;
    report(progress);
  };
}

function tellRoles({ roles, status, storedBytes }: BackupRecord, logger: Logger): void {
  for (const role of roles) {
    const { name, status: state, plainBytes: bytes, files } = role;
    logger.info("Role ended", { role: name, state, bytes, files });
  }
  logger.info("Backup stored", { state: status, bytes: storedBytes });
}

/** Each role is a span of its own, of the time that it took. */
function traceRoles({ roles }: BackupRecord, tracer: Tracer): void {
  const parent = currentScope()?.traceParent;
  for (const { name, startedAt, endedAt, plainBytes, files, error } of roles) {
    const span = tracer.start(`role:${name}`, {
      kind: "work",
      parent,
      startedAt: Date.parse(startedAt),
      attributes: { "holdfast.role": name, "holdfast.bytes": plainBytes, "holdfast.files": files },
    });
    span.end({ endedAt: Date.parse(endedAt), errorCode: error?.code });
  }
}
