import { AppError } from "../../base/errors.ts";
import { parsePackName } from "../format/object-names.ts";
import type { VerifySubset } from "../model.ts";

/** Whether this run reads an object: packs are dealt out by the first bytes of their ids, all else is always read. */
export function isInSubset(name: string, subset: VerifySubset | undefined): boolean {
  if (subset === undefined) return true;
  const packId = parsePackName(name);
  return packId === undefined || parseInt(packId.slice(0, 8), 16) % subset.of === subset.part - 1;
}

/** Throws `InvalidArgument` for a part that is none. */
export function requireSubset(subset: VerifySubset | undefined): void {
  if (subset === undefined) return;
  const { part, of } = subset;
  if (Number.isSafeInteger(part) && Number.isSafeInteger(of) && part >= 1 && part <= of) return;
  throw new AppError(
    "InvalidArgument",
    `Cannot verify part ${part} of ${of}: parts are whole numbers from 1 to their count`,
    { target: "subset" },
  );
}
