import { AppError } from "../../base/errors.ts";
import { isFolderName } from "../format/manifest.ts";
import type { RoleResult } from "../model.ts";
import type { BackupOptions } from "./options.ts";

/** Each role is restored into a folder of its name. */
export function requireRoleNames({ roles }: BackupOptions): void {
  const names = new Set<string>();
  for (const { name } of roles) {
    if (!isFolderName(name) || names.has(name))
      throw new AppError(
        "InvalidConfiguration",
        `Cannot back up a role named "${name.slice(0, 80)}": names must be unique and fit for a folder`,
        { target: name },
      );
    names.add(name);
  }
}

/** Nothing at all is a failure, and says why each role gave nothing. */
export function requireSomething(roles: readonly RoleResult[]): void {
  if (roles.some((role) => role.status === "Succeeded" || role.status === "PartialSucceeded"))
    return;
  const causes = roles.map((role) => `role "${role.name}": ${role.error?.message ?? role.status}`);
  const code = roles.length === 1 ? roles[0]?.error?.code : undefined;
  throw new AppError(
    code === "SourceTimeout" || code === "SourceUnavailable" || code === "SourceFailed"
      ? code
      : "NothingBackedUp",
    `No role could be backed up: ${causes.join("; ") || "no roles are configured"}`,
  );
}
