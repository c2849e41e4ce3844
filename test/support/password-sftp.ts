import { spawn } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import ssh2 from "ssh2";
import type { AuthContext, Connection, KexAlgorithm, ServerChannel } from "ssh2";

/** An SSH server that takes a password, which Debian's own would want a system account for. */
export interface PasswordServer {
  readonly port: number;
  readonly hostKey: string;
  /** The ways in which somebody tried to sign in. */
  listSignIns(): readonly string[];
  /** The names they gave. */
  listNames(): readonly string[];
  close(): Promise<void>;
}

export interface PasswordServerOptions {
  readonly method: "password" | "keyboard-interactive";
  readonly password: string;
  readonly hasSftp?: boolean;
  readonly kex?: readonly KexAlgorithm[];
}

const sftpServer = "/usr/lib/openssh/sftp-server";

/** Starts it on a free port of 127.0.0.1; files are served by OpenSSH's own sftp-server. */
export async function startPasswordServer(options: PasswordServerOptions): Promise<PasswordServer> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const signIns: string[] = [];
  const names: string[] = [];
  const connections = new Set<Connection>();
  const algorithms = options.kex === undefined ? {} : { algorithms: { kex: [...options.kex] } };
  const server = new ssh2.Server({ hostKeys: [privateKey], ...algorithms }, (connection) => {
    connections.add(connection);
    connection.on("error", () => undefined);
    connection.on("close", () => connections.delete(connection));
    connection.on("authentication", (context) => {
      if (context.method !== "none") signIns.push(context.method);
      names.push(context.username);
      signIn(context, options);
    });
    connection.on("session", (accept) => {
      const session = accept();
      session.on("subsystem", (acceptChannel, reject, info) => {
        if (info.name !== "sftp" || options.hasSftp === false) return reject();
        return serveFiles(acceptChannel());
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: `SHA256:${createHash("sha256").update(parsed.getPublicSSH()).digest("base64").replace(/=+$/, "")}`,
    listSignIns: () => signIns,
    listNames: () => names,
    close: async () => {
      for (const connection of connections) connection.end();
      server.close();
      await once(server, "close");
    },
  };
}

function signIn(context: AuthContext, { method, password }: PasswordServerOptions): void {
  const answer = (given: string | undefined): void => {
    if (given === password) context.accept();
    else context.reject([method]);
  };
  if (context.method !== method) return context.reject([method]);
  if (context.method === "password") return answer(context.password);
  if (context.method !== "keyboard-interactive") return undefined;
  return context.prompt([{ prompt: "Password: ", echo: false }], (given) => answer(given[0]));
}

function serveFiles(channel: ServerChannel): void {
  const child = spawn(sftpServer, [], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => undefined); // it ended: the channel follows
  channel.pipe(child.stdin);
  child.stdout.pipe(channel);
  channel.on("close", () => child.kill());
}
