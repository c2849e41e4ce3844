import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { describe, it } from "node:test";

import { startFaultRelay } from "../support/fault-relay.ts";
import type { FaultRelay } from "../support/fault-relay.ts";

describe("fault relay", () => {
  it("passes bytes on both ways and counts them", () =>
    withEcho(async (relay) => {
      const client = await dial(relay);
      assert.equal(await echo(client, "hello"), "hello");
      assert.deepEqual([relay.countBytes("up"), relay.countBytes("down")], [5, 5]);
      assert.equal(relay.countConnections(), 1);
      client.destroy();
    }));

  it("cuts after exactly so many bytes", () =>
    withEcho(async (relay) => {
      const client = await dial(relay);
      await echo(client, "hello");
      const struck = relay.arm({ kind: "cut", direction: "up", afterBytes: 3 });
      const closed = once(client, "close");
      client.write("world");
      await Promise.all([struck, closed]);
      assert.equal(relay.countBytes("up"), 8);
      const again = await dial(relay);
      assert.equal(await echo(again, "again"), "again");
      again.destroy();
    }));

  it("holds back what comes after a stall until it heals", () =>
    withEcho(async (relay) => {
      const client = await dial(relay);
      const struck = relay.arm({ kind: "stall", direction: "down", afterBytes: 2 });
      const answer = echo(client, "hello");
      await struck;
      assert.equal(relay.countBytes("down"), 2);
      relay.heal();
      assert.equal(await answer, "hello");
      client.destroy();
    }));

  it("flips one bit", () =>
    withEcho(async (relay) => {
      const client = await dial(relay);
      void relay.arm({ kind: "flip", direction: "up", afterBytes: 1 });
      assert.equal(await echo(client, "aaaa"), "a`aa");
      client.destroy();
    }));

  it("refuses connections and serves them again", () =>
    withEcho(async (relay) => {
      const client = await dial(relay);
      const closed = once(client, "close");
      relay.refuse(true);
      await closed;
      const refused = await dial(relay);
      await once(refused, "close");
      relay.refuse(false);
      const served = await dial(relay);
      assert.equal(await echo(served, "hello"), "hello");
      served.destroy();
    }));
});

async function withEcho(run: (relay: FaultRelay) => Promise<void>): Promise<void> {
  const server = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const relay = await startFaultRelay((server.address() as AddressInfo).port);
  try {
    await run(relay);
  } finally {
    await relay.close();
    server.close();
  }
}

async function dial(relay: FaultRelay): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: relay.port });
  socket.on("error", () => undefined); // "close" follows
  await once(socket, "connect");
  return socket;
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  let answer = "";
  while (answer.length < text.length) {
    const [piece] = (await once(socket, "data")) as [Buffer];
    answer += piece.toString();
  }
  return answer;
}
