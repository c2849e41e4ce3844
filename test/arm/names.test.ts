import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ArmError } from "../../src/arm/errors.ts";
import { checkNames, isResourceName } from "../../src/arm/names.ts";
import { parseTemplate } from "../../src/arm/path-template.ts";

const template = parseTemplate(
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Example.Admin/things/{thing}",
);
const subscription = "11111111-2222-3333-4444-555555555555";

describe("checkNames", () => {
  const good: readonly (readonly [subscription: string, group: string, name: string])[] = [
    [subscription, "system.local", "local"],
    [subscription.toUpperCase(), "System-1_(a).b", "a b"],
    [subscription, "Größe", "Größe 1 (neu)"],
    [subscription, "g".repeat(90), "n".repeat(260)],
  ];
  for (const names of good) {
    it(`rules 11, 12: takes ${names.map((name) => name.slice(0, 12)).join(" / ")}`, () => {
      assert.doesNotThrow(() => check(...names));
    });
  }

  for (const bad of ["", "x", subscription.slice(1), `{${subscription}}`, `${subscription}\n`]) {
    it(`rule 12: refuses the subscription ${JSON.stringify(bad)}`, () => {
      assert.equal(refusalOf(bad, "g", "n").code, "InvalidSubscriptionId");
    });
  }

  for (const bad of [
    "",
    "g".repeat(91),
    "a.",
    "a b",
    "a/b",
    "a%b",
    "a\n",
    "a*",
    "..",
    "a\u202eb",
  ]) {
    it(`rule 12: refuses the group ${JSON.stringify(bad.slice(0, 12))}`, () => {
      assert.equal(refusalOf(subscription, bad, "n").code, "InvalidResourceGroupName");
    });
  }

  const odd = [..."<>%&:\\?/", "\0", "\n", "\u007f", "\u202e", "\u2028"];
  for (const bad of ["", "n".repeat(261), "a.", "a ", "..", ...odd.map((sign) => `a${sign}b`)]) {
    it(`rule 11: refuses the name ${JSON.stringify(bad.slice(0, 12))}`, () => {
      assert.equal(isResourceName(bad), false);
      const error = refusalOf(subscription, "g", bad);
      assert.equal(error.code, "InvalidResourceName");
      assert.equal(error.status, 400);
      assert.equal(error.target, "thing");
    });
  }
});

function check(subscriptionId: string, group: string, name: string): void {
  const places = ["subscriptions", subscriptionId, "resourceGroups", group];
  checkNames(template, [...places, "providers", "Example.Admin", "things", name]);
}

function refusalOf(...names: Parameters<typeof check>): ArmError {
  try {
    check(...names);
  } catch (error) {
    assert.ok(error instanceof ArmError);
    return error;
  }
  throw new Error("The names were taken");
}
