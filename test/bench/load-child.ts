// Asks one address again and again over connections that stay open, and prints what it measured as JSON:
//   node load-child.ts URL CONNECTIONS SECONDS [REQUESTS-A-SECOND]
// Without a rate every connection asks as soon as it has its answer. With one, a request counts from the moment it was
// due, so that a server that stalls cannot hide it.
import { connect, type Socket } from "node:net";

const [address = "", connectionText = "1", secondText = "1", rateText] = process.argv.slice(2);
const url = new URL(address);
const connections = Number(connectionText);
const duration = Number(secondText) * 1000;
const rate = rateText === undefined ? undefined : Number(rateText);
const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;

const times: number[] = [];
const failures = { count: 0 };
const started = performance.now();
let sent = 0;

/** When the next request of all is due; infinite when the time is over. */
function takeTurn(): number {
  const now = performance.now();
  const due = rate === undefined ? now : started + (sent * 1000) / rate;
  if (Math.max(due, now) - started >= duration) return Number.POSITIVE_INFINITY;
  sent += 1;
  return due;
}

async function ask(): Promise<void> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  const read = createReader(socket);
  for (let due = takeTurn(); due !== Number.POSITIVE_INFINITY; due = takeTurn()) {
    const wait = due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    socket.write(request);
    const status = await read();
    times.push(performance.now() - due);
    if (status !== 200) failures.count += 1;
  }
  socket.destroy();
}

/** Resolves with the status when one whole answer has arrived. */
function createReader(socket: Socket): () => Promise<number> {
  let received: Buffer = Buffer.alloc(0);
  let deliver: ((status: number) => void) | undefined;
  const look = (): void => {
    const end = received.indexOf("\r\n\r\n");
    if (end === -1 || deliver === undefined) return;
    const head = received.toString("latin1", 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    received = received.subarray(end + 4 + length);
    const resolve = deliver;
    deliver = undefined;
    resolve(Number(head.slice(9, 12)));
  };
  socket.on("data", (piece: Buffer) => {
    received = received.length === 0 ? piece : Buffer.concat([received, piece]);
    look();
  });
  socket.on("error", () => deliver?.(0));
  return () =>
    new Promise((resolve) => {
      deliver = resolve;
      look();
    });
}

await Promise.all(Array.from({ length: connections }, ask));
const seconds = (performance.now() - started) / 1000;
times.sort((one, other) => one - other);
const at = (part: number): number => times[Math.floor((times.length - 1) * part)] ?? 0;
process.stdout.write(
  JSON.stringify({
    requests: times.length,
    failures: failures.count,
    perSecond: times.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    longest: at(1),
  }),
);
