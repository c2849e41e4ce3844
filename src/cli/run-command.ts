import { isAppError, toAppError, type AppError } from "../base/errors.ts";
import { commonOptions, parseArguments, usageError } from "./arguments.ts";
import { findCommand } from "./command-table.ts";
import type { Cli } from "./command.ts";
import { exitCodeOf, exitCodes, type ExitCode } from "./exit-code.ts";
import { showCommandHelp, showGroupHelp } from "./help.ts";
import { ServiceError } from "./service-error.ts";
import { programVersion } from "../base/program-version.ts";

/** Finds and runs the command that was typed; failures become a message and an exit code. */
export async function runCommand(typed: readonly string[], cli: Cli): Promise<ExitCode> {
  try {
    return await dispatch(typed, cli);
  } catch (error) {
    return reportFailure(error, cli, typed.includes("--debug"));
  }
}

async function dispatch(typed: readonly string[], cli: Cli): Promise<ExitCode> {
  if (typed[0] === "--version") {
    cli.output.print(`holdfast ${programVersion}`);
    return exitCodes.done;
  }
  const found = findCommand(typed);
  if (found.kind === "unknown") throw usageError(found.message);
  if (found.kind === "group") {
    const wantsHelp = typed.slice(found.words).every((word) => isHelpOption(word));
    if (!wantsHelp) throw usageError(`Unknown option "${typed[found.words] ?? ""}": see --help`);
    showGroupHelp(found.group, cli.output);
    return typed.length > found.words || typed.length === 0 ? exitCodes.done : exitCodes.usage;
  }
  const command = await found.load();
  const args = parseArguments(command, typed.slice(found.words));
  if (!args.flag("help")) return command.run(args, cli);
  showCommandHelp(command, commonOptions, cli.output);
  return exitCodes.done;
}

function isHelpOption(word: string): boolean {
  return word === "--help" || word === "-h";
}

function reportFailure(cause: unknown, cli: Cli, isDebug: boolean): ExitCode {
  const error = toFailure(cause, cli.signal);
  const code = error instanceof ServiceError ? error.exitCode : exitCodeOf(error.code);
  const name = error instanceof ServiceError ? error.serviceCode : error.code;
  if (cli.output.isJson) {
    const target = error.target === undefined ? {} : { target: error.target };
    const line = { message_type: "exit_error", code, error: name, message: error.message };
    cli.output.say(JSON.stringify({ ...line, ...target }));
  } else {
    cli.output.say(`${cli.output.bold("error:")} ${error.message} (${name})`);
    if (error.code === "Internal" && !isDebug && !(error instanceof ServiceError)) {
      cli.output.say("Run again with --debug to see where it arose");
    }
  }
  if (isDebug) cli.output.say(describeStack(cause));
  return code;
}

/** An abort that surfaces as any other failure is still what the caller asked for. */
function toFailure(cause: unknown, signal: AbortSignal): AppError {
  const isAbort = cause instanceof Error && cause.name === "AbortError";
  if (signal.aborted && (isAbort || !isAppError(cause))) return toAppError(signal.reason);
  return toAppError(cause);
}

function describeStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const below = error.cause === undefined ? "" : `\ncaused by ${describeStack(error.cause)}`;
  return `${error.stack ?? error.message}${below}`;
}
