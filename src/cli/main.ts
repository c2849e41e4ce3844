#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { startEarlyThreads } from "./early-threads.ts";

// Compiled code is kept in the caller's own cache folder (never in a shared one, where somebody else could
// plant it): a command starts in half of the time.
const cacheHome = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
process.env["NODE_COMPILE_CACHE"] ??= join(cacheHome, "holdfast", "compile");
enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
startEarlyThreads(process.argv.slice(2));

const { runProcess } = await import("./run-process.ts");
await runProcess(process);
