// npm run mutate [-- <words>]: changes the pure parts of the engine in one place at a time and counts how often their tests
// notice. Files whose path contains one of the words, else all of them. Nothing on the disk is changed: a hook gives
// the changed text to the tests' process. Takes minutes to hours; not part of CI.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";

const formatTests = ["test/properties/format.test.ts", "test/engine/format-vector.test.ts"];
const testsOf = {
  "src/engine/retention.ts": ["test/engine/retention.test.ts", "test/properties/retention.test.ts"],
  "src/engine/retention-policy.ts": ["test/engine/retention-policy.test.ts"],
  "src/engine/chunker.ts": ["test/engine/chunker.test.ts", "test/properties/chunker.test.ts"],
  "src/engine/chunk-table.ts": [
    "test/engine/chunk-table-slots.test.ts",
    "test/engine/chunk-table.test.ts",
  ],
  "src/engine/tree-records.ts": ["test/engine/tree-records.test.ts", ...formatTests],
  "src/engine/format/pack-format.ts": ["test/engine/pack-format.test.ts", ...formatTests],
  "src/engine/format/index-format.ts": formatTests,
  "src/engine/format/tree-format.ts": ["test/engine/tree-format.test.ts", ...formatTests],
  "src/engine/format/manifest.ts": ["test/engine/manifest.test.ts", ...formatTests],
  "src/engine/format/refs.ts": ["test/engine/refs.test.ts"],
  "src/engine/format/tombstone.ts": ["test/engine/tombstone.test.ts"],
  "src/engine/crypto/aead.ts": ["test/engine/crypto.test.ts"],
  "src/engine/crypto/derive.ts": ["test/engine/crypto.test.ts"],
  "src/engine/format/signed-document.ts": ["test/engine/signed-document.test.ts", ...formatTests],
  "src/engine/prune/plan-prune.ts": ["test/engine/plan-prune.test.ts", "test/engine/prune.test.ts"],
};
/** Seconds in which this process itself ran: a machine that was asleep meanwhile makes no mutant noticed. */
const longestSeconds = 120;

const operators = new Map([
  ["<", "<="],
  ["<=", "<"],
  [">", ">="],
  [">=", ">"],
  ["===", "!=="],
  ["!==", "==="],
  ["+", "-"],
  ["-", "+"],
  ["*", "+"],
  ["&&", "||"],
  ["||", "&&"],
  ["&", "|"],
  ["??", "&&"],
]);

const words = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "holdfast-mutate-"));
const lanes = Math.max(1, Math.min(2, cpus().length));
try {
  for (const [file, tests] of Object.entries(testsOf))
    if (words.length === 0 || words.some((word) => file.includes(word))) await mutate(file, tests);
} finally {
  rmSync(folder, { recursive: true });
}

async function mutate(file, tests) {
  const text = readFileSync(file, "utf8");
  if (!(await passes(file, text, tests, 0))) throw new Error(`The tests of ${file} fail as it is`);
  const mutants = [...listMutants(file, text)];
  const survivors = [];
  const queue = mutants.entries();
  const runLane = async () => {
    for (const [number, mutant] of queue)
      if (await passes(file, mutant.text, tests, number + 1)) survivors.push(mutant);
  };
  await Promise.all(Array.from({ length: lanes }, runLane));
  const killed = mutants.length - survivors.length;
  console.log(`${file}: ${killed} of ${mutants.length} noticed`);
  for (const { line, what } of survivors.toSorted((a, b) => a.line - b.line))
    console.log(`  ${file}:${line} ${what}`);
}

/** Whether every test passes with this text in the place of the file; hanging counts as noticed. */
async function passes(file, text, tests, number) {
  const changed = join(folder, `${number}.ts`);
  writeFileSync(changed, text);
  for (const test of tests)
    if ((await runTest(test, { MUTATED_FILE: file, MUTATED_TEXT: changed })) !== 0) return false;
  return true;
}

function runTest(test, variables) {
  const hook = new URL("mutate-hook.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", hook, test], {
    env: { ...process.env, ...variables },
    stdio: "ignore",
  });
  let seconds = 0;
  const clock = setInterval(() => {
    seconds += 1;
    if (seconds === longestSeconds) child.kill("SIGKILL");
  }, 1000);
  return new Promise((resolve) =>
    child.on("exit", (code) => {
      clearInterval(clock);
      resolve(code ?? 1);
    }),
  );
}

/** Every single change: operators, conditions, numbers, booleans, and statements that are calls. */
function* listMutants(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const pending = [source];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    ts.forEachChild(node, (child) => void pending.push(child));
    for (const [part, replacement] of changesOf(node)) {
      const [from, to] = [part.getStart(source), part.getEnd()];
      const line = source.getLineAndCharacterOfPosition(from).line + 1;
      const before = text.slice(from, to);
      yield {
        text: text.slice(0, from) + replacement + text.slice(to),
        line,
        what: `${shorten(before)} → ${shorten(replacement) || "nothing"}`,
      };
    }
  }
}

function* changesOf(node) {
  if (ts.isTypeNode(node)) return;
  if (ts.isBinaryExpression(node)) {
    const other = operators.get(node.operatorToken.getText());
    if (other !== undefined) yield [node.operatorToken, other];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    yield [node, node.operand.getText()];
  if (ts.isNumericLiteral(node) && !ts.isLiteralTypeNode(node.parent))
    yield [node, `(${node.getText()} + 1)`];
  if (node.kind === ts.SyntaxKind.TrueKeyword && !ts.isLiteralTypeNode(node.parent))
    yield [node, "false"];
  if (node.kind === ts.SyntaxKind.FalseKeyword && !ts.isLiteralTypeNode(node.parent))
    yield [node, "true"];
  if (ts.isIfStatement(node)) yield [node.expression, `!(${node.expression.getText()})`];
  if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) yield [node, ";"];
}

function shorten(text) {
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length > 60 ? `${flat.slice(0, 57)}…` : flat;
}
