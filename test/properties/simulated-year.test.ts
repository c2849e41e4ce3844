import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { it } from "node:test";

const program = join(import.meta.dirname, "../support/simulated-year-child.ts");

it("a simulated year of backups, skips, clean-ups and mishaps is what a plain model says", async (test) => {
  const seed = process.env["HOLDFAST_TEST_SEED"] ?? String(randomInt(2 ** 31));
  test.diagnostic(`seed ${seed}`);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    env: { ...process.env, HOLDFAST_TEST_SEED: seed },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  assert.equal(code, 0, said);
  test.diagnostic(said.trim());
});
