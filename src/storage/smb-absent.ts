import { status } from "./smb/status.ts";

/** How servers say that nothing, or nothing of that kind, has a name. */
export const absentStatuses: readonly number[] = [
  status.objectNameNotFound,
  status.objectPathNotFound,
  status.noSuchFile,
  status.notADirectory,
  status.fileIsADirectory,
  status.deletePending,
];
