// For the tests whose coverage is counted: gives every process and worker thread TypeScript that was stripped once.
// Node keeps stripped code only together with compiled code, and of that V8 counts the branches less exactly.
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

const folder = process.env.STRIPPED_FOLDER;
const root = new URL("../", import.meta.url).href;

registerHooks({
  load: (url, context, next) =>
    url.startsWith(root) && url.endsWith(".ts") && !url.includes("/node_modules/")
      ? { format: "module", source: strip(url), shortCircuit: true }
      : next(url, context),
});

function strip(url) {
  const kept = join(folder, createHash("sha256").update(url).digest("hex"));
  try {
    return readFileSync(kept, "utf8");
  } catch {
    const code = stripTypeScriptTypes(readFileSync(new URL(url), "utf8"));
    const part = `${kept}.${process.pid}.${threadId}`;
    writeFileSync(part, code);
    renameSync(part, kept);
    return code;
  }
}
