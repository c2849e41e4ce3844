import { after, before } from "node:test";

import {
  ContainerClient,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";

import type { ObjectStore } from "../../src/engine/object-store.ts";
import { openBlobStore } from "../../src/storage/azure-blob.ts";
import type { BlobStoreOptions } from "../../src/storage/azure-blob.ts";
import type { BlobCredential } from "../../src/storage/azure-blob-client.ts";
import { describeObjectStore } from "../contracts/describe-object-store.ts";
import { someBytes } from "../contracts/object-store.ts";
import type { StoreUnderTest } from "../contracts/object-store.ts";
import type { StoreBehindRelay } from "../contracts/store-entry.ts";
import { azuriteAccount, createPipeline, startAzurite } from "../support/azurite.ts";
import type { Azurite } from "../support/azurite.ts";
import { startFaultRelay } from "../support/fault-relay.ts";

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(() => azurite.stop());

const key = (): BlobCredential => ({ kind: "account-key", accountKey: azurite.accountKey });

async function openAzurite(options: BlobStoreOptions = {}): Promise<StoreUnderTest> {
  const containerUrl = await azurite.createContainer();
  const settings = { containerUrl, prefix: "site/a", credential: key() };
  const reopen = (): Promise<ObjectStore> => openBlobStore(settings, { namesPerPage: 250 });
  const store = await openBlobStore(settings, { namesPerPage: 250, ...options });
  return {
    store,
    reopen,
    fill: async (names) => {
      const left = names.values();
      const work = async (): Promise<void> => {
        for (const name of left) await store.put(name, Buffer.from(name));
      };
      await Promise.all(Array.from({ length: 8 }, work));
    },
    dispose: () => store.close(),
  };
}

/** A signature whose rights only the service knows: they are in a policy of the container. */
async function openDenied(): Promise<StoreUnderTest> {
  const containerUrl = await azurite.createContainer();
  const login = new StorageSharedKeyCredential(azuriteAccount, azurite.accountKey);
  const container = new ContainerClient(containerUrl, createPipeline(login));
  const accessPolicy = {
    startsOn: new Date(Date.now() - 3_600_000),
    expiresOn: new Date(Date.now() + 3_600_000),
    permissions: "rl",
  };
  await container.setAccessPolicy(undefined, [{ id: "readers", accessPolicy }]);
  const sasToken = generateBlobSASQueryParameters(
    { containerName: container.containerName, identifier: "readers", version: "2021-08-06" },
    login,
  ).toString();
  const owner = await openBlobStore({ containerUrl, prefix: "", credential: key() });
  await owner.put("present", someBytes(77));
  await owner.close();
  const settings = { containerUrl, prefix: "", credential: { kind: "sas", sasToken } as const };
  const store = await openBlobStore(settings);
  return { store, reopen: () => openBlobStore(settings), dispose: () => store.close() };
}

async function openWrong(): Promise<StoreUnderTest> {
  const containerUrl = await azurite.createContainer();
  const credential = { kind: "account-key", accountKey: wrongKey } as const;
  const store = await openBlobStore({ containerUrl, prefix: "", credential });
  return { store, reopen: async () => store, dispose: () => store.close() };
}

async function openBehindRelay(): Promise<StoreBehindRelay> {
  const origin = new URL(azurite.url);
  const relay = await startFaultRelay(Number(origin.port));
  const containerUrl = await azurite.createContainer();
  const settings = { containerUrl, prefix: "", credential: key() };
  const far = containerUrl.replace(origin.host, `127.0.0.1:${relay.port}`);
  const store = await openBlobStore({ ...settings, containerUrl: far });
  return {
    store,
    relay,
    reopen: () => openBlobStore(settings),
    // It holds everything in memory: its restart is played by the relay.
    killServer: async () => relay.refuse(true),
    startServer: async () => relay.refuse(false),
    dispose: async () => {
      await store.close();
      await relay.close();
    },
  };
}

const wrongKey = Buffer.alloc(64, 7).toString("base64");

describeObjectStore("Azure Blob (Azurite)", {
  open: () => openAzurite(),
  manyObjects: 600,
  full: { lacks: "Azurite has no quota" },
  denied: openDenied,
  wrongSecret: { secret: wrongKey, open: openWrong },
  skewed: (clock) => openAzurite({ clock }),
  network: openBehindRelay,
  seesFlippedBits: false,
});
