import type { IncomingMessage } from "node:http";
import type { Logger } from "../base/log.ts";
import type { Soon } from "../base/soon.ts";
import { armError } from "./errors.ts";
import type { Principal } from "./request-context.ts";

/** Who is at the other end of a connection. */
export interface Caller {
  readonly principal: Principal;
  readonly tenantId: string | undefined;
  /** True only for an authenticated ARM front door: its `referer` and system data are believed. */
  readonly isFrontDoor: boolean;
  /** What a caller with a token may be; nobody else has any. */
  readonly roles?: ReadonlySet<string>;
}

/** Tells who calls, or throws `AuthenticationFailed` (401) or `Forbidden` (403). */
export interface Authenticator {
  authenticate(request: IncomingMessage): Soon<Caller>;
}

/** Lets the caller do something, or throws `Forbidden`. */
export interface Authorizer {
  authorize(caller: Caller, action: ArmAction): Soon<void>;
}

export interface ArmAction {
  readonly method: string;
  /** Path template of the route: the normalised meaning, never the raw address. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Refuses everybody: what stands in when nothing is configured. */
export const denyAll: Authenticator = {
  authenticate: () =>
    Promise.reject(
      armError(
        "AuthenticationFailed",
        "No way of signing in is configured: set authentication.mode in the configuration",
      ),
    ),
};

/** Allows what a front door already allowed, and everything in development; refuses the rest. */
export const defaultAuthorizer: Authorizer = {
  authorize: ({ principal }) =>
    principal.kind === "arm" || principal.kind === "development"
      ? undefined
      : Promise.reject(
          armError("Forbidden", "No rule allows this caller to do this: ask the administrator"),
        ),
};

/** Takes every loopback connection for the developer, and warns of that in the log. Never for production. */
export function createDevelopmentAuthenticator(logger: Logger): Authenticator {
  logger.warn(
    "DEVELOPMENT MODE: every program on this machine may use the service without signing in",
  );
  return {
    authenticate(request) {
      if (!isLoopback(request.socket.remoteAddress))
        return Promise.reject(
          armError("Forbidden", "Development mode answers connections from this machine only"),
        );
      if (isFromForeignPage(request))
        return Promise.reject(
          armError("Forbidden", "Development mode does not answer web pages of other sites"),
        );
      return developer;
    },
  };
}

const developer: Caller = {
  principal: { id: "development", name: "development", kind: "development" },
  tenantId: undefined,
  isFrontDoor: false,
};

/** True for 127.0.0.0/8 and ::1, also written as IPv6. */
export function isLoopback(address: string | undefined): boolean {
  // What is nearly always asked.
  if (address === "127.0.0.1") return true;
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/i.test(address);
}

// A page the developer happens to visit can reach loopback too; browsers name its origin.
function isFromForeignPage(request: IncomingMessage): boolean {
  if (request.headers["sec-fetch-site"] === "cross-site") return true;
  const { origin } = request.headers;
  if (origin === undefined) return false;
  const host = URL.parse(origin)?.hostname ?? "";
  return host !== "localhost" && host !== "[::1]" && !/^127(?:\.\d{1,3}){3}$/.test(host);
}
