import assert from "node:assert/strict";
import { join } from "node:path";
import oav from "oav";
import type { Json } from "./provider-world.ts";

/** One exchange as oav reads it. */
export interface SeenExchange {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: unknown;
}

/** Azure's own validator of live traffic, over our documents; one for each process that asks. */
let loaded: Promise<InstanceType<typeof oav.LiveValidator>> | undefined;

/**
 * Throws when an answer is not what its document declares, or when a request was taken that its document does not
 * allow. Exchanges that belong to no document are not looked at: they are 404 and tested elsewhere.
 */
export async function checkExchange(exchange: SeenExchange): Promise<void> {
  const faults = await findExchangeFaults(exchange);
  const { method, url, status } = exchange;
  assert.deepEqual(faults, [], `${method} ${url} answered ${status}`);
}

/** The same of many, all faults at once. */
export async function checkExchanges(exchanges: readonly SeenExchange[]): Promise<void> {
  const told: string[] = [];
  for (const exchange of exchanges) {
    const faults = await findExchangeFaults(exchange);
    const { method, url, status } = exchange;
    told.push(...faults.map((fault) => `${method} ${url} answered ${status}: ${fault}`));
  }
  assert.deepEqual(told, []);
}

export async function findExchangeFaults(exchange: SeenExchange): Promise<readonly string[]> {
  const { method, requestHeaders, requestBody, status, responseHeaders, responseBody } = exchange;
  const url = decodable(exchange.url);
  // Old clients send counts as empty texts.
  const query = Object.fromEntries(
    [...new URL(url).searchParams].filter(([, value]) => value !== ""),
  );
  const validator = await (loaded ??= load());
  const result = await validator.validateLiveRequestResponse({
    liveRequest: {
      method,
      url,
      headers: { ...requestHeaders },
      query,
      // Of an action without input old clients send a literal null: it is no body. One that is needed is missed then.
      ...(requestBody === undefined || requestBody === null ? {} : { body: requestBody as Json }),
    },
    liveResponse: {
      statusCode: String(status),
      headers: { ...responseHeaders },
      ...(responseBody === undefined ? {} : { body: responseBody as Json }),
    },
  });
  const { requestValidationResult: request, responseValidationResult: response } = result;
  const isTaken = status < 300;
  // Over what is wrong with a request that was refused oav itself may stumble.
  const looked = isTaken ? [request, response] : [response];
  const broken = looked.flatMap(({ runtimeException: fault }) =>
    fault === undefined || fault.code.startsWith("OPERATION_NOT_FOUND") ? [] : [fault],
  );
  const isPublished = url.includes("api-version=20") && !url.includes("api-version=2026");
  return [
    ...(isTaken ? request.errors : [])
      .filter(({ code }) => !isAllowed("request", code, isPublished))
      .map((fault) => `request ${describe(fault)}`),
    ...response.errors
      .filter(({ code }) => !isAllowed("response", code, isPublished && !isTaken))
      // A number that our own version set is shown as it is.
      .filter(({ code }) => !(isPublished && ["MINIMUM", "MAXIMUM"].includes(code)))
      // A finished restore has always been answered with the literal null, or with nothing.
      .filter(() => responseBody !== null && !(isPublished && responseBody === undefined))
      .map((fault) => `response ${describe(fault)}`),
    ...broken.map(({ code, message }) => `${code}: ${message}`),
  ];
}

/** Paths that nobody can decode are refused, and the refusal is looked at as if they could be. */
function decodable(url: string): string {
  try {
    decodeURIComponent(new URL(url).pathname);
    return url;
  } catch {
    return url.replaceAll(/%../g, "x");
  }
}

/** What is not held against us, and why. */
function isAllowed(of: "request" | "response", code: string, isOld: boolean): boolean {
  // Two of the published documents declare no failures at all, and what is published stays.
  if (of === "response") return isOld && code === "INVALID_RESPONSE_CODE";
  // What was read may be sent back (rule 72).
  if (code === "READONLY_PROPERTY_NOT_ALLOWED_IN_REQUEST") return true;
  // A PATCH may also say that it is a merge patch.
  if (code === "INVALID_CONTENT_TYPE") return true;
  // Old scripts write names in any casing, and send back numbers that our own version set.
  return isOld && ["OBJECT_ADDITIONAL_PROPERTIES", "MINIMUM", "MAXIMUM"].includes(code);
}

function describe(fault: {
  readonly code: string;
  readonly message: string;
  readonly pathsInPayload: readonly string[];
}): string {
  return `${fault.code} ${fault.pathsInPayload.join()}: ${fault.message}`;
}

async function load(): Promise<InstanceType<typeof oav.LiveValidator>> {
  const validator = new oav.LiveValidator(
    {
      directory: join(import.meta.dirname, "../../specs/resource-manager"),
      swaggerPathsPattern: ["*/stable/*/*.json"],
      // Nothing is fetched.
      git: { url: "", shouldClone: false },
      loadValidatorInBackground: false,
      loadValidatorInInitialize: true,
    },
    // What it has to say is in its results.
    () => undefined,
  );
  await validator.initialize();
  return validator;
}
