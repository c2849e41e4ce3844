import type { VerifySubset } from "../engine/model.ts";
import { usageError } from "./arguments.ts";
import type { Arguments, OptionSpecs } from "./command.ts";

/** The option of commands that may check a part at a time. */
export const subsetOption: OptionSpecs = {
  subset: { summary: "Read only part n of t of the content: 1/7, 2/7, …", value: "n/t" },
};

/** The part that was asked for; undefined for all. */
export function readSubset(args: Arguments): VerifySubset | undefined {
  const text = args.text("subset");
  if (text === undefined) return undefined;
  const [, part, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (part !== undefined && Number(part) <= Number(of))
    return { part: Number(part), of: Number(of) };
  throw usageError('Option "--subset" must be a part and their count, e.g. 1/7');
}
