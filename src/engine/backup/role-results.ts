import type { BackupRecord, RoleResult } from "../model.ts";

/** All succeeded; some did; or a required one or all failed. */
export function foldStatus(roles: readonly RoleResult[]): BackupRecord["status"] {
  const isGood = (role: RoleResult): boolean =>
    role.status === "Succeeded" || (role.status === "Skipped" && !role.required);
  const isLost = (role: RoleResult): boolean => role.required && role.status === "Failed";
  if (roles.every(isGood)) return "Succeeded";
  const hasContent = roles.some(
    (role) => role.status === "Succeeded" || role.status === "PartialSucceeded",
  );
  return hasContent && !roles.some(isLost) ? "PartialSucceeded" : "Failed";
}

/** Every role that rebuilding needs is whole. */
export function isRecoveryReady(roles: readonly RoleResult[]): boolean {
  const essential = roles.filter((role) => role.essential);
  return essential.length > 0 && essential.every((role) => role.status === "Succeeded");
}
