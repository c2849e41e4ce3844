import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import type { VerifyReport } from "../../src/engine/model.ts";
import { learnFromOperations } from "../../src/provider/watch/learn.ts";
import { freshRecord, type WatchRecord } from "../../src/provider/watch/watch-record.ts";

const operation: OperationRecord = {
  id: "11111111-1111-4111-8111-111111111111",
  subscriptionId: "s",
  resourceGroupName: "g",
  locationName: "l",
  route: "POST /backupLocations/{location}/verify",
  apiVersion: "2026-12-01",
  state: "Succeeded",
  startTime: "2026-03-01T10:00:00.000Z",
  endTime: "2026-03-01T10:10:00.000Z",
  resourceId: "/subscriptions/s/l",
  correlationId: "c",
};
const report: VerifyReport = {
  depth: "content",
  backups: 2,
  objects: 9,
  bytes: 1000,
  findings: [],
  durationMilliseconds: 5,
};

function learn(result: VerifyReport): WatchRecord {
  const before = freshRecord("an incarnation");
  return learnFromOperations(before, [{ ...operation, result }], () => "newest").record;
}

describe("what a verification of content teaches", () => {
  it("that the key of the newest backups is at hand", () => {
    const { provedEpochs, lastDrill } = learn(report);
    assert.deepEqual(provedEpochs, ["newest"]);
    assert.equal(lastDrill, operation.endTime);
  });

  it("nothing of the newest backups, where the key opened older ones only", () => {
    const unopened = [{ epochId: "newest", recipients: [], backups: ["b"] }];
    const { provedEpochs, lastDrill, lastVerify, cleanVerifies } = learn({ ...report, unopened });
    assert.deepEqual(provedEpochs, []);
    assert.equal(lastDrill, undefined);
    assert.deepEqual(lastVerify?.findings, []);
    // It was read as without a key.
    const at = operation.endTime;
    assert.deepEqual(cleanVerifies, { structure: at, ciphertext: at });
  });

  it("the same, where it did not open older ones only", () => {
    const unopened = [{ epochId: "older", recipients: [], backups: ["b"] }];
    assert.deepEqual(learn({ ...report, unopened }).provedEpochs, ["newest"]);
  });
});
