import { createSocket } from "node:dgram";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Notice } from "../alerts/notice.ts";
import { notReached } from "./faults.ts";
import type { SyslogTarget } from "./route-target.ts";
import { serverNameOf, type SenderParts } from "./sender-parts.ts";

/** A message by RFC 5424, over UDP (5426), TCP with counted octets (6587) or TLS (5425). */
export async function sendSyslog(
  parts: SenderParts,
  target: SyslogTarget,
  notice: Notice,
  signal: AbortSignal,
): Promise<void> {
  const { host, port, transport } = target;
  parts.hosts.check(host, port, transport !== "tls");
  const message = formatSyslog(notice, parts.hostName);
  try {
    const { address, family } = await parts.hosts.resolve(host, port);
    if (transport === "udp") return await sendDatagram(message, address, family, port);
    await sendStream(message, () => open(parts, target, address), signal);
  } catch (error) {
    throw notReached(`${host}:${port}`, error);
  }
}

// RFC 5424 asks every receiver to take 2048 octets; more is cut by some and refused by others.
const maximumBytes = 2048;
const facilities = { Audit: 13, others: 3 } as const;
const levels = { Critical: 2, Warning: 4, Informational: 6 } as const;

/** The octets of one message. */
export function formatSyslog(notice: Notice, hostName: string): Buffer {
  const { event, severity, at, id, location, title, lines, data } = notice;
  const facility = event === "Audit" ? facilities.Audit : facilities.others;
  const parameters = {
    id,
    severity,
    location: location.name,
    region: location.region,
    ...textsOf(data),
  };
  const structured = Object.entries(parameters).map(
    ([name, value]) => ` ${name}="${escape(value)}"`,
  );
  const head = `<${facility * 8 + levels[severity]}>1 ${at} ${printable(hostName) || "-"} holdfast ${process.pid} ${event}`;
  // 32473 is the number set aside for examples: we have none of our own.
  const text = `${head} [holdfast@32473${structured.join("")}] \uFEFF${[title, ...lines].join(" | ")}`;
  return cut(Buffer.from(text.replaceAll(/[\r\n\0]/g, " ")));
}

/** Only plain values have a place in structured data. */
function textsOf(data: Notice["data"]): Readonly<Record<string, string>> {
  const plain = Object.entries(data).filter(
    ([name, value]) => /^[a-zA-Z]{1,32}$/.test(name) && ["string", "number"].includes(typeof value),
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value).slice(0, 200)]));
}

function escape(value: string): string {
  return value.replaceAll(/["\\\]]/g, "\\$&");
}

function printable(text: string): string {
  return text.replaceAll(/[^!-~]/g, "").slice(0, 255);
}

function cut(bytes: Buffer): Buffer {
  if (bytes.length <= maximumBytes) return bytes;
  let end = maximumBytes;
  // Not within a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function sendDatagram(
  message: Buffer,
  address: string,
  family: 4 | 6,
  port: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  socket.once("error", reject);
  socket.send(message, port, address, (error) => (error === null ? resolve() : reject(error)));
  return promise.finally(() => socket.close());
}

function open(
  { caPem }: SenderParts,
  { host, port, transport }: SyslogTarget,
  address: string,
): Socket {
  if (transport === "tcp") return connectTcp({ host: address, port });
  const ca = caPem === undefined ? {} : { ca: caPem };
  return connectTls({ host: address, port, ...serverNameOf(host), minVersion: "TLSv1.2", ...ca });
}

const limit = 10_000;

/** Counted octets; delivered when the other side has closed after reading all of it. */
async function sendStream(
  message: Buffer,
  connect: () => Socket,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect();
  const stop = (): void => void socket.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  socket.setTimeout(limit, () =>
    socket.destroy(Object.assign(new Error("silent for too long"), { code: "ETIMEDOUT" })),
  );
  socket.once("error", reject);
  socket.resume();
  const ready = "authorized" in socket ? "secureConnect" : "connect";
  socket.once(ready, () => {
    socket.end(Buffer.concat([Buffer.from(`${message.length} `), message]), () => resolve());
  });
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroySoon();
  }
}
