import { invalid, oneOf, section, text, texts, webAddress } from "./config-values.ts";
import { roles } from "./provider/requests/access-rules.ts";

/** How callers sign in, as `authentication` says. */
export type AuthenticationConfig =
  | { readonly mode: "none" | "development" }
  | { readonly mode: "bearer"; readonly bearer: BearerConfig }
  | { readonly mode: "arm"; readonly arm: ArmConfig };

interface BearerConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string;
  readonly rolesClaim: string;
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

interface ArmConfig {
  readonly metadataUrl: string;
  readonly refererHosts: readonly string[];
}

/** What the listener is, as far as signing in depends on it. */
export interface Listening {
  readonly host: string;
  readonly hasTls: boolean;
}

/** Refuses settings under which a stranger could sign in, or read a token on its way. */
export function readAuthentication(
  value: unknown,
  { host, hasTls }: Listening,
): AuthenticationConfig {
  const given = section(value, "authentication", ["mode", "bearer", "arm"]);
  const modes = ["none", "development", "bearer", "arm"] as const;
  const mode = oneOf(given["mode"] ?? "none", "authentication.mode", modes);
  const isLocal = host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
  if (mode === "development" && !isLocal)
    throw invalid(
      "authentication.mode",
      'development is for callers on this machine: set listen.host to "127.0.0.1", or sign in another way',
    );
  if (mode === "bearer") {
    if (!hasTls && !isLocal)
      throw invalid("tls", "tokens would cross the network in the clear: give a certificate");
    return { mode, bearer: readBearer(given["bearer"] ?? {}) };
  }
  if (mode === "arm") {
    if (!hasTls) throw invalid("tls", "client certificates need HTTPS: give a certificate");
    return { mode, arm: readArm(given["arm"] ?? {}) };
  }
  return { mode };
}

function readBearer(value: unknown): BearerConfig {
  const name = "authentication.bearer";
  const known = ["issuer", "audience", "jwksUrl", "rolesClaim", "roles"];
  const bearer = section(value, name, known);
  const mapping = section(bearer["roles"] ?? {}, `${name}.roles`, roles);
  const jwksUrl = bearer["jwksUrl"];
  return {
    issuer: webAddress(bearer["issuer"], `${name}.issuer`),
    audience: text(bearer["audience"], `${name}.audience`),
    ...(jwksUrl === undefined ? {} : { jwksUrl: webAddress(jwksUrl, `${name}.jwksUrl`) }),
    rolesClaim: text(bearer["rolesClaim"] ?? "roles", `${name}.rolesClaim`),
    roles: Object.fromEntries(
      Object.entries(mapping).map(([role, values]) => [
        role,
        texts(values, `${name}.roles.${role}`),
      ]),
    ),
  };
}

function readArm(value: unknown): ArmConfig {
  const name = "authentication.arm";
  const arm = section(value, name, ["metadataUrl", "refererHosts"]);
  return {
    metadataUrl: webAddress(arm["metadataUrl"], `${name}.metadataUrl`),
    refererHosts: texts(arm["refererHosts"] ?? [], `${name}.refererHosts`),
  };
}
