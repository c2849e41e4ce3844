import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { Authenticator } from "../arm/access.ts";
import { armError, bearerChallenge, serviceUnavailable } from "../arm/errors.ts";
import type { TokenFault, TokenVerifier } from "../identity/bearer-tokens.ts";
import type { FrontDoorCertificates } from "../identity/front-door-certificates.ts";

/** Believes callers whose client certificate the front door uses, and what they say of their users. */
export function createFrontDoorAuthenticator(certificates: FrontDoorCertificates): Authenticator {
  return {
    authenticate(request) {
      const certificate = readClientCertificate(request);
      if (certificate === undefined)
        return Promise.reject(
          armError(
            "AuthenticationFailed",
            "This listener is for Azure Resource Manager: show its client certificate",
          ),
        );
      if (!certificates.isAllowed(certificate))
        return Promise.reject(
          armError(
            "Forbidden",
            "The client certificate is none that Azure Resource Manager uses now",
          ),
        );
      const id = textOf(request, "x-ms-client-object-id") ?? "arm";
      const name = textOf(request, "x-ms-client-principal-name") ?? id;
      return {
        principal: { id, name, kind: "arm" },
        tenantId: textOf(request, "x-ms-client-tenant-id"),
        isFrontDoor: true,
      };
    },
  };
}

/** Takes `Authorization: Bearer …`; whatever else a caller says of itself is not believed. */
export function createBearerAuthenticator(verifier: TokenVerifier): Authenticator {
  return {
    async authenticate(request) {
      const token = /^Bearer +([\w~+/.=-]+)$/i.exec(request.headers.authorization ?? "")?.[1];
      if (token === undefined) throw challenge("missing");
      const verdict = await verifier.verify(token);
      if (verdict.identity === undefined) throw challenge(verdict.fault);
      const { id, name, tenantId, roles } = verdict.identity;
      return { principal: { id, name, kind: "bearer" }, tenantId, isFrontDoor: false, roles };
    },
  };
}

const advice: Readonly<Record<Exclude<TokenFault, "unavailable"> | "missing", string>> = {
  missing: "Sign in: send a token as Authorization: Bearer",
  expired: "The token has expired: get a new one",
  invalid: "The token cannot be used here: get one of the configured issuer for this service",
};

function challenge(fault: TokenFault | "missing"): Error {
  // The caller may be right: it must come again instead of signing in again.
  if (fault === "unavailable") return serviceUnavailable();
  if (fault === "missing") return armError("AuthenticationFailed", advice[fault]);
  const headers = { "WWW-Authenticate": `${bearerChallenge}, error="invalid_token"` };
  return armError("AuthenticationFailed", advice[fault], { headers });
}

function readClientCertificate({ socket }: IncomingMessage): Uint8Array | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Empty when none was shown.
  return socket.getPeerX509Certificate()?.raw;
}

const maximumLength = 256;

function textOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value.slice(0, maximumLength) : undefined;
}
