import type { IncomingMessage, ServerResponse } from "node:http";
import type { TimerClock } from "../base/clock.ts";
import { createIdMaker } from "../base/id-batch.ts";
import type { Logger } from "../base/log.ts";
import { whenThere, type Soon } from "../base/soon.ts";
import type { Tracer } from "../base/tracer.ts";
import {
  defaultAuthorizer,
  denyAll,
  type Authenticator,
  type Authorizer,
  type Caller,
} from "./access.ts";
import { writeAccessLine, type Trace } from "./access-line.ts";
import { auditExchange, type AuditSettings, type ExchangeAudit } from "./audit.ts";
import { headAnswer, sendAnswer, valueAnswer, type Answer } from "./answer.ts";
import {
  buildContext,
  identifyRequest,
  type ContextSettings,
  type RequestIds,
} from "./build-context.ts";
import type { ContractRoute } from "./contract.ts";
import { createDeadline, waitForRecord, type DeadlineRunner } from "./deadline.ts";
import { Abandonment } from "./abandonment.ts";
import { defaultLongRunning, startAnswer } from "./operation-status.ts";
import { answerPoll } from "./poll.ts";
import { checkBodyHeaders, readJsonBody } from "./request-body.ts";
import type { RequestContext } from "./request-context.ts";
import { createAddressReader, type AddressReader, type Aim } from "./read-address.ts";
import { takeAim } from "./take-aim.ts";
import { readDeclaredQuery } from "./declared-query.ts";
import type { ArmRequest, ArmResult } from "./resource-type.ts";
import type { Throttle } from "./throttle.ts";
import { createRouter, type ContractEndpoint, type PollEndpoint, type Service } from "./router.ts";
import { idFields, refuse } from "./refuse.ts";
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
export interface ArmHandler {
  (request: IncomingMessage, response: ServerResponse): Soon<void>;
  /** Whether the address was asked before and is one of ours: what it means is remembered, no answer is. */
  readonly remembers: (url: string) => boolean;
}

interface Pipeline extends PipelineOptions {
  readonly readAddress: AddressReader;
  readonly runInTime: DeadlineRunner;
  /** The region as answers write it. */
  readonly capitals: string;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly ids: RequestIds;
  readonly trace: Trace;
  readonly audit: ExchangeAudit;
  readonly abandonment: Abandonment;
  readonly spans: RequestSpans;
  /** What is left, once the answer is no refusal. */
  budget?: string | undefined;
}

const neverStopping = new AbortController().signal;
// 1 MiB holds every certificate and key with room; ARM itself allows 4.
const defaultMaximumBodyBytes = 1_048_576;

/** Builds the ARM API of these services; throws when contracts and handlers do not fit. */
export function createArmHandler(options: PipelineOptions): ArmHandler {
  const pipeline: Pipeline = {
    ...options,
    readAddress: createAddressReader(createRouter(options.services)),
    runInTime: createDeadline(options.clock, options.deadlineSeconds),
    capitals: options.region.toUpperCase(),
    publicBaseUrl: options.publicBaseUrl?.replace(/\/+$/, ""),
  };
  const { newId = createIdMaker() } = options;
  const handle = (request: IncomingMessage, response: ServerResponse): Soon<void> => {
    const ids = identifyRequest(request, newId, options.clock);
    const audit = auditExchange(options.audit, request, ids, options.logger);
    const trace = { method: request.method, ids };
    const abandonment = new Abandonment();
    const exchange = { request, response, ids, trace, audit, abandonment, spans: {} };
    return whenThere(answerSurely(pipeline, exchange), (found) => {
      const record = audit.end(found);
      // Of most there is none: they read.
      if (record === undefined) return conclude(pipeline, exchange, found);
      return whenThere(waitForRecord(options.clock, record), () =>
        conclude(pipeline, exchange, found),
      );
    });
  };
  return Object.assign(handle, { remembers: pipeline.readAddress.remembers });
}

/** The answer, also where answering fails. */
function answerSurely(pipeline: Pipeline, exchange: Exchange): Soon<Answer> {
  const { response, abandonment } = exchange;
  try {
    const answer = answerRequest(pipeline, exchange);
    const isThere = !(answer instanceof Promise);
    if (isThere && answer.events === undefined) return answer;
    // Something goes on. Nobody can have left before: until now was one turn.
    watchCaller(response, abandonment);
    return isThere ? answer : answer.catch((error) => refuseExchange(pipeline, exchange, error));
  } catch (error) {
    return refuseExchange(pipeline, exchange, error);
  }
}

function refuseExchange({ logger }: Pipeline, { ids, trace }: Exchange, error: unknown): Answer {
  const { apiVersion, route } = trace;
  return refuse(error, { ...idFields(ids), apiVersion, route }, logger);
}

function conclude(pipeline: Pipeline, exchange: Exchange, answer: Answer): void {
  const { request, spans } = exchange;
  const sent = request.method === "HEAD" ? headAnswer(answer) : answer;
  send(pipeline, exchange, sent);
  tellOf(pipeline, exchange, sent);
  endSpan(spans.server, sent);
}

/** The order of the pipeline. Each line needs what the lines before it found out. */
function answerRequest(pipeline: Pipeline, exchange: Exchange): Soon<Answer> {
  const { request, audit } = exchange;
  const { authenticator = denyAll } = pipeline;
  // Size: what is refused by its headers costs nothing more.
  checkBodyHeaders(request, maximumBodyBytesOf(pipeline));
  const aim = takeAim(pipeline.readAddress, request, exchange.trace);
  audit.aimedAt(aim);
  // Authentication: only from here on may headers be believed.
  return whenThere(authenticator.authenticate(request), (caller) =>
    answerCaller(pipeline, exchange, aim, caller),
  );
}

function answerCaller(
  pipeline: Pipeline,
  exchange: Exchange,
  aim: Aim,
  caller: Caller,
): Soon<Answer> {
  const { request, ids, audit, spans } = exchange;
  const { authorizer = defaultAuthorizer, logger } = pipeline;
  const { action, apiVersion, endpoint } = aim;
  audit.calledBy(caller);
  // Budget: before anything costs more. Polls are free, or started work would look failed.
  const budget = takeBudget(pipeline, aim, caller);
  const sent = buildContext(request, ids, apiVersion, caller, pipeline, logger);
  const context =
    endpoint.kind === "poll" ? sent : traceRequest(pipeline.tracer, action, sent, spans);
  // Authorization: by the meaning of the path, never by its text.
  return whenThere(authorizer.authorize(caller, action), () =>
    // Validation and preconditions: before the handler, so that nothing is half done.
    whenThere(prepare(pipeline, exchange, aim, context), (work) =>
      // Handler and answer.
      whenThere(pipeline.runInTime(exchange.abandonment, work), (answer) => {
        exchange.budget = budget;
        return answer;
      }),
    ),
  );
}

/** The header that tells what is left; throws `TooManyRequests`. */
function takeBudget(
  { throttle }: Pipeline,
  { address, endpoint, action }: Aim,
  { principal }: Caller,
): string | undefined {
  if (endpoint.kind === "poll") return undefined;
  const { service, params } = address.match;
  const { namespace } = service.provider;
  const subscriptionId = params["subscriptionId"] ?? "";
  const { method } = action;
  return throttle?.take({ callerId: principal.id, subscriptionId, method, namespace });
}

/** When the connection ends before the answer, nobody needs the work any more. */
function watchCaller(response: ServerResponse, abandonment: Abandonment): void {
  response.once("close", () => {
    if (!response.writableFinished) abandonment.abandon(new Error("The caller left"));
  });
}

type Work = (abandonment: Abandonment) => Soon<Answer>;

function prepare(
  pipeline: Pipeline,
  exchange: Exchange,
  aim: Aim,
  context: RequestContext,
): Soon<Work> {
  const { endpoint } = aim;
  if (endpoint.kind === "poll") return preparePoll(pipeline, exchange, endpoint, aim, context);
  const { route, checkBody } = endpoint;
  aim.query ??= readDeclaredQuery(route, aim.address.target);
  if (route.method === "GET" || route.method === "DELETE")
    return prepareRoute(pipeline, exchange, endpoint, aim, { context, body: undefined });
  const parsed = readJsonBody(exchange.request, maximumBodyBytesOf(pipeline));
  return parsed.then((json) => {
    const body = checkBody(json, fillPath(route.path, aim.action.params));
    return prepareRoute(pipeline, exchange, endpoint, aim, { context, body });
  });
}

function preparePoll(
  pipeline: Pipeline,
  { request }: Exchange,
  endpoint: PollEndpoint,
  { address }: Aim,
  context: RequestContext,
): Work {
  const { clock, stopping = neverStopping } = pipeline;
  const { headers } = request;
  const maximumRetrySeconds = maximumRetrySecondsOf(pipeline);
  const { target, match } = address;
  const poll = { endpoint, match, target, context, headers, clock, stopping, maximumRetrySeconds };
  return (abandonment) => answerPoll(poll, abandonment);
}

function prepareRoute(
  pipeline: Pipeline,
  { request, audit }: Exchange,
  { route, handler }: ContractEndpoint,
  { action, query = {} }: Aim,
  { context, body }: Pick<ArmRequest, "context" | "body">,
): Work {
  const { headers } = request;
  const repeatability = headers["repeatability-request-id"];
  return (abandonment) => {
    const armRequest: ArmRequest = {
      context,
      route,
      params: action.params,
      query,
      body,
      ifMatch: headers["if-match"],
      ifNoneMatch: headers["if-none-match"],
      repeatabilityRequestId: typeof repeatability === "string" ? repeatability : undefined,
      abandonment,
    };
    // Nothing is done that was not on record first.
    const handled = whenThere(audit.begin(body), () => handler(armRequest));
    return whenThere(handled, (result) => answerResult(pipeline, route, context, result));
  };
}

function answerResult(
  pipeline: Pipeline,
  route: ContractRoute,
  context: RequestContext,
  result: ArmResult,
): Answer {
  if (result.kind !== "accepted") return valueAnswer(route, result);
  const longRunning = route.longRunning ?? defaultLongRunning;
  const { operation } = result;
  const maximumRetrySeconds = maximumRetrySecondsOf(pipeline);
  return startAnswer({ operation, route, longRunning, context, maximumRetrySeconds }, result);
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

function send(pipeline: Pipeline, exchange: Exchange, answer: Answer): void {
  const { response, ids, budget } = exchange;
  const { capitals: region } = pipeline;
  try {
    sendAnswer(response, answer, ids, { region, budget });
  } catch (error) {
    // A body that cannot be written as JSON: nothing has been sent yet.
    sendAnswer(response, refuseExchange(pipeline, exchange, error), ids, { region });
  }
}

function tellOf(
  { logger, clock, onAnswered }: Pipeline,
  { ids, trace }: Exchange,
  answer: Answer,
): void {
  const { method, route } = trace;
  const milliseconds = clock.now() - ids.receivedAt;
  onAnswered?.({ method, route, status: answer.status, milliseconds });
  writeAccessLine(logger, trace, answer, milliseconds);
}
