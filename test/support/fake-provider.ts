import {
  routeKey,
  type Contract,
  type ContractRoute,
  type LongRunning,
} from "../../src/arm/contract.ts";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import type { ArmRequest, Handler, Provider } from "../../src/arm/resource-type.ts";

/** A provider without meaning: it keeps what it was asked and answers what it is told to. */
export interface FakeProvider {
  readonly provider: Provider;
  /** Requests that reached a handler, oldest first. */
  readonly requests: readonly ArmRequest[];
  readonly operations: Map<string, OperationRecord>;
  /** Answers one route, e.g. `PUT box`, with another handler from now on. */
  on(name: string, handler: Handler): void;
}

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

/** Short names of the routes of {@link thingContracts}. */
const paths: Readonly<Record<string, string>> = {
  operations: "/providers/Test.Things/operations",
  boxes: `${group}/providers/Test.Things/boxes`,
  box: `${group}/providers/Test.Things/boxes/{box}`,
  shake: `${group}/providers/Test.Things/boxes/{box}/shake`,
  peek: `${group}/providers/Test.Things/boxes/{box}/peek`,
};

function route(
  name: string,
  responses: ContractRoute["responses"],
  more: Partial<ContractRoute> = {},
): ContractRoute {
  const [method = "GET", place = ""] = name.split(" ");
  return {
    operationId: name,
    method: method as ContractRoute["method"],
    path: paths[place] ?? place,
    query: [],
    responses,
    ...more,
  };
}

const oldPolling: LongRunning = {
  finalStateVia: "location",
  polling: "location",
  startRetryAfterSeconds: 60,
  pollRetryAfterSeconds: 60,
};
const modernPolling: LongRunning = {
  finalStateVia: "azure-async-operation",
  polling: "modern",
  startRetryAfterSeconds: 10,
  pollRetryAfterSeconds: 15,
};

const definitions: Contract["definitions"] = {
  BoxRequest: {
    type: "object",
    additionalProperties: false,
    properties: {
      id: { type: "string" },
      name: { type: "string" },
      type: { type: "string" },
      properties: {
        type: "object",
        additionalProperties: false,
        properties: { size: { type: "integer", minimum: 1 }, label: { type: "string" } },
      },
    },
  },
};
const box = { definition: "BoxRequest", required: true };

const common: readonly ContractRoute[] = [
  route("GET operations", { 200: "OperationList" }),
  route(
    "GET boxes",
    { 200: "BoxList" },
    {
      query: [
        { name: "$top", type: "integer", required: false },
        { name: "$skipToken", type: "string", required: false },
      ],
    },
  ),
  route("GET box", { 200: "Box" }),
  route("POST peek", { 200: null }),
];

/** Two api-versions: an old one, and a modern one that has more. */
export const thingContracts: readonly Contract[] = [
  {
    namespace: "Test.Things",
    apiVersion: "2020-01-01",
    definitions,
    routes: [
      ...common,
      route("PUT box", { 200: "Box", 202: "Box" }, { body: box, longRunning: oldPolling }),
      route("POST shake", { 200: "Box", 202: "Box" }, { longRunning: oldPolling }),
    ],
  },
  {
    namespace: "Test.Things",
    apiVersion: "2030-01-01-preview",
    definitions,
    routes: [
      ...common,
      route("PUT box", { 200: "Box", 201: "Box" }, { body: box, longRunning: modernPolling }),
      route("PATCH box", { 200: "Box" }, { body: box }),
      route("DELETE box", { 200: null, 202: null, 204: null }, { longRunning: modernPolling }),
      route("POST shake", { 200: "Box", 202: null }, { longRunning: modernPolling }),
    ],
  },
];

export const subscriptionId = "11111111-2222-4333-8444-555555555555";
export const groupPath: string = `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Test.Things`;

/** A running operation of {@link thingContracts}, to be changed as the test needs. */
export function makeOperation(change: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id: "aaaaaaaa-0000-4000-8000-000000000001",
    subscriptionId,
    resourceGroupName: "rg",
    locationName: "b1",
    route: `POST ${paths["shake"]}`,
    apiVersion: "2030-01-01-preview",
    state: "Running",
    startTime: "2026-01-01T00:00:00.000Z",
    resourceId: `${groupPath}/boxes/b1`,
    correlationId: "c",
    ...change,
  };
}

/** Answers every route of the contracts with `{}` until told otherwise. */
export function createFakeProvider(contracts: readonly Contract[] = thingContracts): FakeProvider {
  const requests: ArmRequest[] = [];
  const operations = new Map<string, OperationRecord>();
  const changed = new Map<string, Handler>();
  const handlers = new Map<string, Handler>();
  for (const one of contracts.flatMap(({ routes }) => routes)) {
    if (/\/operation(?:Results|Statuses)\/\{[^}]+\}$/.test(one.path)) continue;
    const key = routeKey(one);
    handlers.set(key, (request) => {
      requests.push(request);
      return (changed.get(key) ?? answerEmptyObject)(request);
    });
  }
  return {
    requests,
    operations,
    on(name, handler) {
      const [method = "", place = ""] = name.split(" ");
      changed.set(`${method} ${paths[place] ?? place}`, handler);
    },
    provider: {
      namespace: contracts[0]?.namespace ?? "",
      handlers,
      operations: [],
      findOperation: (id) => operations.get(id),
      renderResult: (operation) => operation.result,
      renderTarget: ({ resourceId }) => ({
        id: resourceId,
        name: resourceId.split("/").at(-1) ?? "",
      }),
    },
  };
}

const answerEmptyObject: Handler = () => Promise.resolve({ kind: "value", body: {} });
