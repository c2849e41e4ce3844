import type { ErrorObject } from "ajv";
import { shortenPath, type BodyFault, type Definitions } from "./body-shape.ts";
import type { JsonSchema } from "./contract.ts";

/**
 * The validator's findings in words for people, one for each property. Values are never quoted: any of them
 * may be a secret put into the wrong place.
 */
export function describeSchemaFaults(
  errors: readonly ErrorObject[],
  definitions: Definitions,
): readonly BodyFault[] {
  const telling = errors.filter(({ keyword }) => !combining.has(keyword));
  const faults = (telling.length === 0 ? errors : telling).map((one) => describe(one, definitions));
  const byTarget = new Map(faults.map((fault) => [`${fault.code} ${fault.target}`, fault]));
  return [...byTarget.values()];
}

/** Keywords that only say that something below them failed. */
const combining = new Set(["anyOf", "oneOf", "allOf", "if", "$ref"]);

function describe(error: ErrorObject, definitions: Definitions): BodyFault {
  const path = toPath(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case "required":
      return describeMissing(path, String(params["missingProperty"]), error, definitions);
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = params["additionalProperty"] ?? params["unevaluatedProperty"];
      return fault("UnknownProperty", join(path, name), "does not belong here: leave it out");
    }
    case "discriminator":
      return describeKindFault(path, String(params["tag"]), error, definitions);
    case "type":
      return describeTypeFault(path, params["type"], error.data);
    case "enum":
      return fault("InvalidProperty", path, `must be one of ${list(params["allowedValues"])}`);
    case "minimum":
    case "maximum":
      return fault("InvalidProperty", path, describeBounds(error));
    default:
      return fault(
        "InvalidProperty",
        path,
        describeLimit(error) ?? error.message ?? "is not valid",
      );
  }
}

/** What a value must be like, for the keywords that come with one argument. */
function describeLimit({ keyword, params, schema }: ErrorObject): string | undefined {
  const limit = Number((params as { readonly limit?: unknown }).limit);
  switch (keyword) {
    case "minLength":
      return limit === 1 ? "must not be empty" : `must have at least ${limit} characters`;
    case "maxLength":
      return `must have at most ${limit} characters`;
    case "minItems":
      return limit === 1 ? "must not be an empty list" : `must have at least ${limit} entries`;
    case "maxItems":
      return `must have at most ${limit} entries`;
    case "format":
      return formats[String(schema)];
    case "pattern":
      return patterns.find(([begin]) => String(schema).startsWith(begin))?.[1];
    default:
      return undefined;
  }
}

const formats: Readonly<Record<string, string>> = {
  int32: "must be a whole number below 2147483648",
  int64: "must be a whole number",
  "date-time": 'must be a time with its zone, such as "2026-03-02T22:00:00Z"',
  uuid: 'must be a GUID such as "00000000-0000-0000-0000-000000000000"',
};

/** By how they begin: those of our contracts, what a text must look like. */
const patterns: readonly (readonly [begin: string, words: string])[] = [
  ["^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)", 'must be a time of day from "00:00" to "24:00"'],
  ["^([01][0-9]|2[0-3]):[0-5][0-9]", 'must be a time of day from "00:00" to "23:59"'],
  ["^SHA256:", 'must be a fingerprint such as ssh-keygen -l shows: "SHA256:" and 43 characters'],
  ["^[A-Za-z0-9-]+$", 'must be letters, digits and "-"'],
  ["^[a-z0-9][a-z0-9.-]", 'must be 3 to 63 lower-case letters, digits, "." and "-"'],
];

function fault(code: BodyFault["code"], target: string, words: string): BodyFault {
  const shown = shortenPath(target);
  const name = shown === "" ? "The body" : `Property "${shown}"`;
  return { code, message: `${name} ${words}`, target: shown };
}

/** That it is required, and what it looks like. */
function describeMissing(
  path: string,
  name: string,
  { parentSchema }: ErrorObject,
  definitions: Definitions,
): BodyFault {
  const properties = (parentSchema?.["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const form = describeForm(name, properties[name] ?? {}, definitions);
  return fault("MissingProperty", join(path, name), `is missing: it is required, give ${form}`);
}

/** None or an unknown one of several shapes was chosen. */
function describeKindFault(
  path: string,
  tag: string,
  { parentSchema, data }: ErrorObject,
  definitions: Definitions,
): BodyFault {
  const shapes = (parentSchema?.["oneOf"] ?? []) as readonly JsonSchema[];
  const kinds = shapes.flatMap((shape) => kindsOf(tag, shape, definitions));
  const isGiven = (data as Readonly<Record<string, unknown>> | undefined)?.[tag] !== undefined;
  return isGiven
    ? fault("InvalidProperty", join(path, tag), `names no known kind: use one of ${list(kinds)}`)
    : fault(
        "MissingProperty",
        join(path, tag),
        `is missing: it is required, give one of ${list(kinds)}`,
      );
}

function kindsOf(tag: string, shape: JsonSchema, definitions: Definitions): readonly unknown[] {
  const { properties } = resolve(shape, definitions);
  const { const: only, enum: values } = (properties as Definitions | undefined)?.[tag] ?? {};
  return Array.isArray(values) ? values : [only];
}

function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  return definitions[reference.slice("#/definitions/".length)] ?? {};
}

/** A value that the schema takes, in words. */
function describeForm(name: string, sent: JsonSchema, definitions: Definitions): string {
  const schema = resolve(sent, definitions);
  const { enum: values, const: only, minimum, maximum, oneOf } = schema;
  if (Array.isArray(values)) return `one of ${list(values)}`;
  if (typeof only === "string") return `"${only}"`;
  const type = Array.isArray(oneOf) ? "object" : [schema["type"]].flat()[0];
  const telling = textForms.find(([, end]) => type === "string" && end.test(name))?.[0];
  const form = telling ?? forms[String(type)] ?? "a value";
  if (typeof minimum === "number" && typeof maximum === "number")
    return `${form} from ${minimum} to ${maximum}`;
  return form;
}

/** What texts look like whose names tell it. */
const textForms: readonly (readonly [form: string, name: RegExp])[] = [
  ["an absolute path", /path$/i],
  ["a text in base64", /base64$/i],
  ["an address that begins with https://", /ur[il]$/i],
  ["a name", /(?:name|group)$/i],
  ["the name of a region", /^location$/],
];

const forms: Readonly<Record<string, string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list: [ … ]",
  object: "an object: { … }",
};

function describeTypeFault(path: string, type: unknown, value: unknown): BodyFault {
  const types = Array.isArray(type) ? (type as readonly string[]) : [String(type)];
  // The contract knows names of other api-versions only to let their null pass.
  if (types.every((name) => name === "null"))
    return fault("UnknownProperty", path, "is not part of this api-version: leave it out");
  const expected = types.filter((name) => name !== "null").join(" or ");
  const words = `is of the wrong type: expected ${expected}, found ${nameType(value)}`;
  return fault("InvalidProperty", path, `${words}${adviseShell(expected, value)}`);
}

/** Shells spoil JSON in two well-known ways; say which. */
function adviseShell(expected: string, value: unknown): string {
  if (typeof value === "string" && /^(?:@\{|System\.)/.test(value))
    return " (ConvertTo-Json cut the value off: give it a larger -Depth)";
  if (expected === "array" && !Array.isArray(value))
    return " (a list of one must be written as a list: [ … ])";
  return "";
}

function nameType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function describeBounds(error: ErrorObject): string {
  const { minimum, maximum } = (error.parentSchema ?? {}) as {
    readonly minimum?: number;
    readonly maximum?: number;
  };
  if (minimum !== undefined && maximum !== undefined)
    return `must be between ${minimum} and ${maximum}`;
  return minimum === undefined ? `must be at most ${maximum}` : `must be at least ${minimum}`;
}

function list(values: unknown): string {
  const known = Array.isArray(values) ? values.filter((value) => value !== null) : [];
  return known.map((value) => `"${String(value)}"`).join(", ");
}

function toPath(pointer: string): string {
  let path = "";
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    path = /^\d+$/.test(name) ? `${path}[${name}]` : join(path, name);
  }
  return path;
}

function join(path: string, name: unknown): string {
  return path === "" ? String(name) : `${path}.${String(name)}`;
}
