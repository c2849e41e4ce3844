import { readFileSync } from "node:fs";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, OptionSpecs } from "../command.ts";

export const tokenOptions: OptionSpecs = {
  "token-file": { summary: "File with the token to sign in; or HOLDFAST_TOKEN", value: "FILE" },
};

/**
 * The token that signs the caller in, from a file or the environment: never from an argument, which others on the
 * machine can read. Undefined when none is given.
 */
export function readToken(args: Arguments, { environment }: Cli): string | undefined {
  const file = args.text("token-file");
  const given = file === undefined ? environment["HOLDFAST_TOKEN"] : readTokenFile(file);
  const token = given?.trim();
  if (token === undefined || token === "") return undefined;
  // What it is instead is not said: it may be another secret.
  if (!/^[\w~+/.=-]+$/.test(token)) throw usageError("The token is none: get one of your issuer");
  return token;
}

/** Refuses to let a token cross the network in the clear. */
export function checkTokenTravel(url: URL, isLoopback: boolean): void {
  if (url.protocol === "https:" || isLoopback) return;
  throw usageError(`The token would travel to "${url.origin}" in the clear: use https`);
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code = "EIO" } = cause as NodeJS.ErrnoException;
    throw usageError(`Cannot read the token file "${file}" (${code}): check the name`);
  }
}
