import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { findProgram } from "../find-program.ts";

export const serve: Command = {
  name: "serve",
  summary: "Runs the service until it is told to stop",
  examples: [["With your settings", "holdfast serve --config holdfast.yaml"]],
  options: { config: { summary: "Settings of the service", value: "FILE" } },
  run: runServe,
};

/** The service is a program of its own: signals go on to it, and its exit code is ours. */
function runServe(args: Arguments, cli: Cli): Promise<ExitCode> {
  const config = args.text("config");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", findProgram("main")].concat(
      config === undefined ? [] : ["--config", config],
    ),
    { stdio: "inherit" },
  );
  const { promise, resolve, reject } = Promise.withResolvers<ExitCode>();
  cli.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  child.on("error", reject);
  child.on("close", (code, signal) => {
    const exit = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    resolve(isStopped(exit, cli) ? exitCodes.done : (exit as ExitCode));
  });
  return promise;
}

/** Being stopped on request is how a service ends well. */
function isStopped(exit: number, cli: Cli): boolean {
  return exit === 0 || (cli.signal.aborted && exit === 128 + constants.signals.SIGTERM);
}
