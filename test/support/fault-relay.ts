import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** `up` is from the client to the server. */
export type RelayDirection = "up" | "down";

export interface RelayFault {
  /** `cut` ends every connection, `stall` holds all that comes later back, `flip` turns one bit over. */
  readonly kind: "cut" | "stall" | "flip";
  readonly direction: RelayDirection;
  /** How many bytes still pass in that direction, over all connections, counted from arming. */
  readonly afterBytes: number;
}

/** A TCP relay on loopback that harms what passes through it as it is told. */
export interface FaultRelay {
  readonly port: number;
  /** Bytes passed on in a direction since the start. */
  countBytes(direction: RelayDirection): number;
  /** How many connections were made so far. */
  countConnections(): number;
  /** The next fault, in place of one that has not struck; resolves when it strikes. */
  arm(fault: RelayFault): Promise<void>;
  /** Holds every piece back for that long, in both directions; 0 ends it. */
  delay(milliseconds: number): void;
  /** No fault any more; what a stall held back goes on. */
  heal(): void;
  /** Ends every present connection. */
  cut(): void;
  /** Refuses connections, as when nothing listens: ends the present ones and each new one at once. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

/** Starts a relay to a port of this machine, on a free port of 127.0.0.1. */
export async function startFaultRelay(serverPort: number): Promise<FaultRelay> {
  const state = new RelayState();
  const server = createServer((client) => {
    if (state.isRefusing) return client.destroy();
    return state.join(client, connect({ host: "127.0.0.1", port: serverPort, noDelay: true }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    countBytes: (direction) => state.passed[direction],
    countConnections: () => state.connections,
    arm: (fault) => state.arm(fault),
    delay: (milliseconds) => {
      state.delayMilliseconds = milliseconds;
    },
    heal: () => state.heal(),
    cut: () => state.cut(),
    refuse: (isRefusing) => {
      state.isRefusing = isRefusing;
      if (isRefusing) state.cut();
    },
    close: async () => {
      state.cut();
      state.heal();
      server.close();
      await once(server, "close");
    },
  };
}

interface ArmedFault extends RelayFault {
  readonly startedAt: number;
  readonly strike: () => void;
}

class RelayState {
  readonly passed = { up: 0, down: 0 };
  connections = 0;
  delayMilliseconds = 0;
  isRefusing = false;
  readonly #sockets = new Set<Socket>();
  #armed: ArmedFault | undefined;
  #stall: { readonly ended: Promise<void>; readonly end: () => void } | undefined;

  join(client: Socket, server: Socket): void {
    this.connections += 1;
    client.setNoDelay(true);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined); // "close" follows
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    void this.#pump(client, server, "up");
    void this.#pump(server, client, "down");
  }

  arm(fault: RelayFault): Promise<void> {
    return new Promise((resolve) => {
      this.#armed = { ...fault, startedAt: this.passed[fault.direction], strike: resolve };
    });
  }

  heal(): void {
    this.#armed = undefined;
    this.#stall?.end();
    this.#stall = undefined;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #pump(from: Socket, to: Socket, direction: RelayDirection): Promise<void> {
    try {
      for await (const piece of from) {
        if (this.delayMilliseconds > 0) await sleep(this.delayMilliseconds);
        await this.#pass(piece as Buffer, to, direction);
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  async #pass(piece: Buffer, to: Socket, direction: RelayDirection): Promise<void> {
    await this.#stall?.ended;
    const fault = this.#armed;
    const left =
      fault?.direction === direction
        ? fault.startedAt + fault.afterBytes - this.passed[direction]
        : Infinity;
    if (fault === undefined || left >= piece.length) return this.#write(piece, to, direction);
    this.#armed = undefined;
    await this.#write(piece.subarray(0, left), to, direction);
    const rest = piece.subarray(left);
    if (fault.kind === "cut") this.cut();
    if (fault.kind === "flip") rest[0] = (rest[0] ?? 0) ^ 1;
    if (fault.kind === "stall") this.#stall = startStall();
    fault.strike();
    if (fault.kind !== "cut") await this.#pass(rest, to, direction);
  }

  async #write(piece: Buffer, to: Socket, direction: RelayDirection): Promise<void> {
    if (piece.length === 0) return;
    this.passed[direction] += piece.length;
    await new Promise<void>((resolve) => to.write(piece, () => resolve())); // also called on failure
  }
}

function startStall(): { readonly ended: Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { ended: promise, end: resolve };
}
