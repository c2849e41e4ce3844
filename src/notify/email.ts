import { createTransport } from "nodemailer";
import type { Notice } from "../alerts/notice.ts";
import { invalidRoute, notDelivered, notReached } from "./faults.ts";
import type { EmailTarget } from "./route-target.ts";
import { serverNameOf, type SenderParts } from "./sender-parts.ts";

/** What can be seen to be wrong without asking anybody. */
export function checkEmail({ security, password, from, to }: EmailTarget): void {
  if (security === "none" && password !== undefined) {
    throw invalidRoute(
      "security",
      "A password is only sent over TLS: choose Tls or StartTls, or leave the password out",
    );
  }
  if (!isAddress(from))
    throw invalidRoute("from", "The sender must be one mail address, such as backup@example.net");
  if (to.length === 0 || !to.every(isAddress))
    throw invalidRoute(
      "to",
      "The receivers must be one mail address or more, such as operators@example.net",
    );
}

// One address and nothing else: a list or a header in it would reach people nobody named.
function isAddress(text: string): boolean {
  return /^[^\s<>,;:"()[\]\\@]+@[A-Za-z0-9.-]+$/.test(text);
}

const limit = 15_000;

/** A message as plain text. */
export async function sendEmail(
  { hosts, caPem }: SenderParts,
  target: EmailTarget,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  checkEmail(target);
  const { host, port, security } = target;
  hosts.check(host, port, security === "none");
  const { address } = await hosts.resolve(host, port);
  const transport = openTransport(target, address, caPem);
  const close = (): void => transport.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    await transport.sendMail(render(target, notice));
  } catch (error) {
    throw translate(`${host}:${port}`, error);
  } finally {
    signal.removeEventListener("abort", close);
    transport.close();
  }
}

function openTransport(
  { host, port, security, userName, password }: EmailTarget,
  address: string,
  caPem: SenderParts["caPem"],
) {
  return createTransport({
    host: address,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: {
      ...serverNameOf(host),
      minVersion: "TLSv1.2",
      ...(caPem === undefined ? {} : { ca: caPem }),
    },
    ...(userName === null || password === undefined
      ? {}
      : { auth: { user: userName, pass: password } }),
    connectionTimeout: limit,
    greetingTimeout: limit,
    socketTimeout: limit,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function render(
  { from, to }: EmailTarget,
  notice: Notice,
): Parameters<ReturnType<typeof createTransport>["sendMail"]>[0] {
  const { severity, location, title, lines, id, at } = notice;
  return {
    from,
    to: [...to],
    subject: `[${severity}] ${location.name}: ${title}`,
    text: [
      title,
      "",
      ...lines,
      "",
      `Location: ${location.id}`,
      `Time: ${at}`,
      `Message: ${id}`,
    ].join("\n"),
    messageId: `<${id}@holdfast.invalid>`,
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

interface MailFault extends NodeJS.ErrnoException {
  readonly responseCode?: number;
}

/** The server's own words are left out: they may repeat what it was sent. */
function translate(receiver: string, error: unknown): Error {
  const { responseCode, code } = error as MailFault;
  if (responseCode === undefined) return notReached(receiver, error);
  const nativeCode = String(responseCode);
  const isAuth = code === "EAUTH" || responseCode === 535 || responseCode === 530;
  const why = isAuth
    ? `refused the account (${nativeCode}): look at user name and password`
    : `refused the message (${nativeCode}): look at sender and receivers`;
  return notDelivered(receiver, why, {
    retryable: responseCode >= 400 && responseCode < 500 && !isAuth,
    nativeCode,
  });
}
