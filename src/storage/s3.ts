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
import type { WebStoreOptions } from "./azure-blob.ts";
import { clockMismatch, ClockWatch } from "./clock-watch.ts";
import { checkObjectSize, objectNotFound } from "./local-objects.ts";
import { objectExists } from "./local-publish.ts";
import { checkObjectName, checkPrefix, isObjectName } from "./object-name.ts";
import { checkS3Settings, createS3Client } from "./s3-client.ts";
import type { LoadedS3, S3StoreSettings } from "./s3-client.ts";
import { decodeKey, endlessList } from "./s3-keys.ts";
import { dateOfS3Failure, hasS3Code, skewCodes, statusOfS3, toS3Error } from "./s3-faults.ts";
import { uploadObject } from "./s3-put.ts";
import { createWebAgent } from "./web-agent.ts";
import type { WebAgent } from "./web-agent.ts";
import { describeBody, readObject } from "./web-body.ts";
import type { WebBody } from "./web-body.ts";
import { keyRoot, parseKeyPrefix } from "./web-endpoint.ts";
import { probeWebStore, proveConditionalPut } from "./web-probe.ts";

const mostNamesPerPage = 1000; // services give no more
/** How services refuse to remove what is locked; MinIO's is the last. */
const lockCodes = ["AccessDenied", "ObjectLocked", "MethodNotAllowed", "InvalidRequest"] as const;

/**
 * Opens a bucket of a service that speaks S3 as a store. With `write` access it proves first that the service
 * honours `If-None-Match` (one tiny object `.publish-test` stays); one that does not is `StoreUnsupported`.
 * Throws `InvalidArgument`, `BackupPathNotFound` when the bucket is absent, with `read` access
 * `RepositoryNotFound` when nothing of ours is in it, and store errors.
 */
export async function openS3Store(
  settings: S3StoreSettings,
  options: WebStoreOptions = {},
): Promise<ObjectStore> {
  const { access = "write", clock = systemClock } = options;
  const url = checkS3Settings(settings);
  const root = keyRoot(parseKeyPrefix(settings.prefix, "InvalidArgument", "prefix"));
  const agent = createWebAgent(url, options);
  try {
    const s3 = await createS3Client(settings, url, agent);
    const names = options.namesPerPage ?? mostNamesPerPage;
    const isTls = url.protocol === "https:";
    const store = new S3Store(s3, settings.bucket, root, access, clock, agent, isTls, names);
    await store.checkReach();
    return store;
  } catch (error) {
    agent.destroy();
    throw error;
  }
}

class S3Store implements ObjectStore {
  readonly asksForMemory = true;
  readonly #s3: LoadedS3;
  readonly #bucket: string;
  readonly #root: string;
  readonly #access: "read" | "write";
  readonly #clock: Clock;
  readonly #agent: WebAgent;
  readonly #clockWatch: ClockWatch;
  readonly #isEncrypted: boolean;
  readonly #namesPerPage: number;

  constructor(
    s3: LoadedS3,
    bucket: string,
    root: string,
    access: "read" | "write",
    clock: Clock,
    agent: WebAgent,
    isEncrypted: boolean,
    namesPerPage: number,
  ) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#root = root;
    this.#access = access;
    this.#clock = clock;
    this.#agent = agent;
    this.#clockWatch = new ClockWatch(clock);
    this.#isEncrypted = isEncrypted;
    this.#namesPerPage = namesPerPage;
    this.#watchClock();
  }

  /** One look at the bucket, so that a wrong setting shows now and by its name; then the proof. */
  async checkReach(): Promise<void> {
    const { ListObjectsV2Command } = this.#s3.library;
    // Beside each other; what the look finds is said first, as it names the setting.
    const proving =
      this.#access === "write"
        ? proveConditionalPut({ put: (key, bytes) => this.#putKey(key, bytes, undefined) })
        : undefined;
    proving?.catch(() => undefined);
    const found = await this.#run("open the store in", this.#bucket, undefined, (signal) =>
      this.#s3.client.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#root, MaxKeys: 1 }),
        { abortSignal: signal },
      ),
    );
    await proving;
    if (this.#access === "read" && (found.Contents ?? []).length === 0) {
      throw new AppError(
        "RepositoryNotFound",
        `Cannot find a folder "holdfast" in bucket "${this.#bucket}": give the bucket and folder that a backup was written to`,
        { target: this.#bucket },
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
    return this.#run("look at", name, undefined, async (signal) => {
      try {
        // A byte of it: an answer to HEAD could not say whether the object is missing or its bucket.
        const body = await this.#open(name, { offset: 0, length: 1 }, signal);
        if (body === undefined) return { bytes: 0 };
        for await (const piece of body.stream) void piece; // to its end, or it would keep its connection
        return { bytes: body.totalBytes };
      } catch (error) {
        if (isAppError(error, "ObjectNotFound")) return undefined;
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
      mayRemove: true,
    });
    const skew = this.#clockWatch.skewMilliseconds;
    return {
      ...probe,
      encryptedInFlight: this.#isEncrypted,
      ...(skew === undefined ? {} : { clockSkewMilliseconds: skew }),
    };
  }

  async close(): Promise<void> {
    this.#s3.client.destroy();
    this.#agent.destroy();
  }

  async #putKey(key: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    await this.#run("write", key, signal, async () => {
      const where = { Bucket: this.#bucket, Key: this.#root + key };
      try {
        await uploadObject(this.#s3, where, bytes, signal);
      } catch (error) {
        if (hasS3Code(error, "PreconditionFailed") || statusOfS3(error) === 412) {
          throw objectExists(key);
        }
        // Two writers at once: the one told so lost if the object is there by now.
        const isRace = hasS3Code(error, "ConditionalRequestConflict") && isObjectName(key);
        if (isRace && (await this.stat(key)) !== undefined) throw objectExists(key);
        throw error;
      }
    });
  }

  async #removeKey(key: string): Promise<void> {
    const { DeleteObjectCommand } = this.#s3.library;
    await this.#run("remove", key, undefined, async () => {
      try {
        await this.#s3.client.send(
          new DeleteObjectCommand({ Bucket: this.#bucket, Key: this.#root + key }),
        );
      } catch (error) {
        if (hasS3Code(error, "NoSuchKey")) return;
        if (!hasS3Code(error, ...lockCodes)) throw error;
        throw new AppError(
          "StoreReadOnly",
          `Cannot remove "${key}": the bucket refuses (${statusOfS3(error)}), by an object lock or because the access key may not delete; wait until the lock ends, or let the key delete objects`,
          { target: key },
        );
      }
    });
  }

  async #open(
    name: string,
    range: ByteRange | undefined,
    abortSignal: AbortSignal,
  ): Promise<WebBody | undefined> {
    const { GetObjectCommand } = this.#s3.library;
    const last = range === undefined ? 0 : range.offset + range.length - 1;
    const Range = range === undefined ? {} : { Range: `bytes=${range.offset}-${last}` };
    try {
      const answer = await this.#s3.client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#root + name, ...Range }),
        { abortSignal },
      );
      return describeBody(name, range, {
        stream: answer.Body as AsyncIterable<Uint8Array> | undefined,
        length: answer.ContentLength,
        contentRange: answer.ContentRange,
      });
    } catch (error) {
      if (hasS3Code(error, "NoSuchKey")) throw objectNotFound(name, undefined);
      if (hasS3Code(error, "InvalidRange") || statusOfS3(error) === 416) return undefined;
      throw error;
    }
  }

  async *#list(
    prefix: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ObjectEntry, void, undefined> {
    const { ListObjectsV2Command } = this.#s3.library;
    let token: string | undefined;
    do {
      const page = await this.#run("list", this.#root + prefix, signal, (abortSignal) =>
        this.#s3.client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#root + prefix,
            MaxKeys: this.#namesPerPage,
            EncodingType: "url", // names of strangers may hold what XML cannot
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
          { abortSignal },
        ),
      );
      for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
        const key = decodeKey(Key);
        const own = key.slice(this.#root.length);
        // Whatever else lies there is not ours.
        if (!key.startsWith(this.#root + prefix) || !isObjectName(own)) continue;
        yield { name: own, bytes: Size, modifiedAt: LastModified?.getTime() ?? 0 };
      }
      const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      if (next !== undefined && next === token) throw endlessList(this.#bucket);
      token = next;
    } while (token !== undefined);
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
      if (hasS3Code(error, ...skewCodes)) {
        throw clockMismatch(target, dateOfS3Failure(error), this.#clock.now());
      }
      throw toS3Error(error, action, target);
    }
  }

  /** Every answer tells the service's time. */
  #watchClock(): void {
    this.#s3.client.middlewareStack.add(
      (next) => async (step) => {
        const started = this.#clockWatch.start();
        const result = await next(step);
        const { headers } = result.response as { readonly headers?: Record<string, string> };
        this.#clockWatch.note(started, Date.parse(headers?.["date"] ?? ""));
        return result;
      },
      { step: "deserialize", name: "watchClock", priority: "low" },
    );
  }

  #checkWritable(): void {
    if (this.#access === "write") return;
    throw new AppError("StoreReadOnly", "Cannot change the store: it was opened for reading only");
  }
}
