// Emits the program as JavaScript into dist/, for installations: Node does not run TypeScript from
// node_modules. Everything else in src (WebAssembly, pages, styles) is copied beside it.
import { spawnSync } from "node:child_process";
import { cpSync, globSync, rmSync } from "node:fs";
import { join } from "node:path";

rmSync("dist", { recursive: true, force: true });
const compiler = spawnSync(
  process.execPath,
  ["node_modules/typescript-native/bin/tsc", "-p", ".config/tsconfig.build.json"],
  { stdio: "inherit" },
);
if (compiler.status !== 0) process.exit(1);

const assets = globSync("**/*.*", { cwd: "src", withFileTypes: false }).filter(
  (name) => !/\.(ts|md)$/.test(name),
);
for (const name of assets) cpSync(join("src", name), join("dist", name));
console.log(`Built dist/ (${assets.length} other files copied)`);
