// Everything that can be said about the code without running it, two checks at a time.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

// Two: the checks are bound by the processor, and each has threads of its own.
const parallelChecks = 2;

const tool = (name) => `node_modules/.bin/${name}`;

function listChecks(write) {
  const format = ["--config=.config/prettier.json", "--ignore-path=.config/prettierignore"];
  format.push("--cache", "--cache-strategy=content", "--log-level=warn");
  const checks = [
    {
      name: "format",
      // Keyed by content: a fresh check-out has fresh times.
      command: [tool("prettier"), ...format, "--check", "."],
    },
    { name: "types", command: ["node_modules/typescript-native/bin/tsc", "-p", "."] },
    {
      name: "lint",
      command: [tool("oxlint"), "-c", ".config/oxlint.json", "--type-aware"].concat(
        ["--report-unused-disable-directives-severity=error", "--ignore-pattern=src/generated/**"],
        ["src", "specs", "test", ".config"].filter((folder) => existsSync(folder)),
      ),
    },
    { name: "layers", command: [".config/layers.mjs", ...(write ? ["--write"] : [])] },
    { name: "dead code", command: [tool("knip"), "--config", ".config/knip.json"] },
  ];
  if (existsSync("specs/generate.ts")) {
    checks.push({ name: "generated", command: ["specs/generate.ts", "--check"] });
  }
  return checks;
}

/** Runs every check, prints a verdict for each and the output of those that failed; true if none did. */
export async function runChecks({ write = false } = {}) {
  const waiting = listChecks(write);
  const failures = [];
  const runNext = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = performance.now();
      const { passed, output } = await runCheck(check.command);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${passed ? "ok    " : "FAILED"}  ${check.name.padEnd(10)} ${seconds} s`);
      if (!passed) failures.push({ name: check.name, output });
    }
  };
  await Promise.all(Array.from({ length: parallelChecks }, runNext));
  for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trimEnd()}`);
  return failures.length === 0;
}

function runCheck(command) {
  const { promise, resolve } = Promise.withResolvers();
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...command], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  child.on("close", (code) => resolve({ passed: code === 0, output }));
  return promise;
}
