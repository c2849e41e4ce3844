import { connect, type Socket } from "node:net";

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name; the last one wins. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends these bytes as they are and reads one answer; undefined when the connection ends without one. */
export async function sendRaw(
  url: string,
  bytes: string | Buffer,
  timeLimitMilliseconds: number = 5000,
): Promise<RawAnswer | undefined> {
  const socket = openSocket(url);
  try {
    socket.write(bytes);
    return await readAnswer(socket, timeLimitMilliseconds);
  } finally {
    socket.destroy();
  }
}

/** A connection to a listening server; its errors are for the reader to see. */
export function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) });
  socket.on("error", () => undefined);
  return socket;
}

/** Reads one answer: head, then as many bytes as its Content-Length names. */
export function readAnswer(
  socket: Socket,
  timeLimitMilliseconds: number = 5000,
): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const timer = setTimeout(
      () => reject(new Error(`No answer in ${timeLimitMilliseconds} ms`)),
      timeLimitMilliseconds,
    );
    const end = (answer: RawAnswer | undefined): void => {
      clearTimeout(timer);
      socket.off("data", onData).off("close", onClose);
      resolve(answer);
    };
    const onClose = (): void => end(undefined);
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const answer = parseAnswer(received);
      if (answer !== undefined) end(answer);
    };
    socket.on("data", onData).on("close", onClose);
  });
}

function parseAnswer(received: Buffer): RawAnswer | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const [first = "", ...lines] = received.subarray(0, headEnd).toString("latin1").split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  if (status === 100) return parseAnswer(received.subarray(headEnd + 4));
  const body = received.subarray(headEnd + 4);
  const length = Number(headers["content-length"] ?? 0);
  return body.length < length ? undefined : { status, headers, body: body.toString("utf8") };
}
