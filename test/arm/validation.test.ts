import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { BodyShaper } from "../../src/arm/body-shape.ts";
import type { Contract, JsonSchema } from "../../src/arm/contract.ts";
import { ArmError } from "../../src/arm/errors.ts";
import { describeSchemaFaults } from "../../src/arm/schema-faults.ts";
import { compileBodyChecks } from "../../src/arm/validation.ts";
import { contracts } from "../../src/generated/contracts.ts";
import { findContract } from "../support/contracts.ts";

const locationId =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/system.local/providers/Microsoft.Backup.Admin/backupLocations/local";

describe("bodies of the newest api-version", () => {
  const check = checkOf(findContract("2026-12-01"), "PUT");

  it("pass as they are when nothing is wrong", () => {
    const body = {
      location: "local",
      tags: { Team: "a" },
      properties: {
        store: { kind: "Smb", path: "\\\\nas\\backup", userName: "a", password: "b" },
        schedule: { isEnabled: true, frequencyInHours: 12 },
        retention: { periodInDays: 7 },
      },
    };
    assert.deepEqual(plain(check(body)), body);
  });

  it("take property names in any casing", () => {
    const sent = {
      LOCATION: "local",
      Properties: { STORE: { Kind: "Local", PATH: "/b" }, Schedule: { ISENABLED: true } },
    };
    assert.deepEqual(plain(check(sent)), {
      location: "local",
      properties: { store: { kind: "Local", path: "/b" }, schedule: { isEnabled: true } },
    });
  });

  it("keep the casing of tags", () => {
    const body = { location: "local", tags: { LOCATION: "x", properties: "y" } };
    assert.deepEqual(plain(check(body)), body);
  });

  it("keep read-only properties for the provider", () => {
    const body = {
      location: "local",
      systemData: { createdBy: "a" },
      properties: { provisioningState: "Succeeded", lastBackupTime: 7 },
    };
    assert.deepEqual(plain(check(body)), body);
  });

  it("rule 49: name every fault with code, message and target", () => {
    const error = refusalOf(check, {
      tags: { a: 7 },
      properties: {
        store: { kind: "Local" },
        schedule: { frequencyInHours: 0 },
        bakupFrequency: 4,
      },
    });
    assert.equal(error.code, "MultipleErrorsOccurred");
    assert.equal(error.status, 400);
    const found = (error.details ?? []).map(({ code, target }) => `${code} ${target}`).sort();
    assert.deepEqual(found, [
      "InvalidProperty properties.schedule.frequencyInHours",
      "InvalidProperty tags.a",
      "MissingProperty location",
      "MissingProperty properties.store.path",
      "UnknownProperty properties.bakupFrequency",
    ]);
    for (const { message } of error.details ?? []) assert.match(message, /^\S.*[^.]$/);
  });

  for (const [name, properties, form] of [
    ["store.path", { store: { kind: "Local" } }, "an absolute path"],
    ["store.kind", { store: { path: "/b" } }, 'one of "Local", "Smb", "AzureBlob", "S3", "Sftp"'],
    [
      "encryption.recipients[0].certificateBase64",
      { encryption: { recipients: [{}] } },
      "a text in base64",
    ],
  ] as const) {
    it(`rule 48: that ${name} is missing is told with what it looks like`, () => {
      const error = refusalOf(check, { location: "local", properties });
      const target = `properties.${name}`;
      assert.deepEqual([error.code, error.target], ["MissingProperty", target]);
      assert.equal(error.message, `Property "${target}" is missing: it is required, give ${form}`);
    });
  }

  const window = { days: ["Monday"], start: "22:00", end: "06:00" };
  const limits: readonly (readonly [properties: object, target: string, words: string])[] = [
    [{ schedule: { frequencyInHours: 4.5 } }, "schedule.frequencyInHours", "a whole number"],
    [{ schedule: { pausedUntil: "tomorrow" } }, "schedule.pausedUntil", "a time with its zone"],
    [{ schedule: { windows: [{ ...window, end: "6:00" }] } }, "schedule.windows[0].end", '"24:00"'],
    [
      { schedule: { windows: [{ ...window, days: [] }] } },
      "schedule.windows[0].days",
      "not be an empty list",
    ],
    [{ encryption: { recipients: [] } }, "encryption.recipients", "not be an empty list"],
    [{ store: { kind: "Local", path: "" } }, "store.path", "not be empty"],
    [{ store: { kind: "Local", path: `/${"x".repeat(5000)}` } }, "store.path", "at most"],
  ];
  for (const [properties, target, words] of limits) {
    it(`rule 48: say in words what ${target} must be: ${words}`, () => {
      const error = refusalOf(check, { location: "local", properties });
      assert.equal(error.target, `properties.${target}`);
      assert.ok(error.message.startsWith(`Property "properties.${target}" must `), error.message);
      assert.ok(error.message.includes(words), error.message);
      assert.doesNotMatch(error.message, /must match|NOT/);
    });
  }

  it("have words for every pattern and format of the contracts", () => {
    const found = JSON.stringify(contracts).matchAll(/"(pattern|format)":("(?:[^"\\]|\\.)*")/g);
    const limitsOfTexts = [...found].filter(([, , text]) => text !== '"password"');
    assert.ok(limitsOfTexts.length > 10);
    for (const [, keyword = "", text = ""] of limitsOfTexts) {
      const schema: unknown = JSON.parse(text);
      const error = {
        keyword,
        schema,
        instancePath: "/a",
        schemaPath: "",
        params: {},
        message: "?",
      };
      assert.match(
        describeSchemaFaults([error], {})[0]?.message ?? "",
        /^Property "a" must /,
        text,
      );
    }
  });

  it("name the kinds there are where another is given", () => {
    const error = refusalOf(check, { location: "local", properties: { store: { kind: "Tape" } } });
    assert.equal(error.code, "InvalidProperty");
    assert.match(error.message, /: use one of "Local", "Smb", "AzureBlob", "S3", "Sftp"$/);
  });

  for (const contract of contracts) {
    for (const route of contract.routes) {
      if (route.body === undefined) continue;
      it(`rule 53: ${contract.apiVersion} ${route.operationId} names what it does not know`, () => {
        const check = compileBodyChecks(contract)(route);
        const error = refusalOf((body) => check(body, locationId), { sise: 1 });
        const faults = [error, ...(error.details ?? [])].map(({ code, target }) => [code, target]);
        assert.ok(
          faults.some(([code, target]) => code === "UnknownProperty" && target === "sise"),
          JSON.stringify(faults),
        );
      });
    }
  }

  it("rule 49: list at most 20 faults and tell how many there are", () => {
    const odd = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`odd${index}`, 1]));
    const error = refusalOf(check, { location: "local", ...odd });
    assert.equal(error.details?.length, 20);
    assert.match(error.message, /\b100\b/);
  });

  it("search a near name for the first faults only", () => {
    const contract = findContract("2026-12-01");
    const odd = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`location${index}`, 1]),
    );
    const { faults } = new BodyShaper(contract.definitions, false).shape(
      "BackupLocationRequest",
      odd,
    );
    const advised = faults.map(({ message }) => message.includes('did you mean "location"'));
    // Every name is near; the search costs far more than the name sent, so it must not grow with the body.
    assert.deepEqual(
      advised,
      Array.from({ length: 100 }, (_, index) => index < 20),
    );
  });

  it("never show more than a piece of an endless name", () => {
    const endless = "x".repeat(100_000);
    for (const body of [
      { location: "local", [endless]: 1 },
      { location: "local", tags: { [endless]: 1 } },
    ]) {
      const { message, target, details } = refusalOf(check, body);
      assert.ok(JSON.stringify({ message, target, details }).length < 4_000);
    }
  });

  it("refuse a property of another kind of store", () => {
    const error = refusalOf(check, {
      location: "local",
      properties: { store: { kind: "Local", path: "/b", userName: "a" } },
    });
    assert.equal(error.code, "UnknownProperty");
    assert.equal(error.target, "properties.store.userName");
  });

  for (const [fault, store, target] of [
    ["an unknown kind", { kind: "Tape", path: "/b" }, "properties.store.kind"],
    ["no kind", { path: "/b" }, "properties.store.kind"],
    ["a kind that is no text", { kind: 7, path: "/b" }, "properties.store.kind"],
  ] as const) {
    it(`refuse a store with ${fault}`, () => {
      const error = refusalOf(check, { location: "local", properties: { store } });
      const targets = [error.target, ...(error.details ?? []).map((detail) => detail.target)];
      assert.ok(targets.includes(target), String(targets));
      assert.equal(error.status, 400);
    });
  }

  it("rule 4: take the identity of the address and no other", () => {
    const same = {
      id: locationId.toUpperCase(),
      name: "LOCAL",
      type: "microsoft.backup.admin/BACKUPLOCATIONS",
      location: "local",
    };
    assert.doesNotThrow(() => check(same));
    for (const field of ["id", "name", "type"]) {
      const error = refusalOf(check, { ...same, [field]: "another" });
      assert.equal(error.code, "InvalidResourceIdentity");
      assert.equal(error.target, field);
    }
  });
});

describe("bodies of published api-versions", () => {
  const check = checkOf(findContract("2018-09-01"), "PUT");
  const store = (externalStoreDefault: unknown) => ({ properties: { externalStoreDefault } });
  const path = "properties.externalStoreDefault";

  const faults: readonly (readonly [
    fact: string,
    sent: unknown,
    code: string,
    target: string,
    words: RegExp,
  ])[] = [
    [
      "rule 53: a typing error",
      store({ bakupFrequencyInHours: 4 }),
      "UnknownProperty",
      `${path}.bakupFrequencyInHours`,
      /"backupFrequencyInHours"/,
    ],
    [
      "rule 53: a typing error in the envelope",
      { propertis: {} },
      "UnknownProperty",
      "propertis",
      /"properties"/,
    ],
    [
      "rule 53: a property of a later api-version",
      store({ blobStorageUrl: "https://x" }),
      "UnknownProperty",
      `${path}.blobStorageUrl`,
      /api-version/,
    ],
    [
      "rule 53: a property of an earlier api-version",
      store({ encryptionKeyBase64: "AAAA" }),
      "UnknownProperty",
      `${path}.encryptionKeyBase64`,
      /api-version/,
    ],
    [
      "rule 48: text where a number belongs",
      store({ backupFrequencyInHours: "12" }),
      "InvalidProperty",
      `${path}.backupFrequencyInHours`,
      /expected integer/,
    ],
    [
      "rule 48: an object that a shell cut off",
      { properties: "@{externalStoreDefault=System.Object}" },
      "InvalidProperty",
      "properties",
      /expected object.*-Depth/,
    ],
    [
      "rule 48: a text that is too long",
      store({ userName: "u".repeat(513) }),
      "InvalidProperty",
      `${path}.userName`,
      /512/,
    ],
  ];
  for (const [fact, sent, code, target, words] of faults) {
    it(`${fact} is named`, () => {
      const error = refusalOf(check, sent);
      assert.equal(error.code, code);
      assert.equal(error.target, target);
      assert.match(error.message, words);
    });
  }

  it("take the null of a property of another api-version", () => {
    const body = store({ path: "/b", blobStorageUrl: null, encryptionKeyBase64: null });
    assert.doesNotThrow(() => check(body));
  });

  it("take what old clients send back", () => {
    const sent = store({ path: "/b", availableCapacity: "9 GB", nextBackupTime: 7 });
    assert.doesNotThrow(() => check(sent));
  });

  it("refuse one name in two casings", () => {
    const error = refusalOf(check, store({ path: "/a", Path: "/b" }));
    assert.equal(error.status, 400);
    assert.equal(error.target, `${path}.path`);
  });

  for (const [name, body] of [
    ["null", null],
    ["an array", []],
    ["a text", "x"],
    ["a number", 7],
    ["nothing", undefined],
  ] as const) {
    it(`rule 52: refuse ${name} as a body`, () => {
      assert.equal(refusalOf(check, body).code, "InvalidRequestContent");
    });
  }

  it("rule 51: no fault quotes a value", () => {
    const secret = "hunter2-secret";
    for (const body of [
      store({ password: { deep: secret } }),
      store({ password: [secret] }),
      store({ isBackupSchedulerEnabled: secret, backupFrequencyInHours: secret }),
      store({ encryptionKeyBase64: secret }),
      store(secret),
      { properties: secret, location: [secret] },
    ]) {
      const { message, target, details } = refusalOf(check, body);
      assert.ok(!JSON.stringify({ message, target, details }).includes(secret));
    }
  });
});

describe("compileBodyChecks", () => {
  it("compiles every body of every contract", () => {
    for (const contract of contracts) {
      const compile = compileBodyChecks(contract);
      for (const route of contract.routes) assert.doesNotThrow(() => compile(route));
    }
  });

  it("follows references and parts put together", () => {
    const check = checkOf(
      sketchContract({
        Thing: {
          type: "object",
          allOf: [{ $ref: "#/definitions/Base" }],
          properties: { parts: { type: "array", items: { $ref: "#/definitions/Part" } } },
        },
        Base: { type: "object", properties: { title: { type: "string" } } },
        Part: {
          type: "object",
          properties: { size: { type: "integer", minimum: 1 } },
          required: ["size"],
          additionalProperties: false,
        },
      }),
      "PUT",
    );
    const shaped = check({ TITLE: "t", Parts: [{ SIZE: 1 }, { Size: 2 }] });
    assert.deepEqual(plain(shaped), { title: "t", parts: [{ size: 1 }, { size: 2 }] });
    assert.equal(refusalOf(check, { parts: [{ size: 1 }, {}] }).target, "parts[1].size");
    const array = refusalOf(check, { parts: "System.Object[]" });
    assert.match(array.message, /expected array, found (?:text|string).*-Depth/);
  });
});

type Check = (body: unknown) => unknown;

function checkOf(contract: Contract, method: "PUT"): Check {
  const route = contract.routes.find((one) => one.method === method && one.body !== undefined);
  assert.ok(route !== undefined);
  const check = compileBodyChecks(contract)(route);
  return (body) => check(body, locationId);
}

function refusalOf(check: Check, body: unknown): ArmError {
  try {
    check(body);
  } catch (error) {
    assert.ok(error instanceof ArmError, String(error));
    assert.equal(error.status, 400);
    return error;
  }
  throw new Error("The body was taken");
}

function sketchContract(definitions: Readonly<Record<string, JsonSchema>>): Contract {
  return {
    namespace: "Example.Admin",
    apiVersion: "2030-01-01",
    routes: [
      {
        operationId: "Things_Put",
        method: "PUT",
        path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Example.Admin/things/{thing}",
        query: [],
        body: { definition: "Thing", required: true },
        responses: { 200: "Thing" },
        longRunning: {
          finalStateVia: "location",
          polling: "modern",
          startRetryAfterSeconds: 10,
          pollRetryAfterSeconds: 10,
        },
      },
    ],
    definitions,
  };
}

/** Without regard to prototypes. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
