import type { ErrorObject } from "ajv";
import { shortenPath, type BodyFault } from "./body-shape.ts";

/**
 * The validator's findings in words for people, one for each property. Values are never quoted: any of them
 * may be a secret put into the wrong place.
 */
export function describeSchemaFaults(errors: readonly ErrorObject[]): readonly BodyFault[] {
  const telling = errors.filter(({ keyword }) => !combining.has(keyword));
  const faults = (telling.length === 0 ? errors : telling).map(describe);
  const byTarget = new Map(faults.map((fault) => [`${fault.code} ${fault.target}`, fault]));
  return [...byTarget.values()];
}

/** Keywords that only say that something below them failed. */
const combining = new Set(["anyOf", "oneOf", "allOf", "if", "$ref"]);

function describe(error: ErrorObject): BodyFault {
  const path = toPath(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case "required":
      return fault("MissingProperty", join(path, params["missingProperty"]), "is missing: add it");
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = params["additionalProperty"] ?? params["unevaluatedProperty"];
      return fault("UnknownProperty", join(path, name), "does not belong here: leave it out");
    }
    case "discriminator":
      return fault("InvalidProperty", join(path, params["tag"]), "names no known kind");
    case "type":
      return describeTypeFault(path, params["type"], error.data);
    case "enum":
      return fault("InvalidProperty", path, `must be one of ${list(params["allowedValues"])}`);
    case "minimum":
    case "maximum":
      return fault("InvalidProperty", path, describeBounds(error));
    default:
      return fault("InvalidProperty", path, error.message ?? "is not valid");
  }
}

function fault(code: BodyFault["code"], target: string, words: string): BodyFault {
  const shown = shortenPath(target);
  const name = shown === "" ? "The body" : `Property "${shown}"`;
  return { code, message: `${name} ${words}`, target: shown };
}

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
