// Asks addresses again and again over connections that stay open, and prints what it measured as a JSON array, one
// `Load` for each address:
//   node load-child.ts CONNECTIONS SECONDS REQUESTS-A-SECOND URL…
// With a rate of 0 every connection asks as soon as it has its answer. Several addresses take turns of a third of a
// second until each had its seconds, so that a machine that gets slower or faster meanwhile is so for all of them. With a
// rate, a request counts from the moment it was due, so that a server that stalls cannot hide it. Whoever starts this with a
// rate may write lines to its standard input: `count` forgets what was measured so far, `end` ends it.
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Load } from "./api-load.ts";

const turnMilliseconds = 330;

const [connectionText, secondText, rateText, ...addresses] = process.argv.slice(2);
const connections = Number(connectionText);
const milliseconds = Number(secondText) * 1000;
const rate = Number(rateText);

interface Measured {
  readonly lines: readonly Line[];
  readonly times: number[];
  readonly lags: number[];
  /** Answers a second in each turn. */
  readonly rates: number[];
  failures: number;
}

/** When the next request is due; undefined when it is not yet known, infinite when there is none any more. */
type Plan = () => number | undefined;

/** One connection: asks, waits for the whole answer, asks again. */
class Line {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #measured: Measured;
  #plan: Plan = () => Number.POSITIVE_INFINITY;
  #end: () => void = () => undefined;
  #due = 0;
  #freeAt = 0;
  #head: Buffer | undefined;
  /** Bytes of the answer that have not come; undefined before its head has. */
  #missing: number | undefined;
  isFree = true;

  constructor(url: URL, measured: Measured) {
    this.#measured = measured;
    const target = `${url.pathname}${url.search}`;
    this.#request = Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.on("data", (piece) => this.#take(piece));
    this.#socket.on("error", () => this.#stop(1));
    this.#socket.on("close", () => this.#stop(0));
  }

  /** Resolves when the plan has no more requests and the last answer is there. */
  run(plan: Plan): Promise<void> {
    this.#plan = plan;
    this.#freeAt = performance.now();
    return new Promise((resolve) => {
      this.#end = resolve;
      this.askWhenDue();
    });
  }

  askWhenDue(): void {
    const due = this.#plan();
    this.isFree = due === undefined;
    if (due === Number.POSITIVE_INFINITY) return this.#end();
    if (due === undefined) return;
    this.#due = due;
    // What it took to notice, while nothing but this process held it up.
    this.#measured.lags.push(performance.now() - Math.max(due, this.#freeAt));
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(piece: Buffer): void {
    this.#missing =
      this.#missing === undefined ? this.#readHead(piece) : this.#missing - piece.length;
    if (this.#missing !== 0) return;
    this.#missing = undefined;
    this.#freeAt = performance.now();
    this.#measured.times.push(this.#freeAt - this.#due);
    this.askWhenDue();
  }

  /** What is missing after this piece; undefined while the head is not whole. */
  #readHead(piece: Buffer): number | undefined {
    const known = this.#head === undefined ? piece : Buffer.concat([this.#head, piece]);
    const end = known.indexOf("\r\n\r\n");
    this.#head = end === -1 ? known : undefined;
    if (end === -1) return undefined;
    const head = known.toString("latin1", 0, end);
    if (!head.startsWith("HTTP/1.1 200 ")) this.#measured.failures += 1;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    return end + 4 + length - known.length;
  }

  #stop(failures: number): void {
    this.#measured.failures += failures;
    this.#end();
  }
}

function open(address: string): Measured {
  const lines: Line[] = [];
  const measured = { lines, times: [], lags: [], rates: [], failures: 0 };
  for (let count = 0; count < connections; count += 1)
    lines.push(new Line(new URL(address), measured));
  return measured;
}

async function takeTurns(all: readonly Measured[]): Promise<void> {
  const turn = all.length === 1 ? milliseconds : turnMilliseconds;
  for (let spent = 0; spent < milliseconds; spent += turn)
    for (const measured of all) await takeTurn(measured, turn);
}

async function takeTurn({ lines, times, rates }: Measured, turn: number): Promise<void> {
  const [started, before] = [performance.now(), times.length];
  const plan = (): number => {
    const now = performance.now();
    return now - started < turn ? now : Number.POSITIVE_INFINITY;
  };
  await Promise.all(lines.map((line) => line.run(plan)));
  rates.push(((times.length - before) * 1000) / (performance.now() - started));
}

/** So many requests a second, whatever becomes of those before; looks for what is due each millisecond. */
async function keepRate({ lines, times, lags, rates }: Measured): Promise<void> {
  const started = performance.now();
  let planned = 0;
  let countedFrom = started;
  let isEnded = false;
  const told = createInterface({ input: process.stdin });
  told.on("line", (line) => {
    isEnded = line === "end";
    if (isEnded) return;
    times.length = 0;
    lags.length = 0;
    countedFrom = performance.now();
  });
  const plan: Plan = () => {
    const due = started + (planned * 1000) / rate;
    if (isEnded || due - started >= milliseconds) return Number.POSITIVE_INFINITY;
    if (due > performance.now()) return undefined;
    planned += 1;
    return due;
  };
  const timer = setInterval(() => {
    for (const line of lines) if (line.isFree) line.askWhenDue();
  }, 1);
  await Promise.all(lines.map((line) => line.run(plan)));
  clearInterval(timer);
  told.close();
  process.stdin.destroy();
  rates.push((times.length * 1000) / (performance.now() - countedFrom));
}

function describe({ lines, times, lags, rates, failures }: Measured): Load {
  for (const line of lines) line.close();
  const at = (values: number[], part: number): number => {
    const sorted = values.toSorted((one, other) => one - other);
    return sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
  };
  const [p50, p99, longest] = [at(times, 0.5), at(times, 0.99), at(times, 1)];
  const common = { requests: times.length, failures, perSecond: at(rates, 0.5), rates };
  return { ...common, p50, p99, longest, ownP99: at(lags, 0.99), ownLongest: at(lags, 1) };
}

const all = addresses.map(open);
const [first] = all;
if (rate > 0 && first !== undefined) await keepRate(first);
else await takeTurns(all);
process.stdout.write(JSON.stringify(all.map(describe)));
