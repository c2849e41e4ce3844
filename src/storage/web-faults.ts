import { AppError } from "../base/errors.ts";
import type { ErrorCode } from "../base/errors.ts";
import { nativeFaults } from "./store-errors.ts";
import type { NativeFault } from "./store-errors.ts";

/** What a service over HTTP said when it refused, or what broke on the way to it. */
export interface WebFailure {
  /** The service's or the system's own code, such as `NoSuchBucket` or `ECONNRESET`. */
  readonly nativeCode: string | undefined;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** The service's id of the request, for its operator. */
  readonly requestId: string | undefined;
}

/** A fault of {@link webFaults} or of a service's own table. */
export function webFault(
  code: ErrorCode,
  problem: string,
  remedy: string,
  retryable = false,
): NativeFault {
  return { code, problem, remedy, retryable };
}

const trust =
  "give the authority that signed it as the store's CA certificate if the server is really yours";
const retry = "check the server and the network, then try again";

function untrusted(problem: string, remedy = trust): NativeFault {
  return webFault("StoreNotTrusted", problem, remedy);
}

function unreachable(problem: string, remedy = retry): NativeFault {
  return webFault("StoreUnreachable", problem, remedy, true);
}

/** What breaks before a service answers; the rest of the system's codes is in {@link nativeFaults}. */
const transportFaults: Readonly<Record<string, NativeFault>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted("its certificate is signed by itself"),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted("its certificate comes from an unknown authority"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted("its certificate comes from an unknown authority"),
  UNABLE_TO_GET_ISSUER_CERT: untrusted("its certificate comes from an unknown authority"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted("its certificate comes from an unknown authority"),
  CERT_SIGNATURE_FAILURE: untrusted("its certificate has a wrong signature"),
  CERT_UNTRUSTED: untrusted("its certificate is not trusted"),
  CERT_HAS_EXPIRED: untrusted("its certificate has expired", "renew it on the server"),
  CERT_NOT_YET_VALID: untrusted("its certificate is not valid yet", "compare the clocks"),
  CERT_REVOKED: untrusted("its certificate was revoked", "renew it on the server"),
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted(
    "its certificate is for another name",
    "use the name that the certificate is for",
  ),
  EPROTO: untrusted("it does not speak TLS 1.2 or newer", "check the address and its port"),
  ENOTFOUND: unreachable("the name of the host is unknown", "check its spelling, then try again"),
  EAI_AGAIN: unreachable("no name server answers"),
  ETIMEDOUT: webFault("StoreTimeout", "the service did not answer in time", retry, true),
};

/** What an answer means when its code is not in the service's own table. */
const statusFaults: Readonly<Record<number, NativeFault>> = {
  401: webFault("StoreAuthRefused", "the sign-in is refused", "check the credentials"),
  403: webFault("StoreAuthRefused", "access is denied", "check the credentials and their rights"),
  404: webFault("StoreUnsupported", "the address is unknown there", "check the address"),
  408: webFault("StoreTimeout", "the service waited too long for us", retry, true),
  429: unreachable("the service is too busy", "try again later"),
  500: unreachable("the service failed", "try again; if it stays so, ask its operator"),
  502: unreachable("the service behind its gateway failed", "try again later"),
  503: unreachable("the service is too busy", "try again later"),
  504: unreachable("the service behind its gateway did not answer", "try again later"),
  507: webFault("StoreFull", "the store is full", "free space there or extend it"),
};

const redirected = webFault(
  "StoreUnsupported",
  "it sends us to another address, which is not followed with credentials",
  "give the address it is really served at",
);
const strange = webFault(
  "StoreUnsupported",
  "the service gave an answer we do not know",
  "check the address",
);

/** The meaning of a failure, by the service's table first. */
export function nameFailure(
  failure: WebFailure,
  serviceFaults: Readonly<Record<string, NativeFault>>,
): NativeFault {
  const { nativeCode, status } = failure;
  if (status !== undefined && status >= 300 && status < 400) return redirected;
  const code = nativeCode ?? "";
  const known = ownEntry(serviceFaults, code);
  if (known !== undefined) return known;
  if (status !== undefined) return ownEntry(statusFaults, status) ?? strange;
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) {
    return ownEntry(transportFaults, code) ?? transportFaults["EPROTO"] ?? strange;
  }
  return (
    ownEntry(transportFaults, code) ??
    ownEntry(nativeFaults, code) ??
    unreachable("the connection failed")
  );
}

/** A failure in our words. The library's own error is not kept as the cause: it holds the signed request. */
export function toWebError(
  action: string,
  target: string,
  failure: WebFailure,
  fault: NativeFault,
): AppError {
  const { nativeCode, status, requestId } = failure;
  const facts = [printable(nativeCode), status === undefined ? undefined : `HTTP ${status}`];
  const id = printable(requestId);
  if (id !== undefined) facts.push(`request ${id}`);
  const known = facts.filter((fact) => fact !== undefined);
  const shown = known.length === 0 ? "" : ` (${known.join(", ")})`;
  const message = `Cannot ${action} "${target}": ${fault.problem}${shown}: ${fault.remedy}`;
  return new AppError(fault.code, message, {
    target,
    retryable: fault.retryable,
    nativeCode: printable(nativeCode) ?? `HTTP ${status ?? "none"}`,
  });
}

/** Codes and ids come from the other side: what is not plain is not shown. */
function printable(text: string | undefined): string | undefined {
  return text !== undefined && /^[A-Za-z0-9_.-]{1,80}$/.test(text) ? text : undefined;
}

function ownEntry<T>(
  table: Readonly<Record<string | number, T>>,
  key: string | number,
): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
