import type { Soon } from "../base/soon.ts";
import type { Abandonment } from "./abandonment.ts";
import type { ContractRoute } from "./contract.ts";
import type { JsonText } from "./json-text.ts";
import type { OperationRecord } from "./operation-record.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * What a provider tells the ARM layer: a namespace, and one handler for every route of its contracts.
 * The ARM layer owns routing, validation, headers, status codes, errors and polling; the provider owns
 * what the resources mean. Status codes and headers come from the contract, never from handlers.
 */
export interface Provider {
  readonly namespace: string;
  /** By `routeKey`. A contract route without a handler, or the reverse, is an error at start. */
  readonly handlers: ReadonlyMap<string, Handler>;
  /** An operation by its id, with its outcome; undefined when unknown or expired. */
  findOperation(operationId: string): Soon<OperationRecord | undefined>;
  /** The finished operation's result body (the resource, the action's result) in the form of an api-version; undefined for none. */
  renderResult(operation: OperationRecord, context: RequestContext): unknown;
  /** The resource the operation is about: ARM id (canonical casing) and name, for second-generation status bodies. */
  renderTarget(
    operation: OperationRecord,
    context: RequestContext,
  ): { readonly id: string; readonly name: string };
  /** Rows of the operations list. */
  readonly operations: readonly OperationDescription[];
}

/** Handles one validated request: returns a value or throws an `ArmError` or `AppError`; never touches the response. */
export type Handler = (request: ArmRequest) => Soon<ArmResult>;

export interface ArmRequest {
  readonly context: RequestContext;
  readonly route: ContractRoute;
  /** Path parameters by their name in the template, percent-decoded, in the caller's casing. */
  readonly params: Readonly<Record<string, string>>;
  /** Declared query parameters that were given, by their declared name. */
  readonly query: Readonly<Record<string, string>>;
  /** The body after validation; property names in the contract's casing; undefined when none was sent. */
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** `Repeatability-Request-ID` as sent: the same id on the same request means the same work. */
  readonly repeatabilityRequestId?: string | undefined;
  /** Its signal aborts when nobody waits for the answer any more. */
  readonly abandonment: Pick<Abandonment, "signal">;
}

export type ArmResult =
  /** A resource or any other JSON value: 200 (or 201 when `created` and the contract declares it). */
  | {
      readonly kind: "value";
      readonly body: unknown;
      /** The body as it is sent, where the handler keeps that: such a result is given out again, and never changes. */
      readonly json?: JsonText;
      readonly created?: boolean;
      readonly etag?: string;
    }
  /** An accepted long-running operation, already committed; `body` is the resource as it stands now. */
  | {
      readonly kind: "accepted";
      readonly operation: OperationRecord;
      readonly body?: unknown;
      readonly created?: boolean;
      readonly etag?: string;
    }
  /** Nothing to say: 204 (200 where the contract declares no 204). */
  /** 204, or 200 for what was there until this DELETE. */
  | { readonly kind: "empty"; readonly existed?: boolean };

export interface OperationDescription {
  readonly name: string;
  readonly display: {
    readonly provider: string;
    readonly resource: string;
    readonly operation: string;
    readonly description: string;
  };
}
