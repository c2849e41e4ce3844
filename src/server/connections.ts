import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as HttpsServer } from "node:https";
import type { Socket } from "node:net";

/** Knows which connections are at work, so that closing harms no request. */
export interface Connections {
  /** Tell it of each request before anything is answered. */
  begin(request: IncomingMessage, response: ServerResponse): void;
  /** The answer that was begun last on a connection. */
  latestAnswer(socket: Socket): ServerResponse | undefined;
  /** Ends every connection as soon as it has no request under way; those without one end at once. */
  closeWhenIdle(): void;
  destroyAll(): void;
}

/** Watches the connections of a server from now on. */
export function trackConnections(server: Server): Connections {
  // By connection, its answers that may still be under way: nearly always the last one.
  const answers = new Map<Socket, ServerResponse[]>();
  let isClosing = false;
  const runningOf = (socket: Socket): readonly ServerResponse[] =>
    (answers.get(socket) ?? []).filter((response) => !response.closed);
  const closeIfIdle = (socket: Socket): void => {
    if (isClosing && runningOf(socket).length === 0) socket.end(() => socket.destroy());
  };
  const closeAfter = (socket: Socket, response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader("Connection", "close");
    response.once("close", () => closeIfIdle(socket));
  };
  // Requests of HTTPS belong to the secured socket; the bare one below it must be left alone.
  const event = server instanceof HttpsServer ? "secureConnection" : "connection";
  server.on(event, (socket: Socket) => {
    answers.set(socket, []);
    socket.once("close", () => answers.delete(socket));
    closeIfIdle(socket);
  });
  return {
    begin({ socket }, response) {
      const known = answers.get(socket) ?? [];
      // Looked up when it matters: being told of every end costs every request.
      if (known.at(-1)?.closed === true) known.length = 0;
      known.push(response);
      if (isClosing) closeAfter(socket, response);
    },
    latestAnswer: (socket) => answers.get(socket)?.at(-1),
    closeWhenIdle() {
      isClosing = true;
      server.closeIdleConnections();
      for (const socket of answers.keys()) {
        for (const response of runningOf(socket)) closeAfter(socket, response);
        closeIfIdle(socket);
      }
    },
    destroyAll() {
      server.closeAllConnections();
      for (const socket of answers.keys()) socket.destroy();
    },
  };
}
