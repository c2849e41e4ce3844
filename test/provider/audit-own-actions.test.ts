import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AuditFacts } from "../../src/arm/audit.ts";
import { AppError, type ErrorCode } from "../../src/base/errors.ts";
import { auditOwnAction } from "../../src/provider/audit/audit-own-actions.ts";
import type { OperationCaller } from "../../src/provider/records/operation-start.ts";

const caller: OperationCaller = {
  route: "POST /a/backupLocations/{location}/pruneExternalStore",
  apiVersion: "2026-12-01",
  correlationId: "6d4c1a52-8a1f-4a53-9a56-1f0f3c1f7a10",
};

describe("what the service begins by itself", () => {
  for (const [code, status] of [
    ["StateConflict", 409],
    ["StateUnavailable", 503],
  ] as const satisfies readonly (readonly [ErrorCode, number])[])
    it(`is written down as refused with ${status} for ${code}`, async () => {
      const told: AuditFacts[] = [];
      const append = (facts: AuditFacts): Promise<void> => Promise.resolve(void told.push(facts));
      const work = (): Promise<never> => Promise.reject(new AppError(code, "Not now"));
      await assert.rejects(auditOwnAction({ audit: { append } }, caller, "/a/l", work), { code });
      assert.deepEqual(
        told.map(({ event, status: said, errorCode }) => [event, said, errorCode]),
        [
          ["Started", undefined, undefined],
          ["Ended", status, code],
        ],
      );
    });
});
