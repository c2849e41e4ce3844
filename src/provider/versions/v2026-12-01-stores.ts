import type { StoreCheck } from "../../storage/store-check.ts";
import type { SentSecrets, StoreChange } from "../rules/location-change.ts";
import type { AzureBlobSetting, BlobServiceVersion, StoreSetting } from "../model.ts";

/** The `store` object of 2026-12-01, any kind; which properties belong to which kind the contract has judged. */
export interface StoreBody {
  readonly kind: "Local" | "Smb" | "AzureBlob" | "S3" | "Sftp";
  readonly path?: string;
  readonly port?: number | null;
  readonly userName?: string | null;
  readonly requireEncryption?: boolean | null;
  readonly containerUrl?: string;
  readonly authentication?: "AccountKey" | "Sas" | "ManagedIdentity";
  readonly clientId?: string | null;
  readonly serviceVersion?: BlobServiceVersion | null;
  readonly endpoint?: string;
  readonly region?: string | null;
  readonly bucket?: string;
  readonly prefix?: string | null;
  readonly accessKeyId?: string;
  readonly usesPathStyle?: boolean | null;
  readonly host?: string;
  readonly hostKey?: string;
  readonly password?: string | null;
  readonly accountKey?: string | null;
  readonly sasToken?: string | null;
  readonly secretAccessKey?: string | null;
  readonly sessionToken?: string | null;
  readonly privateKey?: string | null;
  readonly privateKeyPassphrase?: string | null;
}

/** `merge` keeps what was not sent; `replace` sets it back to its default. */
export function readStoreChange(
  store: StoreBody | undefined,
  mode: "merge" | "replace",
): StoreChange | undefined {
  if (store === undefined) return undefined;
  const unsent = mode === "merge" ? undefined : null;
  const { port = unsent, region = unsent, prefix = unsent, clientId = unsent } = store;
  const { path, endpoint, bucket, accessKeyId, host, hostKey } = store;
  switch (store.kind) {
    case "Local":
      return { kind: "local", path };
    case "Smb":
      return { kind: "smb", path, port, requireEncryption: store.requireEncryption ?? unsent };
    case "AzureBlob": {
      const authentication = authenticationOf(store, mode);
      const { containerUrl: url, serviceVersion = unsent } = store;
      return { kind: "azure-blob", url, authentication, clientId, serviceVersion };
    }
    case "S3": {
      const usesPathStyle = store.usesPathStyle ?? unsent;
      return { kind: "s3", endpoint, region, bucket, prefix, accessKeyId, usesPathStyle };
    }
    case "Sftp":
      return { kind: "sftp", host, port, path, hostKey };
  }
}

const authentications = {
  AccountKey: "account-key",
  Sas: "sas",
  ManagedIdentity: "managed-identity",
} as const satisfies Record<string, AzureBlobSetting["authentication"]>;

const authenticationNames = {
  "account-key": "AccountKey",
  sas: "Sas",
  "managed-identity": "ManagedIdentity",
} as const;

function authenticationOf(
  { authentication }: StoreBody,
  mode: "merge" | "replace",
): AzureBlobSetting["authentication"] | undefined {
  if (authentication !== undefined) return authentications[authentication];
  return mode === "merge" ? undefined : "account-key";
}

/** The secrets that were sent; `null` is what answers show, and keeps. */
export function readStoreSecrets(store: StoreBody | undefined): SentSecrets {
  if (store === undefined) return {};
  const { password, accountKey, sasToken, secretAccessKey, sessionToken } = store;
  const { privateKey, privateKeyPassphrase } = store;
  const webSecrets = { accountKey, sasToken, secretAccessKey, sessionToken };
  const sent = { password, ...webSecrets, privateKey, privateKeyPassphrase };
  return Object.fromEntries(
    Object.entries(sent).filter(([, value]) => value !== undefined && value !== null),
  ) as SentSecrets;
}

/** The `store` property, or nothing; secrets show as `null`. */
export function renderStore(store: StoreSetting): { readonly store?: object } {
  switch (store.kind) {
    case "none":
      return {};
    case "local":
      return { store: { kind: "Local", path: store.path } };
    case "smb": {
      const { path, port, userName, requireEncryption } = store;
      const shown = { path, ...(port === null ? {} : { port }), userName, requireEncryption };
      return { store: { kind: "Smb", ...shown, password: null } };
    }
    case "azure-blob": {
      const authentication = authenticationNames[store.authentication];
      const { url: containerUrl, clientId, serviceVersion } = store;
      const identity = {
        ...(clientId === null ? {} : { clientId }),
        ...(serviceVersion === undefined ? {} : { serviceVersion }),
      };
      const secrets = { accountKey: null, sasToken: null };
      return {
        store: { kind: "AzureBlob", containerUrl, authentication, ...identity, ...secrets },
      };
    }
    case "s3": {
      const { kind: _kind, ...rest } = store;
      return { store: { kind: "S3", ...rest, secretAccessKey: null, sessionToken: null } };
    }
    case "sftp": {
      const { kind: _kind, ...rest } = store;
      const secrets = { password: null, privateKey: null, privateKeyPassphrase: null };
      return { store: { kind: "Sftp", ...rest, ...secrets } };
    }
  }
}

/** The result of testStore. */
export function renderStoreCheck({ isUsable, steps, freeBytes, totalBytes }: StoreCheck): unknown {
  return {
    isUsable,
    steps: steps.map(({ name, status, code, message }) => ({
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      status,
      ...(code === undefined ? {} : { code }),
      message,
    })),
    ...(freeBytes === undefined ? {} : { freeBytes }),
    ...(totalBytes === undefined ? {} : { totalBytes }),
  };
}
