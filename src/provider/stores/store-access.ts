import { AppError } from "../../base/errors.ts";
import type { LedgerHead, Recipient, RepositoryKeys } from "../../engine/model.ts";
import type { BackupLocation, LocationSecrets, LocationSettings } from "../model.ts";
import { repositoryKey } from "../model.ts";
import type { StoreSpec } from "../../storage/store-spec.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { readKeys } from "./repository-keys.ts";
import { secretLabel } from "./secret-labels.ts";
import { storeSpecOf } from "./store-spec-of.ts";

/** Who new backups are encrypted to; empty when nobody is named. */
export function recipientsOf(
  deps: ProviderDeps,
  locationKey: string,
  settings: LocationSettings,
  secrets: LocationSecrets,
): readonly Recipient[] {
  const { encryption } = settings;
  switch (encryption.kind) {
    case "none":
      return [];
    case "certificates":
      return encryption.certificates.map(({ certificateBase64 }) => ({
        kind: "certificate",
        certificateBase64,
      }));
    case "pre-shared-key":
      return [{ kind: "pre-shared-key", keyBase64: openPreSharedKey(deps, locationKey, secrets) }];
  }
}

/** The pre-shared key in the clear, for one run. */
export function openPreSharedKey(
  deps: Pick<ProviderDeps, "identity">,
  locationKey: string,
  secrets: LocationSecrets,
): string {
  if (secrets.preSharedKey === undefined) {
    throw new AppError(
      "EncryptionNotConfigured",
      "The pre-shared key of this location is not kept here: set encryptionKeyBase64 again",
    );
  }
  return deps.identity.unseal(secrets.preSharedKey, secretLabel(locationKey, "preSharedKey"));
}

/** A store in use, with what its writer remembers of it. */
export interface OpenedStore {
  readonly spec: StoreSpec;
  readonly keys: RepositoryKeys;
  readonly ledgerHead: LedgerHead | undefined;
  readonly ledgerKey: string;
}

/** The store of a location; throws when it is not set up or its keys are lost. */
export async function openStore(
  deps: ProviderDeps,
  key: string,
  location: BackupLocation,
): Promise<OpenedStore> {
  const { store } = location.settings;
  const spec = storeSpecOf(deps, key, store, location.secrets);
  if (spec === undefined) throw storeNotConfigured(location.name);
  const ledgerKey = repositoryKey(key, store);
  const keys = await readKeys(deps, ledgerKey);
  if (keys === undefined) throw encryptionNotConfigured(location.name);
  const head = await deps.store.get<LedgerHead>("ledger", ledgerKey);
  return { spec, keys, ledgerHead: head?.value, ledgerKey };
}

/** For what needs no recipient: a location that takes copies has a repository and no encryption of its own. */
export async function requireRepository(
  deps: ProviderDeps,
  key: string,
  { name, settings }: BackupLocation,
): Promise<void> {
  if (settings.store.kind === "none") throw storeNotConfigured(name);
  if (settings.encryption.kind !== "none") return;
  if ((await readKeys(deps, repositoryKey(key, settings.store))) === undefined)
    throw encryptionNotConfigured(name);
}

export function storeNotConfigured(name: string): AppError {
  return new AppError("StoreNotConfigured", `Location "${name}" has no store: set its path first`, {
    target: name,
  });
}

export function encryptionNotConfigured(name: string): AppError {
  return new AppError(
    "EncryptionNotConfigured",
    `Location "${name}" has no encryption: set its certificate first`,
    {
      target: name,
    },
  );
}
