import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { ObjectStore } from "../engine/object-store.ts";
import { openBlobStore } from "./azure-blob.ts";
import type { HostPolicy } from "./host-policy.ts";
import { openLocalStore } from "./local.ts";
import { openS3Store } from "./s3.ts";
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
 * anything is sent. The large libraries of some adapters are loaded when such a store is opened.
 */
export async function openStore(spec: StoreSpec, options: OpenStoreOptions): Promise<ObjectStore> {
  const target = hostOf(spec);
  if (target !== undefined) {
    options.hosts.check(target.host, target.port, target.isPlainHttp);
    await options.hosts.resolve(target.host, target.port);
  }
  const { access = "write", clock = systemClock } = options;
  // Each new connection looks its host up again, under the same policy.
  const resolve: HostPolicy["resolve"] = (host, port) => options.hosts.resolve(host, port);
  const web = { access, clock, resolve };
  switch (spec.kind) {
    case "local":
      return openLocalStore({ path: spec.path, access, clock });
    case "azure-blob":
      return openBlobStore(spec, web);
    case "s3":
      return openS3Store(spec, web);
    case "smb":
    case "sftp":
      throw new AppError("StoreUnsupported", `Stores of kind "${spec.kind}" are not built yet`);
  }
}
