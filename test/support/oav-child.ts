import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** oav's command line, which wants to fetch a schema that lies among its own packages: nothing leaves this machine. */

interface FileReader {
  readFile: (path: string) => Promise<string>;
}

const requireOav = createRequire(createRequire(import.meta.url).resolve("oav/package.json"));
const files = requireOav("@azure-tools/openapi-tools-common/dist/libs/virtual-fs") as FileReader;
const schemas = dirname(requireOav.resolve("@autorest/schemas/package.json"));
const { readFile } = files;

files.readFile = async (path) => {
  const name = /\/autorest-schemas\/([^/]+)$/.exec(path)?.[1];
  if (name !== undefined) return readFileSync(join(schemas, name), "utf8");
  if (/^https?:/.test(path)) throw new Error(`Nothing is fetched: ${path}`);
  return readFile(path);
};

requireOav("./dist/cli.js");
