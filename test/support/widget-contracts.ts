import type { Contract, ContractRoute, LongRunning } from "../../src/arm/contract.ts";

/** Contracts of a provider that has nothing to do with backup: what the ARM layer is tested with. */
const group =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Contoso.Widgets/widgets";
const widget = `${group}/{widget}`;
const top = { name: "$top", type: "integer", required: false } as const;

const polling = (
  style: LongRunning["polling"],
  startRetryAfterSeconds: number,
  pollRetryAfterSeconds: number,
): LongRunning => ({
  finalStateVia: "location",
  polling: style,
  startRetryAfterSeconds,
  pollRetryAfterSeconds,
});

function publishedRoutes(longRunning: LongRunning): readonly ContractRoute[] {
  return [
    {
      operationId: "Operations_List",
      method: "GET",
      path: "/providers/Contoso.Widgets/operations",
      query: [],
      responses: { 200: "List" },
    },
    { operationId: "List", method: "GET", path: group, query: [top], responses: { 200: "List" } },
    { operationId: "Get", method: "GET", path: widget, query: [], responses: { 200: "Widget" } },
    {
      operationId: "Put",
      method: "PUT",
      path: widget,
      query: [],
      body: { definition: "WidgetRequest", required: true },
      responses: { 200: "Widget", 202: "Widget" },
      longRunning,
    },
    {
      operationId: "Spin",
      method: "POST",
      path: `${widget}/spin`,
      query: [],
      responses: { 200: null, 202: null },
      longRunning,
    },
    {
      operationId: "Results_Get",
      method: "GET",
      path: `${widget}/operationResults/{operationId}`,
      query: [],
      responses: { 200: "Widget" },
    },
  ];
}

const definitions: Contract["definitions"] = {
  Widget: { type: "object", additionalProperties: true },
  List: { type: "object", additionalProperties: true },
  WidgetRequest: {
    type: "object",
    properties: {
      id: { readOnly: true },
      name: { readOnly: true },
      type: { readOnly: true },
      location: { type: ["string", "null"], maxLength: 90 },
      tags: { type: ["object", "null"], additionalProperties: { type: "string", maxLength: 256 } },
      properties: { $ref: "#/definitions/WidgetProperties" },
    },
    additionalProperties: false,
  },
  WidgetProperties: {
    type: "object",
    properties: {
      provisioningState: { readOnly: true },
      speedInHours: { type: ["integer", "null"], minimum: 4, maximum: 12 },
      colour: { type: "string", enum: ["Red", "Green"] },
      password: { type: ["string", "null"], "x-ms-secret": true },
      parts: { type: "array", items: { $ref: "#/definitions/Part" } },
      motor: {
        type: "object",
        properties: { kind: { type: "string" } },
        required: ["kind"],
        discriminator: { propertyName: "kind" },
        oneOf: [{ $ref: "#/definitions/Steam" }, { $ref: "#/definitions/Electric" }],
      },
      otherVersion: { type: "null" },
    },
    additionalProperties: false,
  },
  Part: {
    type: "object",
    properties: { title: { type: "string" }, size: { type: "object", additionalProperties: true } },
    required: ["title"],
    additionalProperties: false,
  },
  Steam: {
    type: "object",
    properties: { kind: { type: "string", enum: ["Steam"] }, bar: { type: "number" } },
    required: ["kind", "bar"],
    additionalProperties: false,
  },
  Electric: {
    type: "object",
    properties: { kind: { type: "string", enum: ["Electric"] }, volt: { type: "number" } },
    required: ["kind", "volt"],
    additionalProperties: false,
  },
  PaintRequest: {
    type: "object",
    properties: { colour: { type: "string", enum: ["Red", "Green"] } },
    additionalProperties: false,
  },
};

/** The first generation: Location decides. */
export const firstContract: Contract = {
  namespace: "Contoso.Widgets",
  apiVersion: "2020-01-01",
  routes: publishedRoutes(polling("location", 5, 60)),
  definitions,
};

/** The second: both addresses, short status. */
export const secondContract: Contract = {
  namespace: "Contoso.Widgets",
  apiVersion: "2021-01-01",
  routes: publishedRoutes(polling("both", 60, 30)),
  definitions,
};

const modern = polling("modern", 10, 15);

/** ARM's present rules. */
export const modernContract: Contract = {
  namespace: "Contoso.Widgets",
  apiVersion: "2022-01-01-preview",
  definitions,
  routes: [
    ...publishedRoutes(modern).filter(({ method }) => method === "GET"),
    {
      operationId: "Put",
      method: "PUT",
      path: widget,
      query: [],
      body: { definition: "WidgetRequest", required: true },
      responses: { 200: "Widget", 201: "Widget" },
      longRunning: modern,
    },
    {
      operationId: "Patch",
      method: "PATCH",
      path: widget,
      query: [],
      body: { definition: "WidgetRequest", required: true },
      responses: { 200: "Widget", 202: null },
      longRunning: modern,
    },
    {
      operationId: "Delete",
      method: "DELETE",
      path: widget,
      query: [],
      responses: { 200: null, 202: null, 204: null },
      longRunning: modern,
    },
    {
      operationId: "Spin",
      method: "POST",
      path: `${widget}/spin`,
      query: [],
      responses: { 200: null, 202: null },
      longRunning: modern,
    },
    {
      operationId: "Paint",
      method: "POST",
      path: `${widget}/paint`,
      query: [],
      body: { definition: "PaintRequest", required: false },
      responses: { 200: "Widget", 204: null },
    },
  ],
};

export const widgetContracts: readonly Contract[] = [firstContract, secondContract, modernContract];
