import { isIPv6 } from "node:net";

import { AppError } from "../base/errors.ts";
import { toSmbStoreError } from "./smb-faults.ts";
import { connectShare } from "./smb/connect-share.ts";
import type { ShareSettings } from "./smb/connect-share.ts";
import type { SmbShare } from "./smb/share.ts";
import { SmbError } from "./smb/smb-error.ts";

/** Keeps one connection to a share, and makes a new one when it broke. */
export class SmbLink {
  readonly #settings: ShareSettings;
  /** The share as people write it. */
  readonly name: string;
  #opening: Promise<SmbShare> | undefined;
  #share: SmbShare | undefined;
  #isClosed = false;

  constructor(settings: ShareSettings) {
    this.#settings = settings;
    const { server, share } = settings;
    this.name = `\\\\${isIPv6(server) ? `[${server}]` : server}\\${share}`;
  }

  /**
   * Does the work on a live connection; failures come out as store errors about "Cannot <action> <target>".
   * A connection that stood idle may be dead without our knowing: work that breaks on one is done again on a
   * new one, once, unless `mayRepeat` says that it must not be.
   */
  async use<T>(
    action: string,
    target: string,
    signal: AbortSignal | undefined,
    work: (share: SmbShare) => Promise<T>,
    mayRepeat: () => boolean = () => true,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const wasOpen = this.#share !== undefined && this.#share.failure === undefined;
      const share = await this.connect(signal);
      try {
        return await work(share);
      } catch (error) {
        const hasBroken = error instanceof SmbError && error.fault === "unreachable";
        if (hasBroken && wasOpen && attempt === 1 && !this.#isClosed && mayRepeat()) continue;
        throw toSmbStoreError(error, { action, target, isWritable: share.isWritable });
      }
    }
  }

  /** The live connection, a new one if need be. */
  async connect(signal?: AbortSignal): Promise<SmbShare> {
    signal?.throwIfAborted();
    if (this.#isClosed)
      throw new AppError("StoreUnreachable", "Cannot use the store: it was closed");
    if (this.#share !== undefined && this.#share.failure === undefined) return this.#share;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return untilAborted(this.#opening, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const share = await this.#opening?.catch(() => undefined);
    await (share ?? this.#share)?.disconnect();
  }

  async #open(): Promise<SmbShare> {
    try {
      // Without a caller's signal: others may wait for the same connection. It has limits of its own.
      this.#share = await connectShare(this.#settings);
      return this.#share;
    } catch (error) {
      throw toSmbStoreError(error, { action: "connect to", target: this.name });
    }
  }
}

/** The result, or the signal's reason at once. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
