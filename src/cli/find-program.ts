import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A program of ours that is not the command line: the source where we run from source, the built file otherwise. */
export function findProgram(name: "main" | "check-installation"): string {
  const source = fileURLToPath(new URL(`../${name}.ts`, import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL(`../${name}.js`, import.meta.url));
}
