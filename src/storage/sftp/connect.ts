import { createHash, timingSafeEqual } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { Client } from "ssh2";
import type { Algorithms, SFTPWrapper } from "ssh2";

import { AppError } from "../../base/errors.ts";
import { nativeCodeOf, nativeFaults } from "../store-errors.ts";
import type { SftpSettings } from "./settings.ts";

const dialMilliseconds = 15_000;
const handshakeMilliseconds = 30_000;
const keepaliveMilliseconds = 15_000; // three unanswered end the connection: a dead peer shows within a minute

/** Nothing with SHA-1, CBC or a known flaw; chacha20 is left out for Terrapin, and is slow in Node. */
const algorithms: Algorithms = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group14-sha256",
  ],
  serverHostKey: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr"],
  hmac: [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
  ],
  compress: ["none"],
};

export interface SftpConnection {
  readonly sftp: SFTPWrapper;
  /** Calls once, when the connection is of no use any more. */
  onBroken(listener: (error: AppError) => void): void;
  destroy(): void;
}

/** Connects and signs in. Throws a named error with a remedy; no secret is in it. */
export async function connectSftp(settings: SftpSettings): Promise<SftpConnection> {
  const socket = await dial(settings);
  const client = new Client();
  const broken = watchBreak(client, socket, settings);
  try {
    await signIn(client, socket, settings);
    const sftp = await openSubsystem(client, settings);
    sftp.on("error", () => socket.destroy()); // a broken protocol: nothing after it can be believed
    sftp.on("close", () => socket.destroy());
    return { sftp, onBroken: broken, destroy: () => socket.destroy() };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Our own socket: without its no-delay every request would wait for the peer's delayed acknowledgement. */
async function dial({ host, port }: SftpSettings): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.setTimeout(dialMilliseconds, () => reject(dialTimeout()));
      socket.once("connect", resolve).once("error", reject);
    });
    socket.setTimeout(0);
    return socket;
  } catch (error) {
    socket.destroy();
    throw dialError(error, `${host}:${port}`);
  }
}

function dialTimeout(): Error {
  return Object.assign(new Error("no answer"), { code: "ETIMEDOUT" });
}

function dialError(cause: unknown, target: string): AppError {
  const code = nativeCodeOf(cause);
  const isUnknown = code === "ENOTFOUND" || code === "EAI_AGAIN";
  const fault = code === undefined ? undefined : nativeFaults[code];
  const problem = isUnknown ? "the name of the host is unknown" : (fault?.problem ?? "it failed");
  const remedy = "check the name, the port, the network and the firewall";
  const message = `Cannot connect to "${target}": ${problem} (${code ?? "no code"}): ${remedy}`;
  return new AppError(
    fault?.code === "StoreTimeout" ? "StoreTimeout" : "StoreUnreachable",
    message,
    {
      cause,
      target,
      retryable: code !== "ENOTFOUND",
      ...(code === undefined ? {} : { nativeCode: code }),
    },
  );
}

function watchBreak(
  client: Client,
  socket: Socket,
  { host, port }: SftpSettings,
): SftpConnection["onBroken"] {
  const listeners: ((error: AppError) => void)[] = [];
  let broken: AppError | undefined;
  let cause: unknown;
  client.on("error", (error: Error) => {
    cause ??= error;
    socket.destroy();
  });
  socket.on("close", () => {
    const target = `${host}:${port}`;
    const message = `Cannot go on with "${target}": the connection broke; check the server and the network, then try again`;
    broken ??= new AppError("StoreUnreachable", message, {
      cause,
      target,
      nativeCode: nativeCodeOf(cause) ?? "ECONNRESET",
      retryable: true,
    });
    for (const listener of listeners.splice(0)) listener(broken);
  });
  return (listener) => {
    if (broken === undefined) listeners.push(listener);
    else listener(broken);
  };
}

async function signIn(client: Client, socket: Socket, settings: SftpSettings): Promise<void> {
  const { host, port, userName, credential, hostKey } = settings;
  const seen: { key?: string } = {};
  const secret = {
    ...(credential.kind === "password"
      ? { password: credential.password, tryKeyboard: true }
      : {
          privateKey: credential.privateKey,
          ...(credential.passphrase === undefined ? {} : { passphrase: credential.passphrase }),
        }),
  };
  if (credential.kind === "password") {
    // Servers that ask through PAM offer the password under this name only. Asked again means refused.
    let isAsked = false;
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => {
      finish(isAsked ? [] : prompts.map(() => credential.password));
      isAsked = true;
    });
  }
  const config = {
    sock: socket,
    username: userName,
    algorithms,
    readyTimeout: handshakeMilliseconds,
    keepaliveInterval: keepaliveMilliseconds,
    hostVerifier: (key: Buffer) => {
      seen.key = fingerprintOf(key);
      return isSame(seen.key, hostKey);
    },
  };
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve).once("error", reject);
    client.once("close", () => reject(new Error("closed during sign-in")));
    client.connect({ ...config, ...secret });
  }).catch((error: unknown) => {
    throw signInError(error, settings, seen.key);
  });
  client.on("error", () => undefined); // see watchBreak
  if (seen.key === undefined) throw changedKey("none", `${host}:${port}`, hostKey);
}

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

function isSame(shown: string, pinned: string): boolean {
  const [a, b] = [Buffer.from(shown), Buffer.from(pinned.replace(/=$/, ""))];
  return a.length === b.length && timingSafeEqual(a, b);
}

function signInError(
  cause: unknown,
  settings: SftpSettings,
  shownKey: string | undefined,
): AppError {
  const { host, port, userName, credential, hostKey } = settings;
  const target = `${host}:${port}`;
  if (shownKey !== undefined && !isSame(shownKey, hostKey)) {
    return changedKey(shownKey, target, hostKey);
  }
  const text = cause instanceof Error ? cause.message : "";
  const level = cause instanceof Error && "level" in cause ? String(cause.level) : "";
  if (text.startsWith("Cannot parse privateKey")) return unusableKey(text, credential);
  if (level === "client-authentication") {
    const what = credential.kind === "password" ? "the password" : "the private key";
    const remedy = `check the account and ${what}, and that the server permits this way of signing in`;
    const message = `Cannot sign in to "${target}" as "${userName}": the server refused ${what}; ${remedy}`;
    return new AppError("StoreAuthRefused", message, { target, nativeCode: "USERAUTH_FAILURE" });
  }
  if (text.includes("no matching")) {
    const message = `Cannot agree with "${target}" on algorithms (${text}): update the SSH server; old ones are refused`;
    return new AppError("StoreUnsupported", message, { target, nativeCode: "KEX_FAILURE" });
  }
  const isLate = level === "client-timeout";
  const problem = isLate
    ? "it did not answer in time"
    : "the connection broke or no SSH server listens there";
  const message = `Cannot sign in to "${target}": ${problem}; check host, port and server`;
  const nativeCode = nativeCodeOf(cause) ?? (isLate ? "ETIMEDOUT" : "ECONNRESET");
  const options = { cause, target, retryable: true, nativeCode };
  return new AppError(isLate ? "StoreTimeout" : "StoreUnreachable", message, options);
}

function changedKey(shown: string, target: string, pinned: string): AppError {
  const message = `Cannot trust "${target}": its host key is "${shown}", and "${pinned}" is expected; if the server was set up anew, compare with "ssh-keygen -lf" there and set the new fingerprint, else somebody may be in between`;
  return new AppError("StoreNotTrusted", message, { target, nativeCode: "HOST_KEY_MISMATCH" });
}

/** Without the cause: the text of a parser may repeat what it was given. */
function unusableKey(text: string, credential: SftpSettings["credential"]): AppError {
  const isLocked = /passphrase|decrypt|integrity/i.test(text);
  const hasPhrase = credential.kind === "private-key" && credential.passphrase !== undefined;
  const remedy = isLocked
    ? hasPhrase
      ? "its passphrase is wrong"
      : "it is encrypted: give its passphrase"
    : "give it whole, as OpenSSH or PEM text";
  return new AppError(
    "InvalidArgument",
    `Cannot use the private key of the SFTP store: ${remedy}`,
    {
      target: "privateKey",
    },
  );
}

async function openSubsystem(client: Client, settings: SftpSettings): Promise<SFTPWrapper> {
  const { host, port, userName } = settings;
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("closed")));
    client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error)));
  }).then(
    (sftp) => sftp as SFTPWrapper,
    (cause: unknown) => {
      const target = `${host}:${port}`;
      const isRefused = cause instanceof Error && cause.message.includes("subsystem");
      const problem = isRefused
        ? `it offers no SFTP to "${userName}": enable the subsystem "sftp" there`
        : "the connection broke; check the server";
      return Promise.reject(
        new AppError(
          isRefused ? "StoreUnsupported" : "StoreUnreachable",
          `Cannot open files on "${target}": ${problem}`,
          {
            cause,
            target,
            retryable: !isRefused,
            nativeCode: isRefused ? "CHANNEL_FAILURE" : "ECONNRESET",
          },
        ),
      );
    },
  );
}
