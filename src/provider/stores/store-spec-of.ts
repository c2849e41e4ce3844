import { AppError } from "../../base/errors.ts";
import type { AzureBlobCredential, SftpCredential, StoreSpec } from "../../storage/store-spec.ts";
import type { AzureBlobSetting, LocationSecrets, SecretName, StoreSetting } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { secretLabel } from "./secret-labels.ts";

/** How the engine reaches the store, its secrets opened for one run; undefined when none is set. */
export function storeSpecOf(
  deps: Pick<ProviderDeps, "identity" | "addresses">,
  locationKey: string,
  store: StoreSetting,
  sealed: LocationSecrets,
): StoreSpec | undefined {
  const open = opener(deps, locationKey, sealed);
  switch (store.kind) {
    case "none":
      return undefined;
    case "local":
      return { kind: "local", path: store.folder };
    case "smb": {
      const { kind, server, share, folders, userName, requireEncryption } = store;
      const port = deps.addresses.smbPort(server, store.port);
      const password = open.secret("password");
      return { kind, server, port, share, folders, userName, password, requireEncryption };
    }
    case "azure-blob": {
      const { kind, containerUrl, prefix, serviceVersion } = store;
      const version = serviceVersion === undefined ? {} : { serviceVersion };
      return { kind, containerUrl, prefix, ...version, credential: blobCredential(store, open) };
    }
    case "s3": {
      const sessionToken = open.find("sessionToken");
      const session = sessionToken === undefined ? {} : { sessionToken };
      return { ...store, secretAccessKey: open.secret("secretAccessKey"), ...session };
    }
    case "sftp":
      return { ...store, credential: sftpCredential(open) };
  }
}

interface SecretOpener {
  /** Throws `StoreSecretRequired` when it is not kept. */
  secret(name: SecretName): string;
  find(name: SecretName): string | undefined;
}

function opener(
  { identity }: Pick<ProviderDeps, "identity">,
  locationKey: string,
  sealed: LocationSecrets,
): SecretOpener {
  const find = (name: SecretName): string | undefined => {
    const text = sealed[name];
    return text === undefined ? undefined : identity.unseal(text, secretLabel(locationKey, name));
  };
  return {
    find,
    secret: (name) => {
      const text = find(name);
      if (text !== undefined) return text;
      throw new AppError(
        "StoreSecretRequired",
        `The secret "${name}" of this location's store is not kept here: set it again`,
        { target: name },
      );
    },
  };
}

function blobCredential(store: AzureBlobSetting, open: SecretOpener): AzureBlobCredential {
  switch (store.authentication) {
    case "account-key":
      return { kind: "account-key", accountKey: open.secret("accountKey") };
    case "sas":
      return { kind: "sas", sasToken: open.secret("sasToken") };
    case "managed-identity":
      return { kind: "managed-identity", clientId: store.clientId ?? undefined };
  }
}

function sftpCredential(open: SecretOpener): SftpCredential {
  const privateKey = open.find("privateKey");
  if (privateKey === undefined) return { kind: "password", password: open.secret("password") };
  return { kind: "private-key", privateKey, passphrase: open.find("privateKeyPassphrase") };
}
