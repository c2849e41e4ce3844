import type { Contract, ContractRoute, Method } from "./contract.ts";
import { routeKey } from "./contract.ts";
import { armError } from "./errors.ts";
import { checkNames } from "./names.ts";
import { topResourceTemplate } from "./operation-status.ts";
import { matchTemplate, parseTemplate, type TemplateSegment } from "./path-template.ts";
import type { Handler, Provider } from "./resource-type.ts";
import { compileBodyChecks, createSchemaCompiler, type BodyCheck } from "./validation.ts";

/** A provider and the contracts, one for each api-version, it keeps. */
export interface Service {
  readonly provider: Provider;
  readonly contracts: readonly Contract[];
}

/** A place requests can go to: a route of one contract, or a poll address, which every api-version shares. */
export type Endpoint = ContractEndpoint | PollEndpoint;

export interface ContractEndpoint {
  readonly kind: "route";
  readonly apiVersion: string;
  readonly route: ContractRoute;
  readonly handler: Handler;
  readonly checkBody: BodyCheck;
}

export interface PollEndpoint {
  readonly kind: "poll";
  readonly shows: "result" | "status";
  /** Template, for the log and for access rules. */
  readonly path: string;
}

/** What a path can be: the endpoints of all api-versions whose template it fits. */
export interface PathMatch {
  readonly service: Service;
  /** Of the service. */
  readonly apiVersions: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly endpoints: readonly Endpoint[];
}

export interface Router {
  /** Throws 404 for a path nobody knows, 400 for one with bad names. */
  match(segments: readonly string[]): PathMatch;
}

interface Place {
  readonly service: Service;
  readonly template: readonly TemplateSegment[];
  readonly endpoints: Endpoint[];
}

/** Joins contracts and handlers; throws at once for a route without handler or the reverse. */
export function createRouter(services: readonly Service[]): Router {
  const places = services.flatMap(buildPlaces).sort((one, other) => words(other) - words(one));
  return {
    match(segments) {
      for (const { service, template, endpoints } of places) {
        const params = matchTemplate(template, segments);
        if (params === undefined) continue;
        checkNames(template, segments);
        const apiVersions = service.contracts.map((contract) => contract.apiVersion);
        return { service, apiVersions, params, endpoints };
      }
      throw notFound(services, segments);
    },
  };
}

/** The endpoint for a verb in an api-version; throws 405 with `Allow`, or 404 when the version has no such path. */
export function chooseEndpoint(match: PathMatch, method: string, apiVersion: string): Endpoint {
  const here = match.endpoints.filter(
    (endpoint) => endpoint.kind === "poll" || endpoint.apiVersion === apiVersion,
  );
  const [first] = here;
  if (first === undefined) throw notInVersion(match, apiVersion);
  // HEAD asks whether a resource is there; a poll address is none.
  const wanted = method === "HEAD" && first.kind === "route" ? "GET" : method;
  const found = here.find((endpoint) => methodOf(endpoint) === wanted);
  if (found !== undefined) return found;
  const verbs = here.map(methodOf);
  const allowed = verbs.includes("GET") && first.kind === "route" ? [...verbs, "HEAD"] : verbs;
  const allow = [...new Set(allowed)].join(", ");
  const elsewhere = listVersions(match.endpoints.filter((one) => methodOf(one) === wanted));
  const hint = elsewhere.length === 0 ? "" : `, or api-version ${elsewhere.join(", ")}`;
  throw armError(
    "MethodNotAllowed",
    `This address takes ${allow} only in api-version ${apiVersion}: use one of these${hint}`,
    { headers: { Allow: allow } },
  );
}

/** The route that started an operation, in the version it was started with; undefined when that is gone. */
export function findRoute(
  service: Service,
  apiVersion: string,
  key: string,
): ContractRoute | undefined {
  const contract = service.contracts.find((one) => one.apiVersion === apiVersion);
  return contract && routesOf(contract).get(key.toLowerCase());
}

const indexes = new WeakMap<Contract, ReadonlyMap<string, ContractRoute>>();

/** Every poll asks for one. */
function routesOf(contract: Contract): ReadonlyMap<string, ContractRoute> {
  const known = indexes.get(contract);
  if (known !== undefined) return known;
  const made = new Map(contract.routes.map((route) => [routeKey(route).toLowerCase(), route]));
  indexes.set(contract, made);
  return made;
}

function buildPlaces(service: Service): Place[] {
  const places = new Map<string, Place>();
  const add = (path: string, endpoint: Endpoint): void => {
    const key = path.toLowerCase().replaceAll(/\{[^}]+\}/g, "{}");
    const place = places.get(key) ?? { service, template: parseTemplate(path), endpoints: [] };
    place.endpoints.push(endpoint);
    places.set(key, place);
  };
  const handlers = new Map(
    [...service.provider.handlers].map(([key, handler]) => [key.toLowerCase(), handler]),
  );
  const used = new Set<string>();
  const compiler = createSchemaCompiler();
  for (const contract of service.contracts) {
    const checkBodyOf = compileBodyChecks(contract, compiler);
    for (const route of contract.routes.filter((one) => !isPollPath(one.path))) {
      const key = routeKey(route).toLowerCase();
      const handler = handlers.get(key) ?? builtInHandler(service, route);
      if (handler === undefined)
        throw new Error(`No handler for "${routeKey(route)}" of ${contract.apiVersion}`);
      used.add(key);
      const { apiVersion } = contract;
      add(route.path, { kind: "route", apiVersion, route, handler, checkBody: checkBodyOf(route) });
    }
  }
  for (const key of service.provider.handlers.keys()) {
    if (!used.has(key.toLowerCase())) throw new Error(`No contract has the route "${key}"`);
  }
  for (const path of listPollPaths(service))
    add(path, {
      kind: "poll",
      shows: path.includes("/operationStatuses/") ? "status" : "result",
      path,
    });
  return [...places.values()];
}

/** Where polls live: under the subscription, and under the resource whose route starts operations. */
function listPollPaths({ provider, contracts }: Service): readonly string[] {
  const started = contracts
    .flatMap(({ routes }) => routes)
    .filter(({ longRunning }) => longRunning !== undefined);
  const parents = started.map(({ path }) => topResourceTemplate(path));
  parents.push(
    `/subscriptions/{subscriptionId}/providers/${provider.namespace}/locations/{location}`,
  );
  const paths = parents.flatMap((parent) => [
    `${parent}/operationResults/{operationId}`,
    `${parent}/operationStatuses/{operationId}`,
  ]);
  return started.length === 0 ? [] : [...new Set(paths)];
}

function isPollPath(path: string): boolean {
  return /\/operation(?:Results|Statuses)\/\{[^}]+\}$/i.test(path);
}

/** The operations list needs no handler: the provider's rows are the answer. */
function builtInHandler({ provider }: Service, route: ContractRoute): Handler | undefined {
  if (
    routeKey(route).toLowerCase() !==
    `get /providers/${provider.namespace}/operations`.toLowerCase()
  )
    return undefined;
  return () => ({ kind: "value", body: { value: provider.operations } });
}

function methodOf(endpoint: Endpoint): Method {
  return endpoint.kind === "poll" ? "GET" : endpoint.route.method;
}

function words({ template }: Place): number {
  return template.filter(({ kind }) => kind === "word").length;
}

function notInVersion(match: PathMatch, apiVersion: string): Error {
  const versions = listVersions(match.endpoints).join(", ");
  return armError(
    "InvalidResourceType",
    `This address does not exist in api-version ${apiVersion}: use one of ${versions}`,
    { target: "type" },
  );
}

function listVersions(endpoints: readonly Endpoint[]): readonly string[] {
  const versions = endpoints.flatMap((one) => (one.kind === "route" ? [one.apiVersion] : []));
  return [...new Set(versions)];
}

function notFound(services: readonly Service[], segments: readonly string[]): Error {
  const lower = segments.map((segment) => segment.toLowerCase());
  const at = lower.lastIndexOf("providers");
  const namespace = at === -1 ? undefined : segments[at + 1];
  if (namespace === undefined)
    return armError("ResourceNotFound", "Nothing is at this address: check its path");
  const known = services.map(({ provider }) => provider.namespace);
  if (!known.some((one) => one.toLowerCase() === namespace.toLowerCase()))
    return armError(
      "InvalidResourceNamespace",
      `The namespace is not served here: use ${known.join(" or ")}`,
    );
  return armError(
    "InvalidResourceType",
    "The namespace has no such type, or not at this place: check the path",
    { target: "type" },
  );
}
