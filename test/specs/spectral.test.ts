import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import rulesets from "@microsoft.azure/openapi-validator-rulesets";
import core, { type RulesetDefinition } from "@stoplight/spectral-core";
import parsers from "@stoplight/spectral-parsers";
import { parse } from "yaml";

const specs = join(import.meta.dirname, "../../specs");
const exceptions = parse(readFileSync(join(specs, "spectral.yaml"), "utf8")) as Record<
  string,
  Record<string, string>
>;

type Rule = Readonly<Record<string, unknown>>;
interface Ruleset {
  readonly extends?: readonly Ruleset[];
  readonly rules: Readonly<Record<string, Rule>>;
}

const known = new Set(
  [
    "description",
    "formats",
    "given",
    "message",
    "recommended",
    "resolved",
    "severity",
    "then",
  ].concat(["documentationUrl", "enabled", "tags", "type", "extensions"]),
);

/** Spectral refuses rules with properties of Azure's own, which say where a rule comes from. */
function withoutRemarks(ruleset: Ruleset): Ruleset {
  const rules = Object.entries(ruleset.rules).map(([name, rule]) => {
    const kept = Object.entries(rule).filter(([property]) => known.has(property));
    return [name, Object.fromEntries(kept)] as const;
  });
  return {
    ...ruleset,
    extends: (ruleset.extends ?? []).map(withoutRemarks),
    rules: Object.fromEntries(rules),
  };
}

const spectral = new core.Spectral();
const { azARM } = rulesets.spectralRulesets as unknown as { readonly azARM: Ruleset };
spectral.setRuleset(withoutRemarks(azARM) as unknown as RulesetDefinition);

/** The rules of severity "error" that a document breaks, each with the places. */
async function findErrors(version: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const file = join(specs, `resource-manager/Microsoft.Backup.Admin/stable/${version}/backup.json`);
  const document = new core.Document(readFileSync(file, "utf8"), parsers.Json, file);
  const found = new Map<string, readonly string[]>();
  for (const { code, severity, path, message } of await spectral.run(document)) {
    if (severity !== 0) continue;
    const name = String(code);
    found.set(name, [...(found.get(name) ?? []), `${path.join(" ")}: ${message}`]);
  }
  return found;
}

const published = ["2016-05-01", "2018-09-01", "2021-09-01"];

describe("the Azure ARM rules of Spectral", () => {
  it("are kept by 2026-12-01, but for what has a reason", async () => {
    const found = await findErrors("2026-12-01");
    const reasons = exceptions["2026-12-01"] ?? {};
    for (const [rule, places] of found) assert.ok(rule in reasons, `${rule}: ${places.join("\n")}`);
    assert.deepEqual(
      Object.keys(reasons).filter((rule) => !found.has(rule)),
      [],
    );
  });

  it("are broken by the published documents in known ways only", async () => {
    const reasons = exceptions["published"] ?? {};
    const broken = new Set<string>();
    for (const version of published) {
      for (const [rule, places] of await findErrors(version)) {
        assert.ok(rule in reasons, `${version} ${rule}: ${places.join("\n")}`);
        broken.add(rule);
      }
    }
    assert.deepEqual(
      Object.keys(reasons).filter((rule) => !broken.has(rule)),
      [],
    );
  });

  it("do find what is wrong", async () => {
    const document = new core.Document(
      JSON.stringify({ swagger: "2.0", paths: { "/a": { put: { responses: { "500": {} } } } } }),
      parsers.Json,
      "broken.json",
    );
    const errors = (await spectral.run(document)).filter(({ severity }) => severity === 0);
    assert.ok(
      errors.some(({ code }) => code === "PutResponseCodes"),
      JSON.stringify(errors),
    );
  });
});
