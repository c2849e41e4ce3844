import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { statusByCode } from "../../src/arm/errors.ts";
import { errorCodes } from "../../src/base/errors.ts";

describe("error codes", () => {
  it("rule 62: each have an HTTP status", () => {
    const statuses: Readonly<Record<string, number>> = statusByCode;
    const unmapped = errorCodes.filter((code) => statuses[code] === undefined);
    assert.deepEqual(unmapped, []);
  });

  it("are all known to the base", () => {
    const known: readonly string[] = errorCodes;
    const strangers = Object.keys(statusByCode).filter((code) => !known.includes(code));
    assert.deepEqual(strangers, []);
  });

  it("map to client or server errors", () => {
    for (const [code, status] of Object.entries(statusByCode)) {
      assert.ok(Number.isInteger(status) && status >= 400 && status < 600, `${code}: ${status}`);
    }
  });

  it("are listed once", () => {
    assert.equal(new Set(errorCodes).size, errorCodes.length);
  });
});
