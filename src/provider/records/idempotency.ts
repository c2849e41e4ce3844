import { createHash } from "node:crypto";

import { routeKey } from "../../arm/contract.ts";
import type { OperationRecord } from "../../arm/operation-record.ts";
import type { ArmRequest } from "../../arm/resource-type.ts";
import type { Document, Write } from "../../state/state-store.ts";
import { getOperation } from "../documents.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/** How long a repeated POST counts as the same. */
export const idempotencyWindowMilliseconds: number = 5 * 60_000;

export interface RememberedRequest {
  readonly operationId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A repeatable POST: the operation it has already started, and the write that remembers it. */
export interface Repeatability {
  readonly earlier: OperationRecord | undefined;
  remember(operationId: string): readonly Write[];
}

/**
 * Clients send a POST again when its answer was lost (D6): same path, same body and the same
 * Repeatability-Request-ID or client request id within five minutes is the same request.
 */
export async function findRepetition(
  deps: ProviderDeps,
  request: ArmRequest,
): Promise<Repeatability> {
  const id = request.repeatabilityRequestId ?? request.context.clientRequestId;
  if (id === undefined) return { earlier: undefined, remember: () => [] };
  const key = keyOf(request, id);
  const found = await deps.store.get<RememberedRequest>("idempotency", key);
  const isFresh =
    found !== undefined && deps.clock.now() - found.value.at < idempotencyWindowMilliseconds;
  const earlier = isFresh
    ? (await getOperation(deps.store, found.value.operationId))?.value
    : undefined;
  return {
    earlier,
    remember: (operationId) => [rememberWrite(key, found, { operationId, at: deps.clock.now() })],
  };
}

function rememberWrite(
  key: string,
  found: Document<RememberedRequest> | undefined,
  value: RememberedRequest,
): Write {
  const condition = found === undefined ? ("absent" as const) : { etag: found.etag };
  return { op: "put", kind: "idempotency", key, value, if: condition };
}

/** Passwords stay out of the hash: they can be guessed, and a stored hash would tell when a guess is right. */
function keyOf(request: ArmRequest, id: string): string {
  const path = Object.entries(request.params).map(([name, value]) => [name, value.toLowerCase()]);
  const text = JSON.stringify([
    routeKey(request.route),
    request.context.apiVersion,
    path,
    id,
    withoutPasswords(request.body),
  ]);
  return createHash("sha256").update(text).digest("hex");
}

function withoutPasswords(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body ?? null;
  return Object.entries(body)
    .filter(([name]) => !/password/i.test(name))
    .sort(([left], [right]) => (left < right ? -1 : 1));
}
