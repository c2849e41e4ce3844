import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { BodyShaper, type BodyFault, type Definitions } from "./body-shape.ts";
import type { Contract, ContractRoute } from "./contract.ts";
import { armError, type ArmError } from "./errors.ts";
import { invalidContent } from "./request-body.ts";
import { isSameResource, parseResourceId, resourceTypeOf } from "./resource-id.ts";
import { describeSchemaFaults } from "./schema-faults.ts";

/**
 * Checks a route's parsed body and gives it back as the handler wants it. Throws the 400 that tells all
 * that is wrong at once. `resourceId` is what the address names.
 */
export type BodyCheck = (body: unknown, resourceId: string) => unknown;

/**
 * Compiles the bodies of a contract; fails at start where a schema is broken. Contracts of one service share a
 * compiler: making it ready to judge schemas takes longer than our schemas do.
 */
export function compileBodyChecks(
  contract: Contract,
  compiler: SchemaCompiler = createSchemaCompiler(),
): (route: ContractRoute) => BodyCheck {
  const name = `${contract.namespace}-${contract.apiVersion}`;
  compiler.addSchema({ definitions: contract.definitions }, name);
  const shaper = new BodyShaper(contract.definitions, dropsReadOnly(contract));
  return (route) => {
    if (route.body === undefined) return refuseAnyBody;
    const { definition, required } = route.body;
    const validate = compiler.getSchema(`${name}#/definitions/${definition}`);
    if (validate === undefined) throw new Error(`The contract has no definition "${definition}"`);
    return (body, resourceId) => {
      if (body === undefined || (body === null && !required)) {
        if (!required) return undefined;
        throw invalidContent("The request needs a body: send one JSON object");
      }
      if (typeof body !== "object" || body === null || Array.isArray(body))
        throw invalidContent("The body must be one JSON object");
      if (route.method === "PUT" || route.method === "PATCH") checkIdentity(body, resourceId);
      const shaped = shaper.shape(definition, body);
      throwFaults([
        ...shaped.faults,
        ...findSchemaFaults(validate as ValidateFunction, shaped.body, contract.definitions),
        ...findTagFaults(shaped.body),
      ]);
      return shaped.body;
    };
  };
}

/** In versions with the first two polling styles read-only properties of a request mean nothing. */
export function dropsReadOnly(contract: Contract): boolean {
  return !contract.routes.some(({ longRunning }) => longRunning?.polling === "modern");
}

/** What turns schemas into checks. */
export type SchemaCompiler = Ajv2020;

/** A compiler that knows the formats and extensions of our contracts. */
export function createSchemaCompiler(): SchemaCompiler {
  const ajv = new Ajv2020({ strict: true, discriminator: true, allErrors: true, verbose: true });
  formats.default(ajv);
  ajv.addFormat("date-time", isTime);
  ajv.addKeyword({ keyword: "x-ms-secret", schemaType: "boolean" });
  ajv.addKeyword({ keyword: "x-ms-mutability", schemaType: "array" });
  return ajv;
}

const { validate: isDateTime } = formats.default.get("date-time") as {
  readonly validate: (text: string) => boolean;
};

/**
 * A time as RFC 3339 writes it, which is what SDKs read back, and one that can be reckoned with: the format alone lets an
 * offset of hours and a leap second pass.
 */
function isTime(text: string): boolean {
  const isWritten = /^[\d-]{10}t[\d:]{8}(?:\.\d+)?(?:z|[+-]\d\d:\d\d)$/i.test(text);
  return isWritten && isDateTime(text) && !Number.isNaN(Date.parse(text));
}

function findSchemaFaults(
  validate: ValidateFunction,
  body: unknown,
  definitions: Definitions,
): readonly BodyFault[] {
  if (validate(body)) return [];
  return describeSchemaFaults((validate.errors ?? []) as readonly ErrorObject[], definitions);
}

/** Old clients send `{}`, `null` or nothing with an action that takes no input. */
function refuseAnyBody(body: unknown): undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body !== "object" || Array.isArray(body))
    throw invalidContent("This request takes no body: send none, or {}");
  throwFaults(
    Object.keys(body).map((name) => ({
      code: "UnknownProperty",
      message: "This request takes no body: send none, or {}",
      target: name.slice(0, 200),
    })),
  );
  return undefined;
}

/** Name, type and id come from the address; a body may repeat them but not differ. */
function checkIdentity(body: object, resourceId: string): void {
  const id = parseResourceId(resourceId);
  if (id === undefined) return;
  const expected: Readonly<Record<string, (sent: string) => boolean>> = {
    id: (sent) => isSameResource(sent, resourceId),
    name: (sent) => sent.toLowerCase() === id.path.at(-1)?.name.toLowerCase(),
    type: (sent) => sent.toLowerCase() === resourceTypeOf(id).toLowerCase(),
  };
  for (const [sentName, sent] of Object.entries(body)) {
    const field = sentName.toLowerCase();
    const isSame = Object.hasOwn(expected, field) ? expected[field] : undefined;
    if (isSame === undefined || sent === null || sent === "") continue;
    if (typeof sent === "string" && isSame(sent)) continue;
    throw armError(
      "InvalidResourceIdentity",
      `Property "${field}" differs from the address of the request: leave it out`,
      { target: field },
    );
  }
}

/** Names of tags are one key in any casing, and have a few forbidden characters. */
function findTagFaults(body: unknown): readonly BodyFault[] {
  const tags: unknown = (body as Readonly<Record<string, unknown>>)["tags"];
  if (typeof tags !== "object" || tags === null) return [];
  const names = Object.keys(tags);
  const faults: BodyFault[] = [];
  if (names.length > maximumTags)
    faults.push(tagFault("tags", `There are more than ${maximumTags} tags: send fewer`));
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length)
    faults.push(tagFault("tags", "Two tags differ only in casing: send one"));
  const bad = names.find((name) => name.length > 512 || /[<>%&\\?/]|\p{Cc}/u.test(name));
  if (bad !== undefined)
    faults.push(
      tagFault(
        `tags.${bad.slice(0, 200)}`,
        'A tag name has at most 512 characters, none of "<>%&\\?/"',
      ),
    );
  return faults;
}

const maximumTags = 50;

function tagFault(target: string, message: string): BodyFault {
  return { code: "InvalidProperty", message, target };
}

function throwFaults(faults: readonly BodyFault[]): void {
  const [first, second] = faults;
  if (first === undefined) return;
  if (second === undefined) throw armError(first.code, first.message, { target: first.target });
  throw severalFaults(faults);
}

/** Enough to repair a body in one go, and no answer of a megabyte. */
const maximumDetails = 20;

function severalFaults(faults: readonly BodyFault[]): ArmError {
  return armError(
    "MultipleErrorsOccurred",
    `The body has ${faults.length} faults: correct each one named in the details`,
    { details: faults.slice(0, maximumDetails) },
  );
}
