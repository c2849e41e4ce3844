import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import { parseConfig } from "../../src/config.ts";

const whole = {
  stateDirectory: "./state",
  restoreRoot: "./restored",
  deployment: { region: "north" },
};

/** What is said of a configuration that cannot be used. */
function refusalOf(change: object): string {
  try {
    parseConfig({ ...whole, ...change }, "/srv");
  } catch (error) {
    assert.ok(isAppError(error, "InvalidConfiguration"), String(error));
    return error.message;
  }
  return assert.fail("It was taken");
}

describe("a required setting that is missing", () => {
  for (const [change, words] of [
    [
      { restoreRoot: undefined },
      'Setting "restoreRoot" is missing: it is required, give a path, absolute or from the folder of the configuration',
    ],
    [
      { stateDirectory: null },
      'Setting "stateDirectory" is missing: it is required, give a path, absolute or from the folder of the configuration',
    ],
    [
      { deployment: undefined },
      'Setting "deployment" is missing: it is required, give a section of settings; known here: id, region, stampVersion, oemVersion',
    ],
    [
      { deployment: {} },
      'Setting "deployment.region" is missing: it is required, give the name of a region',
    ],
    [
      { tls: { certificateFile: "./cert.pem" } },
      'Setting "tls.keyFile" is missing: it is required, give a path, absolute or from the folder of the configuration',
    ],
  ] as const) {
    it(`is told with its form: ${/"(.*?)"/.exec(words)?.[1]}`, () =>
      assert.equal(refusalOf(change), words));
  }

  it("is not confused with one that is no text", () => {
    assert.equal(
      refusalOf({ restoreRoot: 7 }),
      'Setting "restoreRoot" is not valid: it must be text',
    );
  });
});
