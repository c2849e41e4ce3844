import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonSchema } from "../../src/arm/contract.ts";
import { contracts } from "../../src/generated/contracts.ts";

describe("resources as they are declared", () => {
  const envelope = ["id", "name", "type", "location", "tags", "etag", "systemData", "properties"];
  const resources = contracts.flatMap(({ apiVersion, definitions, routes }) =>
    Object.entries(definitions).flatMap(([name, { properties }]) => {
      const shown = (properties ?? {}) as Readonly<Record<string, JsonSchema>>;
      const isResource = "id" in shown && "type" in shown && "properties" in shown;
      if (!isResource || name.endsWith("Request") || name === "OperationResult") return [];
      const reference = shown["properties"]?.["$ref"];
      const below = typeof reference === "string" ? reference.replace("#/definitions/", "") : "";
      const inner = (definitions[below]?.["properties"] ?? {}) as Record<string, JsonSchema>;
      const isWritten = routes.some(
        ({ method, responses }) => method === "PUT" && Object.values(responses).includes(name),
      );
      return [{ title: `${apiVersion} ${name}`, name, shown, inner, isWritten }];
    }),
  );

  it("rule 116: have the envelope at the top level and nothing of it in properties", () => {
    assert.ok(resources.length > 12);
    for (const { title, shown, inner } of resources) {
      for (const name of Object.keys(shown)) assert.ok(envelope.includes(name), title);
      for (const name of Object.keys(inner)) assert.ok(!envelope.includes(name), title);
    }
  });

  it("rules 126 and 128: that can be written have a read-only state out of a short list", () => {
    const states = ["Accepted", "Creating", "Updating", "Deleting"];
    const written = resources.filter(({ isWritten }) => isWritten);
    assert.ok(written.length > 5);
    for (const { title, inner } of written) {
      const { provisioningState } = inner;
      assert.equal(provisioningState?.["readOnly"], true, title);
      for (const state of (provisioningState["enum"] ?? []) as readonly string[])
        assert.ok([...states, "Succeeded", "Failed", "Canceled"].includes(state), state);
    }
  });
});
