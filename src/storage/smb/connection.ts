import { connect } from "node:net";
import type { Socket } from "node:net";

import { FrameReader, longestOwnedBytes } from "./frame-reader.ts";
import { command, messageFlag, readReply, writeHeader } from "./message.ts";
import type { Reply } from "./message.ts";
import { SmbError, nonsense, refusal } from "./smb-error.ts";
import { status } from "./status.ts";

const creditBytes = 65_536; // what one credit pays for, MS-SMB2 3.1.5.2
const wantedCredits = 1024; // four transfers of 8 MiB in flight, twice over
const maximumCredits = 8192; // a server that grants more is not believed
const maximumInterims = 16; // "wait" comes once; a server that says it for ever is given up
const maximumFrameBytes = 2 * 1024 * 1024; // the largest answer we ask for is 1 MiB
const readBytes = 256 * 1024; // every read goes into the same memory
const noMessage = 0xffffffffffffffffn; // of messages that answer nothing

export interface TimeLimits {
  /** For the connection of TCP. */
  readonly connectMilliseconds: number;
  /** For each answer, however much else is heard meanwhile. */
  readonly requestMilliseconds: number;
  /** Nothing heard at all for this long, an ECHO included, is a dead server. */
  readonly silenceMilliseconds: number;
}

export const defaultTimeLimits: TimeLimits = {
  connectMilliseconds: 10_000,
  requestMilliseconds: 120_000,
  silenceMilliseconds: 30_000,
};

/** What a session does to messages: sign or encrypt what goes out, check or open what comes in. */
export interface Protection {
  readonly sessionId: bigint;
  protect(parts: readonly Buffer[]): readonly Buffer[];
  /** The message inside; throws `tampered`. */
  open(frame: Buffer): Buffer;
}

export interface Request {
  readonly command: number;
  /** For the words of an error: "The server refused to …". */
  readonly action: string;
  readonly body: Buffer;
  /** Bytes to write, sent behind the body. */
  readonly data?: Uint8Array;
  /** The most the answer may carry. */
  readonly answerBytes?: number;
  readonly treeId?: number;
  /** Statuses that are an answer too; success always is. */
  readonly accepts?: readonly number[];
  /** Takes a long answer apart before the promise resolves: afterwards its memory is used again. */
  readonly onAnswer?: (reply: Reply) => void;
  /** Sees the message as it is sent, before protection. */
  readonly onSend?: (message: Buffer) => void;
  /** Session of a logon that is not finished. */
  readonly sessionId?: bigint;
}

interface Waiting {
  readonly request: Request;
  readonly charge: number;
  readonly settle: (outcome: Reply | Error) => void;
  interims: number;
  isSettled: boolean;
}

/** One TCP connection: numbers the requests, keeps to the server's credits, finds the answers. */
export class Connection {
  readonly #socket: Socket;
  readonly #limits: TimeLimits;
  readonly #frames = new FrameReader(maximumFrameBytes);
  readonly #sent = new Map<number, Waiting>();
  #queued: Waiting[] = [];
  #credits = 1;
  #nextId = 0;
  #protection: Protection | undefined;
  #failure: SmbError | undefined;
  #watch: NodeJS.Timeout | undefined;
  #silentTicks = 0;

  private constructor({ socket, listen }: ListeningSocket, limits: TimeLimits) {
    this.#socket = socket;
    this.#limits = limits;
    listen((bytes) => this.#receive(bytes));
    socket.on("error", (error) => this.fail(connectionError("The connection broke", error)));
    socket.on("close", () => this.fail(connectionError("The server closed the connection")));
  }

  /** Connects; throws `unreachable` or `timeout`, or the signal's reason. */
  static async open(
    host: string,
    port: number,
    limits: TimeLimits,
    signal?: AbortSignal,
  ): Promise<Connection> {
    const socket = await connectSocket(host, port, limits.connectMilliseconds, signal);
    return new Connection(socket, limits);
  }

  /** Why the connection is of no more use; undefined while it is. */
  get failure(): SmbError | undefined {
    return this.#failure;
  }

  /** The most bytes that one request may carry under the credits the server has granted so far. */
  get payableBytes(): number {
    const lent = [...this.#sent.values()].reduce((sum, { charge }) => sum + charge, 0);
    return Math.max(1, this.#credits + lent) * creditBytes;
  }

  /** From now on every message is signed or encrypted, and silence is noticed. */
  protect(protection: Protection): void {
    this.#protection = protection;
    this.#watch = setInterval(() => this.#listen(), this.#limits.silenceMilliseconds / 2).unref();
  }

  /** Sends a request and waits for its answer; rejects with {@link SmbError} or the signal's reason. */
  request(request: Request, signal?: AbortSignal): Promise<Reply> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const onAbort = (): void => waiting.settle(signal?.reason as Error);
    const timer = setTimeout(() => this.fail(silent(request)), this.#limits.requestMilliseconds);
    const bytes = Math.max(request.data?.length ?? 0, request.answerBytes ?? 0);
    const waiting: Waiting = {
      request,
      charge: Math.max(1, Math.ceil(bytes / creditBytes)),
      interims: 0,
      isSettled: false,
      settle: (outcome) => {
        if (waiting.isSettled) return;
        waiting.isSettled = true;
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      },
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#queued.push(waiting);
    this.#sendQueued();
    return promise;
  }

  /** Gives the connection up: every waiting request fails with the error. */
  fail(error: SmbError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearInterval(this.#watch);
    this.#socket.destroy();
    const waiting = [...this.#sent.values(), ...this.#queued];
    this.#sent.clear();
    this.#queued = [];
    for (const { settle } of waiting) settle(error);
  }

  #sendQueued(): void {
    this.#queued = this.#queued.filter(({ isSettled }) => !isSettled);
    while (this.#failure === undefined) {
      const [next] = this.#queued;
      if (next === undefined) break;
      if (next.charge > this.#credits) {
        // Nobody is left whose answer could bring credits: waiting on would be waiting for ever.
        if (this.#sent.size === 0) this.fail(starved(next.charge, this.#credits));
        break;
      }
      this.#queued.shift();
      this.#send(next);
    }
    // An idle connection must not keep the process alive.
    if (this.#sent.size > 0) this.#socket.ref();
    else this.#socket.unref();
  }

  #send(waiting: Waiting): void {
    const { request, charge } = waiting;
    const messageId = this.#nextId;
    this.#nextId += charge;
    this.#credits -= charge;
    this.#sent.set(messageId, waiting);
    const header = writeHeader({
      command: request.command,
      creditCharge: charge,
      creditRequest: this.#credits < wantedCredits ? charge + 256 : charge,
      messageId,
      treeId: request.treeId ?? 0,
      sessionId: this.#protection?.sessionId ?? request.sessionId ?? 0n,
      flags: 0,
    });
    const message = Buffer.concat([header, request.body]);
    request.onSend?.(message);
    const parts = request.data === undefined ? [message] : [message, toBuffer(request.data)];
    this.#write(this.#protection?.protect(parts) ?? parts);
  }

  #write(parts: readonly Buffer[]): void {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(parts.reduce((sum, { length }) => sum + length, 0));
    this.#socket.cork();
    for (const part of [prefix, ...parts]) this.#socket.write(part);
    this.#socket.uncork();
  }

  #receive(bytes: Buffer): void {
    this.#silentTicks = 0;
    try {
      this.#frames.push(bytes, (frame) => {
        if (this.#failure === undefined) this.#take(frame);
      });
    } catch (error) {
      this.fail(error instanceof SmbError ? error : nonsense("an answer that cannot be read"));
    }
  }

  #take(frame: Buffer): void {
    const protection = this.#protection;
    const message = protection?.open(frame) ?? frame;
    let reply = readReply(message);
    if (reply.messageId === noMessage) return;
    const isForeign = protection !== undefined && reply.sessionId !== protection.sessionId;
    if (isForeign) throw nonsense("an answer of another session");
    const messageId = Number(reply.messageId);
    const waiting = this.#sent.get(messageId);
    if (waiting?.request.command !== reply.command) throw nonsense("an answer to no question");
    this.#credits = Math.min(this.#credits + reply.credits, maximumCredits);
    if (reply.status === status.pending && (reply.flags & messageFlag.asynchronous) !== 0) {
      waiting.interims += 1;
      if (waiting.interims > maximumInterims) throw nonsense("no answer, but promises of one");
    } else {
      this.#sent.delete(messageId);
      const isLent = frame.length > longestOwnedBytes;
      if (isLent && waiting.request.onAnswer === undefined) reply = readReply(Buffer.from(message));
      this.#settle(waiting, reply);
    }
    this.#sendQueued();
  }

  #settle(waiting: Waiting, reply: Reply): void {
    const { request, settle } = waiting;
    const { action, accepts = [] } = request;
    if (reply.status === status.success || accepts.includes(reply.status)) accept(waiting, reply);
    else if (sessionEnds.includes(reply.status)) this.fail(sessionEnded(reply.status));
    else settle(refusal(action, reply.status));
    // A late failure of `settle` above cannot be: the waiting request may only be settled already.
    if (this.#failure !== undefined) settle(this.#failure);
  }

  /** Called twice in the time of silence: asks at the first silent tick, gives up at the third. */
  #listen(): void {
    this.#silentTicks += 1;
    if (this.#silentTicks === 2) {
      const echo = Buffer.from([4, 0, 0, 0]);
      this.request({ command: command.echo, action: "answer", body: echo }).catch(() => undefined);
    }
    if (this.#silentTicks > 3) this.fail(new SmbError("timeout", "The server fell silent"));
  }
}

/** What nobody waits for any more is not taken apart: its memory may be somebody else's. */
function accept({ request, settle, isSettled }: Waiting, reply: Reply): void {
  if (isSettled) return;
  try {
    request.onAnswer?.(reply);
    settle(reply);
  } catch (error) {
    settle(error as Error);
  }
}

/** After these only a new logon helps: the session is gone, or the server has closed the share under us. */
const sessionEnds: readonly number[] = [
  status.networkSessionExpired,
  status.userSessionDeleted,
  status.networkNameDeleted,
];

interface ListeningSocket {
  readonly socket: Socket;
  /** The bytes are of use during the call only. */
  readonly listen: (handler: (bytes: Buffer) => void) => void;
}

async function connectSocket(
  host: string,
  port: number,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<ListeningSocket> {
  signal?.throwIfAborted();
  let hear: (bytes: Buffer) => void = () => undefined; // servers wait to be spoken to
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback: (length: number, buffer: Uint8Array): boolean => {
      hear(toBuffer(buffer).subarray(0, length));
      return true;
    },
  };
  const socket = connect({ host, port, noDelay: true, autoSelectFamily: true, onread });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal?.reason as Error);
  const late = new SmbError("timeout", "The server does not answer", { systemCode: "ETIMEDOUT" });
  const timer = setTimeout(() => reject(late), milliseconds);
  signal?.addEventListener("abort", onAbort, { once: true });
  const onError = (error: Error): void => reject(connectionError("Cannot connect", error));
  socket.once("connect", resolve).on("error", onError);
  try {
    await promise;
    socket.off("error", onError);
    return { socket, listen: (handler) => void (hear = handler) };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function connectionError(what: string, cause?: Error): SmbError {
  const code = cause === undefined || !("code" in cause) ? "ECONNRESET" : String(cause.code);
  const fault = code === "ETIMEDOUT" ? "timeout" : "unreachable";
  return new SmbError(fault, `${what}: ${code}`, { cause, systemCode: code });
}

function sessionEnded(code: number): SmbError {
  return new SmbError("unreachable", "The server ended the session", { status: code });
}

function silent({ action }: Request): SmbError {
  return new SmbError("timeout", `The server did not ${action} in time`, {
    systemCode: "ETIMEDOUT",
  });
}

function starved(needed: number, granted: number): SmbError {
  return nonsense(`${granted} credits where ${needed} are needed`);
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
