import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { withTempFolder } from "./temp-folder.ts";

/** Whether other processes can be traced here; otherwise the reason for leaving a test out. */
export const cannotTrace: string | false =
  spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0 ? false : "strace cannot be used";

/**
 * What a running server and the sessions it starts meanwhile flush below a folder, as the kernel sees it: paths relative to
 * the folder, "" for itself, in order.
 */
export function traceFlushes(
  pid: number,
  folder: string,
  action: () => Promise<void>,
): Promise<string[]> {
  return withTempFolder(async (scratch) => {
    const file = join(scratch, "trace");
    const traced = ["-f", "-y", "-e", "trace=fsync,fdatasync", "-o", file, "-p", String(pid)];
    const strace = spawn("strace", traced, { stdio: ["ignore", "ignore", "pipe"] });
    const ended = once(strace, "exit");
    try {
      await untilAttached(strace.stderr);
      await action();
    } finally {
      strace.kill("SIGINT");
      await ended;
    }
    const lines = (await readFile(file, "utf8")).split("\n");
    return lines
      .map((line) => /f(?:data)?sync\(\d+<([^>]*)>/.exec(line)?.[1] ?? "")
      .filter((path) => path === folder || path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));
  });
}

/** The folders of two packs and a lock were flushed after all that is in them, and the store's own at last. */
export function assertFromBelow(flushed: readonly string[], root: string): void {
  const at = (folder: string): number => flushed.lastIndexOf(folder);
  for (const below of ["data/aa", "data/bb"].map((name) => `${root}/${name}`)) {
    assert.ok(at(below) >= 0, `${below} is not in ${flushed.join()}`);
    assert.ok(at(below) < at(`${root}/data`), flushed.join());
  }
  for (const name of ["data", "locks"]) {
    assert.ok(at(`${root}/${name}`) >= 0, `${name} is not in ${flushed.join()}`);
    assert.ok(at(`${root}/${name}`) < at(root), flushed.join());
  }
}

/** Reads on afterwards: strace ends when nobody does. */
function untilAttached(errors: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = "";
    errors.on("data", (piece: Buffer) => {
      text += piece.toString();
      if (text.includes("attached")) resolve();
    });
    errors.on("end", () => reject(new Error(`strace ended: ${text}`)));
  });
}
