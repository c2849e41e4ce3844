import type {
  Contract,
  ContractQuery,
  ContractRoute,
  JsonSchema,
  LongRunning,
  Method,
} from "../src/arm/contract.ts";
import type { BundledDocument, Node, Operation, SwaggerDocument } from "./bundle.ts";
import {
  convertDefinition,
  flattenDefinition,
  formName,
  listReachable,
  refName,
} from "./schemas.ts";
import type { Form } from "./schemas.ts";

/** The contract of one api-version; the other documents tell which foreign properties a request may carry. */
export function buildContract(own: BundledDocument, all: readonly BundledDocument[]): Contract {
  const others = all.filter((other) => other !== own && other.namespace === own.namespace);
  return {
    namespace: own.namespace,
    apiVersion: own.apiVersion,
    routes: listOperations(own.document).map((entry) => buildRoute(entry, own.document)),
    definitions: buildDefinitions(own.document, others),
  };
}

/** Names of all properties marked `x-ms-secret` in any document, sorted. */
export function listSecretProperties(all: readonly BundledDocument[]): readonly string[] {
  const names = new Set<string>();
  for (const { document } of all) {
    for (const definition of Object.keys(document.definitions)) {
      const { properties = {} } = flattenDefinition(definition, document) as {
        properties?: Record<string, Node>;
      };
      for (const [name, property] of Object.entries(properties))
        if (property["x-ms-secret"] === true) names.add(name);
    }
  }
  return [...names].sort();
}

export interface OperationEntry {
  readonly path: string;
  readonly method: Method;
  readonly operation: Operation;
}

/** The operations of a document in its order. */
export function listOperations(document: SwaggerDocument): readonly OperationEntry[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      path,
      method: method.toUpperCase() as Method,
      operation,
    })),
  );
}

/** The parameters of an operation with their references followed. */
export function listParameters(operation: Operation, document: SwaggerDocument): readonly Node[] {
  return operation.parameters.map((parameter) => {
    const ref = parameter["$ref"] as string | undefined;
    return ref === undefined
      ? parameter
      : (document.parameters[ref.replace("#/parameters/", "")] as Node);
  });
}

function buildRoute(
  { path, method, operation }: OperationEntry,
  document: SwaggerDocument,
): ContractRoute {
  const parameters = listParameters(operation, document);
  const body = parameters.find((parameter) => parameter["in"] === "body");
  const longRunning = readLongRunning(operation);
  return {
    operationId: operation.operationId,
    method,
    path,
    query: parameters.filter(isOwnQuery).map(readQuery),
    ...(body === undefined
      ? {}
      : {
          body: {
            definition: formName(definitionOf(body, operation), "request"),
            required: body["required"] === true,
          },
        }),
    responses: readResponses(operation),
    ...(longRunning === undefined ? {} : { longRunning }),
  };
}

// Every route needs api-version, and the ARM layer has read it before it knows the contract.
function isOwnQuery(parameter: Node): boolean {
  return parameter["in"] === "query" && parameter["name"] !== "api-version";
}

function readQuery(parameter: Node): ContractQuery {
  return {
    name: String(parameter["name"]),
    type: parameter["type"] as ContractQuery["type"],
    required: parameter["required"] === true,
  };
}

function readResponses(operation: Operation): Record<number, string | null> {
  const responses: Record<number, string | null> = {};
  for (const [code, response] of Object.entries(operation.responses)) {
    if (!code.startsWith("2")) continue;
    responses[Number(code)] =
      response["schema"] === undefined ? null : definitionOf(response, operation);
  }
  return responses;
}

function readLongRunning(operation: Operation): LongRunning | undefined {
  if (operation["x-ms-long-running-operation"] !== true) return undefined;
  const options = operation["x-ms-long-running-operation-options"] as Node | undefined;
  const numbers = ["x-holdfast-retry-after", "x-holdfast-poll-retry-after"].map(
    (key) => operation[key],
  );
  if (
    operation["x-holdfast-polling"] === undefined ||
    numbers.some((number) => typeof number !== "number")
  ) {
    throw new Error(
      `'${operation.operationId}' is long-running: give it x-holdfast-polling and both retry numbers`,
    );
  }
  return {
    // 2016-05-01 came before the option and its clients follow Location.
    finalStateVia: (options?.["final-state-via"] ?? "location") as LongRunning["finalStateVia"],
    polling: operation["x-holdfast-polling"] as LongRunning["polling"],
    startRetryAfterSeconds: numbers[0] as number,
    pollRetryAfterSeconds: numbers[1] as number,
  };
}

function buildDefinitions(
  document: SwaggerDocument,
  others: readonly BundledDocument[],
): Record<string, JsonSchema> {
  const definitions: Record<string, JsonSchema> = {};
  const answered = listReachable(listRoots(document, "answer"), document, "answer");
  // Only what is answered can come back from a client of another api-version.
  const elsewhere = (name: string): readonly Node[] =>
    others
      .filter((other) => answered.has(name) && other.document.definitions[name] !== undefined)
      .map((other) => flattenDefinition(name, other.document));
  for (const form of ["answer", "request"] satisfies Form[]) {
    for (const name of listReachable(listRoots(document, form), document, form)) {
      definitions[formName(name, form)] = convertDefinition(name, { form, document, elsewhere });
    }
  }
  return definitions;
}

function listRoots(document: SwaggerDocument, form: Form): readonly string[] {
  return listOperations(document).flatMap(({ operation }) => {
    const holders =
      form === "request"
        ? listParameters(operation, document).filter((parameter) => parameter["in"] === "body")
        : Object.values(operation.responses).filter((response) => response["schema"] !== undefined);
    return holders.map((holder) => definitionOf(holder, operation));
  });
}

function definitionOf(holder: Node, operation: Operation): string {
  const name = refName(holder["schema"] as Node);
  if (name === undefined)
    throw new Error(`A body of '${operation.operationId}' is not a reference to a definition`);
  return name;
}
