import { armError } from "../arm/errors.ts";
import { AppError } from "../base/errors.ts";
import type { VerifySubset } from "../engine/model.ts";

/** The refusals of the provider, worded once. Each says what to do. */

/** 404 of a resource. */
export function resourceNotFound(id: string): Error {
  return armError("ResourceNotFound", `Resource "${id}" does not exist: check the id`, {
    target: id,
  });
}

/** 404 of the resource an action or list hangs under. */
export function parentNotFound(id: string): Error {
  return armError("ParentResourceNotFound", `Resource "${id}" does not exist: create it first`, {
    target: id,
  });
}

/** 400: a resource stays in its region. */
export function regionChanged(current: string, asked: string): Error {
  return armError(
    "InvalidResourceLocation",
    `The location cannot change from "${current}" to "${asked}": send "${current}"`,
    { target: "location" },
  );
}

/** 400: only the service writes this. */
export function readOnlyChanged(path: string): Error {
  return armError(
    "PropertyChangeNotAllowed",
    `Property "${path}" is read-only: leave it out or send it as it was read`,
    { target: path },
  );
}

/** 400 of a number, in the words of the schema that judges those of other api-versions. */
export function outOfBounds(name: string, least: number, most: number): Error {
  return armError("InvalidProperty", `Property "${name}" must be between ${least} and ${most}`, {
    target: name,
  });
}

/** 400 of `$top` and `$skip`. */
export function badQuery(name: string, rule: string): Error {
  return armError("InvalidQueryParameter", `Query parameter "${name}" must be ${rule}`, {
    target: name,
  });
}

/** 400: what we do not do at all. */
export function moveNotSupported(): Error {
  return armError(
    "ResourceMoveNotSupported",
    "Backup locations cannot move to another group or subscription: create one there over the same store and delete this one",
    { target: "resources" },
  );
}

/** 409: another write holds the location. */
export function busy(id: string, doing: string): AppError {
  return new AppError(
    "AnotherOperationInProgress",
    `The location is being ${doing}: wait for that operation to end, then repeat the request`,
    { target: id, retryable: true },
  );
}

/** 404 of a backup. */
export function backupNotFound(id: string): AppError {
  return new AppError(
    "BackupNotFound",
    `Backup "${id}" does not exist: list the backups of its location`,
    { target: id },
  );
}

/** 400: a part beyond the count of parts. */
export function badSubset({ part, of }: VerifySubset): AppError {
  return new AppError(
    "InvalidArgument",
    `There is no part ${part} of ${of}: name a part from 1 to their count`,
    { target: "subset" },
  );
}
