import type { Notice } from "../../alerts/notice.ts";
import { armError } from "../../arm/errors.ts";
import type { ArmRequest, ArmResult, Handler } from "../../arm/resource-type.ts";
import { toAppError } from "../../base/errors.ts";
import type { NotificationRoute as Body } from "../../generated/api-2026-12-01.ts";
import type { Document } from "../../state/state-store.ts";
import { findLocation } from "../action-target.ts";
import { create, getLocation, listAll, replace, retryOnConflict } from "../documents.ts";
import { resourceNotFound } from "../faults.ts";
import type { BackupLocation } from "../model.ts";
import { systemDataOf } from "../records/operation-start.ts";
import { pageOf } from "../paging.ts";
import { nowIso, type ProviderDeps } from "../provider-deps.ts";
import { checkReadOnlyEcho } from "../read-only-echo.ts";
import { parameterOf, scopeOf, type RequestScope } from "../request-scope.ts";
import type { RouteNote } from "../records/notes.ts";
import { noteKey, type DeadLetter } from "./notice-job.ts";
import { checkReceiver, readRoute } from "./route-change.ts";
import {
  isRouteName,
  listRoutes,
  openSecrets,
  routeKey,
  sealSecrets,
  targetOf,
  type NotificationRoute,
} from "./route-record.ts";
import { renderDeadLetter, renderRoute } from "./route-wire.ts";

const location =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}";

/** The routes of notifications. */
export function notificationHandlers(deps: ProviderDeps): readonly (readonly [string, Handler])[] {
  const route = `${location}/notificationRoutes/{route}`;
  return [
    [`GET ${location}/notificationRoutes`, (request) => list(deps, request)],
    [`GET ${route}`, (request) => read(deps, request)],
    [`PUT ${route}`, (request) => retryOnConflict(() => put(deps, request))],
    [`DELETE ${route}`, (request) => remove(deps, request)],
    [`POST ${route}/test`, (request) => test(deps, request)],
    [`GET ${location}/deadLetters`, (request) => listDeadLetters(deps, request)],
  ];
}

async function list(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  await findLocation(deps, scope);
  const items = await listRoutes(deps.store, scope.key);
  const notes = new Map(
    await Promise.all(items.map(async ({ key }) => [key, await readNote(deps, key)] as const)),
  );
  const { value, nextLink } = pageOf(request, items, {
    scope: `${scope.key}/routes`,
    hasNextLink: true,
    pagingKey: deps.pagingKey,
    positionOf: ({ key }) => key,
    render: (item) => renderRoute(scope.id, item.value, notes.get(item.key) ?? {}),
  });
  return { kind: "value", body: { value, nextLink } };
}

async function read(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const { scope, route } = await find(deps, request);
  const body = renderRoute(scope.id, route.value, await readNote(deps, route.key));
  return { kind: "value", body };
}

/** What a delivery may move between the reading and the writing of a route: ignored whatever it says. */
const moving: ReadonlySet<string> = new Set(["properties.lastDelivered", "properties.lastError"]);

async function put(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  const location = await findLocation(deps, scope);
  const name = readName(request);
  const key = routeKey(scope.key, name);
  const before = await deps.store.get<NotificationRoute>("route", key);
  if (before !== undefined) {
    const note = await readNote(deps, key);
    checkReadOnlyEcho(request, renderRoute(scope.id, before.value, note), (path) =>
      moving.has(path),
    );
  }
  const change = readRoute((request.body as Body).properties, before && open(deps, before));
  checkReceiver(deps.notices, change);
  const value: NotificationRoute = {
    ...change,
    name,
    secrets: sealSecrets(deps.identity, key, change.secrets),
    systemData: systemDataOf(request, before?.value.systemData, nowIso(deps)),
  };
  await deps.store.commit([
    before === undefined ? create("route", key, value) : replace(before, value),
    // The location must still be there.
    replace(location, location.value),
  ]);
  const body = renderRoute(scope.id, value, await readNote(deps, key));
  return { kind: "value", body, created: before === undefined };
}

/** What is not there is deleted already, also where its location is none. */
async function remove(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  if ((await getLocation(deps.store, scope.key)) === undefined) return { kind: "empty" };
  const key = routeKey(scope.key, parameterOf(request, "route"));
  const existed = (await deps.store.get("route", key)) !== undefined;
  await deps.store.commit([
    { op: "delete", kind: "route", key },
    { op: "delete", kind: "note", key: noteKey(key) },
  ]);
  return { kind: "empty", existed };
}

// ARM waits for 20 seconds.
const testMilliseconds = 12_000;

/** Sends a message at once, past the queue: a receiver that refuses it is the answer, not a failure. */
async function test(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const { scope, location, route } = await find(deps, request);
  const signal = AbortSignal.any([
    request.abandonment.signal,
    AbortSignal.timeout(testMilliseconds),
  ]);
  try {
    const { receiver, secrets } = open(deps, route);
    await deps.notices.send(targetOf(receiver, secrets), testNotice(deps, scope, location), signal);
  } catch (error) {
    const { code, message } = toAppError(error);
    return { kind: "value", body: { isDelivered: false, code, message } };
  }
  const value: RouteNote = { deliveredAt: nowIso(deps) };
  await deps.store.commit([{ op: "put", kind: "note", key: noteKey(route.key), value }]);
  return { kind: "value", body: { isDelivered: true } };
}

function testNotice(deps: ProviderDeps, scope: RequestScope, location: BackupLocation): Notice {
  return {
    ...{ id: deps.newId(), at: nowIso(deps), event: "Test", severity: "Informational" },
    location: { id: scope.id, name: location.name, region: location.settings.region },
    title: "Test message",
    lines: ["Messages about this location arrive here"],
    data: {},
  };
}

async function listDeadLetters(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  await findLocation(deps, scope);
  const prefix = `${scope.key}/deadletters/`;
  const items = await listAll<DeadLetter>(deps.store, "deadLetter", prefix);
  const { value, nextLink } = pageOf(request, items.toReversed(), {
    scope: prefix,
    hasNextLink: true,
    pagingKey: deps.pagingKey,
    positionOf: ({ key }) => key,
    isDescending: true,
    render: (item) => renderDeadLetter(item.value),
  });
  return { kind: "value", body: { value, nextLink } };
}

interface Found {
  readonly scope: RequestScope;
  readonly location: BackupLocation;
  readonly route: Document<NotificationRoute>;
}

async function find(deps: ProviderDeps, request: ArmRequest): Promise<Found> {
  const scope = scopeOf(request);
  const location = (await findLocation(deps, scope)).value;
  const name = parameterOf(request, "route");
  const route = await deps.store.get<NotificationRoute>("route", routeKey(scope.key, name));
  if (route === undefined) throw resourceNotFound(`${scope.id}/notificationRoutes/${name}`);
  return { scope, location, route };
}

function open(
  { identity }: ProviderDeps,
  { key, value }: Document<NotificationRoute>,
): Pick<NotificationRoute, "receiver"> & { readonly secrets: ReturnType<typeof openSecrets> } {
  return { receiver: value.receiver, secrets: openSecrets(identity, key, value.secrets) };
}

async function readNote({ store }: ProviderDeps, key: string): Promise<RouteNote> {
  return (await store.get<RouteNote>("note", noteKey(key)))?.value ?? {};
}

function readName(request: ArmRequest): string {
  const name = parameterOf(request, "route");
  if (isRouteName(name)) return name;
  throw armError(
    "InvalidResourceName",
    'A route is called by 1 to 64 letters, digits, "-" or "_", beginning with a letter or digit',
    { target: "route" },
  );
}
