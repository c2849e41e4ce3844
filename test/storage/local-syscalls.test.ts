import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { withTempFolder } from "../support/temp-folder.ts";

const child = fileURLToPath(new URL("../support/store-child.ts", import.meta.url));
const calls = "openat,write,pwrite64,fsync,fdatasync,close,link,linkat,mkdir,mkdirat";
const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

describe("local store as the kernel sees it", () => {
  it(
    "flushes bytes before the name and the folder after it",
    { skip: canTrace ? false : "strace cannot be used here" },
    () =>
      withTempFolder(async (path) => {
        const folder = join(path, "store");
        await mkdir(folder);
        const seen = await traceCalls(join(path, "trace"), folder);
        assertOrder(seen, [
          /^mkdir(at)?\(.*holdfast\/data"/,
          /^fsync\(\d+<holdfast>/,
          /^mkdir(at)?\(.*holdfast\/data\/aa"/,
          /^fsync\(\d+<holdfast\/data>/,
          /^openat\(.*holdfast\/\.parts\/[^"]+", O_WRONLY\|O_CREAT\|O_EXCL\|O_NOFOLLOW/,
          /^p?write(64)?\(\d+<holdfast\/\.parts\/[^>]+>.* = 100000$/,
          /^fdatasync\(\d+<holdfast\/\.parts\/[^>]+>/,
          /^close\(\d+<holdfast\/\.parts\/[^>]+>/,
          /^link(at)?\(.*holdfast\/\.parts\/[^"]+".*holdfast\/data\/aa\/pack"/,
          /^fsync\(\d+<holdfast\/data\/aa>/,
        ]);
      }),
  );
});

/** The calls that one put makes below the folder, with paths relative to it, in the order of their starts. */
async function traceCalls(file: string, folder: string): Promise<string[]> {
  const traced = ["-f", "-y", "-s", "4", "-e", `trace=${calls}`, "-o", file];
  const args = [...traced, process.execPath, child, "put-one", folder];
  const { status, stderr } = spawnSync("strace", args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines
    .filter((line) => line.includes(`${folder}/`))
    .map((line) => line.replace(/^\d+\s+/, "").replaceAll(`${folder}/`, ""));
}

/** Each pattern is met after the one before it. */
function assertOrder(seen: readonly string[], patterns: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of patterns) {
    const at = seen.findIndex((line, index) => index >= from && pattern.test(line));
    assert.ok(at >= 0, `no ${String(pattern)} after call ${from} of:\n${seen.join("\n")}`);
    from = at + 1;
  }
}
