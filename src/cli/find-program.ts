import { fileURLToPath } from "node:url";
import { programFile } from "../base/program-file.ts";

/** A program of ours that is not the command line: the source where we run from source, the built file otherwise. */
export function findProgram(name: "main" | "check-installation"): string {
  return fileURLToPath(programFile(name));
}
