import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import { ContainerClient, newPipeline, StorageSharedKeyCredential } from "@azure/storage-blob";
import type { Pipeline } from "@azure/storage-blob";

/** An emulator of Azure Blob Storage of the test's own, in memory, on a free port. */
export interface Azurite {
  /** Of the account. */
  readonly url: string;
  readonly accountKey: string;
  /** Makes a fresh container and returns its URL. */
  createContainer(): Promise<string>;
  stop(): Promise<void>;
}

export interface AzuriteOptions {
  /** Files of a certificate and its key; then it speaks https and accepts tokens of identities. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  readonly port?: number;
  /** Keeps what it holds in this folder, for servers that are started again. */
  readonly folder?: string;
}

export const azuriteAccount = "holdfasttest";

/** Starts the emulator and waits until it listens. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const accountKey = randomBytes(64).toString("base64");
  const script = createRequire(import.meta.url).resolve("azurite/dist/src/blob/main.js");
  const { tls, port = 0, folder } = options;
  const parameters = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "--disableTelemetry"];
  parameters.push(...(folder === undefined ? ["--inMemoryPersistence"] : ["--location", folder]));
  if (tls !== undefined) {
    parameters.push("--cert", tls.certFile, "--key", tls.keyFile, "--oauth", "basic");
  }
  const child = spawn(process.execPath, [script, ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, AZURITE_ACCOUNTS: `${azuriteAccount}:${accountKey}` },
  });
  const ended = once(child, "exit");
  const onExit = (): boolean => child.kill("SIGKILL");
  process.once("exit", onExit);
  const origin = await readOrigin(child.stdout);
  const url = `${origin}/${azuriteAccount}`;
  const login = new StorageSharedKeyCredential(azuriteAccount, accountKey);
  return {
    url,
    accountKey,
    createContainer: async () => {
      const containerUrl = `${url}/c${randomBytes(8).toString("hex")}`;
      await new ContainerClient(containerUrl, createPipeline(login)).create();
      return containerUrl;
    },
    stop: async () => {
      process.off("exit", onExit);
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Requests of a version that the emulator knows: it refuses others, and so proves that ours pin theirs. */
export function createPipeline(login: StorageSharedKeyCredential): Pipeline {
  const pipeline = newPipeline(login);
  pipeline.factories.unshift({
    create: (next) => ({
      sendRequest: (request) => {
        request.headers.set("x-ms-version", "2021-08-06");
        return next.sendRequest(request);
      },
    }),
  });
  return pipeline;
}

async function readOrigin(output: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: output });
  for await (const line of lines) {
    const origin = /listens on (https?:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (origin === undefined) continue;
    output.resume(); // its access log must not fill the pipe
    return origin;
  }
  throw new Error("Azurite ended before it listened");
}
