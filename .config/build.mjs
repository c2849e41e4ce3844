// Builds the program as JavaScript into dist/, for installations: Node does not run TypeScript from
// node_modules, and a hundred small modules take longer to load than a few large ones. Packages stay
// where npm puts them, but for the client of S3: a twentieth of it is used, and all of it takes long to load. `--out FOLDER` builds elsewhere, `--unchecked` without asking the compiler first.
import { spawnSync } from "node:child_process";
import { cpSync, globSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(root, "dist") },
    unchecked: { type: "boolean", default: false },
  },
});
const out = resolve(values.out);
const taken = "@aws-sdk/client-s3";
const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const outside = Object.keys(dependencies).filter((name) => name !== taken);

/**
 * Commands that are loaded one by one share code in every combination, each a file of its own: forty of them take a tenth
 * of a second to load. Those on repositories are loaded together, and so are the others.
 */
const groupedCommands = {
  name: "grouped commands",
  setup({ onResolve, onLoad }) {
    const resolveDir = join(root, "src/cli");
    onResolve({ filter: /^\.\/commands\// }, ({ path, kind }) => {
      if (kind !== "dynamic-import") return undefined;
      return {
        path: path.startsWith("./commands/repo-") ? "repo" : "other",
        namespace: "commands",
      };
    });
    onLoad({ filter: /./, namespace: "commands" }, ({ path }) => {
      const names = globSync("commands/*.ts", { cwd: resolveDir }).toSorted();
      const group = names.filter((name) => name.startsWith("commands/repo-") === (path === "repo"));
      return { contents: group.map((name) => `export * from "./${name}";`).join("\n"), resolveDir };
    });
  },
};

if (!values.unchecked) checkTypes();
rmSync(out, { recursive: true, force: true });
await bundle();

const assets = globSync("**/*.*", { cwd: join(root, "src") }).filter(
  (name) => !/\.(ts|md)$/.test(name),
);
for (const name of assets) cpSync(join(root, "src", name), join(out, name));
console.log(`Built ${relative(root, out)}/ (${assets.length} other files copied)`);

function checkTypes() {
  const compiler = spawnSync(
    process.execPath,
    ["node_modules/typescript-native/bin/tsc", "-p", ".config/tsconfig.build.json"],
    { cwd: root, stdio: "inherit" },
  );
  if (compiler.status !== 0) process.exit(1);
}

/** Programs and threads keep their places; what those of the service share lies in dist/chunks, as do the parts of the command. */
async function bundle() {
  const programs = ["main.ts", "check-installation.ts", "engine-process.ts"];
  const threads = globSync("{engine,roles,state}/**/*-worker.ts", { cwd: join(root, "src") });
  const outputs = {
    ...(await bundleTogether(["cli/main.ts"], true, [groupedCommands])),
    ...(await bundleTogether(programs, true)),
    // A thread has a file of its own: with a dozen small ones it starts some 50 ms later.
    ...(await bundleTogether(threads, false)),
  };
  // Files that look for others of the program count on lying one folder deep.
  const name = "src/base/program-file.ts";
  for (const [output, { inputs }] of Object.entries(outputs))
    if (name in inputs && relative(out, resolve(root, output)).split("/").length !== 2)
      throw new Error(`${name} has become part of ${output}: it must lie one folder deep`);
}

async function bundleTogether(names, splitting, plugins = []) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => join("src", name)),
    outbase: "src",
    outdir: out,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting,
    plugins,
    external: [...outside, ...outside.map((name) => `${name}/*`)],
    // Of the packages taken in: the form whose unused parts can be left out.
    mainFields: ["module", "main"],
    format: "esm",
    platform: "node",
    target: "node24",
    // Errors are told apart by the names of their classes.
    keepNames: true,
    metafile: true,
    logLevel: "warning",
  });
  return metafile.outputs;
}
