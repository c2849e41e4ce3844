#!/usr/bin/env node
// Runs a script of this project with the pinned Node, installing the locked packages first when they
// are missing or stale. Plain JavaScript for any Node from 18 on: it is the first thing that runs on a
// fresh clone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const minimumNode = [24, 12];

function isInstalled(stamp, wanted) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
}

function install() {
  const stamp = join(root, "node_modules", ".holdfast-lock");
  const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
  if (isInstalled(stamp, lock)) return;
  process.stderr.write("Installing the locked packages (npm ci) …\n");
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) {
    process.stderr.write("Cannot install the packages: see the npm messages above\n");
    process.exit(npm.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

function isSuitable() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1]);
}

function pinnedNode() {
  const pinned = join(root, "node_modules", ".bin", "node");
  if (existsSync(pinned)) return pinned;
  if (isSuitable()) return process.execPath;
  process.stderr.write(
    `Cannot run: Node ${minimumNode.join(".")} or newer is needed, this is ${process.versions.node}, ` +
      "and no pinned Node exists for this platform. Install Node 24 and try again\n",
  );
  process.exit(1);
}

install();
const [script, ...args] = process.argv.slice(2);
const node = pinnedNode();
const child = spawnSync(node, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
  cwd: process.env.INIT_CWD && script.startsWith("src/") ? process.env.INIT_CWD : root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` },
});
if (child.signal) process.kill(process.pid, child.signal);
process.exit(child.status ?? 1);
