import { parseArgs } from "node:util";
import { AppError } from "../base/errors.ts";
import type { Arguments, Command, OptionSpec, OptionSpecs } from "./command.ts";
import { findNearest } from "./find-nearest.ts";

/** Options that every command takes. */
export const commonOptions: OptionSpecs = {
  output: {
    summary: "Text for people or JSON for programs, on standard output",
    value: "FORMAT",
    choices: ["text", "json"],
  },
  debug: { summary: "On failure, also print where it arose" },
  help: { summary: "Show this help" },
};

/** Reads what was typed; throws `InvalidArgument` with the nearest known option or what is missing. */
export function parseArguments(command: Command, typed: readonly string[]): Arguments {
  const specs = { ...commonOptions, ...command.options };
  const { tokens } = parseArgs({
    args: [...typed],
    options: toParseOptions(specs),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") addOption(specs, values, token.name, token.rawName, token.value);
  }
  if (!values.has("help")) checkPositionals(command, positionals);
  return createArguments(positionals, values);
}

/** The error of a mistake in what was typed. */
export function usageError(message: string): AppError {
  return new AppError("InvalidArgument", message);
}

function toParseOptions(
  specs: OptionSpecs,
): Record<string, { type: "string" | "boolean"; short?: string; multiple: boolean }> {
  const entries = Object.entries(specs).map(([name, spec]) => {
    const type = spec.value === undefined ? ("boolean" as const) : ("string" as const);
    return [name, { type, multiple: true, ...(name === "help" ? { short: "h" } : {}) }] as const;
  });
  return Object.fromEntries(entries);
}

function addOption(
  specs: OptionSpecs,
  values: Map<string, string[]>,
  name: string,
  rawName: string,
  value: string | undefined,
): void {
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) {
    const known = Object.keys(specs).map((key) => `--${key}`);
    const nearest = findNearest(rawName, known);
    const hint = nearest === undefined ? "see --help" : `did you mean "${nearest}"`;
    throw usageError(`Unknown option "${rawName}": ${hint}`);
  }
  checkValue(spec, rawName, value);
  const given = values.get(name) ?? [];
  if (given.length > 0 && spec.multiple !== true && spec.value !== undefined) {
    throw usageError(`Option "${rawName}" is given twice: give it once`);
  }
  values.set(name, [...given, value ?? ""]);
}

function checkValue(spec: OptionSpec, rawName: string, value: string | undefined): void {
  if (spec.value === undefined) {
    if (value === undefined) return;
    throw usageError(`Option "${rawName}" takes no value: leave out what follows "="`);
  }
  if (value === undefined || value === "") {
    throw usageError(`Option "${rawName}" needs a value: ${rawName} ${spec.value}`);
  }
  if (spec.choices === undefined || spec.choices.includes(value)) return;
  throw usageError(`Option "${rawName}" cannot be "${value}": use ${spec.choices.join(" or ")}`);
}

function checkPositionals(command: Command, positionals: readonly string[]): void {
  const { usage, min, max } = command.positionals ?? { usage: "", min: 0, max: 0 };
  if (positionals.length < min) {
    throw usageError(`"holdfast ${command.name}" needs ${usage}: see --help`);
  }
  if (positionals.length <= max) return;
  const extra = positionals[max] ?? "";
  throw usageError(`"holdfast ${command.name}" cannot take "${extra}": see --help`);
}

function createArguments(
  positionals: readonly string[],
  values: ReadonlyMap<string, readonly string[]>,
): Arguments {
  const text = (name: string): string | undefined => values.get(name)?.at(-1);
  return {
    positionals,
    text,
    flag: (name) => values.has(name),
    texts: (name) => values.get(name) ?? [],
    requireText: (name) => {
      const value = text(name);
      if (value === undefined) throw usageError(`Option "--${name}" is missing: see --help`);
      return value;
    },
    integer: (name, min, max) => {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (/^\d+$/.test(value) && number >= min && number <= max) return number;
      throw usageError(`Option "--${name}" must be a whole number from ${min} to ${max}`);
    },
  };
}
