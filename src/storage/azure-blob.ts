import type { ContainerClient } from "@azure/storage-blob";

import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type {
  Allocate,
  ByteRange,
  ObjectEntry,
  ObjectStore,
  StoreProbe,
} from "../engine/object-store.ts";
import { createBlobClient } from "./azure-blob-client.ts";
import type { BlobClient, BlobCredential, BlobServiceVersion } from "./azure-blob-client.ts";
import { dateOfFailure, hasBlobCode, toBlobError } from "./azure-blob-faults.ts";
import { uploadBlob } from "./azure-blob-put.ts";
import { parseBlobUrl } from "./azure-blob-url.ts";
import { checkObjectSize, objectNotFound } from "./local-objects.ts";
import { objectExists } from "./local-publish.ts";
import { checkObjectName, checkPrefix, isObjectName } from "./object-name.ts";
import { ClockWatch } from "./clock-watch.ts";
import { createWebAgent } from "./web-agent.ts";
import type { WebAgent, WebConnectionOptions } from "./web-agent.ts";
import { describeBody, readObject } from "./web-body.ts";
import type { WebBody } from "./web-body.ts";
import { keyRoot, parseKeyPrefix } from "./web-endpoint.ts";
import { probeWebStore } from "./web-probe.ts";

const mostNamesPerPage = 5000; // the service gives no more

export interface BlobStoreSettings {
  /** `https://account.blob.suffix/container`, possibly with folders; no query. */
  readonly containerUrl: string;
  /** Folders below those of the URL: `a/b`, or empty. */
  readonly prefix: string;
  readonly credential: BlobCredential;
  /** Default 2021-08-06; Azure Stack Hub wants 2019-07-07. */
  readonly serviceVersion?: BlobServiceVersion;
}

export interface WebStoreOptions extends WebConnectionOptions {
  /** `read` writes and removes nothing; default `write`. */
  readonly access?: "read" | "write";
  readonly clock?: Clock;
  /** Names asked for at a time, for tests; otherwise the most that the service gives. */
  readonly namesPerPage?: number;
}

export interface BlobStoreOptions extends WebStoreOptions {
  /** Where tokens of the machine's identity come from; for tests. */
  readonly identityEndpoint?: string;
}

/**
 * Opens a container of Azure Blob Storage as a store. Throws `InvalidBackupPath`, `BackupPathNotFound` when the
 * container is absent, with `read` access `RepositoryNotFound` when nothing of ours is in it, and store errors.
 */
export async function openBlobStore(
  settings: BlobStoreSettings,
  options: BlobStoreOptions = {},
): Promise<ObjectStore> {
  const { access = "write", clock = systemClock } = options;
  const address = parseBlobUrl(settings.containerUrl);
  const below = parseKeyPrefix(settings.prefix, "InvalidBackupPath", "prefix");
  const prefix = [address.prefix, below].filter((part) => part !== "").join("/");
  const agent = createWebAgent(new URL(address.containerUrl), options);
  try {
    const client = await createBlobClient({
      address,
      credential: settings.credential,
      serviceVersion: settings.serviceVersion ?? "2021-08-06",
      agent,
      clock,
      needsWrite: access === "write",
      identityEndpoint: options.identityEndpoint,
    });
    const names = options.namesPerPage ?? mostNamesPerPage;
    const store = new BlobStore(client, keyRoot(prefix), access, clock, agent, names);
    await store.checkReach(address.containerUrl);
    return store;
  } catch (error) {
    agent.destroy();
    throw error;
  }
}

class BlobStore implements ObjectStore {
  readonly asksForMemory = true;
  readonly #container: ContainerClient;
  readonly #mayRemove: boolean;
  readonly #root: string;
  readonly #access: "read" | "write";
  readonly #agent: WebAgent;
  readonly #clockWatch: ClockWatch;
  readonly #namesPerPage: number;

  constructor(
    client: BlobClient,
    root: string,
    access: "read" | "write",
    clock: Clock,
    agent: WebAgent,
    namesPerPage: number,
  ) {
    this.#container = client.container;
    this.#mayRemove = client.mayRemove;
    this.#root = root;
    this.#access = access;
    this.#agent = agent;
    this.#clockWatch = new ClockWatch(clock);
    this.#namesPerPage = namesPerPage;
  }

  /** One look at the container, so that a wrong URL or credential shows now and by its name. */
  async checkReach(url: string): Promise<void> {
    const found = await this.#run("open the store in", url, undefined, async (signal) => {
      const started = this.#clockWatch.start();
      const pages = this.#container
        .listBlobsFlat({ prefix: this.#root, abortSignal: signal })
        .byPage({ maxPageSize: 1 });
      const page = await pages.next();
      const answer = page.value as { readonly date?: Date } | undefined;
      this.#clockWatch.note(started, answer?.date?.getTime());
      return page.done === true ? 0 : page.value.segment.blobItems.length;
    });
    if (found === 0 && this.#access === "read") {
      throw new AppError(
        "RepositoryNotFound",
        `Cannot find a folder "holdfast" in "${url}": give the URL that a backup was written to`,
        { target: url },
      );
    }
  }

  async put(name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    checkObjectSize(name, bytes.length);
    await this.#putKey(name, bytes, signal);
  }

  async get(
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
    allocate?: Allocate,
  ): Promise<Uint8Array> {
    checkObjectName(name);
    return this.#run("read", name, signal, (stop) => {
      const reader = {
        stat: () => this.stat(name),
        open: (part: ByteRange | undefined) => this.#open(name, part, stop),
      };
      return readObject(name, range, reader, allocate);
    });
  }

  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectEntry> {
    checkPrefix(prefix);
    return this.#list(prefix, signal);
  }

  async stat(name: string): Promise<{ readonly bytes: number } | undefined> {
    checkObjectName(name);
    return this.#run("look at", name, undefined, async (abortSignal) => {
      try {
        const blob = this.#container.getBlobClient(this.#root + name);
        const { contentLength } = await blob.getProperties({ abortSignal });
        return { bytes: contentLength ?? 0 };
      } catch (error) {
        if (hasBlobCode(error, "BlobNotFound")) return undefined;
        throw error;
      }
    });
  }

  async remove(name: string): Promise<void> {
    checkObjectName(name);
    this.#checkWritable();
    await this.#removeKey(name);
  }

  async probe(): Promise<StoreProbe> {
    const probe = await probeWebStore({
      put: (key, bytes) => this.#putKey(key, bytes, undefined),
      remove: (key) => this.#removeKey(key),
      canWrite: this.#access === "write",
      mayRemove: this.#mayRemove,
    });
    const skew = this.#clockWatch.skewMilliseconds;
    return {
      ...probe,
      encryptedInFlight: this.#container.url.startsWith("https:"),
      ...(skew === undefined ? {} : { clockSkewMilliseconds: skew }),
    };
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  async #putKey(key: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    await this.#run("write", key, signal, async () => {
      try {
        await uploadBlob(this.#container.getBlockBlobClient(this.#root + key), bytes, signal);
      } catch (error) {
        const exists = ["BlobAlreadyExists", "ConditionNotMet", "UnauthorizedBlobOverwrite"];
        if (hasBlobCode(error, ...exists)) throw objectExists(key);
        // A rival's commit threw our blocks away.
        const lost = hasBlobCode(error, "InvalidBlockList") && isObjectName(key);
        if (lost && (await this.stat(key)) !== undefined) throw objectExists(key);
        throw error;
      }
    });
  }

  async #removeKey(key: string): Promise<void> {
    await this.#run("remove", key, undefined, async (abortSignal) => {
      if (!this.#mayRemove) {
        const message = `Cannot remove "${key}": the shared access signature has no right to (no "d" in sp=); objects stay until the container's own rules remove them`;
        throw new AppError("StoreReadOnly", message, { target: key });
      }
      try {
        const blob = this.#container.getBlobClient(this.#root + key);
        await blob.delete({ deleteSnapshots: "include", abortSignal });
      } catch (error) {
        if (!hasBlobCode(error, "BlobNotFound")) throw error;
      }
    });
  }

  async #open(
    name: string,
    range: ByteRange | undefined,
    abortSignal: AbortSignal,
  ): Promise<WebBody | undefined> {
    const blob = this.#container.getBlobClient(this.#root + name);
    try {
      const answer = await blob.download(range?.offset ?? 0, range?.length, {
        abortSignal,
        maxRetryRequests: 0,
      });
      return describeBody(name, range, {
        stream: answer.readableStreamBody as AsyncIterable<Uint8Array> | undefined,
        length: answer.contentLength,
        contentRange: answer.contentRange,
      });
    } catch (error) {
      if (hasBlobCode(error, "BlobNotFound")) throw objectNotFound(name, undefined);
      if (hasBlobCode(error, "InvalidRange")) return undefined;
      throw error;
    }
  }

  async *#list(
    prefix: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ObjectEntry, void, undefined> {
    let continuationToken: string | undefined;
    do {
      const page = await this.#run("list", this.#root + prefix, signal, async (abortSignal) => {
        const pages = this.#container
          .listBlobsFlat({ prefix: this.#root + prefix, abortSignal })
          .byPage({
            maxPageSize: this.#namesPerPage,
            ...(continuationToken === undefined ? {} : { continuationToken }),
          });
        const next = await pages.next();
        return next.done === true ? undefined : next.value;
      });
      for (const { name, properties } of page?.segment.blobItems ?? []) {
        const own = name.slice(this.#root.length);
        // Whatever else lies there is not ours.
        if (!name.startsWith(this.#root + prefix) || !isObjectName(own)) continue;
        const modifiedAt = properties.lastModified.getTime();
        yield { name: own, bytes: properties.contentLength ?? 0, modifiedAt };
      }
      const token = page?.continuationToken;
      continuationToken = token === "" ? undefined : token;
    } while (continuationToken !== undefined);
  }

  /** Runs requests; their failures get their names, and an abort gives the caller's own reason. */
  async #run<T>(
    action: string,
    target: string,
    signal: AbortSignal | undefined,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await call(signal ?? new AbortController().signal);
    } catch (error) {
      if (signal?.aborted === true && !isAppError(error, "ObjectExists")) throw signal.reason;
      if (hasBlobCode(error, "AuthenticationFailed")) {
        this.#clockWatch.check(dateOfFailure(error), target);
      }
      throw toBlobError(error, action, target);
    }
  }

  #checkWritable(): void {
    if (this.#access === "write") return;
    throw new AppError("StoreReadOnly", "Cannot change the store: it was opened for reading only");
  }
}
