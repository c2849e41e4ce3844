import { AppError } from "../../base/errors.ts";
import { isFolderName, type TreeRoot } from "../format/manifest.ts";
import type { OpenedBackup } from "../open-backup.ts";

/** Roots of the named roles, or of all; every name in the backup must be that of one folder of its own. */
export function selectRoles(backup: OpenedBackup, names: readonly string[]): readonly TreeRoot[] {
  for (const { role } of backup.roots) requireFolderName(role);
  if (new Set(backup.roots.map(({ role }) => role)).size < backup.roots.length)
    throw new AppError(
      "UnsafePath",
      "The backup holds two roles of one name, which would be restored into one folder: nothing was restored",
    );
  for (const name of names) {
    if (backup.roots.some((root) => root.role === name)) continue;
    const known = backup.roots.map((root) => `"${root.role}"`).join(", ");
    throw new AppError(
      "RoleNotFound",
      `The backup holds no role "${name}": it holds ${known || "none"}`,
      { target: name },
    );
  }
  return names.length === 0
    ? backup.roots
    : backup.roots.filter((root) => names.includes(root.role));
}

function requireFolderName(role: string): void {
  if (isFolderName(role)) return;
  throw new AppError(
    "UnsafePath",
    `The backup holds a role named ${JSON.stringify(role.slice(0, 80))}, which is no folder name: nothing was restored`,
  );
}
