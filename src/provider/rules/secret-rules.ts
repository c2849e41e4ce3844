import { AppError } from "../../base/errors.ts";
import type { LocationChange, SentSecrets } from "./location-change.ts";
import type { LocationSecrets, SecretName, StoreSetting } from "../model.ts";

/**
 * Which secrets stay and which are new. A kept secret never follows a store to another host or account: it has to
 * be sent again, or the change is refused with `StoreSecretRequired`.
 */
export function changeSecrets(
  base: { readonly store: StoreSetting; readonly secrets: LocationSecrets },
  store: StoreSetting,
  change: LocationChange,
): { readonly secrets: LocationSecrets; readonly newSecrets: SentSecrets } {
  refuseMasks(change);
  const { preSharedKey: sentKey, ...sent } = change.secrets;
  const { preSharedKey, ...kept } = base.secrets;
  const newSecrets: SentSecrets = {
    ...(store.kind === "none" ? {} : sent),
    ...(sentKey === undefined ? {} : { preSharedKey: sentKey }),
  };
  const isSameAccount = accountOf(base.store) === accountOf(store);
  const secrets: LocationSecrets = {
    ...(isSameAccount ? withoutReplaced(kept, sent) : {}),
    // The key stays also after the way to certificates: older backups still need it.
    ...(preSharedKey === undefined ? {} : { preSharedKey }),
  };
  requireSecrets(base.store, store, { ...secrets, ...newSecrets }, change);
  return { secrets, newSecrets };
}

/** A form that shows stars for a secret may send them back: stored, they would lock the service out of its store. */
function refuseMasks({ secrets, names }: LocationChange): void {
  for (const [name, value] of Object.entries(secrets)) {
    if (!/^[*•●]+$/.test(value)) continue;
    const target = names.secrets[name as SecretName];
    throw new AppError(
      "InvalidArgument",
      `"${target}" is a mask and no secret: leave it out to keep the stored one, or send the new one`,
      { target },
    );
  }
}

/** What a secret was given for: the host and, where there is one, the account. */
function accountOf(store: StoreSetting): string | undefined {
  switch (store.kind) {
    case "none":
      return undefined;
    case "local":
      return "local";
    case "smb":
      return `smb:${store.server.toLowerCase()}:${store.port ?? ""}:${store.userName}`;
    case "azure-blob":
      return `azure-blob:${accountUrl(store.containerUrl)}`;
    case "s3":
      return `s3:${store.endpoint}:${store.accessKeyId}`;
    case "sftp":
      return `sftp:${store.host.toLowerCase()}:${store.port}:${store.userName}:${store.hostKey}`;
  }
}

/** Without the container. */
function accountUrl(containerUrl: string): string {
  return containerUrl.slice(0, containerUrl.lastIndexOf("/"));
}

/** A new password of an SFTP account takes the place of its private key, and the reverse; a session goes with its key. */
function withoutReplaced(all: LocationSecrets, sent: SentSecrets): LocationSecrets {
  const { sessionToken: _session, ...others } = all;
  const kept = sent.secretAccessKey === undefined ? all : others;
  const { password, privateKey, privateKeyPassphrase, ...rest } = kept;
  if (sent.password !== undefined) return { ...rest, ...present({ password }) };
  if (sent.privateKey !== undefined) return { ...rest, ...present({ privateKey }) };
  return { ...rest, ...present({ password, privateKey, privateKeyPassphrase }) };
}

function present(
  secrets: Readonly<Partial<Record<SecretName, string | undefined>>>,
): LocationSecrets {
  return Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== undefined));
}

/** Sets of secrets of which one must be complete. */
function neededBy(store: StoreSetting): readonly SecretName[] {
  switch (store.kind) {
    case "none":
    case "local":
      return [];
    case "smb":
      return ["password"];
    case "azure-blob":
      return { "account-key": ["accountKey"], sas: ["sasToken"], "managed-identity": [] }[
        store.authentication
      ] as readonly SecretName[];
    case "s3":
      return ["secretAccessKey"];
    case "sftp":
      return ["privateKey", "password"];
  }
}

function requireSecrets(
  before: StoreSetting,
  store: StoreSetting,
  present: SentSecrets,
  { names }: LocationChange,
): void {
  const needed = neededBy(store);
  const [first] = needed;
  if (first === undefined || needed.some((name) => present[name] !== undefined)) return;
  const target = names.secrets[needed.at(-1) ?? first];
  const why =
    before.kind === store.kind
      ? "the host or account of the store changes, and a kept secret does not follow it"
      : "the store cannot be used without it";
  throw new AppError("StoreSecretRequired", `Send "${target}" with this change: ${why}`, {
    target,
  });
}
