import type { Clock } from "../base/clock.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Output } from "./output.ts";

/** One command: what it is called, what it takes and what it does. */
export interface Command {
  /** The words after `holdfast`, e.g. `repo backup`. */
  readonly name: string;
  readonly summary: string;
  /** What stands after the name and how many there may be; none when absent. */
  readonly positionals?: { readonly usage: string; readonly min: number; readonly max: number };
  /** Commands as they are typed, each with what it is for. */
  readonly examples: readonly (readonly [purpose: string, command: string])[];
  readonly options: OptionSpecs;
  run(args: Arguments, cli: Cli): Promise<ExitCode>;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface OptionSpec {
  readonly summary: string;
  /** Name of the value it takes; a switch when absent. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly multiple?: boolean;
}

/** What was typed after a command's name, checked against what the command takes. */
export interface Arguments {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  /** The value, or a usage error that names the option. */
  requireText(name: string): string;
  texts(name: string): readonly string[];
  integer(name: string, min: number, max: number): number | undefined;
}

/** What a command is given of the process it runs in. */
export interface Cli {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  readonly stdin: NodeJS.ReadStream;
  readonly clock: Clock;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}
