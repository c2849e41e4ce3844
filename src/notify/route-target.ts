import type { Notice } from "../alerts/notice.ts";

/** Where a message goes, with the secrets it takes: made for one delivery, never stored, logged or shown. */
export type RouteTarget = WebhookTarget | HeartbeatTarget | EmailTarget | SyslogTarget;

export interface WebhookTarget {
  readonly kind: "webhook";
  /** Secret: many receivers know their callers by the address alone. */
  readonly url: string;
  /** Secret. */
  readonly signingSecret: string;
}

export interface HeartbeatTarget {
  readonly kind: "heartbeat";
  /** Secret. */
  readonly url: string;
  readonly method: "GET" | "POST";
}

export interface EmailTarget {
  readonly kind: "email";
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, by STARTTLS (never without), or none. */
  readonly security: "tls" | "starttls" | "none";
  readonly userName: string | null;
  /** Secret. */
  readonly password: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

export interface SyslogTarget {
  readonly kind: "syslog";
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
}

/** Delivers messages. */
export interface NoticeSender {
  /** Throws `InvalidNotificationRoute` or `NotificationHostNotAllowed`; asks nobody. */
  check(target: RouteTarget): void;
  /** Resolves when the receiver has taken it (a datagram: when it was sent); else throws `NotificationFailed`. */
  send(target: RouteTarget, notice: Notice, signal: AbortSignal): Promise<void>;
}
