import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TimerClock } from "../base/clock.ts";
import type { LogFields, Logger } from "../base/log.ts";
import type { Tracer } from "../base/tracer.ts";
import {
  defaultAuthorizer,
  denyAll,
  type Authenticator,
  type Authorizer,
  type Caller,
} from "./access.ts";
import { auditExchange, type AuditSettings, type ExchangeAudit } from "./audit.ts";
import { errorAnswer, headAnswer, sendAnswer, valueAnswer, type Answer } from "./answer.ts";
import { chooseApiVersion } from "./api-version.ts";
import {
  buildContext,
  identifyRequest,
  type ContextSettings,
  type RequestIds,
} from "./build-context.ts";
import { createDeadline, type DeadlineRunner } from "./deadline.ts";
import { Abandonment } from "./abandonment.ts";
import { toArmError } from "./errors.ts";
import { defaultLongRunning, startAnswer } from "./operation-status.ts";
import { answerPoll } from "./poll.ts";
import { checkBodyHeaders, readJsonBody } from "./request-body.ts";
import type { RequestContext } from "./request-context.ts";
import { createAddressReader, type AddressReader } from "./read-address.ts";
import type { RequestTarget } from "./request-target.ts";
import { readDeclaredQuery } from "./declared-query.ts";
import type { ArmRequest } from "./resource-type.ts";
import type { Throttle } from "./throttle.ts";
import {
  chooseEndpoint,
  createRouter,
  type ContractEndpoint,
  type Endpoint,
  type PathMatch,
  type PollEndpoint,
  type Service,
} from "./router.ts";
import { endSpan, traceRequest, type RequestSpans } from "./trace-request.ts";

export interface PipelineOptions extends ContextSettings {
  readonly services: readonly Service[];
  readonly clock: TimerClock;
  readonly logger: Logger;
  /** Stands in `x-ms-routing-request-id`. */
  readonly region: string;
  /** Absent: everybody is refused. */
  readonly authenticator?: Authenticator | undefined;
  readonly authorizer?: Authorizer | undefined;
  /** Absent: nothing is kept of who did what. */
  readonly audit?: AuditSettings | undefined;
  /** Absent: nobody asks too often. */
  readonly throttle?: Throttle | undefined;
  readonly newId?: (() => string) | undefined;
  readonly maximumBodyBytes?: number | undefined;
  /** A handler that takes longer is answered for with 503. */
  readonly deadlineSeconds?: number | undefined;
  /** Aborts when the service is about to stop: whoever waits for an operation is answered at once. */
  readonly stopping?: AbortSignal | undefined;
  /** Tells a collector of traces; absent: there is none. */
  readonly tracer?: Tracer | undefined;
  /** Told of every answer, e.g. to count them. */
  readonly onAnswered?: ((exchange: AnsweredExchange) => void) | undefined;
  /** Lowers every Retry-After; for tests and demonstrations. */
  readonly maximumRetrySeconds?: number | undefined;
}

/** What was answered; nothing a caller could make up but the method. */
export interface AnsweredExchange {
  readonly method: string | undefined;
  /** The template of the path; absent where the request met no route. */
  readonly route: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
}

/** Answers one request of the ARM API; never rejects, never leaves a request without an answer. */
export type ArmHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Pipeline extends PipelineOptions {
  readonly readAddress: AddressReader;
  readonly runInTime: DeadlineRunner;
}

interface Exchange {
  readonly trace: Trace;
  readonly audit: ExchangeAudit;
  readonly abandonment: Abandonment;
  readonly spans: RequestSpans;
}

/** What the access log says of an exchange; filled while it goes through the pipeline. */
interface Trace {
  route?: string;
  apiVersion?: string;
}

const neverStopping = new AbortController().signal;
// 1 MiB holds every certificate and key with room; ARM itself allows 4.
const defaultMaximumBodyBytes = 1_048_576;
// ARM gives up after 20 seconds.
const defaultDeadlineSeconds = 20;

/** Builds the ARM API of these services; throws when contracts and handlers do not fit. */
export function createArmHandler(options: PipelineOptions): ArmHandler {
  const pipeline: Pipeline = {
    ...options,
    readAddress: createAddressReader(createRouter(options.services)),
    runInTime: createDeadline(options.clock, options.deadlineSeconds ?? defaultDeadlineSeconds),
  };
  return async (request, response) => {
    const ids = identifyRequest(request, options.newId ?? randomUUID, options.clock);
    const trace: Trace = {};
    const audit = auditExchange(options.audit, request, ids, options.logger);
    let answer: Answer;
    const abandonment = watchCaller(response);
    const spans: RequestSpans = {};
    try {
      answer = await answerRequest(pipeline, request, ids, { trace, audit, abandonment, spans });
    } catch (error) {
      answer = refuse(error, { ...idFields(ids), ...trace }, options.logger);
    }
    const kept = audit.end(answer);
    if (kept !== undefined) await kept;
    if (request.method === "HEAD") answer = headAnswer(answer);
    send(pipeline, response, answer, ids, trace);
    logAccess(pipeline, request, answer, ids, trace);
    endSpan(spans.server, answer);
  };
}

/** The order of the pipeline. Each line needs what the lines before it found out. */
async function answerRequest(
  pipeline: Pipeline,
  request: IncomingMessage,
  ids: RequestIds,
  { trace, audit, abandonment, spans }: Exchange,
): Promise<Answer> {
  const { authenticator = denyAll, authorizer = defaultAuthorizer, logger } = pipeline;
  const method = request.method ?? "GET";
  // Size: what is refused by its headers costs nothing more.
  checkBodyHeaders(request, maximumBodyBytesOf(pipeline));
  // Path: `//`, casing, trailing slash and encoding are settled once; everything later sees the result.
  const { target, match } = pipeline.readAddress(request.url ?? "/");
  // Version: decides what the path means.
  const apiVersion = chooseApiVersion(target, match.apiVersions);
  trace.apiVersion = apiVersion;
  const endpoint = chooseEndpoint(match, method, apiVersion);
  const path = endpoint.kind === "poll" ? endpoint.path : endpoint.route.path;
  trace.route = path;
  const action = { method, path, params: match.params };
  audit.aimedAt(action, apiVersion);
  // Authentication: only from here on may headers be believed.
  const caller = await authenticator.authenticate(request);
  audit.calledBy(caller);
  // Budget: before anything costs more. Polls are free, or started work would look failed.
  const budget = takeBudget(pipeline, match, endpoint, method, caller);
  const sent = buildContext(request, ids, apiVersion, caller, pipeline, logger);
  const context =
    endpoint.kind === "poll" ? sent : traceRequest(pipeline.tracer, action, sent, spans);
  // Authorization: by the meaning of the path, never by its text.
  await authorizer.authorize(caller, action);
  const prepared = { match, target, context, audit };
  const work =
    endpoint.kind === "poll"
      ? preparePoll(pipeline, request, endpoint, prepared)
      : // Validation and preconditions: before the handler, so that nothing is half done.
        await prepareRoute(pipeline, request, endpoint, prepared);
  // Handler and answer.
  const answer = await pipeline.runInTime(abandonment, work);
  return budget === undefined ? answer : { ...answer, headers: { ...answer.headers, ...budget } };
}

/** Headers that tell what is left; throws `TooManyRequests`. */
function takeBudget(
  { throttle }: Pipeline,
  { service, params }: PathMatch,
  endpoint: Endpoint,
  method: string,
  { principal }: Caller,
): Readonly<Record<string, string>> | undefined {
  if (endpoint.kind === "poll") return undefined;
  const { namespace } = service.provider;
  const subscriptionId = params["subscriptionId"] ?? "";
  return throttle?.take({ callerId: principal.id, subscriptionId, method, namespace });
}

/** When the connection ends before the answer, nobody needs the work any more. */
function watchCaller(response: ServerResponse): Abandonment {
  const abandonment = new Abandonment();
  response.once("close", () => {
    if (!response.writableFinished) abandonment.abandon(new Error("The caller left"));
  });
  return abandonment;
}

type Work = (abandonment: Abandonment) => Promise<Answer>;

interface Prepared {
  readonly match: PathMatch;
  readonly target: RequestTarget;
  readonly context: RequestContext;
  readonly audit: ExchangeAudit;
}

function preparePoll(
  pipeline: Pipeline,
  { headers }: IncomingMessage,
  endpoint: PollEndpoint,
  { match, target, context }: Prepared,
): Work {
  const { clock, stopping = neverStopping } = pipeline;
  const maximumRetrySeconds = maximumRetrySecondsOf(pipeline);
  const poll = { endpoint, match, target, context, headers, clock, stopping, maximumRetrySeconds };
  return (abandonment) => answerPoll(poll, abandonment);
}

async function prepareRoute(
  pipeline: Pipeline,
  request: IncomingMessage,
  endpoint: ContractEndpoint,
  { match, target, context, audit }: Prepared,
): Promise<Work> {
  const { route, handler, checkBody } = endpoint;
  const query = readDeclaredQuery(route, target);
  const takesBody = route.method !== "GET" && route.method !== "DELETE";
  const parsed = takesBody ? await readJsonBody(request, maximumBodyBytesOf(pipeline)) : undefined;
  const body = takesBody ? checkBody(parsed, fillPath(route.path, match.params)) : undefined;
  const { headers } = request;
  const repeatability = headers["repeatability-request-id"];
  const armRequest: Omit<ArmRequest, "abandonment"> = {
    context,
    route,
    params: match.params,
    query,
    body,
    ifMatch: headers["if-match"],
    ifNoneMatch: headers["if-none-match"],
    repeatabilityRequestId: typeof repeatability === "string" ? repeatability : undefined,
  };
  return async (abandonment) => {
    // Nothing is done that was not on record first.
    await audit.begin(body);
    const result = await handler({ ...armRequest, abandonment });
    if (result.kind !== "accepted") return valueAnswer(route, result);
    const longRunning = route.longRunning ?? defaultLongRunning;
    const { operation } = result;
    const maximumRetrySeconds = maximumRetrySecondsOf(pipeline);
    return startAnswer({ operation, route, longRunning, context, maximumRetrySeconds }, result);
  };
}

function fillPath(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => params[name] ?? "");
}

function maximumBodyBytesOf({ maximumBodyBytes }: Pipeline): number {
  return maximumBodyBytes ?? defaultMaximumBodyBytes;
}

function maximumRetrySecondsOf({ maximumRetrySeconds }: Pipeline): number {
  return maximumRetrySeconds ?? Number.MAX_SAFE_INTEGER;
}

/** Any failure as an answer; ours are logged with where they happened, never with what they say. */
function refuse(error: unknown, fields: LogFields, logger: Logger): Answer {
  const refusal = toArmError(error);
  if (refusal.status >= 500) {
    const { cause } = refusal;
    logger.error("Request failed", {
      ...fields,
      errorCode: refusal.code,
      errorType: cause instanceof Error ? cause.name : typeof cause,
      stack: cause instanceof Error ? framesOf(cause) : undefined,
    });
  }
  return errorAnswer(refusal);
}

/** The places of a stack trace without its message, which may quote anything. */
function framesOf(error: Error): string {
  const lines = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return lines
    .slice(0, 12)
    .map((line) => line.trim())
    .join(" | ");
}

function send(
  pipeline: Pipeline,
  response: ServerResponse,
  answer: Answer,
  ids: RequestIds,
  trace: Trace,
): void {
  try {
    sendAnswer(response, answer, ids, pipeline.region);
  } catch (error) {
    // A body that cannot be written as JSON: nothing has been sent yet.
    const instead = refuse(error, { ...idFields(ids), ...trace }, pipeline.logger);
    sendAnswer(response, instead, ids, pipeline.region);
  }
}

function logAccess(
  { logger, clock, onAnswered }: Pipeline,
  request: IncomingMessage,
  answer: Answer,
  ids: RequestIds,
  trace: Trace,
): void {
  const { method } = request;
  const { status } = answer;
  const milliseconds = clock.now() - ids.receivedAt;
  onAnswered?.({ method, route: trace.route, status, milliseconds });
  const { requestId, correlationId, clientRequestId } = ids;
  const { route, apiVersion } = trace;
  const { errorCode, operationId } = answer;
  const durationMs = milliseconds;
  const asked = { requestId, correlationId, clientRequestId, apiVersion, route };
  const fields = { ...asked, method, status, durationMs, errorCode, operationId };
  if (status >= 500) logger.error("Request answered", fields);
  else logger.info("Request answered", fields);
}

function idFields({ requestId, correlationId, clientRequestId }: RequestIds): LogFields {
  return { requestId, correlationId, clientRequestId };
}
