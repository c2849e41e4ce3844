import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import { isTrustworthyUrl } from "./trustworthy-url.ts";

export interface BearerSettings {
  /** As tokens name it, to the letter. */
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer's public keys are; absent: its OpenID configuration says so. */
  readonly jwksUrl?: string;
  /** The claim that holds roles or groups; a text or a list of texts. */
  readonly rolesClaim: string;
  /** By role of ours: the values of the claim that give it. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

export interface TokenIdentity {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string | undefined;
  readonly roles: ReadonlySet<string>;
}

/** Why a token is not taken; `unavailable`: the issuer's keys cannot be had, so nobody can tell. */
export type TokenFault = "invalid" | "expired" | "unavailable";

export type TokenVerdict =
  | { readonly identity: TokenIdentity }
  | { readonly identity: undefined; readonly fault: TokenFault };

export interface TokenVerifier {
  verify(token: string): Promise<TokenVerdict>;
}

// Signatures that need the issuer's private key. Never "none", never a shared secret.
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "EdDSA",
];
const clockToleranceSeconds = 60;
const fetchMilliseconds = 5_000;
const maximumTokenLength = 16_384;

/** Takes the tokens of one issuer for one audience. */
export function createTokenVerifier(settings: BearerSettings): TokenVerifier {
  const findKeys = keepOnceHad(() => openKeys(settings));
  return {
    async verify(token) {
      if (token.length > maximumTokenLength) return refused("invalid");
      try {
        const { issuer, audience } = settings;
        const { payload } = await jwtVerify(token, await findKeys(), {
          issuer,
          audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ["exp", "sub"],
        });
        return { identity: readIdentity(payload, settings) };
      } catch (error) {
        return refused(faultOf(error));
      }
    },
  };
}

function refused(fault: TokenFault): TokenVerdict {
  return { identity: undefined, fault };
}

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWKSTimeout) return "unavailable";
  // What jose finds wrong has a code; a failed fetch has none of its own, or the general one.
  const isVerdict = error instanceof errors.JOSEError && error.code !== "ERR_JOSE_GENERIC";
  return isVerdict ? "invalid" : "unavailable";
}

/** A failure is not kept: the next caller tries again. */
function keepOnceHad<T>(get: () => Promise<T>): () => Promise<T> {
  let had: Promise<T> | undefined;
  return () => {
    had ??= get().catch((error: unknown) => {
      had = undefined;
      throw error;
    });
    return had;
  };
}

async function openKeys({ issuer, jwksUrl }: BearerSettings): Promise<JWTVerifyGetKey> {
  const url = new URL(jwksUrl ?? (await discoverKeys(issuer)));
  if (!isTrustworthyUrl(url)) throw new Error("The issuer's keys are not on HTTPS");
  return createRemoteJWKSet(url, { timeoutDuration: fetchMilliseconds });
}

async function discoverKeys(issuer: string): Promise<string> {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
    redirect: "error",
    signal: AbortSignal.timeout(fetchMilliseconds),
  });
  const found = (await response.json()) as {
    readonly issuer?: unknown;
    readonly jwks_uri?: unknown;
  };
  // Else one issuer could speak for another.
  if (!response.ok || found.issuer !== issuer || typeof found.jwks_uri !== "string")
    throw new Error("The issuer's OpenID configuration cannot be used");
  return found.jwks_uri;
}

function readIdentity(payload: JWTPayload, { rolesClaim, roles }: BearerSettings): TokenIdentity {
  const claim = payload[rolesClaim];
  const values = new Set(Array.isArray(claim) ? claim : [claim]);
  const granted = Object.entries(roles).filter(([, given]) => given.some((one) => values.has(one)));
  const text = (name: string): string | undefined => {
    const value = payload[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const id = text("oid") ?? text("sub") ?? "";
  return {
    id,
    name: text("preferred_username") ?? text("upn") ?? text("name") ?? id,
    tenantId: text("tid"),
    roles: new Set(granted.map(([role]) => role)),
  };
}
