import {
  createSerializer,
  ServiceClient as CoreClient,
  type FullOperationResponse,
  type OperationSpec,
} from "@azure/core-client";
import { createHttpPoller as createPoller2 } from "@azure/core-lro";
import { AzureServiceClient } from "@azure/ms-rest-azure-js";
import { createHttpPoller as createPoller3 } from "core-lro-3";
import { TokenCredentials } from "@azure/ms-rest-js";
import type { PollerCall, PollerOutcome, RunCall } from "./poller-story.ts";

/** The client of the SDKs of the first generation; it knows no final-state-via. */
export const runWithMsRest: RunCall = async ({ method, url, body }) => {
  const client = new AzureServiceClient(new TokenCredentials("a token"), {});
  return capture(async () => {
    const request = { method, url, ...(body === undefined ? {} : { body }) };
    const response = await client.sendLongRunningRequest(request);
    return response.parsedBody;
  });
};

/** The client of the SDKs of the second generation, with its poller. */
export const runWithCoreLro2: RunCall = (call) =>
  capture(async () => {
    const { sendInitialRequest, sendPollRequest } = describeOperation(call);
    const lro = {
      requestMethod: call.method,
      requestPath: call.url,
      sendInitialRequest,
      sendPollRequest,
    };
    const poller = await createPoller2(lro, pollerOptions(call));
    return poller.pollUntilDone();
  });

/** The same client with the poller of today. */
export const runWithCoreLro3: RunCall = (call) =>
  capture(async () => {
    const poller = createPoller3(describeOperation(call), pollerOptions(call));
    return poller.pollUntilDone();
  });

function pollerOptions({ via }: PollerCall): object {
  return via === "default" ? {} : { resourceLocationConfig: via };
}

/** What the generator of the Azure SDKs writes for a long-running operation. */
function describeOperation(call: PollerCall) {
  const client = new CoreClient({
    endpoint: new URL(call.url).origin,
    allowInsecureConnection: true,
  });
  const any = { bodyMapper: { type: { name: "any" } } } as const;
  const spec: OperationSpec = {
    httpMethod: call.method,
    path: call.url,
    serializer: createSerializer(),
    responses: { 200: any, 201: any, 202: any, 204: {}, default: { ...any, isError: true } },
    headerParameters: [],
  };
  const withBody: OperationSpec = {
    ...spec,
    requestBody: {
      parameterPath: "body",
      mapper: { required: true, serializedName: "body", type: { name: "any" } },
    },
    contentType: "application/json",
    mediaType: "json",
  };
  const send = async (operation: OperationSpec) => {
    let raw: FullOperationResponse | undefined;
    const onResponse = (response: FullOperationResponse): void => void (raw = response);
    const args = {
      options: { onResponse },
      ...(call.body === undefined ? {} : { body: call.body }),
    };
    const flatResponse = await client.sendOperationRequest<unknown>(args, operation);
    if (raw === undefined) throw new Error("No response");
    return {
      flatResponse,
      rawResponse: {
        statusCode: raw.status,
        body: raw.parsedBody as unknown,
        headers: raw.headers.toJSON(),
        request: { method: operation.httpMethod, url: call.url, body: call.body },
      },
    };
  };
  return {
    sendInitialRequest: () => send(call.body === undefined ? spec : withBody),
    sendPollRequest: (path: string) => send({ ...spec, httpMethod: "GET", path }),
  };
}

async function capture(act: () => Promise<unknown>): Promise<PollerOutcome> {
  try {
    return { ok: true, body: await act() };
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return { ok: false, code, message };
  }
}
