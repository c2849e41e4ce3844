import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** Version of the package this program belongs to. */
export const programVersion: string = readVersion();

/** The nearest there is: in the built program this becomes part of files in several folders. */
function readVersion(): string {
  const file = findPackageJSON(import.meta.url) ?? "";
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return version;
}
