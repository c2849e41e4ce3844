import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import type { Logger, WrittenLine } from "../../src/base/log.ts";
import { createLineBuffer } from "../../src/provider/operation-log/line-buffer.ts";
import { allowedFields } from "../../src/server/log-line.ts";
import { createLogger, type LineKeeper } from "../../src/server/logger.ts";

function capture(
  format: "json" | "pretty",
  act: (logger: Logger) => void,
  level: "error" | "info" | "debug" = "info",
): string {
  const stream = new PassThrough();
  act(createLogger({ format, level, stream }));
  return String(stream.read() ?? "");
}

function captureOne(act: (logger: Logger) => void): Record<string, unknown> {
  return JSON.parse(capture("json", act)) as Record<string, unknown>;
}

describe("logger", () => {
  it("writes one JSON object per line", () => {
    const text = capture("json", (logger) => {
      logger.info("First", { status: 200 });
      logger.error("Second", { code: "StoreFull" });
    });
    const lines = text.trimEnd().split("\n");
    assert.equal(lines.length, 2);
    const { timestamp, ...first } = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(first, { level: "info", message: "First", status: 200 });
  });

  it("writes every value as JSON does", () => {
    const fields = { error: 'say "no" \\ \u00e9 \u{1f512}', step: "", bytes: 1e21, seconds: 0.5 };
    const flags = { count: Number.NaN, status: -0, check: false, code: undefined };
    const {
      timestamp: _,
      level,
      message,
      ...found
    } = captureOne((logger) => logger.warn('Not "well"', { ...fields, ...flags }));
    assert.deepEqual({ level, message }, { level: "warn", message: 'Not "well"' });
    assert.deepEqual(found, { ...fields, count: null, status: 0, check: false });
  });

  it("rule 274: drops fields it does not know", () => {
    const fields = { password: "canary", systemData: "canary", requestId: "r1" };
    const text = capture("json", (logger) => logger.info("Done", fields));
    assert.ok(!text.includes("canary"));
    assert.ok(text.includes("r1"));
  });

  it("rule 272: knows the fields of an access line", () => {
    const fields = ["requestId", "correlationId", "clientRequestId", "method", "route"]
      .concat(["apiVersion", "status", "durationMs", "errorCode", "operationId"])
      .concat(["jobId", "jobKind", "attempt", "error", "cause", "delayMilliseconds", "step"]);
    for (const name of fields) assert.ok(allowedFields.has(name), name);
    for (const name of ["password", "body", "systemData", "authorization", "headers"])
      assert.ok(!allowedFields.has(name), name);
  });

  it("A17, A82: keeps hostile text on one escaped line", () => {
    const address = "/a\r\n2026 INFO forged\u001b[2J\u202e\u2028";
    for (const format of ["json", "pretty"] as const) {
      const text = capture(format, (logger) => logger.info("Read\nthis", { address }));
      assert.equal(text.trimEnd().split(/[\r\n\u2028]/).length, 1, format);
      assert.doesNotMatch(text.trimEnd(), /[\p{Cc}\p{Cf}]/u);
      assert.ok(text.includes("202e"), format);
    }
  });

  it("cuts values at two kilobytes", () => {
    const line = captureOne((logger) => logger.info("Long", { error: "é".repeat(5000) }));
    assert.ok(Buffer.byteLength(String(line["error"])) <= 2048);
    assert.match(String(line["error"]), /^é+…$/);
    const escaped = captureOne((logger) => logger.info("Long", { error: "\n".repeat(2000) }));
    assert.ok(Buffer.byteLength(String(escaped["error"])) <= 2048);
  });

  it("gives a child's fields to every line", () => {
    const line = captureOne((logger) =>
      logger.child({ jobId: "j", attempt: 1 }).child({ attempt: 2 }).info("Step", { step: "copy" }),
    );
    assert.equal(line["jobId"], "j");
    assert.equal(line["attempt"], 2);
    assert.equal(line["step"], "copy");
  });

  it("begins each line anew, though a logger's lines mostly begin the same", () => {
    const text = capture("json", (logger) => {
      const child = logger.child({ method: "GET", password: "canary", route: 'a"b' });
      child.info("One", { status: 200 });
      child.info("One", { status: 201, method: "HEAD" });
      child.error("One", { status: 500 });
      child.info("Two");
      logger.info("Two");
    });
    const found = text.trimEnd().split("\n");
    const lines = found.map((line) => {
      const { timestamp: _, ...fields } = JSON.parse(line) as Record<string, unknown>;
      return fields;
    });
    const fixed = { method: "GET", route: 'a"b' };
    assert.deepEqual(lines, [
      { level: "info", message: "One", ...fixed, status: 200 },
      { level: "info", message: "One", ...fixed, method: "HEAD", status: 201 },
      { level: "error", message: "One", ...fixed, status: 500 },
      { level: "info", message: "Two", ...fixed },
      { level: "info", message: "Two" },
    ]);
    assert.equal(found[1]?.split('"method":').length, 2, "a name stands in a line once");
  });

  it("asks its keeper by the fields of a line and of its logger, and gives it both", () => {
    const kept: WrittenLine[] = [];
    const keeper = createLineBuffer(systemClock);
    const watched: LineKeeper = {
      wants: (own, fixed) => keeper.wants(own, fixed),
      keep: (line) => void kept.push(line),
    };
    const stream = new PassThrough();
    const logger = createLogger({ format: "json", level: "info", stream, keeper: watched });
    logger.child({ method: "GET" }).info("Polled", { operationId: "o1" });
    logger.child({ operationId: "o2" }).info("Read", { method: "GET" });
    logger.child({ method: "PUT" }).info("Put", { operationId: "o3" });
    logger.child({ jobId: "o4" }).debug("Worked", { step: "copy\n" });
    logger.info("Started");
    assert.deepEqual(kept, [
      { level: "info", message: "Put", fields: { method: "PUT", operationId: "o3" } },
      { level: "debug", message: "Worked", fields: { jobId: "o4", step: "copy\\u000a" } },
    ]);
  });

  it("leaves out lines below its level", () => {
    assert.equal(
      capture("json", (logger) => logger.debug("Quiet")),
      "",
    );
    assert.notEqual(
      capture("json", (logger) => logger.debug("Heard"), "debug"),
      "",
    );
  });

  it("writes pretty lines with quoted blanks", () => {
    const text = capture("pretty", (logger) =>
      logger.warn("Slow store", { role: "Key vault", count: 3 }),
    );
    assert.match(text, /^\S+ WARN {2}Slow store role="Key vault" count=3\n$/);
  });

  it("has told everything when the process exits in the middle of a turn", () => {
    const logger = new URL("../../src/server/logger.ts", import.meta.url).href;
    const program = `
      import { createLogger } from ${JSON.stringify(logger)};
      const logger = createLogger({ format: "json", level: "info" });
      for (let line = 0; line < 100; line += 1) logger.info("Line", { count: line });
      process.exit(3);`;
    const words = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
    assert.equal(status, 3, stderr);
    const counts = stderr
      .trimEnd()
      .split("\n")
      .map((line) => Number(JSON.parse(line).count));
    assert.deepEqual(counts, [...Array(100).keys()]);
  });
});
