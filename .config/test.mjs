// npm test: the checks of `npm run ok`, then every test. npm test -- <words>: only the test files whose
// path contains one of the words, without the checks. With CI=true nothing may be left out: a missing
// program, a skipped test or a todo is a failure.
import { globSync } from "node:fs";
import { relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { runChecks } from "./checks.mjs";
import { installTestPrograms } from "./test-packages.mjs";

// A file that runs longer hangs: the slowest one takes a fraction of this.
const fileTimeoutMs = 900_000;

const isStrict = process.env.CI === "true";
const words = process.argv.slice(2);
const problems = [];

const missing = installTestPrograms();
if (missing.length > 0) {
  const text = `Programs missing for the tests: ${missing.join(", ")} (install them as root)`;
  console.log(text);
  if (isStrict) problems.push(text);
}
if (words.length === 0 && !(await runChecks())) problems.push("Some checks failed, see above");

const files = globSync("test/**/*.test.ts")
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .toSorted();
if (files.length === 0) problems.push("No test file matches");
else await runTests(files);

for (const problem of problems) console.log(`FAILED: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function runTests(files) {
  const stream = run({ files, concurrency: 2, timeout: fileTimeoutMs });
  const leftOut = [];
  let total;
  stream.on("test:summary", (summary) => {
    if (summary.file === undefined) total = summary;
    else if (summary.success) console.log(`ok  ${relative(".", summary.file)}`);
  });
  stream.on("test:pass", ({ name, skip, todo, file }) => {
    if (skip !== undefined || todo !== undefined) leftOut.push(`${file}: ${name}`);
  });
  await pipeline(stream, keepFailures, new spec(), process.stdout, { end: false });
  if (total?.success !== true) problems.push("Some tests failed, see above");
  if (isStrict && leftOut.length > 0) problems.push(`Left out:\n${leftOut.join("\n")}`);
}

/** What passed is only counted: failures and the closing lines are what a reader looks for. */
async function* keepFailures(events) {
  for await (const event of events) {
    if (event.type !== "test:pass" && event.type !== "test:start") yield event;
  }
}
