import { joinFields } from "./derive.ts";

/** What wrapped and sealed things are bound to, so that none passes for another. */

export function epochBinding(repositoryId: string, epochId: string): Uint8Array {
  return joinFields("holdfast epoch v1", repositoryId, epochId);
}

export function dataKeyBinding(
  repositoryId: string,
  epochId: string,
  dataKeyId: string,
): Uint8Array {
  return joinFields("holdfast data key v1", repositoryId, epochId, dataKeyId);
}

export function manifestBinding(
  repositoryId: string,
  epochId: string,
  backupId: string,
): Uint8Array {
  return joinFields("holdfast manifest v1", repositoryId, epochId, backupId);
}
