// npm test: the checks of `npm run ok`, then every test. npm test -- <words>: only the test files whose
// path contains one of the words, without the checks. npm test -- --coverage: only the tests of the engine, which
// count its branches in a full run as well. With CI=true nothing may be left out: a missing program, a skipped test
// or a todo is a failure.
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { runChecks } from "./checks.mjs";
import { installTestPrograms } from "./test-packages.mjs";

// A file that runs longer hangs: the slowest one takes a fraction of this. With every fault tried, one takes an hour.
const fileTimeoutMs = process.env.HOLDFAST_EVERY === "1" ? 4 * 3_600_000 : 900_000;

/** The engine's own tests must take this share of its branches; what others take of them counts for nothing. */
const leastBranchPercent = 95;
const measuredTests =
  /^test\/(?:engine|properties\/(?:chunker|format|retention|repository-life))\b/;

const isStrict = process.env.CI === "true";
const words = process.argv.slice(2).filter((word) => word !== "--coverage");
const isCoverageOnly = process.argv.includes("--coverage");
const isWhole = words.length === 0 && !isCoverageOnly;
const problems = [];

const missing = installTestPrograms();
if (missing.length > 0) {
  const text = `Programs missing for the tests: ${missing.join(", ")} (install them as root)`;
  console.log(text);
  if (isStrict) problems.push(text);
}
if (isWhole && !(await runChecks())) problems.push("Some checks failed, see above");

const files = globSync("test/**/*.test.ts")
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .toSorted();
const isMeasured = (file) => words.length === 0 && measuredTests.test(file);
if (files.length === 0) problems.push("No test file matches");
const measured = files.filter(isMeasured);
if (measured.length > 0) await withExactCounts(() => runTests(measured, true));
const others = files.filter((file) => !isMeasured(file) && !isCoverageOnly);
if (others.length > 0) await runTests(others, false);

for (const problem of problems) console.log(`FAILED: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function runTests(files, coverage) {
  const stream = run({
    files,
    concurrency: 2,
    timeout: fileTimeoutMs,
    ...(coverage ? { coverage, coverageIncludeGlobs: ["src/engine/**"] } : {}),
  });
  const leftOut = [];
  let total;
  stream.on("test:summary", (summary) => {
    if (summary.file === undefined) total = summary;
    else if (summary.success) console.log(`ok  ${relative(".", summary.file)}`);
  });
  stream.on("test:pass", ({ name, skip, todo, file }) => {
    if (skip !== undefined || todo !== undefined) leftOut.push(`${file}: ${name}`);
  });
  stream.on("test:coverage", ({ summary }) => judgeCoverage(summary));
  await pipeline(stream, keepFailures, new spec(), process.stdout, { end: false });
  if (total?.success !== true) problems.push("Some tests failed, see above");
  if (isStrict && leftOut.length > 0) problems.push(`Left out:\n${leftOut.join("\n")}`);
}

/** What passed is only counted: failures and the closing lines are what a reader looks for. */
async function* keepFailures(events) {
  const untold = new Set(["test:pass", "test:start", "test:coverage"]);
  for await (const event of events) {
    if (!untold.has(event.type)) yield event;
  }
}

/** What V8 takes from a code cache it counts less exactly: only stripped TypeScript is kept from process to process. */
async function withExactCounts(use) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-stripped-"));
  const hook = new URL("strip-once.mjs", import.meta.url).href;
  const changed = {
    NODE_DISABLE_COMPILE_CACHE: "1",
    STRIPPED_FOLDER: folder,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --disable-warning=ExperimentalWarning --import=${hook}`,
  };
  const before = { ...process.env };
  Object.assign(process.env, changed);
  try {
    await use();
  } finally {
    for (const name of Object.keys(changed)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(folder, { recursive: true });
  }
}

/** Files that hold nothing but types have no code that a test could load. */
function holdsCode(file) {
  const code = stripTypeScriptTypes(readFileSync(file, "utf8"));
  return code.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").trim() !== "";
}

/** What no test loads is in no count: it would be as if it were not there. */
function judgeUnseen(files) {
  const seen = new Set(files.map(({ path }) => relative(".", path)));
  const unseen = globSync("src/engine/**/*.ts").filter((file) => !seen.has(file));
  const untested = unseen.filter(holdsCode);
  if (untested.length > 0) problems.push(`No test of the engine loads ${untested.join(", ")}`);
}

/** Says how many branches of the engine its tests take, and where most are left where that is too few. */
function judgeCoverage({ totals, files }) {
  judgeUnseen(files);
  const { coveredBranchPercent: percent, coveredBranchCount, totalBranchCount } = totals;
  const figures = `${percent.toFixed(2)} % of the branches of src/engine are tested (${coveredBranchCount} of ${totalBranchCount})`;
  console.log(figures);
  if (percent >= leastBranchPercent) return;
  problems.push(`Only ${figures}, ${leastBranchPercent} % are needed`);
  const missed = ({ totalBranchCount: all, coveredBranchCount: taken }) => all - taken;
  for (const file of files.toSorted((a, b) => missed(b) - missed(a)).slice(0, 20)) {
    const lines = file.branches.filter(({ count }) => count === 0).map(({ line }) => line);
    console.log(`  ${relative(".", file.path)}: ${lines.join(", ")}`);
  }
}
