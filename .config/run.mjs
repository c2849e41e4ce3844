#!/usr/bin/env node
// Runs a script of this project with the pinned Node, installing the locked packages first when they
// are missing or stale. Plain JavaScript for any Node from 18 on: it is the first thing that runs on a
// fresh clone.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const minimumNode = [24, 12];

const [script, ...scriptArguments] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write("Usage: node .config/run.mjs <script> [arguments]\n");
  process.exit(2);
}
installPackages();
runScript(findNode());

function installPackages() {
  const stamp = join(root, "node_modules", ".holdfast-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  process.stderr.write("Installing the locked packages (npm ci) …\n");
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) {
    process.stderr.write("Cannot install the packages: see the npm messages above\n");
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

function findNode() {
  const pinned = join(root, "node_modules", ".bin", "node");
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) {
    return process.execPath;
  }
  process.stderr.write(
    `Cannot run: Node ${minimumNode.join(".")} or newer is needed, this is ` +
      `${process.versions.node}, and no pinned Node exists for this platform. ` +
      "Install Node 24 and try again\n",
  );
  process.exit(1);
}

function runScript(node) {
  // What is typed at the prompt may name files relative to the caller's folder; tools work from the root.
  const callerFolder = script.startsWith("src/") ? process.env.INIT_CWD : undefined;
  const child = spawn(
    node,
    ["--disable-warning=ExperimentalWarning", join(root, script), ...scriptArguments],
    {
      cwd: callerFolder ?? root,
      stdio: "inherit",
      env: {
        // TypeScript stripped once serves every later process and worker thread.
        NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"),
        ...process.env,
        PATH: dirname(node) + delimiter + (process.env.PATH ?? ""),
      },
    },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well: a second one would ask it to stop at once.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  child.on("error", (error) => {
    process.stderr.write(`Cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on("close", (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}
