import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  ArmError,
  armError,
  armErrorStatus,
  errorObject,
  failureStatusOf,
  statusByCode,
  toArmError,
  wireCodeOf,
} from "../../src/arm/errors.ts";
import { AppError, errorCodes } from "../../src/base/errors.ts";

const secret = "hunter2-secret";

describe("statusByCode", () => {
  it("names a status for every code of ours", () => {
    assert.deepEqual(Object.keys(statusByCode).sort(), [...errorCodes].sort());
  });

  it("rule 58: only bugs and outages are 5xx", () => {
    const serverSide = errorCodes.filter((code) => statusByCode[code] >= 500).sort();
    assert.deepEqual(serverSide, [
      "Internal",
      "InvalidConfiguration",
      "NonceReuse",
      "StateNewerThanProgram",
      "StateUnavailable",
    ]);
  });

  it("rule 56: busy is 409 and never 400", () => {
    for (const code of ["BackupInProgress", "RestoreInProgress", "StateConflict"] as const) {
      assert.equal(statusByCode[code], 409);
    }
  });
});

describe("toArmError", () => {
  it("rule 47: every code is PascalCase", () => {
    for (const code of errorCodes) {
      assert.match(toArmError(new AppError(code, "Do it again")).code, /^[A-Z][A-Za-z]+$/);
    }
    for (const code of Object.keys(armErrorStatus)) assert.match(code, /^[A-Z][A-Za-z]+$/);
  });

  it("rule 48: keeps code, message and target", () => {
    const error = toArmError(new AppError("InvalidBackupPath", "Give it", { target: "path" }));
    assert.deepEqual(errorObject(error), {
      code: "InvalidBackupPath",
      message: "Give it",
      target: "path",
    });
    assert.equal(error.status, 400);
  });

  it("rule 50: the system's own code goes to additionalInfo", () => {
    const error = toArmError(new AppError("StoreFull", "Free room", { nativeCode: "ENOSPC" }));
    assert.deepEqual(error.additionalInfo, [{ type: "NativeError", info: { code: "ENOSPC" } }]);
  });

  it("rule 51: a bug says nothing of itself", () => {
    const bugs: readonly unknown[] = [
      new Error(secret),
      secret,
      { message: secret },
      undefined,
      null,
      new AppError("Internal", secret, { target: secret, nativeCode: secret }),
      new AppError("NonceReuse", secret),
      new AppError("InvalidConfiguration", secret),
    ];
    for (const bug of bugs) {
      const error = toArmError(bug);
      assert.equal(error.status, 500);
      assert.equal(error.code, "InternalServerError");
      assert.ok(!JSON.stringify(errorObject(error)).includes(secret));
      assert.ok(errorObject(error).message.length > 0);
    }
  });

  it("rule 57: 503 names a time, and nothing of its cause", () => {
    const error = toArmError(new AppError("StateUnavailable", secret, { retryable: true }));
    assert.equal(error.status, 503);
    assert.equal(error.code, "ServiceUnavailable");
    assert.match(error.headers["Retry-After"] ?? "", /^\d+$/);
    assert.ok(!JSON.stringify(errorObject(error)).includes(secret));
  });

  it("rule 57: of 4xx only a passing conflict names a time", () => {
    for (const code of errorCodes.filter((one) => statusByCode[one] < 500)) {
      for (const retryable of [false, true]) {
        const { headers } = toArmError(new AppError(code, "Wait", { retryable }));
        const expected = statusByCode[code] === 409 && retryable;
        assert.equal("Retry-After" in headers, expected, `${code} ${retryable}`);
      }
    }
  });

  it("leaves a refusal as it is", () => {
    const error = armError("PreconditionFailed", "Read it again");
    assert.equal(toArmError(error), error);
    assert.equal(error.status, 412);
  });
});

describe("errorObject", () => {
  it("rule 46: has code and message and no empty parts", () => {
    assert.deepEqual(errorObject(new ArmError(404, "ResourceNotFound", "Create it")), {
      code: "ResourceNotFound",
      message: "Create it",
    });
  });

  it("rule 49: shows details with own code, message, target", () => {
    const details = [{ code: "MissingProperty", message: "Set it", target: "properties.path" }];
    const error = armError("MultipleErrorsOccurred", "See the details", { details });
    assert.deepEqual(errorObject(error).details, details);
  });
});

describe("codes of failed operations", () => {
  it("rule 187: a failed operation is 400 or 409, whatever failed", () => {
    for (const code of [...errorCodes, ...Object.keys(armErrorStatus), "toString", ""]) {
      assert.ok([400, 409].includes(failureStatusOf(code)), code);
    }
    assert.equal(failureStatusOf("InvalidBackupPath"), 400);
    assert.equal(failureStatusOf("StoreFull"), 409);
  });

  it("rule 196: canceled and timed out have their wire codes", () => {
    assert.equal(wireCodeOf("Canceled"), "OperationCanceled");
    assert.equal(wireCodeOf("TimedOut"), "OperationTimedOut");
    assert.equal(wireCodeOf("BackupNotFound"), "ResourceNotFound");
    assert.equal(wireCodeOf("SomethingElse"), "SomethingElse");
    assert.equal(wireCodeOf("constructor"), "constructor");
  });
});
