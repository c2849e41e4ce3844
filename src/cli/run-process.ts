import { AppError } from "../base/errors.ts";
import { systemClock } from "../base/clock.ts";
import { exitCodes } from "./exit-code.ts";
import { createOutput } from "./output.ts";
import { runCommand } from "./run-command.ts";

/** Runs what was typed and ends the process with its exit code. */
export async function runProcess(host: NodeJS.Process): Promise<void> {
  const typed = host.argv.slice(2);
  const { stdin } = host;
  const output = createOutput(host, {
    isJson: isJsonWanted(typed),
    isPlain: (host.env["NO_COLOR"] ?? "") !== "" || host.env["TERM"] === "dumb",
  });
  const { signal } = stopOnSignals(host, (line) => output.say(line));
  const code = await runCommand(typed, {
    environment: host.env,
    output,
    stdin,
    clock: systemClock,
    signal,
  });
  output.draw("");
  await Promise.all([drain(host.stdout), drain(host.stderr)]);
  host.exit(code);
}

/** Known before the rest is parsed, so that mistakes in the rest are told in the wanted format as well. */
function isJsonWanted(typed: readonly string[]): boolean {
  const end = typed.indexOf("--");
  const options = end === -1 ? typed : typed.slice(0, end);
  return options.some(
    (word, at) => word === "--output=json" || (word === "--output" && options[at + 1] === "json"),
  );
}

/** The first signal asks the command to stop in order; the second ends the process at once. */
function stopOnSignals(host: NodeJS.Process, say: (line: string) => void): AbortController {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    host.on(name, () => {
      if (controller.signal.aborted) host.exit(exitCodes.interrupted);
      say("Stopping; once more ends at once");
      controller.abort(new AppError("Canceled", "Stopped on request"));
    });
  }
  return controller;
}

/** Resolves when what was written has left the process, or nobody reads it. */
function drain(stream: NodeJS.WriteStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (!stream.writable) return Promise.resolve();
  stream.once("error", () => resolve());
  stream.write("", () => resolve());
  return promise;
}
