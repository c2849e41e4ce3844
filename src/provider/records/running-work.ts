import { AppError } from "../../base/errors.ts";
import type { RunningWork } from "../model.ts";

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
