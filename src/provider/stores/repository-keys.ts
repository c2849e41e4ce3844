import type { LedgerHead, RememberedRepository, RepositoryKeys } from "../../engine/model.ts";
import type { Write } from "../../state/state-store.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { repositoryLabel } from "./secret-labels.ts";

/** What the state keeps of a repository: its writer's keys, sealed, and its public name. */
interface RepositoryDocument {
  readonly repositoryId: string;
  readonly signingPublicKey: string;
  readonly sealedKeys: string;
}

/** The keys of a repository, or undefined when we have none. */
export async function readKeys(
  deps: Pick<ProviderDeps, "store" | "identity">,
  key: string,
): Promise<RepositoryKeys | undefined> {
  const found = await deps.store.get<RepositoryDocument>("repository", key);
  if (found === undefined) return undefined;
  return JSON.parse(
    deps.identity.unseal(found.value.sealedKeys, repositoryLabel(key)),
  ) as RepositoryKeys;
}

/** What the state knows of a repository in the clear; undefined before its first backup. */
export async function readRemembered(
  { store }: Pick<ProviderDeps, "store">,
  key: string,
): Promise<RememberedRepository | undefined> {
  const repository = (await store.get<RepositoryDocument>("repository", key))?.value;
  const ledgerHead = (await store.get<LedgerHead>("ledger", key))?.value;
  if (repository === undefined || ledgerHead === undefined) return undefined;
  const { repositoryId, signingPublicKey } = repository;
  return { repositoryId, signingPublicKey, ledgerHead };
}

/** The write that keeps them. */
export function sealKeys(
  deps: ProviderDeps,
  key: string,
  keys: RepositoryKeys,
): Extract<Write, { op: "put" }> {
  const value: RepositoryDocument = {
    repositoryId: keys.repositoryId,
    signingPublicKey: keys.signingPublicKey,
    sealedKeys: deps.identity.seal(JSON.stringify(keys), repositoryLabel(key)),
  };
  return { op: "put", kind: "repository", key, value };
}
