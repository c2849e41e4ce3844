import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { createProvider } from "../../src/provider/manifest.ts";
import {
  createLineBuffer,
  type PendingLine,
} from "../../src/provider/operation-log/line-buffer.ts";
import { appendLines, type OperationLog } from "../../src/provider/operation-log/operation-log.ts";
import type { ProviderDeps } from "../../src/provider/provider-deps.ts";
import { createLogger } from "../../src/server/logger.ts";
import { setUpLocation } from "../support/provider-steps.ts";
import {
  locationPath,
  subscriptionId,
  withProviderWorld,
  type Json,
  type ProviderWorld,
} from "../support/provider-world.ts";

const apiVersion = "2026-12-01";
const day = 86_400_000;

/** What an instance logs with, as main puts it together. */
function logParts(world: ProviderWorld): Pick<ProviderDeps, "logger" | "operationLines"> {
  const operationLines = createLineBuffer(world.clock);
  const stream = new PassThrough().resume();
  return {
    operationLines,
    logger: createLogger({
      format: "json",
      level: "error",
      stream,
      keeper: operationLines,
    }),
  };
}

async function readLog(world: ProviderWorld, id: string): Promise<Json> {
  const path = `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/locations/redmond/operationStatuses/${id}/log`;
  const result = await world.call("GET", path, { apiVersion });
  return result.kind === "value" ? result.body : assert.fail(result.kind);
}

describe("the log of an operation", () => {
  it("holds what was written for it, wherever that was, and no more than may be told", () =>
    withProviderWorld(
      async (world) => {
        const parts = logParts(world);
        world.restart(parts);
        world.startWorker();
        await setUpLocation(world);
        world.engine.behavior = {
          backup: (_run, report) => {
            for (const phase of ["scanning", "copying", "copying"] as const)
              report({
                phase,
                role: "files",
                filesDone: 1,
                bytesDone: 1,
                bytesTotal: 2,
                storedBytes: 1,
              });
            // Deep within the engine, where nobody knows of operations.
            parts.logger.warn("A file was left out", {
              count: 1,
              password: "canary",
              stack: "canary",
            });
          },
        };
        const { id } = await world.accept("POST", `${locationPath}/createBackup`, { apiVersion });
        await world.finish(id);
        const { value: lines } = await readLog(world, id);
        const messages = lines.map(({ message }: Json) => message);
        assert.deepEqual(messages.slice(0, 4), [
          "Operation accepted",
          "Step begun",
          "Step begun",
          "A file was left out",
        ]);
        assert.equal(messages.at(-1), "Backup stored");
        assert.deepEqual(
          lines.map(({ sequence }: Json) => sequence),
          lines.map((_line: Json, index: number) => index + 1),
        );
        assert.deepEqual(lines[2].details, { step: "copying", role: "files" });
        assert.equal(lines[3].level, "Warning");
        assert.doesNotMatch(JSON.stringify(lines), /canary/);
      },
      { hasWorker: false },
    ));

  it("is written by several instances, and goes with its operation and its job", () =>
    withProviderWorld(
      async (world) => {
        const [one, other] = [logParts(world), logParts(world)];
        world.restart(one);
        const second = createProvider({ ...world.deps, ...other });
        world.startWorker();
        await setUpLocation(world);
        const { id } = await world.accept("POST", `${locationPath}/createBackup`, { apiVersion });
        await world.finish(id);
        for (const { logger } of [one, other]) logger.info("Seen", { operationId: id });
        other.logger.info("About no operation", { operationId: "none" });
        await Promise.all([world.provider.keepLogs(), second.keepLogs()]);
        const { value: lines } = await readLog(world, id);
        const seen = lines.filter(({ message }: Json) => message === "Seen");
        assert.equal(seen.length, 2);
        assert.equal(new Set(lines.map(({ sequence }: Json) => sequence)).size, lines.length);
        assert.equal(await world.store.get("operationLog", "none"), undefined);
        assert.equal((await world.store.getJob(id))?.state, "succeeded");
        await world.clock.advance(8 * day);
        await world.provider.runUpkeep();
        assert.equal(await world.store.get("operationLog", id), undefined);
        assert.equal(await world.store.getJob(id), undefined);
        await assert.rejects(readLog(world, id), { code: "OperationNotFound" });
      },
      { hasWorker: false, pollMilliseconds: day },
    ));

  it("holds the request that asked for it, and no polls of it", () => {
    const buffer = createLineBuffer(systemClock);
    for (const method of ["POST", "GET", "GET"])
      buffer.keep({
        level: "info",
        message: "Request answered",
        fields: { method, route: "/a", operationId: "one" },
      });
    const kept = buffer.take().get("one") ?? [];
    assert.deepEqual(
      kept.map(({ message }) => message),
      ["Request answered"],
    );
    assert.equal(buffer.take().size, 0);
  });

  it("keeps its beginning and its end however much is written", () => {
    const line = (message: string): PendingLine => {
      return { at: "2026-03-02T12:00:00.000Z", level: "info", message, details: {} };
    };
    let log: OperationLog = { lines: [], count: 0 };
    for (let round = 0; round < 50; round += 1)
      log = appendLines(
        log,
        Array.from({ length: 40 }, () => line("short")),
      );
    assert.equal(log.count, 2000);
    assert.equal(log.lines.length, 400);
    assert.deepEqual([log.lines[0]?.sequence, log.lines.at(-1)?.sequence], [1, 2000]);
    log = appendLines(
      log,
      Array.from({ length: 400 }, () => line("long".repeat(500))),
    );
    assert.ok(JSON.stringify(log.lines).length <= 200_000);
    assert.equal(log.lines.at(-1)?.sequence, 2400);
    assert.equal(log.lines[0]?.sequence, 1);
  });
});
