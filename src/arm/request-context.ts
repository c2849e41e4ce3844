/** Who asks what, read once from the request and frozen. */
export interface RequestContext {
  /** Fresh GUID of this request: `x-ms-request-id`. */
  readonly requestId: string;
  /** `x-ms-correlation-request-id`, or the request id when absent. */
  readonly correlationId: string;
  /** `x-ms-client-request-id` as sent; any text. */
  readonly clientRequestId: string | undefined;
  readonly returnClientRequestId: boolean;
  readonly apiVersion: string;
  /** Scheme and host every absolute link starts with, e.g. `https://mgmt.example`; no trailing slash. */
  readonly publicBaseUrl: string;
  readonly tenantId: string | undefined;
  /** The tenant of the resource, which may be another than the caller's; only a trusted front door says so. */
  readonly homeTenantId?: string | undefined;
  /** `traceparent` as sent, when it is well-formed. */
  readonly traceParent?: string | undefined;
  readonly principal: Principal;
  /** The parsed `x-ms-arm-resource-system-data`, when a trusted front door sent one. */
  readonly systemData: Readonly<Record<string, string>> | undefined;
  readonly receivedAt: number;
}

export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly kind: "development" | "arm" | "bearer";
}
