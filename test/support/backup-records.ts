import type { BackupRecord } from "../../src/engine/model.ts";
import { backupIdOf, someDeployment } from "./a-repository.ts";

/** A record of a sound backup; its sequence is its number unless told otherwise. */
export function aRecord(number: number, changes: Partial<BackupRecord> = {}): BackupRecord {
  return {
    backupId: backupIdOf(number),
    repositoryId: backupIdOf(0),
    epochId: "0".repeat(32),
    sequence: number,
    status: "Succeeded",
    createdAt: "2026-01-01T00:00:00.000Z",
    endedAt: "2026-01-01T00:10:00.000Z",
    isAutomatic: true,
    isCloudRecoveryReady: true,
    deployment: someDeployment,
    recipients: [],
    roles: [],
    plainBytes: 1,
    newBytes: 1,
    storedBytes: 1,
    manifestHash: "0".repeat(64),
    signature: "trusted",
    ...changes,
  };
}
