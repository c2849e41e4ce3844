import { etagHeader, type Answer } from "./answer.ts";
import type { ContractRoute, LongRunning } from "./contract.ts";
import { failureStatusOf, wireCodeOf } from "./errors.ts";
import { isTerminal, type OperationError, type OperationRecord } from "./operation-record.ts";
import { fillTemplate } from "./path-template.ts";
import type { RequestContext } from "./request-context.ts";
import type { ArmResult } from "./resource-type.ts";

/** An operation with the route that started it: what its polls are answered from. */
export interface PolledOperation {
  readonly operation: OperationRecord;
  readonly route: ContractRoute;
  readonly longRunning: LongRunning;
  readonly context: RequestContext;
  /** Upper bound of every Retry-After; only tests and demonstrations lower it. */
  readonly maximumRetrySeconds: number;
}

/** What the provider shows of an ended operation. */
export interface RenderedOutcome {
  readonly result: unknown;
  readonly target: { readonly id: string; readonly name: string };
}

/**
 * The answer to the request that started an operation: 202 where the contract declares it, else 201 or 200,
 * with the body it declares for that code, and always both poll addresses and Retry-After.
 */
export function startAnswer(
  polled: PolledOperation,
  accepted: Extract<ArmResult, { kind: "accepted" }>,
): Answer {
  const { responses } = polled.route;
  const created = accepted.created === true && responses[201] !== undefined ? 201 : 200;
  const status = responses[202] === undefined ? created : 202;
  const hasBody = typeof responses[status] === "string" && accepted.body !== undefined;
  return {
    status,
    headers: {
      ...pollHeaders(polled),
      ...retryAfter(polled, polled.longRunning.startRetryAfterSeconds),
      ...etagHeader(accepted.etag),
    },
    operationId: polled.operation.id,
    ...(hasBody ? { body: accepted.body } : {}),
  };
}

/** The answer on the Location address of an operation that has not ended: 202 and nothing else. */
export function runningResultAnswer(polled: PolledOperation): Answer {
  const { Location = "" } = pollHeaders(polled);
  return {
    status: 202,
    headers: { Location, ...retryAfter(polled, polled.longRunning.pollRetryAfterSeconds) },
    operationId: polled.operation.id,
  };
}

/** The answer on the Location address of an ended operation: what a synchronous call had answered. */
export function endedResultAnswer(polled: PolledOperation, outcome: RenderedOutcome): Answer {
  const { operation, route, longRunning } = polled;
  if (operation.state !== "Succeeded") return failedResultAnswer(polled);
  const contentType = resultContentType(longRunning);
  const common = { operationId: operation.id, ...contentType };
  if (outcome.result !== undefined && outcome.result !== null)
    return { status: 200, body: outcome.result, ...common };
  // The second generation wrote the literal `null` where the first wrote nothing.
  if (longRunning.polling === "both") return { status: 200, body: null, ...common };
  const isSilent = longRunning.polling === "modern" && route.responses[204] !== undefined;
  return { status: isSilent ? 204 : 200, operationId: operation.id };
}

function failedResultAnswer({ operation, longRunning }: PolledOperation): Answer {
  const error = errorOf(operation);
  const common = {
    operationId: operation.id,
    errorCode: error.code,
    ...resultContentType(longRunning),
  };
  if (longRunning.polling === "location" && operation.state === "Failed") {
    // What the first generation's clients know as a failure, to the letter.
    return {
      ...common,
      status: 500,
      headers: { "x-ms-failure-cause": "service", Connection: "close" },
      body: { error, properties: { provisioningState: "Failed" } },
    };
  }
  const status =
    operation.state === "Canceled" ? 409 : failureStatusOf(operation.error?.code ?? "");
  return { ...common, status, body: { error } };
}

/**
 * The answer on a status address: always 200 with a status, for failures too. `operationStatuses` shows the
 * full document; `operationResults` with `IsAsyncOperation=1` the short one the published versions had.
 */
export function statusAnswer(
  polled: PolledOperation,
  outcome: RenderedOutcome | undefined,
  form: "full" | "short",
): Answer {
  const { operation, longRunning } = polled;
  return {
    status: 200,
    body: form === "full" ? fullStatus(polled, outcome) : shortStatus(operation, outcome),
    operationId: operation.id,
    ...(form === "full" ? {} : { contentType: "application/json" }),
    ...(isTerminal(operation.state)
      ? {}
      : {
          headers: {
            ...pollHeaders(polled),
            ...retryAfter(polled, longRunning.pollRetryAfterSeconds),
          },
        }),
  };
}

/** What recordings show: one word while it runs; the resource's own id, name and properties at the end. */
function shortStatus(operation: OperationRecord, outcome: RenderedOutcome | undefined): unknown {
  const { state } = operation;
  if (!isTerminal(state))
    return { status: "Accepted", properties: { provisioningState: "Accepted" } };
  if (state !== "Succeeded")
    return { status: state, properties: { provisioningState: state }, error: errorOf(operation) };
  const properties = propertiesOf(outcome?.result);
  if (properties === undefined) return { status: state };
  return { status: state, id: outcome?.target.id, name: outcome?.target.name, properties };
}

function fullStatus(
  { operation, longRunning }: PolledOperation,
  outcome: RenderedOutcome | undefined,
): unknown {
  const { id, state } = operation;
  const isEnded = isTerminal(state);
  const isDone = state === "Succeeded";
  return {
    id: regionalPath(operation, "operationStatuses", namespaceOf(operation)),
    name: id,
    resourceId: outcome?.target.id ?? operation.resourceId,
    status: state,
    startTime: operation.startTime,
    percentComplete: percentOf(operation),
    progress: isEnded ? undefined : operation.progress,
    // Published documents do not know them.
    ...(isEnded || longRunning.polling !== "modern" ? {} : operation.details),
    endTime: isEnded ? operation.endTime : undefined,
    properties: isDone ? (propertiesOf(outcome?.result) ?? asObject(outcome?.result)) : undefined,
    error: isEnded && !isDone ? errorOf(operation) : undefined,
  };
}

function percentOf({ state, percentComplete }: OperationRecord): number | undefined {
  // 100 means done, and nothing else does.
  if (state === "Succeeded") return 100;
  return percentComplete === undefined ? undefined : Math.min(percentComplete, 99);
}

function asObject(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}

/** Some clients read `properties.provisioningState` before `status`: the two must not differ. */
function propertiesOf(result: unknown): unknown {
  if (typeof result !== "object" || result === null || !("properties" in result)) return undefined;
  const { properties } = result;
  if (typeof properties !== "object" || properties === null) return properties;
  return "provisioningState" in properties
    ? { ...properties, provisioningState: "Succeeded" }
    : properties;
}

function errorOf(operation: OperationRecord): OperationError {
  if (operation.error !== undefined)
    return { ...operation.error, code: wireCodeOf(operation.error.code) };
  return operation.state === "Canceled"
    ? { code: "OperationCanceled", message: "The operation was canceled: start it again if needed" }
    : { code: "OperationFailed", message: "The operation failed: look into the log for its cause" };
}

function resultContentType(longRunning: LongRunning): { readonly contentType?: string } {
  return longRunning.polling === "modern" ? {} : { contentType: "application/json" };
}

function retryAfter(polled: PolledOperation, seconds: number): Readonly<Record<string, string>> {
  // Zero counts as "none" for some clients, which then wait half a minute.
  const bounded = Math.max(1, Math.min(Math.ceil(seconds), polled.maximumRetrySeconds));
  return { "Retry-After": String(bounded) };
}

/** Both poll addresses, absolute, in the api-version of the request that is answered. */
export function pollHeaders(polled: PolledOperation): Readonly<Record<string, string>> {
  const { operation, context, longRunning } = polled;
  const version = `?api-version=${encodeURIComponent(context.apiVersion)}`;
  if (longRunning.polling === "modern") {
    const namespace = namespaceOf(operation);
    const address = (type: PollType): string =>
      `${context.publicBaseUrl}${regionalPath(operation, type, namespace)}${version}`;
    return {
      Location: address("operationResults"),
      "Azure-AsyncOperation": address("operationStatuses"),
    };
  }
  const location = `${context.publicBaseUrl}${resourcePath(polled)}${version}`;
  return { Location: location, "Azure-AsyncOperation": `${location}&IsAsyncOperation=1` };
}

type PollType = "operationResults" | "operationStatuses";

function regionalPath(operation: OperationRecord, type: PollType, namespace: string): string {
  const location = encodeURIComponent(operation.locationName);
  return `/subscriptions/${operation.subscriptionId}/providers/${namespace}/locations/${location}/${type}/${operation.id}`;
}

/** Under the top resource of the operation's route; the group is in lower case there, as it always was. */
function resourcePath({ operation, route }: PolledOperation): string {
  return fillTemplate(
    `${topResourceTemplate(route.path)}/operationResults/{operationId}`,
    (name, kind) => {
      if (kind === "subscription") return operation.subscriptionId;
      if (kind === "resourceGroup") return operation.resourceGroupName.toLowerCase();
      return name === "operationId" ? operation.id : operation.locationName;
    },
  );
}

/** A template up to its first resource under the namespace: what an operation's addresses hang under. */
export function topResourceTemplate(path: string): string {
  return /^.*?\/providers\/[^/]+\/[^/]+\/\{[^}]+\}/.exec(path)?.[0] ?? path;
}

function namespaceOf(operation: OperationRecord): string {
  return /\/providers\/([^/]+)\//.exec(operation.route)?.[1] ?? "";
}

/** The present rules of ARM: for a route that declares none. */
export const defaultLongRunning: LongRunning = {
  finalStateVia: "azure-async-operation",
  polling: "modern",
  startRetryAfterSeconds: 10,
  pollRetryAfterSeconds: 10,
};
