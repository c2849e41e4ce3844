import { AppError, toAppError } from "../../base/errors.ts";
import type { NotificationRouteProperties } from "../../generated/api-2026-12-01.ts";
import type { NoticeSender } from "../../notify/route-target.ts";
import { targetOf } from "./route-record.ts";
import type {
  NotificationRoute,
  OpenRouteSecrets,
  Receiver,
  RouteEvent,
  RouteSecretName,
} from "./route-record.ts";

/** What a body asks for, judged as far as it can be without its surroundings. */
export interface RouteChange extends Pick<
  NotificationRoute,
  "isEnabled" | "severities" | "events" | "receiver"
> {
  /** As sent, and those that stay. */
  readonly secrets: OpenRouteSecrets;
}

export interface EarlierRoute {
  readonly receiver: Receiver;
  readonly secrets: OpenRouteSecrets;
}

/** Reads a body of PUT. Secrets that are left out stay while kind, host and account do. */
export function readRoute(
  body: NotificationRouteProperties,
  earlier: EarlierRoute | undefined,
): RouteChange {
  const { isEnabled, severities, events } = body;
  refuseForeign(body);
  const sent = sentSecrets(body);
  const receiver = readReceiver(body, sent.targetUrl ?? keptUrl(body, earlier));
  const isSame = earlier !== undefined && accountOf(earlier.receiver) === accountOf(receiver);
  const secrets = { ...(isSame ? earlier.secrets : {}), ...sent };
  if (receiver.kind === "email" && receiver.userName !== null) requireSecret(secrets, "password");
  if (receiver.kind === "webhook") requireSecret(secrets, "signingSecret");
  return {
    isEnabled: isEnabled ?? true,
    severities: severities?.length ? severities : ["Critical", "Warning"],
    events: eventsOf(receiver, events),
    receiver,
    secrets: ofKind(receiver.kind, secrets),
  };
}

/** Throws where nothing may be sent; the sender knows its own names of properties. */
export function checkReceiver(
  notices: Pick<NoticeSender, "check">,
  { receiver, secrets }: Pick<RouteChange, "receiver" | "secrets">,
): void {
  try {
    notices.check(targetOf(receiver, secrets));
  } catch (error) {
    const { code, message, target } = toAppError(error);
    const path =
      code === "InvalidNotificationRoute" && target !== undefined ? `properties.${target}` : target;
    throw new AppError(code, message, path === undefined ? {} : { target: path });
  }
}

/** What a route of each kind is made of, besides what every route has. */
const propertiesOfKind: Readonly<Record<NotificationRouteProperties["kind"], readonly string[]>> = {
  Webhook: ["targetUrl", "targetOrigin", "signingSecret"],
  Heartbeat: ["targetUrl", "targetOrigin", "method"],
  Email: ["host", "port", "security", "userName", "password", "from", "to"],
  Syslog: ["host", "port", "security"],
};

/** What does nothing for a kind would not come back either; a null says nothing. */
function refuseForeign(body: NotificationRouteProperties): void {
  const own = propertiesOfKind[body.kind];
  const others = new Set(Object.values(propertiesOfKind).flat());
  for (const [name, value] of Object.entries(body))
    if (value !== null && others.has(name) && !own.includes(name))
      throw invalid(
        name,
        `Property "properties.${name}" is not part of a route of kind ${body.kind}: leave it out`,
      );
}

function sentSecrets(body: NotificationRouteProperties): OpenRouteSecrets {
  const { targetUrl, signingSecret, password } = body;
  const given = Object.entries({ targetUrl, signingSecret, password }).filter(([, text]) =>
    Boolean(text),
  );
  return Object.fromEntries(given);
}

function keptUrl(
  { kind }: NotificationRouteProperties,
  earlier: EarlierRoute | undefined,
): string | undefined {
  return earlier?.receiver.kind === kind.toLowerCase() ? earlier.secrets.targetUrl : undefined;
}

function readReceiver(body: NotificationRouteProperties, url: string | undefined): Receiver {
  switch (body.kind) {
    case "Webhook":
      return { kind: "webhook", origin: originOf(url) };
    case "Heartbeat":
      return { kind: "heartbeat", origin: originOf(url), method: body.method ?? "POST" };
    case "Email":
      return readEmail(body);
    case "Syslog":
      return readSyslog(body);
  }
}

/** What of an address may be shown: the rest often is a secret. */
function originOf(url: string | undefined): string {
  if (url === undefined) throw missing("targetUrl", "the address of the receiver");
  const parsed = URL.parse(url);
  if (parsed === null || !["https:", "http:"].includes(parsed.protocol))
    throw invalid("targetUrl", "The address of the receiver must be an https URL");
  return parsed.origin;
}

const mailPorts = { tls: 465, starttls: 587, none: 25 } as const;

function readEmail(body: NotificationRouteProperties): Receiver {
  const security = (body.security ?? "StartTls").toLowerCase();
  if (security !== "tls" && security !== "starttls" && security !== "none")
    throw invalid("security", "Mail is sent with Tls, StartTls or None");
  const { host, port, userName, from, to } = body;
  if (!host) throw missing("host", "the mail server");
  if (!from) throw missing("from", "the sender's address");
  return {
    kind: "email",
    host,
    port: port ?? mailPorts[security],
    security,
    userName: userName || null,
    from,
    to: to ?? [],
  };
}

const syslogPorts = { udp: 514, tcp: 514, tls: 6514 } as const;

function readSyslog(body: NotificationRouteProperties): Receiver {
  const transport = (body.security ?? "Tls").toLowerCase();
  if (transport !== "tls" && transport !== "tcp" && transport !== "udp")
    throw invalid("security", "Syslog is sent over Tls, Tcp or Udp");
  if (!body.host) throw missing("host", "the syslog server");
  return { kind: "syslog", host: body.host, port: body.port ?? syslogPorts[transport], transport };
}

function eventsOf(
  receiver: Receiver,
  asked: readonly RouteEvent[] | undefined,
): readonly RouteEvent[] {
  if (receiver.kind === "heartbeat" && asked?.length)
    throw invalid(
      "events",
      "A heartbeat is sent after every recovery-ready backup and for nothing else: leave events out",
    );
  if (receiver.kind === "heartbeat") return [];
  if (receiver.kind !== "syslog" && asked?.includes("Audit"))
    throw invalid("events", "Audit events go to syslog only");
  return asked?.length ? asked : ["Alerts"];
}

/** What secrets were given for. */
function accountOf(receiver: Receiver): string {
  switch (receiver.kind) {
    case "webhook":
    case "heartbeat":
      return `${receiver.kind} ${receiver.origin}`;
    case "email":
      return `email ${receiver.host.toLowerCase()}:${receiver.port} ${receiver.security} ${receiver.userName}`;
    case "syslog":
      return "syslog";
  }
}

const secretsOfKind: Readonly<Record<Receiver["kind"], readonly RouteSecretName[]>> = {
  webhook: ["targetUrl", "signingSecret"],
  heartbeat: ["targetUrl"],
  email: ["password"],
  syslog: [],
};

function ofKind(kind: Receiver["kind"], secrets: OpenRouteSecrets): OpenRouteSecrets {
  const kept = Object.entries(secrets).filter(([name]) =>
    secretsOfKind[kind].includes(name as RouteSecretName),
  );
  return Object.fromEntries(kept);
}

function requireSecret(secrets: OpenRouteSecrets, name: RouteSecretName): void {
  if (secrets[name] === undefined)
    throw missing(name, "it; a kept one never follows to another host or account");
}

function missing(name: string, what: string): AppError {
  return invalid(name, `Property "properties.${name}" is missing: give ${what}`);
}

function invalid(name: string, message: string): AppError {
  return new AppError("InvalidNotificationRoute", message, { target: `properties.${name}` });
}
