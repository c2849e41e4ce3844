import { AppError } from "../base/errors.ts";

/** What a shared access signature says about itself; the service decides, this only speaks earlier and clearer. */
export interface SasToken {
  /** Query without `?`. Secret. */
  readonly query: string;
  readonly canWrite: boolean;
  readonly canRemove: boolean;
}

const field = "sasToken";

/**
 * Reads a shared access signature for a container or an account. Throws `StoreAccountProblem` when it has
 * expired or is not valid yet, `StoreAuthRefused` when it cannot read and list, or not write where that is needed.
 */
export function parseSasToken(text: string, now: number, needsWrite: boolean): SasToken {
  const query = text.trim().replace(/^\?/, "");
  if (query.length > 4096 || !/^[\x21-\x7e]+$/.test(query)) throw malformed("it is not a query");
  const values = new URLSearchParams(query);
  for (const name of ["sig", "sv"]) {
    if (values.get(name) === null) throw malformed(`it has no part "${name}="`);
  }
  checkTimes(values, now);
  checkScope(values);
  const rights = values.get("sp");
  // Rights, start and end may be in a policy stored with the container (`si`): only the service knows them.
  if (rights === null) {
    if (values.get("si") === null) throw malformed(`it has no part "sp="`);
    return { query, canWrite: true, canRemove: true };
  }
  checkRights(rights, needsWrite);
  return { query, canWrite: rights.includes("w"), canRemove: rights.includes("d") };
}

function checkTimes(values: URLSearchParams, now: number): void {
  const end = readTime(values.get("se"));
  const start = readTime(values.get("st"));
  if (end === undefined && values.get("si") === null) throw malformed(`it has no end ("se=")`);
  if (end !== undefined && end <= now) {
    const message = `Cannot use the shared access signature: it expired at ${new Date(end).toISOString()}; make a new one and give it to the location`;
    throw new AppError("StoreAccountProblem", message, { target: field, nativeCode: "SasExpired" });
  }
  if (start !== undefined && start > now) {
    const message = `Cannot use the shared access signature: it is valid from ${new Date(start).toISOString()} only; wait, compare the clocks, or make a new one`;
    throw new AppError("StoreAccountProblem", message, { target: field, nativeCode: "SasNotYet" });
  }
}

function checkScope(values: URLSearchParams): void {
  const resource = values.get("sr");
  const isContainer = resource === "c";
  const isAccount =
    resource === null &&
    (values.get("ss") ?? "").includes("b") &&
    ["c", "o"].every((type) => (values.get("srt") ?? "").includes(type));
  if (isContainer || isAccount) return;
  throw new AppError(
    "StoreAuthRefused",
    `Cannot use the shared access signature: it is not for a whole container; make one for the container (sr=c) with read, create, write and list`,
    { target: field },
  );
}

function checkRights(rights: string, needsWrite: boolean): void {
  const needed = needsWrite ? ["r", "w", "l"] : ["r", "l"];
  const missing = needed.filter((right) => !rights.includes(right));
  if (missing.length === 0) return;
  throw new AppError(
    "StoreAuthRefused",
    `Cannot use the shared access signature: it lacks the rights "${missing.join("")}"; make one with sp=rcwl (add d to let Holdfast remove old backups)`,
    { target: field },
  );
}

/** Date or time of ISO 8601 in UTC, as the service reads it. */
function readTime(text: string | null): number | undefined {
  if (text === null) return undefined;
  const time = Date.parse(text);
  if (!Number.isFinite(time)) throw malformed("it has a time that is none");
  return time;
}

/** Says nothing of the text: it is a secret. */
function malformed(why: string): AppError {
  return new AppError(
    "InvalidArgument",
    `Cannot use the shared access signature: ${why}; copy the whole text from "sv=" or "sp=" to the end of "sig="`,
    { target: field },
  );
}
