import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { ObjectStore } from "../engine/object-store.ts";
import type { HostPolicy } from "./host-policy.ts";
import { openLocalStore } from "./local.ts";
import type { StoreSpec } from "./store-spec.ts";
import { hostOf } from "./store-spec.ts";

export interface OpenStoreOptions {
  /** `read` makes nothing and works with an account that may only read; default `write`. */
  readonly access?: "read" | "write";
  readonly hosts: HostPolicy;
  readonly clock?: Clock;
}

/**
 * Opens a store of any kind; the one place that knows them all. A host is judged and looked up before
 * anything is sent. The adapters are loaded when they are needed: their libraries are large.
 */
export async function openStore(spec: StoreSpec, options: OpenStoreOptions): Promise<ObjectStore> {
  const target = hostOf(spec);
  if (target !== undefined) {
    options.hosts.check(target.host, target.port, target.isPlainHttp);
    await options.hosts.resolve(target.host, target.port);
  }
  const { access = "write", clock = systemClock } = options;
  switch (spec.kind) {
    case "local":
      return openLocalStore({ path: spec.path, access, clock });
    case "smb":
    case "azure-blob":
    case "s3":
    case "sftp":
      throw new AppError("StoreUnsupported", `Stores of kind "${spec.kind}" are not built yet`);
  }
}
