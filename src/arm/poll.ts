import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../base/clock.ts";
import { whenThere, type Soon } from "../base/soon.ts";
import type { Abandonment } from "./abandonment.ts";
import type { Answer } from "./answer.ts";
import { armError } from "./errors.ts";
import { writeJson } from "./json-text.ts";
import { isTerminal, type OperationRecord, type OperationReader } from "./operation-record.ts";
import {
  defaultLongRunning,
  endedResultAnswer,
  runningResultAnswer,
  statusAnswer,
  type PolledOperation,
} from "./operation-status.ts";
import { parseTemplate } from "./path-template.ts";
import { streamStatus, wantsEvents } from "./poll-events.ts";
import { readWaitSeconds, waitForEnd } from "./poll-wait.ts";
import type { RequestContext } from "./request-context.ts";
import { singleValue, type RequestTarget } from "./request-target.ts";
import { findRoute, type PathMatch, type PollEndpoint, type Service } from "./router.ts";

/** A poll, as the pipeline hands it over. */
export interface Poll {
  readonly endpoint: PollEndpoint;
  readonly match: PathMatch;
  readonly target: RequestTarget;
  readonly context: RequestContext;
  readonly headers: IncomingHttpHeaders;
  readonly clock: Clock;
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
  readonly maximumRetrySeconds: number;
}

/**
 * Answers a poll from the stored operation alone; throws 404 for one that is unknown, over, or somebody else's.
 * With `Prefer: wait=N` the answer waits up to N seconds for the end; a status can also be read as events.
 */
export function answerPoll(poll: Poll, abandonment: Abandonment): Soon<Answer> {
  const { endpoint, match, context, headers } = poll;
  const { service, params } = match;
  const id = (params["operationId"] ?? "").toLowerCase();
  const read: OperationReader = () => service.provider.findOperation(id);
  return whenThere(read(), (operation) => {
    if (operation === undefined || !isVisible(operation, endpoint.path, params, context))
      throw operationNotFound();
    if (endpoint.shows === "status" && wantsEvents(headers.accept))
      return { status: 200, operationId: id, events: streamEvents(poll, abandonment, read) };
    const seconds = readWaitSeconds(headers["prefer"]);
    if (seconds === undefined) return answerFrom(poll, operation);
    return answerAtEnd(poll, operation, { read, seconds, abandonment });
  });
}

interface EndWait {
  readonly read: OperationReader;
  readonly seconds: number;
  readonly abandonment: Abandonment;
}

async function answerAtEnd(
  poll: Poll,
  operation: OperationRecord,
  { read, seconds, abandonment }: EndWait,
): Promise<Answer> {
  const { clock, stopping } = poll;
  const wait = { clock, seconds, signal: AbortSignal.any([abandonment.signal, stopping]) };
  const answer = answerFrom(poll, await waitForEnd(operation, read, wait));
  return { ...answer, headers: { ...answer.headers, "Preference-Applied": `wait=${seconds}` } };
}

function answerFrom(poll: Poll, operation: OperationRecord): Answer {
  const { context, maximumRetrySeconds } = poll;
  const { provider } = poll.match.service;
  const hasResult = operation.state === "Succeeded";
  const result = hasResult ? provider.renderResult(operation, context) : undefined;
  const form = formOf(poll);
  const { apiVersion, publicBaseUrl } = context;
  const known = remembered.get(operation) ?? [];
  const found = known.find(
    (one) =>
      one.result === result &&
      one.form === form &&
      one.apiVersion === apiVersion &&
      one.publicBaseUrl === publicBaseUrl &&
      one.maximumRetrySeconds === maximumRetrySeconds,
  );
  if (found !== undefined) return found.answer;
  const made = makeAnswer(poll, form, operation, result);
  const answer = made.body === undefined ? made : { ...made, json: writeJson(made.body) };
  if (known.length >= mostForms) known.length = 0;
  known.push({ form, apiVersion, publicBaseUrl, maximumRetrySeconds, result, answer });
  remembered.set(operation, known);
  return answer;
}

type PollForm = "full" | "short" | "result";

function formOf({ endpoint, target }: Poll): PollForm {
  if (endpoint.shows === "status") return "full";
  return singleValue(target, "IsAsyncOperation") === "1" ? "short" : "result";
}

function makeAnswer(
  { match, context, maximumRetrySeconds }: Poll,
  form: PollForm,
  operation: OperationRecord,
  result: unknown,
): Answer {
  const { service } = match;
  const polled: PolledOperation = {
    ...describeStart(service, operation),
    ...{ operation, context, maximumRetrySeconds },
  };
  const outcome = isTerminal(operation.state)
    ? { result, target: service.provider.renderTarget(operation, context) }
    : undefined;
  if (form !== "result") return statusAnswer(polled, outcome, form);
  return outcome === undefined ? runningResultAnswer(polled) : endedResultAnswer(polled, outcome);
}

interface RememberedAnswer {
  readonly answer: Answer;
  readonly form: PollForm;
  readonly apiVersion: string;
  readonly publicBaseUrl: string;
  readonly maximumRetrySeconds: number;
  /** What the provider showed: another object may be another text. */
  readonly result: unknown;
}

/** Answers by the operation as it was read: pollers ask the same again and again. */
const remembered = new WeakMap<OperationRecord, RememberedAnswer[]>();
const mostForms = 16;

function streamEvents(
  poll: Poll,
  abandonment: Abandonment,
  readOperation: OperationReader,
): AsyncIterable<string> {
  return streamStatus({
    clock: poll.clock,
    // A reader that leaves is noticed now, not when there is something to tell it.
    ended: AbortSignal.any([abandonment.signal, poll.stopping]),
    read: async () => {
      const operation = await readOperation();
      if (operation === undefined) return undefined;
      const { body } = answerFrom(poll, operation);
      return { document: body, isLast: isTerminal(operation.state) };
    },
  });
}

/** Another subscription's or tenant's operation does not exist for the caller; `path` is a template. */
export function isVisible(
  operation: OperationRecord,
  path: string,
  params: Readonly<Record<string, string>>,
  { tenantId }: RequestContext,
): boolean {
  const isOtherTenant =
    tenantId !== undefined && operation.tenantId !== undefined && tenantId !== operation.tenantId;
  if (isOtherTenant) return false;
  if (foundAt.get(operation) === params) return true;
  const isHere = isAt(operation, path, params);
  if (isHere) foundAt.set(operation, params);
  return isHere;
}

/** The parameters an operation was found with last. Neither changes, and those of one address are of one template. */
const foundAt = new WeakMap<OperationRecord, Readonly<Record<string, string>>>();

function isAt(
  operation: OperationRecord,
  path: string,
  params: Readonly<Record<string, string>>,
): boolean {
  return parseTemplate(path).every((part) => {
    if (part.kind === "word" || part.name === "operationId") return true;
    return same(params[part.name] ?? "", placeOf(operation)[part.of]);
  });
}

function placeOf(operation: OperationRecord): Readonly<Record<string, string>> {
  return {
    subscription: operation.subscriptionId,
    resourceGroup: operation.resourceGroupName,
    name: operation.locationName,
  };
}

function same(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

/** How the operation was started decides how it is polled, whatever version the poll names. */
function describeStart(
  service: Service,
  operation: OperationRecord,
): Pick<PolledOperation, "route" | "longRunning"> {
  const route = findRoute(service, operation.apiVersion, operation.route);
  const [method = "", path = ""] = operation.route.split(" ");
  // A retired version: its operations answer by the present rules.
  const fallback = { operationId: "", method: method as "PUT", path, query: [], responses: {} };
  return {
    route: route ?? fallback,
    longRunning: route?.longRunning ?? defaultLongRunning,
  };
}

/** 404 of an operation. */
export function operationNotFound(): Error {
  return armError(
    "OperationNotFound",
    "There is no such operation here, or it ended more than seven days ago: check the address",
    { target: "operationId" },
  );
}
