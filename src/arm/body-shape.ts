import type { JsonSchema } from "./contract.ts";

/** One thing wrong with a request body. */
export interface BodyFault {
  readonly code:
    "InvalidProperty" | "MissingProperty" | "UnknownProperty" | "InvalidRequestContent";
  readonly message: string;
  /** Path such as `properties.roles[0].name`. */
  readonly target: string;
}

export interface ShapedBody {
  readonly body: unknown;
  readonly faults: readonly BodyFault[];
}

export type Definitions = Readonly<Record<string, JsonSchema>>;

/** What a schema says about names, its references, combinations and alternatives put together. */
interface Shape {
  /** By lower-case name; undefined when the schema speaks of no properties. */
  readonly properties: Map<string, { readonly name: string; readonly schema: JsonSchema }>;
  /** Schema of properties not named; true for any; undefined where none are allowed. */
  additional: JsonSchema | true | undefined;
  items: JsonSchema | undefined;
}

/**
 * Brings a body into the contract's form before its values are checked: property names, matched in any
 * casing, get the contract's own; unknown names are faults; with `dropReadOnly` read-only properties are
 * left out, because clients of old versions send back whatever they were given.
 */
export class BodyShaper {
  readonly #definitions: Definitions;
  readonly #dropReadOnly: boolean;
  readonly #shapes = new WeakMap<JsonSchema, Shape>();

  constructor(definitions: Definitions, dropReadOnly: boolean) {
    this.#definitions = definitions;
    this.#dropReadOnly = dropReadOnly;
  }

  shape(definition: string, value: unknown): ShapedBody {
    const faults: BodyFault[] = [];
    const body = this.#walk(this.#resolve({ $ref: reference(definition) }), value, "", faults);
    return { body, faults };
  }

  #walk(schema: JsonSchema, value: unknown, path: string, faults: BodyFault[]): unknown {
    if (typeof value !== "object" || value === null) return value;
    const shape = this.#shapeOf(schema);
    if (Array.isArray(value)) {
      const { items } = shape;
      if (items === undefined) return value;
      return value.map((item, index) => this.#walk(items, item, `${path}[${index}]`, faults));
    }
    return this.#walkObject(shape, value as Readonly<Record<string, unknown>>, path, faults);
  }

  #walkObject(
    shape: Shape,
    value: Readonly<Record<string, unknown>>,
    path: string,
    faults: BodyFault[],
  ): unknown {
    const result: Record<string, unknown> = {};
    for (const [sent, child] of Object.entries(value)) {
      const known = shape.properties.get(sent.toLowerCase());
      const name = known?.name ?? sent;
      const target = path === "" ? name : `${path}.${name}`;
      const schema = known?.schema ?? shape.additional;
      if (schema === undefined) {
        // The search is dear: nobody reads the advice on the hundredth name, but somebody may send it.
        const names = faults.length < maximumAdvised ? namesOf(shape) : [];
        faults.push(unknownProperty(sent, target, names));
      } else if (Object.hasOwn(result, name)) {
        faults.push(givenTwice(target));
      } else if (schema === true) {
        result[name] = child;
      } else if (!this.#isDropped(schema)) {
        result[name] = this.#walk(schema, child, target, faults);
      }
    }
    return result;
  }

  #isDropped(schema: JsonSchema): boolean {
    return this.#dropReadOnly && this.#resolve(schema)["readOnly"] === true;
  }

  #shapeOf(schema: JsonSchema): Shape {
    const known = this.#shapes.get(schema);
    if (known !== undefined) return known;
    const shape: Shape = { properties: new Map(), additional: undefined, items: undefined };
    this.#collect(schema, shape);
    const isSilent = shape.properties.size === 0 && shape.additional === undefined;
    if (isSilent && !this.#isClosed(schema)) shape.additional = true;
    this.#shapes.set(schema, shape);
    return shape;
  }

  #collect(schema: JsonSchema, shape: Shape): void {
    const resolved = this.#resolve(schema);
    for (const [name, property] of Object.entries(asSchema(resolved["properties"]) ?? {})) {
      const key = name.toLowerCase();
      if (!shape.properties.has(key))
        shape.properties.set(key, { name, schema: property as JsonSchema });
    }
    const additional = resolved["additionalProperties"];
    if (additional === true) shape.additional = true;
    else shape.additional ??= asSchema(additional);
    shape.items ??= asSchema(resolved["items"]);
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      for (const part of (resolved[keyword] as readonly JsonSchema[] | undefined) ?? [])
        this.#collect(part, shape);
    }
  }

  #isClosed(schema: JsonSchema): boolean {
    return this.#resolve(schema)["additionalProperties"] === false;
  }

  #resolve(schema: JsonSchema): JsonSchema {
    const name = schema["$ref"];
    if (typeof name !== "string") return schema;
    const definition = this.#definitions[name.slice(reference("").length)];
    if (definition === undefined) throw new Error(`The contract has no definition "${name}"`);
    return this.#resolve(definition);
  }
}

function reference(definition: string): string {
  return `#/definitions/${definition}`;
}

function asSchema(value: unknown): JsonSchema | undefined {
  return typeof value === "object" && value !== null ? (value as JsonSchema) : undefined;
}

const maximumAdvised = 20;

function namesOf(shape: Shape): readonly string[] {
  return [...shape.properties.values()].map(({ name }) => name);
}

function unknownProperty(sent: string, target: string, names: readonly string[]): BodyFault {
  const near = nearestName(sent, names);
  const advice =
    near === undefined ? "leave it out, or use another api-version" : `did you mean "${near}"?`;
  return {
    code: "UnknownProperty",
    message: `This api-version has no property "${shortenPath(target)}": ${advice}`,
    target: shortenPath(target),
  };
}

function givenTwice(target: string): BodyFault {
  const shown = shortenPath(target);
  return {
    code: "InvalidRequestContent",
    message: `Property "${shown}" is given twice in different casing: send it once`,
    target: shown,
  };
}

/** A path short enough to be shown, however long the names in it are. */
export function shortenPath(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

/** The name a typing error is most likely to mean; undefined when none is near. */
export function nearestName(sent: string, names: readonly string[]): string | undefined {
  if (sent.length > 64) return undefined;
  const limit = Math.max(1, Math.floor(sent.length / 4));
  const ranked = names
    .map((name) => ({ name, distance: editDistance(sent.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.name;
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
