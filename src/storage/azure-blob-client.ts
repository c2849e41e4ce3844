import type * as AzureBlob from "@azure/storage-blob";
import type { ContainerClient, RequestPolicyFactory } from "@azure/storage-blob";
import { createHash } from "node:crypto";

import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import { requestToken } from "./azure-identity.ts";
import { parseSasToken } from "./azure-sas.ts";
import type { BlobAddress } from "./azure-blob-url.ts";
import type { WebAgent } from "./web-agent.ts";

export type BlobCredential =
  /** Secret; base64. */
  | { readonly kind: "account-key"; readonly accountKey: string }
  /** Secret. */
  | { readonly kind: "sas"; readonly sasToken: string }
  | { readonly kind: "managed-identity"; readonly clientId: string | undefined };

/** Versions of the service's protocol that the store is tested with; the second is for Azure Stack Hub. */
export const blobServiceVersions = ["2021-08-06", "2019-07-07"] as const;
export type BlobServiceVersion = (typeof blobServiceVersions)[number];

export interface BlobClientOptions {
  readonly address: BlobAddress;
  readonly credential: BlobCredential;
  readonly serviceVersion: BlobServiceVersion;
  readonly agent: WebAgent;
  readonly clock: Clock;
  readonly needsWrite: boolean;
  /** Where tokens of the machine's identity come from; for tests. */
  readonly identityEndpoint: string | undefined;
}

export interface BlobClient {
  readonly container: ContainerClient;
  /** False when the credential itself says that it may not remove. */
  readonly mayRemove: boolean;
}

/** A client of the container. The library is loaded here, so that local repositories start without it. */
export async function createBlobClient(options: BlobClientOptions): Promise<BlobClient> {
  const { address, agent, serviceVersion } = options;
  const library = await import("@azure/storage-blob");
  const { query, mayRemove, login } = await readCredential(library, options);
  const pipeline = library.newPipeline(login, {
    retryOptions: { maxTries: 1 }, // the retrying decorator repeats, for all kinds of stores alike
    userAgentOptions: { userAgentPrefix: "holdfast" },
  });
  pipeline.factories.unshift(adjustRequests(serviceVersion, agent));
  const url = query === undefined ? address.containerUrl : `${address.containerUrl}?${query}`;
  return { container: new library.ContainerClient(url, pipeline), mayRemove };
}

/** The library's own version is newer than what stamps and emulators know. MD5 lets the service check what arrived. */
function adjustRequests(version: BlobServiceVersion, agent: WebAgent): RequestPolicyFactory {
  return {
    create: (next) => ({
      sendRequest: (request) => {
        request.headers.set("x-ms-version", version);
        request.agent = agent;
        const body: unknown = request.body;
        if (request.method === "PUT" && (Buffer.isBuffer(body) || typeof body === "string")) {
          request.headers.set("Content-MD5", createHash("md5").update(body).digest("base64"));
        }
        return next.sendRequest(request);
      },
    }),
  };
}

type Library = typeof AzureBlob;

interface Login {
  readonly query: string | undefined;
  readonly mayRemove: boolean;
  readonly login: Parameters<Library["newPipeline"]>[0];
}

async function readCredential(library: Library, options: BlobClientOptions): Promise<Login> {
  const { address, credential, clock, needsWrite, identityEndpoint } = options;
  switch (credential.kind) {
    case "account-key": {
      const key = credential.accountKey.trim();
      const isKey =
        /^[A-Za-z0-9+/]{2,}={0,2}$/.test(key) && Buffer.from(key, "base64").length >= 16;
      if (!isKey) throw badKey();
      const login = new library.StorageSharedKeyCredential(address.accountName, key);
      return { query: undefined, mayRemove: true, login };
    }
    case "sas": {
      const { query, canRemove } = parseSasToken(credential.sasToken, clock.now(), needsWrite);
      return { query, mayRemove: canRemove, login: new library.AnonymousCredential() };
    }
    case "managed-identity": {
      requireTls(address.containerUrl);
      const { clientId } = credential;
      const endpoint = identityEndpoint === undefined ? {} : { endpoint: identityEndpoint };
      const login = { getToken: () => requestToken({ clientId, ...endpoint }, clock) };
      return { query: undefined, mayRemove: true, login };
    }
  }
}

function requireTls(url: string): void {
  if (url.startsWith("https://")) return;
  throw new AppError(
    "InvalidBackupPath",
    `Cannot use a managed identity with "${url}": its token is sent over https only`,
    { target: "blobStorageUrl" },
  );
}

function badKey(): AppError {
  return new AppError(
    "InvalidArgument",
    "Cannot use the account key: it is not base64; copy the whole key of the storage account",
    { target: "blobStorageKey" },
  );
}
