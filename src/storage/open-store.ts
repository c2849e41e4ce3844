import { randomInt } from "node:crypto";

import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import type { ObjectStore } from "../engine/object-store.ts";
import type { HostPolicy } from "./host-policy.ts";
import { openLocalStore } from "./local.ts";
import { observeCall, observeStore, type StoreOperation } from "./observed-store.ts";
import { retryStore } from "./retrying.ts";
import type { RemoteSpec, StoreSpec } from "./store-spec.ts";
import { hostOf } from "./store-spec.ts";
import { trustAlso } from "./web-trust.ts";

export interface OpenStoreOptions {
  /** `read` makes nothing and works with an account that may only read; default `write`. */
  readonly access?: "read" | "write";
  readonly hosts: HostPolicy;
  readonly clock?: Clock;
  /** PEM of authorities that servers of https may be certified by, besides those of the system. */
  readonly authorities?: string | undefined;
  /** Told of every call to the store that has ended. */
  readonly observe?: ((operation: StoreOperation) => void) | undefined;
}

/**
 * Opens a store of any kind; the one place that knows them all. A host is judged and looked up before anything
 * is sent, and the adapter connects to what was found. What may pass is tried again, but not the opening.
 */
export async function openStore(spec: StoreSpec, options: OpenStoreOptions): Promise<ObjectStore> {
  const { clock = systemClock, observe } = options;
  if (observe === undefined) return openUnseen(spec, options, (store) => store);
  const observation = { kind: spec.kind, clock, observe };
  return observeCall(observation, "open", () =>
    openUnseen(spec, options, (store) => observeStore(store, observation)),
  );
}

/** `see` wraps what every single try goes through. */
async function openUnseen(
  spec: StoreSpec,
  options: OpenStoreOptions,
  see: (store: ObjectStore) => ObjectStore,
): Promise<ObjectStore> {
  const { access = "write", clock = systemClock, hosts } = options;
  if (spec.kind === "local") return see(await openLocalStore({ path: spec.path, access, clock }));
  const { host, port, isPlainHttp } = hostOf(spec);
  hosts.check(host, port, isPlainHttp);
  const { address } = await hosts.resolve(host, port);
  const { authorities } = options;
  const store = await openRemote(spec, address, { access, clock, hosts, authorities });
  return retryStore(see(store), { clock, random: aRandomNumber });
}

/** From 0 to 1. */
function aRandomNumber(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

/** The adapters are loaded when they are needed: their libraries are large. */
async function openRemote(
  spec: RemoteSpec,
  address: string,
  { access, clock, hosts, authorities }: Required<Omit<OpenStoreOptions, "observe">>,
): Promise<ObjectStore> {
  // Each new connection of HTTP looks its host up again, under the same policy.
  const resolve: HostPolicy["resolve"] = (host, port) => hosts.resolve(host, port);
  const web = { access, clock, resolve, ...trustAlso(authorities) };
  switch (spec.kind) {
    case "smb": {
      const { openSmbStore } = await import("./smb-store.ts");
      return openSmbStore({ ...spec, access, clock, user: spec.userName, address });
    }
    case "azure-blob": {
      const { openBlobStore } = await import("./azure-blob.ts");
      return openBlobStore(spec, web);
    }
    case "s3": {
      const { openS3Store } = await import("./s3.ts");
      return openS3Store(spec, web);
    }
    case "sftp": {
      const { openSftpStore } = await import("./sftp.ts");
      // The key of the server says who it is, whatever name it was found by.
      return openSftpStore({ ...spec, access, clock, host: address });
    }
  }
}
