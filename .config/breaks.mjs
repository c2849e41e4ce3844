// npm run breaks [-- <numbers>]: breaks the rules of specs/lessons.md in a copy of the product, one at a time, and sees
// that the tests named there notice. Only the lessons with these numbers, else all. Takes many minutes; not part of CI.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brokenRules } from "../test/support/broken-rules.ts";

/** A test that takes longer hangs: that counts as noticed. */
const longestMs = 600_000;

const numbers = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "holdfast-breaks-"));
let missed = 0;
try {
  for (const name of ["package.json", "tsconfig.json", "src", "specs", "test", "deploy"])
    cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  for (const rule of brokenRules)
    if (numbers.length === 0 || numbers.includes(rule.lesson)) await tryRule(rule);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(missed === 0 ? "Every break was noticed" : `${missed} not noticed`);
process.exitCode = missed === 0 ? 0 : 1;

async function tryRule(rule) {
  const path = join(folder, rule.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replace(rule.from, () => rule.to),
  );
  const { code, failures } = await runTest(rule);
  writeFileSync(path, text);
  if (code === 0) missed += 1;
  const how = code === 0 ? "NOT NOTICED" : "noticed";
  console.log(`${rule.lesson} ${how} by ${rule.test} "${rule.title}": ${rule.file}`);
  for (const line of failures.slice(0, 4)) console.log(`    ${line}`);
}

/** Its exit code, 0 also where no test has the title, and what its failures say. */
async function runTest({ test, title }) {
  const pattern = title.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const child = spawn(
    process.execPath,
    [`--test-name-pattern=${pattern}`, "--test-reporter=tap", `test/${test}.test.ts`],
    {
      cwd: folder,
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, ".cache") },
      stdio: ["ignore", "pipe", "inherit"],
      timeout: longestMs,
      killSignal: "SIGKILL",
    },
  );
  const code = new Promise((done) => child.on("exit", (status) => done(status ?? 1)));
  const failures = [];
  let isTold = false;
  let rest = "";
  for await (const piece of child.stdout.setEncoding("utf8")) {
    const lines = `${rest}${piece}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (isTold || /^ *(?:not ok|error:)/.test(line)) failures.push(line.trim());
      // A message of several lines begins below its name.
      isTold = /^ *error: \|-$/.test(line);
    }
  }
  return { code: await code, failures };
}
