// Compiles src/engine/chunker.wat into src/engine/chunker-wasm.ts. With `--check` it writes nothing
// and fails when the generated file does not match its source.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import loadWabt from "wabt";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const source = "src/engine/chunker.wat";
const target = "src/engine/chunker-wasm.ts";

function readIfPresent(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function generate() {
  const wabt = await loadWabt();
  const module = wabt.parseWat(source, readFileSync(join(root, source), "utf8"));
  module.validate();
  const base64 = Buffer.from(module.toBinary({}).buffer).toString("base64");
  module.destroy();
  return (
    `// Generated from ${source} by .config/build-wasm.mjs: change that, not this.\n\n` +
    `/** The chunker's WebAssembly module, base64. */\n` +
    `export const chunkerWasm: string =\n  "${base64}";\n`
  );
}

const text = await generate();
if (!process.argv.includes("--check")) {
  writeFileSync(join(root, target), text);
} else if (readIfPresent(join(root, target)) !== text) {
  process.stderr.write(
    `${target} is stale: run \`node .config/build-wasm.mjs\` and commit the result\n`,
  );
  process.exitCode = 1;
}
