import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import {
  type AttemptFacts,
  canMove,
  computeRetryDelay,
  decideNextStep,
  isEnded,
  type NextStep,
} from "../../src/jobs/job.ts";
import type { JobState } from "../../src/state/state-store.ts";

const states: readonly JobState[] = ["queued", "running", "succeeded", "failed", "canceled"];
const policy = { maxAttempts: 3, firstDelayMilliseconds: 1000, maxDelayMilliseconds: 3000 };

describe("job states", () => {
  it("allow exactly these moves", () => {
    const moves = states.flatMap((from) =>
      states.filter((to) => canMove(from, to)).map((to) => `${from} ${to}`),
    );
    assert.deepEqual(moves.sort(), [
      "queued running",
      "running canceled",
      "running failed",
      "running queued",
      "running running",
      "running succeeded",
    ]);
  });

  it("end in three of five", () => {
    assert.deepEqual(states.filter(isEnded), ["succeeded", "failed", "canceled"]);
  });
});

describe("computeRetryDelay", () => {
  it("doubles up to the cap", () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5000].map((attempt) => computeRetryDelay(attempt, policy)),
      [1000, 2000, 3000, 3000, 3000],
    );
  });
});

describe("decideNextStep", () => {
  const again = new AppError("StoreTimeout", "Slow", { retryable: true });
  const never = new AppError("StoreFull", "Full");
  const cases: readonly [string, Partial<AttemptFacts>, NextStep["step"]][] = [
    ["finished", {}, "succeed"],
    ["finished, cancel too late", { isCancelRequested: true }, "succeed"],
    ["finished while stopping", { isStopping: true }, "succeed"],
    ["finished without lease", { isLeaseLost: true }, "forget"],
    ["failed without lease", { isLeaseLost: true, error: never }, "forget"],
    ["stopped by cancel", { isCancelRequested: true, error: never }, "cancel"],
    ["cancel and stop", { isCancelRequested: true, isStopping: true, error: never }, "cancel"],
    ["stopped by process", { isStopping: true, error: never }, "handBack"],
    ["passing failure", { error: again }, "retry"],
    ["passing failure, last attempt", { error: again, attempt: 3 }, "fail"],
    ["lasting failure", { error: never }, "fail"],
  ];
  for (const [name, facts, step] of cases) {
    it(`${name}: ${step}`, () => {
      const complete: AttemptFacts = {
        attempt: 2,
        isLeaseLost: false,
        isCancelRequested: false,
        isStopping: false,
        error: undefined,
        ...facts,
      };
      assert.equal(decideNextStep(complete, policy).step, step);
    });
  }
});
