import { createHmac } from "node:crypto";
import type { Notice } from "../alerts/notice.ts";
import type { HeartbeatTarget, WebhookTarget } from "./route-target.ts";
import type { SenderParts } from "./sender-parts.ts";
import { sendRequest } from "./web-request.ts";

/** A message as JSON, signed with the time of sending. `specs/notifications.md` shows how a receiver checks it. */
export function sendWebhook(
  parts: SenderParts,
  { url, signingSecret }: WebhookTarget,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  const body = JSON.stringify(notice);
  const seconds = Math.floor(parts.now() / 1000);
  const headers = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Holdfast",
    "Holdfast-Delivery": notice.id,
    "Holdfast-Event": notice.event,
    "Holdfast-Signature": `t=${seconds},v1=${signBody(signingSecret, seconds, body)}`,
  };
  return sendRequest(parts, { url, method: "POST", headers, body }, signal);
}

/** HMAC-SHA-256 over the seconds, a dot and the body, in hex. */
export function signBody(secret: string, seconds: number, body: string): string {
  return createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
}

/** Tells somebody who waits for it that a recovery-ready backup was made: if it stays away, they raise the alarm. */
export function sendHeartbeat(
  parts: SenderParts,
  { url, method }: HeartbeatTarget,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  const headers = { "User-Agent": "Holdfast", "Holdfast-Delivery": notice.id };
  if (method === "GET")
    return sendRequest(parts, { url, method, headers, body: undefined }, signal);
  const typed = { ...headers, "Content-Type": "text/plain; charset=utf-8" };
  return sendRequest(parts, { url, method, headers: typed, body: notice.title }, signal);
}
