import { createDevelopmentAuthenticator, type Authenticator } from "../arm/access.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { createTokenVerifier, type BearerSettings } from "../identity/bearer-tokens.ts";
import { trackFrontDoorCertificates } from "../identity/front-door-certificates.ts";
import { createBearerAuthenticator, createFrontDoorAuthenticator } from "./authenticators.ts";
import type { HealthCheck } from "./health.ts";

/** How callers sign in. */
export type AccessSettings =
  | { readonly mode: "none" }
  | { readonly mode: "development" }
  | { readonly mode: "bearer"; readonly bearer: BearerSettings }
  | { readonly mode: "arm"; readonly arm: FrontDoorSettings };

export interface FrontDoorSettings {
  readonly metadataUrl: string;
  /** Hosts a front door's `referer` may put into links. */
  readonly refererHosts: readonly string[];
}

export interface Access {
  /** Absent: everybody is refused. */
  readonly authenticator: Authenticator | undefined;
  readonly asksForClientCertificate: boolean;
  readonly refererHosts: readonly string[];
  readonly healthChecks: readonly HealthCheck[];
  stop(): void;
}

export function openAccess(settings: AccessSettings, clock: Clock, logger: Logger): Access {
  const usual = {
    authenticator: undefined,
    asksForClientCertificate: false,
    refererHosts: [],
    healthChecks: [],
    stop: () => undefined,
  };
  switch (settings.mode) {
    case "none":
      return usual;
    case "development":
      return { ...usual, authenticator: createDevelopmentAuthenticator(logger) };
    case "bearer": {
      const verifier = createTokenVerifier(settings.bearer);
      return { ...usual, authenticator: createBearerAuthenticator(verifier) };
    }
    case "arm": {
      const { metadataUrl, refererHosts } = settings.arm;
      const certificates = trackFrontDoorCertificates({ metadataUrl, clock, logger });
      return {
        authenticator: createFrontDoorAuthenticator(certificates),
        asksForClientCertificate: true,
        refererHosts,
        healthChecks: [{ name: "front-door-certificates", check: () => certificates.check() }],
        stop: () => certificates.stop(),
      };
    }
  }
}
