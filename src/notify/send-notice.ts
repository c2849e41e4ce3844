import { createHostPolicy, type HostPurpose, type NameLookup } from "../storage/host-policy.ts";
import { portOf } from "../storage/web-agent.ts";
import { trustAlso } from "../storage/web-trust.ts";
import type { Notice } from "../alerts/notice.ts";
import { checkEmail, sendEmail } from "./email.ts";
import { asDelivery, invalidRoute } from "./faults.ts";
import type { NoticeSender, RouteTarget } from "./route-target.ts";
import type { SenderParts } from "./sender-parts.ts";
import { sendSyslog } from "./syslog.ts";
import { parseTargetUrl } from "./web-request.ts";
import { sendHeartbeat, sendWebhook } from "./webhook.ts";

export interface SenderOptions extends Omit<SenderParts, "hosts" | "caPem"> {
  /** The configuration's `notifications.allowedHosts`. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** PEM of authorities that receivers may be certified by, besides those of the system. */
  readonly authorities?: string;
  readonly lookUp?: NameLookup;
}

const purpose: HostPurpose = {
  setting: "notifications.allowedHosts",
  thing: "a notification route",
  code: "NotificationHostNotAllowed",
};

const leastSecretLength = 16;

/** Delivers messages to allowed hosts only. */
export function createNoticeSender(options: SenderOptions): NoticeSender {
  const hosts = createHostPolicy(options.allowedHosts, options.lookUp, purpose);
  const parts: SenderParts = { ...options, ...trustAlso(options.authorities), hosts };
  return {
    check: (target) => check(parts, target),
    send: async (target, notice, signal) => {
      try {
        await send(parts, target, notice, signal);
      } catch (error) {
        throw asDelivery(error);
      }
    },
  };
}

function send(
  parts: SenderParts,
  target: RouteTarget,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  switch (target.kind) {
    case "webhook":
      return sendWebhook(parts, target, notice, signal);
    case "heartbeat":
      return sendHeartbeat(parts, target, notice, signal);
    case "email":
      return sendEmail(parts, target, notice, signal);
    case "syslog":
      return sendSyslog(parts, target, notice, signal);
  }
}

function check({ hosts }: SenderParts, target: RouteTarget): void {
  switch (target.kind) {
    case "webhook":
      if (target.signingSecret.length < leastSecretLength) {
        const rule = `A signing secret of at least ${leastSecretLength} characters is needed`;
        throw invalidRoute(
          "signingSecret",
          `${rule}: make a random one and give it to the receiver too`,
        );
      }
      return checkUrl(hosts, target.url);
    case "heartbeat":
      return checkUrl(hosts, target.url);
    case "email":
      checkEmail(target);
      checkHostName(target.host);
      return hosts.check(target.host, target.port, target.security === "none");
    case "syslog":
      checkHostName(target.host);
      return hosts.check(target.host, target.port, target.transport !== "tls");
  }
}

function checkUrl(hosts: SenderParts["hosts"], text: string): void {
  const url = parseTargetUrl(text);
  hosts.check(url.hostname, portOf(url), url.protocol === "http:");
}

function checkHostName(host: string): void {
  if (/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[?[0-9a-fA-F:.]+\]?)$/.test(host)) return;
  throw invalidRoute("host", "The host must be a name or an address, without a scheme or port");
}
