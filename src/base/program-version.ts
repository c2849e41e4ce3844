import { readFileSync } from "node:fs";

/** Version of the package this program belongs to. */
export const programVersion: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
