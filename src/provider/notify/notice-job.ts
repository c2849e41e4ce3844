import type { Notice } from "../../alerts/notice.ts";
import type { AppError } from "../../base/errors.ts";
import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { Job, Write } from "../../state/state-store.ts";
import { nowIso, type ProviderDeps } from "../provider-deps.ts";
import type { NoticePayload } from "./notices.ts";
import type { RouteNote } from "../records/notes.ts";
import { openSecrets, targetOf, type NotificationRoute } from "./route-record.ts";

/** A message that was given up. */
export interface DeadLetter {
  readonly notice: Notice;
  readonly routeName: string;
  readonly givenUpAt: string;
  readonly error: { readonly code: string; readonly message: string };
}

const sendMilliseconds = 30_000;

/** Delivers one message on one route; a route that is gone or off wants none. */
export function noticeHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => deliver(deps, job, context),
    onFailure: (job, error) => giveUp(deps, job, error),
    onCancel: () => Promise.resolve([]),
    // A route that gave up is told of now, on the others.
    onEnded: () => deps.onTrouble?.(),
  };
}

async function deliver(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): Promise<readonly Write[]> {
  const { routeKey, notice } = job.payload as NoticePayload;
  const route = (await deps.store.get<NotificationRoute>("route", routeKey))?.value;
  if (route?.isEnabled !== true) return [];
  const target = targetOf(route.receiver, openSecrets(deps.identity, routeKey, route.secrets));
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(sendMilliseconds)]);
  await deps.notices.send(target, notice, signal);
  return [noteOf(routeKey, { deliveredAt: nowIso(deps) })];
}

async function giveUp(deps: ProviderDeps, job: Job, error: AppError): Promise<readonly Write[]> {
  const { routeKey, notice } = job.payload as NoticePayload;
  const route = (await deps.store.get<NotificationRoute>("route", routeKey))?.value;
  if (route === undefined) return [];
  const { code, message } = error;
  const givenUpAt = nowIso(deps);
  const value: DeadLetter = { notice, routeName: route.name, givenUpAt, error: { code, message } };
  const key = `${locationOf(routeKey)}/deadletters/${givenUpAt} ${job.id}`;
  return [
    { op: "put", kind: "deadLetter", key, value },
    noteOf(routeKey, { error: { code, message } }),
  ];
}

/** The note's name is the route's: the watchdog finds it beside the others. */
export function noteKey(routeKey: string): string {
  const name = routeKey.slice(locationOf(routeKey).length + "/routes/".length);
  return `${locationOf(routeKey)}/notes/route:${name}`;
}

function noteOf(routeKey: string, value: RouteNote): Write {
  return { op: "put", kind: "note", key: noteKey(routeKey), value };
}

function locationOf(routeKey: string): string {
  return routeKey.slice(0, routeKey.lastIndexOf("/routes/"));
}
