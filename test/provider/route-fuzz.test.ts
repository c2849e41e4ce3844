import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import type { Contract, ContractRoute, JsonSchema } from "../../src/arm/contract.ts";
import {
  contracts,
  insightsContracts,
  lifeCycleContracts,
  secretProperties,
} from "../../src/generated/contracts.ts";
import { assertArmAnswer, sendAttack } from "../support/hostile-http.ts";
import { recordLog } from "../support/log-recorder.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server.ts";
import { makeBackup, setUpLocation } from "../support/provider-steps.ts";
import { locationPath, subscriptionId } from "../support/provider-world.ts";

/** Bounded: a few seconds for all routes together. */
const numRuns = 10;
const canary = "canary-7Q4tZ9";

let arm: ProviderServer;
let backupId = "";
let operationId = "";
let alertId = "";
const { logger, lines } = recordLog();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
before(async () => {
  arm = await startProviderServer({ logger });
  operationId = (await setUpLocation(arm.world)).id;
  backupId = await makeBackup(arm.world);
  await arm.world.provider.runWatch();
  const alerts = await arm.send("GET", `${locationPath}/alerts`);
  alertId = alerts.body.value[0].name;
});
after(async () => {
  agent.destroy();
  await arm.close();
});

const junkSegment = fc.constantFrom(
  ...["..", "%2F", "%00", "%zz", "a.", "x".repeat(300), "%E2%80%AE", "constructor", "__proto__"],
  ...["%C3%28", "[x]", "a%20b", "00000000-0000-0000-0000-000000000009", "REDMOND", "%25"],
);
const junkValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, "", 0, -1, 4.5, 1e308, true, [], {}, "4", [null], { a: [] }),
  fc.constantFrom("\u202e", "a\u0000b", "\ud800", "=cmd()", "<img onerror>", "x".repeat(5_000)),
  fc.constantFrom("\\\\127.0.0.1\\c$", "/../etc", "file:///etc", "2026-13-45T99:99:99Z", "[x]"),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A body that nearly fits the schema: any part may be left out, spoilt or be one too many. */
function nearly(schema: JsonSchema, contract: Contract, depth = 0): fc.Arbitrary<unknown> {
  const ref = schema["$ref"];
  if (typeof ref === "string")
    return nearly(contract.definitions[ref.replace("#/definitions/", "")] ?? {}, contract, depth);
  const options = schema["oneOf"] as readonly JsonSchema[] | undefined;
  if (options !== undefined && depth < 6)
    return fc.oneof(...options.map((one) => nearly(one, contract, depth)));
  const spoilt = { weight: 1, arbitrary: junkValue };
  return fc.oneof({ weight: 6, arbitrary: fitting(schema, contract, depth) }, spoilt);
}

function fitting(schema: JsonSchema, contract: Contract, depth: number): fc.Arbitrary<unknown> {
  const values = schema["enum"] as readonly unknown[] | undefined;
  if (values !== undefined) return fc.constantFrom(...values);
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>> | undefined;
  if (properties !== undefined && depth < 6) return nearlyObject(properties, contract, depth);
  const type = [schema["type"]].flat()[0];
  if (type === "array" && depth < 6) {
    const items = (schema["items"] ?? {}) as JsonSchema;
    return fc.array(nearly(items, contract, depth + 1), { maxLength: 2 });
  }
  if (type === "integer" || type === "number") return fc.integer({ min: -2, max: 20 });
  if (type === "boolean") return fc.boolean();
  if (type === "string") return fc.constantFrom("redmond", "/backup", "north", "Local");
  return junkValue;
}

function nearlyObject(
  properties: Readonly<Record<string, JsonSchema>>,
  contract: Contract,
  depth: number,
): fc.Arbitrary<unknown> {
  const known = Object.entries(properties).map(([name, property]) => [
    name,
    secretProperties.includes(name)
      ? fc.constantFrom(canary, null, "")
      : nearly(property, contract, depth + 1),
  ]);
  const whole = fc.record(Object.fromEntries(known) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [],
  });
  const extra = fc.dictionary(fc.constantFrom("sise", "__proto__", "ID", ""), junkValue, {
    maxKeys: 1,
  });
  return fc
    .tuple(
      whole,
      fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }),
    )
    .map(([one, more]) => ({ ...one, ...more }));
}

function pathOf(route: ContractRoute): fc.Arbitrary<string> {
  const segments = route.path.split("/").map((segment) => {
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      const casings = [segment, segment, segment.toUpperCase(), segment.toLowerCase()];
      return fc.constantFrom(...casings);
    }
    return fc.oneof(
      { weight: 8, arbitrary: fc.constant(`<${name}>`) },
      { weight: 1, arbitrary: junkSegment },
    );
  });
  return fc.tuple(...segments).map((parts) => parts.join("/"));
}

/** Values the tests know only when they run. */
function fillIn(path: string): string {
  const known: Readonly<Record<string, string>> = {
    subscriptionId,
    resourceGroupName: "system.redmond",
    location: "redmond",
    backup: backupId,
    operationId,
    deployment: "nightly",
    settings: "default",
    alert: alertId,
    alertName: alertId,
  };
  return path.replaceAll(/<(\w+)>/g, (_whole, name: string) => known[name] ?? "x");
}

function queryOf(route: ContractRoute, contract: Contract): fc.Arbitrary<string> {
  const own = route.query.map(({ name }) => name);
  const pair = fc.tuple(
    fc.constantFrom(...own, "$top", "IsAsyncOperation", "$filter", "x"),
    fc.constantFrom(
      "",
      "1",
      "-1",
      "abc",
      "%00",
      "99999999999999999999",
      "'",
      "a".repeat(2_000),
      "%F0%9F%92%A9",
    ),
  );
  return fc
    .array(pair, { maxLength: 2 })
    .map((pairs) =>
      [`api-version=${contract.apiVersion}`, ...pairs.map((one) => one.join("="))].join("&"),
    );
}

const headers = fc.dictionary(
  fc.constantFrom(
    ...[
      "if-match",
      "if-none-match",
      "prefer",
      "accept",
      "accept-language",
      "x-ms-client-request-id",
    ],
    ...["repeatability-request-id", "x-ms-correlation-request-id", "traceparent", "content-type"],
  ),
  fc.constantFrom(
    "*",
    '"x"',
    "W/x",
    "{",
    "application/json",
    "wait=x",
    "a".repeat(4_000),
    "\u00e4",
  ),
  { maxKeys: 2 },
);

describe("hostile requests to every route", () => {
  const seen = new Set<number>();
  for (const contract of [...contracts, ...lifeCycleContracts, ...insightsContracts]) {
    for (const route of contract.routes) {
      it(`rules 46, 51, 121, A15–A18, A26: ${contract.apiVersion} ${route.method} ${route.operationId}`, () => {
        const definition = contract.definitions[route.body?.definition ?? ""];
        const body = definition === undefined ? junkValue : nearly(definition, contract);
        const attack = fc.record({
          method: fc.oneof(
            { weight: 6, arbitrary: fc.constant<string>(route.method) },
            {
              weight: 1,
              arbitrary: fc.constantFrom("GET", "PUT", "PATCH", "POST", "DELETE", "HEAD", "TRACE"),
            },
          ),
          path: pathOf(route),
          query: queryOf(route, contract),
          headers,
          body: body.map((value) => JSON.stringify(value) ?? ""),
          isJson: fc.constant(true),
        });
        return fc.assert(
          fc.asyncProperty(attack, async (one) => {
            const reply = await sendAttack(arm.address, agent, { ...one, path: fillIn(one.path) });
            seen.add(reply.status);
            assertArmAnswer(one.method, reply);
            assert.ok(!reply.text.includes(canary), "A secret came back");
            if (one.method !== route.method || reply.status >= 300) return;
            const declared = Object.keys(route.responses);
            assert.ok(declared.includes(String(reply.status)), `${reply.status} is not declared`);
          }),
          { numRuns },
        );
      });
    }
  }

  it("rule 51: reach every kind of answer and leave no secret in the log", () => {
    // A generator that only makes one kind of request would prove nothing.
    for (const status of [200, 202, 204, 400, 404, 405])
      assert.ok(seen.has(status), `no ${status}`);
    assert.ok(!JSON.stringify(lines).includes(canary));
    assert.deepEqual(
      lines.filter(({ level }) => level === "error"),
      [],
    );
  });

  it("A23: leave no secret in the state", async () => {
    assert.ok(!(await arm.world.dump()).includes(canary));
    const list = await arm.send("GET", "/providers/Microsoft.Backup.Admin/operations");
    assert.equal(list.status, 200);
  });
});
