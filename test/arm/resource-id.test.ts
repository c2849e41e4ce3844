import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import {
  formatResourceId,
  isSameResource,
  parseResourceId,
  resourceTypeOf,
  type ResourceId,
} from "../../src/arm/resource-id.ts";

const subscription = "/subscriptions/11111111-2222-3333-4444-555555555555";
const location = `${subscription}/resourceGroups/System.local/providers/Example.Admin/things/local`;

describe("parseResourceId", () => {
  it("takes an id apart", () => {
    assert.deepEqual(parseResourceId(`${location}/parts/7`), {
      subscriptionId: "11111111-2222-3333-4444-555555555555",
      resourceGroupName: "System.local",
      namespace: "Example.Admin",
      path: [
        { type: "things", name: "local" },
        { type: "parts", name: "7" },
      ],
    });
  });

  it("gives back any id it is given", () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const text = formatResourceId(id);
        assert.deepEqual(parseResourceId(text), id);
        assert.equal(resourceTypeOf(id), [id.namespace, ...id.path.map((p) => p.type)].join("/"));
      }),
    );
  });

  it("never throws and never invents", () => {
    const piece = fc.constantFrom(
      "/",
      "subscriptions",
      "resourceGroups",
      "providers",
      "a",
      "",
      "%2f",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("/");
        const id = parseResourceId(text);
        if (id !== undefined) assert.equal(formatResourceId(id).toLowerCase(), text.toLowerCase());
      }),
    );
  });

  it("rule 1: fixed words match in any casing", () => {
    const shouted = location.replace("subscriptions", "SUBSCRIPTIONS").replace("Groups", "groups");
    const id = parseResourceId(shouted.replace("providers", "Providers"));
    assert.ok(id !== undefined);
    assert.equal(formatResourceId(id), location);
  });

  for (const [fault, text] of [
    ["no leading slash", location.slice(1)],
    ["a trailing slash", `${location}/`],
    ["an empty segment", location.replace("/things", "//things")],
    ["a type without a name", `${location}/parts`],
    ["no type", `${subscription}/providers/Example.Admin`],
    ["only a subscription", subscription],
    ["nothing", ""],
    ["a group without a subscription", "/resourceGroups/a/providers/Example.Admin/things/local"],
  ] as const) {
    it(`takes ${fault} for no id`, () => assert.equal(parseResourceId(text), undefined));
  }
});

describe("isSameResource", () => {
  it("rule 2: casing does not count", () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const text = formatResourceId(id);
        assert.ok(isSameResource(text, text.toUpperCase()));
      }),
    );
  });

  it("tells different resources apart", () => {
    assert.equal(isSameResource(location, `${location}2`), false);
    assert.equal(isSameResource(location, `${location}/parts/7`), false);
    assert.equal(isSameResource(location, location.replace("System.", "System-")), false);
  });

  it("takes no text that is no id", () => {
    assert.equal(isSameResource("", ""), false);
    assert.equal(isSameResource("local", "local"), false);
  });
});

const segment = fc.stringMatching(/^[A-Za-z0-9._()-]{1,12}$/);
const scope = fc.oneof(
  fc.constant({ subscriptionId: undefined, resourceGroupName: undefined }),
  fc.record({
    subscriptionId: fc.uuid(),
    resourceGroupName: fc.option(segment, { nil: undefined }),
  }),
);
const anyId: fc.Arbitrary<ResourceId> = fc
  .tuple(
    scope,
    segment,
    fc.array(
      fc.tuple(segment, segment).map(([type, name]) => ({ type, name })),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([of, namespace, path]) => ({ ...of, namespace, path }));
