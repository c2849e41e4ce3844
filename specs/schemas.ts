import type { Node, SwaggerDocument } from "./bundle.ts";

/**
 * Turns definitions of a document into JSON schemas (draft 2020-12), in two forms:
 *
 * - *request* (`NameRequest`): bounds hold, but for those of numbers in published versions; unknown properties are refused; a read-only property passes
 *   with any value, because old clients send back what they were given. That includes properties that
 *   only another api-version knows or flags as read-only; plain ones of another api-version may be null.
 * - *answer* (`Name`): names, types and enumerations hold, bounds do not (a value that another
 *   api-version allowed is shown as it is); a secret may only be null.
 */
export type Form = "request" | "answer";

/** Everything a form needs to know beside the definition itself. */
export interface FormContext {
  readonly form: Form;
  readonly document: SwaggerDocument;
  /** Definitions of the other api-versions by name, flattened. */
  readonly elsewhere: (name: string) => readonly Node[];
}

/** The name of a definition in a form. */
export function formName(name: string, form: Form): string {
  return form === "request" ? `${name}Request` : name;
}

/** One definition as a JSON schema. */
export function convertDefinition(name: string, context: FormContext): Node {
  const { document, form } = context;
  const subtypes = listSubtypes(name, document);
  const definition = flattenDefinition(name, document);
  if (subtypes.length > 0) {
    const property = String(definition["discriminator"]);
    const oneOf = subtypes.map((subtype) => refTo(formName(subtype, form)));
    const properties = { [property]: { type: "string" } };
    return {
      type: "object",
      properties,
      required: [property],
      discriminator: { propertyName: property },
      oneOf,
    };
  }
  const schema = convertSchema(definition, context);
  if (form === "answer" || schema["properties"] === undefined) return schema;
  const properties = widenProperties(
    schema["properties"] as Readonly<Record<string, Node>>,
    context.elsewhere(name),
  );
  return { ...schema, properties };
}

/** The definition with all it inherits merged in, base properties first. */
export function flattenDefinition(name: string, document: SwaggerDocument): Node {
  const definition = document.definitions[name];
  if (definition === undefined) throw new Error(`No definition '${name}'`);
  const flat = flattenParts(definition, document);
  const value = definition["x-ms-discriminator-value"];
  if (value === undefined) return flat;
  const { discriminator, ...rest } = flat;
  const properties = { ...(flat["properties"] as Node) };
  properties[String(discriminator)] = { type: "string", enum: [value] };
  return { ...rest, properties };
}

/** Names of the definitions that a form of the given ones needs, themselves included. */
export function listReachable(
  names: Iterable<string>,
  document: SwaggerDocument,
  form: Form,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    const subtypes = listSubtypes(name, document);
    if (subtypes.length > 0) subtypes.forEach(visit);
    else collectRefs(flattenDefinition(name, document), form).forEach(visit);
  };
  for (const name of names) visit(name);
  return reached;
}

/** The definition a `$ref`, or an `allOf` of nothing but one, points at. */
export function refName(schema: Node): string | undefined {
  const ref = schema["$ref"] ?? (schema["allOf"] as readonly Node[] | undefined)?.[0]?.["$ref"];
  return typeof ref === "string" ? ref.replace("#/definitions/", "") : undefined;
}

const bounds = ["minLength", "maxLength", "minItems", "maxItems", "pattern"];
const numberBounds = ["minimum", "maximum"];

/**
 * Clients of published versions send back numbers that ours allowed and theirs does not: the provider, which knows
 * whether the number is a new one, judges them.
 */
function boundsIn({ info }: SwaggerDocument): readonly string[] {
  const { version } = info as { readonly version: string };
  return /^20(?:16|18|21)-/.test(version) ? bounds : [...numberBounds, ...bounds];
}

function convertSchema(schema: Node, context: FormContext): Node {
  const { form } = context;
  const notes = annotationsOf(schema);
  if (form === "request" && schema["readOnly"] === true) return notes;
  if (form === "answer" && schema["x-ms-secret"] === true) return { type: "null", ...notes };
  const target = refName(schema);
  const nullable = schema["x-nullable"] === true;
  if (target !== undefined) {
    if (!nullable) return { ...refTo(formName(target, form)), ...notes };
    // In place instead of anyOf, so that a fault is told once and not for each branch.
    const inPlace = convertDefinition(target, context);
    return { ...inPlace, type: [inPlace["type"], "null"], ...notes };
  }
  const items = schema["items"] as Node | undefined;
  return {
    ...convertScalar(schema, nullable),
    ...(form === "request" ? pick(schema, boundsIn(context.document)) : {}),
    ...(items === undefined ? {} : { items: convertSchema(items, context) }),
    ...convertMembers(schema, context),
    ...notes,
  };
}

function convertScalar(schema: Node, nullable: boolean): Node {
  const { type, format } = schema;
  const values = schema["enum"] as readonly unknown[] | undefined;
  return {
    ...(type === undefined ? {} : { type: nullable ? [type, "null"] : type }),
    ...(values === undefined ? {} : { enum: nullable ? [...values, null] : values }),
    ...(format === undefined ? {} : { format }),
  };
}

function convertMembers(schema: Node, context: FormContext): Node {
  const properties = schema["properties"] as Readonly<Record<string, Node>> | undefined;
  const additional = schema["additionalProperties"];
  const result: Record<string, unknown> = {};
  if (properties !== undefined) {
    result["properties"] = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [
        name,
        convertSchema(property, context),
      ]),
    );
    if (schema["required"] !== undefined) result["required"] = schema["required"];
  }
  if (typeof additional === "object")
    result["additionalProperties"] = convertSchema(additional as Node, context);
  else if (schema["type"] === "object") result["additionalProperties"] = additional ?? false;
  return result;
}

function annotationsOf(schema: Node): Node {
  return pick(schema, ["readOnly", "x-ms-secret", "x-ms-mutability"]);
}

function pick(schema: Node, keys: readonly string[]): Node {
  return Object.fromEntries(
    keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]),
  );
}

/** Own properties, read-only where any version says so, then what only other versions know. */
function widenProperties(own: Readonly<Record<string, Node>>, others: readonly Node[]): Node {
  const properties = { ...own };
  for (const other of others) {
    for (const [name, property] of Object.entries(
      (other["properties"] ?? {}) as Record<string, Node>,
    )) {
      if (property["readOnly"] === true) properties[name] = { readOnly: true };
      else if (isPlain(property)) properties[name] ??= { type: "null", ...annotationsOf(property) };
    }
  }
  return properties;
}

function isPlain(property: Node): boolean {
  return (
    property["type"] !== undefined && property["type"] !== "object" && property["type"] !== "array"
  );
}

function flattenParts(definition: Node, document: SwaggerDocument): Node {
  const parts = definition["allOf"] as readonly Node[] | undefined;
  if (parts === undefined) return definition;
  const flat = parts.map((part) => {
    const name = part["$ref"] === undefined ? undefined : refName(part);
    return name === undefined ? flattenParts(part, document) : flattenDefinition(name, document);
  });
  const required = flat.flatMap((part) => (part["required"] ?? []) as string[]);
  const { allOf: _, ...own } = definition;
  return {
    ...Object.assign({}, ...flat),
    ...own,
    type: "object",
    properties: Object.assign({}, ...flat.map((part) => part["properties"])),
    ...(required.length > 0 ? { required } : {}),
  };
}

function listSubtypes(name: string, document: SwaggerDocument): readonly string[] {
  if (document.definitions[name]?.["discriminator"] === undefined) return [];
  return Object.entries(document.definitions)
    .filter(
      ([, other]) => other["x-ms-discriminator-value"] !== undefined && refName(other) === name,
    )
    .map(([subtype]) => subtype);
}

function collectRefs(value: unknown, form: Form): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => collectRefs(item, form));
  if (value === null || typeof value !== "object") return [];
  const node = value as Node;
  if (form === "request" && node["readOnly"] === true) return [];
  const own = typeof node["$ref"] === "string" ? [node["$ref"].replace("#/definitions/", "")] : [];
  return [...own, ...Object.values(node).flatMap((item) => collectRefs(item, form))];
}

function refTo(name: string): Node {
  return { $ref: `#/definitions/${name}` };
}
