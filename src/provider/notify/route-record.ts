import type { RouteTarget } from "../../notify/route-target.ts";
import type { Document, StateStore } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import type { SealedText, SystemData } from "../model.ts";
import type { IdentityPort } from "../ports.ts";

/** A way that messages about a location take, as it is stored. */
export interface NotificationRoute {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly severities: readonly RouteSeverity[];
  readonly events: readonly RouteEvent[];
  readonly receiver: Receiver;
  readonly secrets: RouteSecrets;
  readonly systemData: SystemData;
}

export type RouteSeverity = "Critical" | "Warning";
export type RouteEvent = "Alerts" | "Backups" | "Audit";

/** Where a route leads, without secrets. */
export type Receiver =
  | { readonly kind: "webhook"; readonly origin: string }
  | { readonly kind: "heartbeat"; readonly origin: string; readonly method: "GET" | "POST" }
  | Omit<Extract<RouteTarget, { kind: "email" }>, "password">
  | Extract<RouteTarget, { kind: "syslog" }>;

export const routeSecretNames = ["targetUrl", "signingSecret", "password"] as const;
export type RouteSecretName = (typeof routeSecretNames)[number];
export type RouteSecrets = Readonly<Partial<Record<RouteSecretName, SealedText>>>;
export type OpenRouteSecrets = Readonly<Partial<Record<RouteSecretName, string>>>;

/** 1 to 64 letters, digits, "-" or "_", beginning with a letter or digit. */
export function isRouteName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name);
}

export function routeKey(locationKey: string, name: string): string {
  return `${locationKey}/routes/${name.toLowerCase()}`;
}

/** The routes of a location, by name. */
export function listRoutes(
  store: StateStore,
  locationKey: string,
): Promise<readonly Document<NotificationRoute>[]> {
  return listAll<NotificationRoute>(store, "route", `${locationKey}/routes/`);
}

/** Binds a sealed secret to its route. */
function labelOf(key: string, name: RouteSecretName): string {
  return `route:${key}:${name}`;
}

export function sealSecrets(
  identity: IdentityPort,
  key: string,
  secrets: OpenRouteSecrets,
): RouteSecrets {
  return mapSecrets(secrets, (text, name) => identity.seal(text, labelOf(key, name)));
}

/** In the clear, for one delivery. Throws `SecretUnavailable`. */
export function openSecrets(
  identity: IdentityPort,
  key: string,
  secrets: RouteSecrets,
): OpenRouteSecrets {
  return mapSecrets(secrets, (text, name) => identity.unseal(text, labelOf(key, name)));
}

function mapSecrets(
  secrets: Readonly<Partial<Record<RouteSecretName, string>>>,
  change: (text: string, name: RouteSecretName) => string,
): Readonly<Partial<Record<RouteSecretName, string>>> {
  const changed = routeSecretNames.flatMap((name) => {
    const text = secrets[name];
    return text === undefined ? [] : [[name, change(text, name)] as const];
  });
  return Object.fromEntries(changed);
}

/** Everything a delivery needs. */
export function targetOf(receiver: Receiver, secrets: OpenRouteSecrets): RouteTarget {
  const { targetUrl: url = "", signingSecret = "", password } = secrets;
  switch (receiver.kind) {
    case "webhook":
      return { kind: "webhook", url, signingSecret };
    case "heartbeat":
      return { kind: "heartbeat", url, method: receiver.method };
    case "email":
      return { ...receiver, password };
    case "syslog":
      return receiver;
  }
}
