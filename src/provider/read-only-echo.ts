import { isDeepStrictEqual } from "node:util";
import type { JsonSchema } from "../arm/contract.ts";
import type { ArmRequest } from "../arm/resource-type.ts";
import { contracts } from "../generated/contracts.ts";
import { readOnlyChanged } from "./faults.ts";

/**
 * A client may send back what it read: what only the service writes, as the contract of the body names it, is ignored when
 * equal to what is shown, and refused when not (rules 72 and 132). `shown` is the resource as the request's version answers
 * it before the change; `mayDiffer` lets pass what the service moves by itself. What an array holds is its resource's own business.
 */
export function checkReadOnlyEcho(
  { body, route, context }: Pick<ArmRequest, "body" | "route" | "context">,
  shown: unknown,
  mayDiffer: (path: string, sent: unknown) => boolean = () => false,
): void {
  if (route.body === undefined) return;
  for (const path of readOnlyPathsOf(context.apiVersion, route.body.definition)) {
    const sent = valueAt(body, path);
    if (sent === undefined || isSameValue(sent, valueAt(shown, path))) continue;
    if (!mayDiffer(path, sent)) throw readOnlyChanged(path);
  }
}

/** True where a client may have read the one and sends the other. */
export function isSameValue(sent: unknown, stored: unknown): boolean {
  if (isDeepStrictEqual(withInstants(sent), withInstants(stored))) return true;
  return sent === null && (stored === undefined || stored === null);
}

/** Every text that is a time of day becomes its instant: PowerShell writes times with another precision. */
function withInstants(value: unknown): unknown {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value)) return Date.parse(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => [name, withInstants(one)]),
  );
}

const known = new Map<string, readonly string[]>();

function readOnlyPathsOf(apiVersion: string, definition: string): readonly string[] {
  const name = `${apiVersion} ${definition}`;
  const found = known.get(name) ?? findPaths(apiVersion, definition);
  known.set(name, found);
  return found;
}

function findPaths(apiVersion: string, definition: string): readonly string[] {
  const definitions = contracts.find((one) => one.apiVersion === apiVersion)?.definitions ?? {};
  const walk = (schema: JsonSchema | undefined, path: string): readonly string[] => {
    if (schema?.["readOnly"] === true) return [path];
    const reference = schema?.["$ref"];
    if (typeof reference === "string") return walk(definitions[reference.slice(prefix)], path);
    const properties = (schema?.["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
    return Object.entries(properties).flatMap(([name, property]) =>
      walk(property, path === "" ? name : `${path}.${name}`),
    );
  };
  // That a body repeats the identity in its address is judged before anything else of it.
  return walk(definitions[definition], "").filter((path) => !identity.has(path));
}

const prefix = "#/definitions/".length;
const identity: ReadonlySet<string> = new Set(["id", "name", "type"]);

function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}
