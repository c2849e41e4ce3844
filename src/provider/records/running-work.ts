import { AppError } from "../../base/errors.ts";
import type { BackupLocation, RunningWork } from "../model.ts";

/** The location as new work holds it, or nothing for work that changes its settings. */
export interface Hold {
  readonly location: BackupLocation;
  /** For the job's payload: the clean-up whose end it waits for. */
  readonly wait: { readonly after?: string };
}

/** Takes a location over from the service's own clean-up, or from nobody. The caller asks that to stop after its commit. */
export function holdFor(location: BackupLocation, running: RunningWork | undefined): Hold {
  const after = isCleanUp(location) ? location.running?.operationId : location.madeWay;
  const { running: _before, ...kept } = location;
  return {
    location: {
      ...kept,
      ...(running === undefined ? {} : { running }),
      ...(after === undefined ? {} : { madeWay: after }),
    },
    wait: after === undefined ? {} : { after },
  };
}

/** Whether all that holds the location is a clean-up that nobody asked for. */
export function isCleanUp({ running }: Pick<BackupLocation, "running">): boolean {
  return running?.isAutomatic === true;
}

/** The refusal while a backup, restore, verify, prune or copy holds the location. */
export function conflictOfRunning(running: RunningWork, id: string): AppError {
  const options = { target: id, retryable: true };
  switch (running.kind) {
    case "backup":
      return new AppError(
        "BackupInProgress",
        `Backup "${running.operationId}" of this location is running: wait until it has ended, then repeat the request`,
        options,
      );
    case "restore":
      return new AppError(
        "RestoreInProgress",
        `A restore from this location is running (operation "${running.operationId}"): wait until it has ended, then repeat the request`,
        options,
      );
    case "verify":
      return new AppError(
        "AnotherOperationInProgress",
        `The store of this location is being verified (operation "${running.operationId}"): wait until it has ended, then repeat the request`,
        options,
      );
    case "prune":
      return new AppError(
        "AnotherOperationInProgress",
        `The store of this location is being pruned (operation "${running.operationId}"): wait until it has ended, then repeat the request`,
        options,
      );
    case "copy":
      return new AppError(
        "AnotherOperationInProgress",
        `Backups of this location are being copied (operation "${running.operationId}"): wait until it has ended, then repeat the request`,
        options,
      );
  }
}
