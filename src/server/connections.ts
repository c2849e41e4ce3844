import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/** Knows which connections are at work, so that closing harms no request. */
export interface Connections {
  /** Ends every connection as soon as it has no request under way; those without one end at once. */
  closeWhenIdle(): void;
  destroyAll(): void;
}

/** Watches the connections of a server from now on. */
export function trackConnections(server: Server): Connections {
  // By connection, its answers under way: nearly always one or none.
  const running = new Map<Socket, ServerResponse[]>();
  let isClosing = false;
  const closeIfIdle = (socket: Socket): void => {
    if (isClosing && (running.get(socket) ?? []).length === 0) socket.end(() => socket.destroy());
  };
  // Requests of HTTPS belong to the secured socket; the bare one below it must be left alone.
  const event = server instanceof HttpsServer ? "secureConnection" : "connection";
  server.on(event, (socket: Socket) => {
    running.set(socket, []);
    socket.once("close", () => running.delete(socket));
    closeIfIdle(socket);
  });
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = running.get(socket) ?? [];
    responses.push(response);
    if (isClosing) response.setHeader("Connection", "close");
    response.once("close", () => {
      responses.splice(responses.indexOf(response), 1);
      closeIfIdle(socket);
    });
  });
  return {
    closeWhenIdle() {
      isClosing = true;
      for (const responses of running.values()) {
        for (const response of responses)
          if (!response.headersSent) response.setHeader("Connection", "close");
      }
      server.closeIdleConnections();
      for (const socket of running.keys()) closeIfIdle(socket);
    },
    destroyAll() {
      server.closeAllConnections();
      for (const socket of running.keys()) socket.destroy();
    },
  };
}
