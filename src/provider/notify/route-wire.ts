import { formatDateTime } from "../wire-format.ts";
import type { RouteNote } from "../records/notes.ts";
import type { DeadLetter } from "./notice-job.ts";
import type { NotificationRoute, Receiver } from "./route-record.ts";

/** A route of 2026-12-01; secrets are null. */
export function renderRoute(
  locationId: string,
  route: NotificationRoute,
  note: RouteNote,
): unknown {
  const { name, isEnabled, severities, events, receiver, systemData } = route;
  const { deliveredAt, error } = note;
  return {
    ...{ id: `${locationId}/notificationRoutes/${name}`, name },
    type: "Microsoft.Backup.Admin/backupLocations/notificationRoutes",
    systemData,
    properties: {
      // A change is done when it is answered.
      provisioningState: "Succeeded",
      kind: kinds[receiver.kind],
      ...{ isEnabled, severities, events },
      ...renderReceiver(receiver),
      lastDelivered: deliveredAt === undefined ? null : formatDateTime(deliveredAt),
      ...(error === undefined ? {} : { lastError: error }),
    },
  };
}

const kinds = {
  webhook: "Webhook",
  heartbeat: "Heartbeat",
  email: "Email",
  syslog: "Syslog",
} as const;
const securities = {
  tls: "Tls",
  starttls: "StartTls",
  none: "None",
  tcp: "Tcp",
  udp: "Udp",
} as const;

function renderReceiver(receiver: Receiver): object {
  switch (receiver.kind) {
    case "webhook":
      return { targetUrl: null, targetOrigin: receiver.origin, signingSecret: null };
    case "heartbeat":
      return { targetUrl: null, targetOrigin: receiver.origin, method: receiver.method };
    case "email": {
      const { host, port, security, userName, from, to } = receiver;
      return { host, port, security: securities[security], userName, password: null, from, to };
    }
    case "syslog": {
      const { host, port, transport } = receiver;
      return { host, port, security: securities[transport] };
    }
  }
}

export function renderDeadLetter({ notice, routeName, givenUpAt, error }: DeadLetter): unknown {
  const { id, event, severity, title, at } = notice;
  return {
    ...{ id, route: routeName, event, severity, title },
    createdTime: formatDateTime(at),
    givenUpTime: formatDateTime(givenUpAt),
    error,
  };
}
