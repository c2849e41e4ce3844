/**
 * How to reach a store: plain data that goes into worker threads. It holds opened secrets, so it lives for one
 * run only: it is never stored, logged or shown. `describeStore` gives what may be shown.
 */
export type StoreSpec = LocalSpec | SmbSpec | AzureBlobSpec | S3Spec | SftpSpec;

export interface LocalSpec {
  readonly kind: "local";
  /** Absolute. */
  readonly path: string;
}

export interface SmbSpec {
  readonly kind: "smb";
  readonly server: string;
  readonly port: number;
  readonly share: string;
  /** Below the share; empty for its root. */
  readonly folders: readonly string[];
  /** `name`, `DOMAIN\name` or `name@domain`. */
  readonly userName: string;
  /** Secret. */
  readonly password: string;
  /** False lets a server in that signs and cannot encrypt. */
  readonly requireEncryption: boolean;
}

export interface AzureBlobSpec {
  readonly kind: "azure-blob";
  /** Of the container, without query. */
  readonly containerUrl: string;
  /** Above our objects: `a/b`, or empty. */
  readonly prefix: string;
  readonly credential: AzureBlobCredential;
  /** Of the protocol; default: the newest that is known. */
  readonly serviceVersion?: "2021-08-06" | "2019-07-07";
}

export type AzureBlobCredential =
  /** Secret. */
  | { readonly kind: "account-key"; readonly accountKey: string }
  /** Secret. */
  | { readonly kind: "sas"; readonly sasToken: string }
  | { readonly kind: "managed-identity"; readonly clientId: string | undefined };

export interface S3Spec {
  readonly kind: "s3";
  /** Scheme, host and port. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly accessKeyId: string;
  /** Secret. */
  readonly secretAccessKey: string;
  /** Secret; of a temporary key. */
  readonly sessionToken?: string;
  /** `https://host/bucket/…` instead of `https://bucket.host/…`. */
  readonly usesPathStyle: boolean;
}

export interface SftpSpec {
  readonly kind: "sftp";
  readonly host: string;
  readonly port: number;
  /** Absolute, or below the account's own folder. */
  readonly path: string;
  readonly userName: string;
  /** Of the server's key, as `SHA256:…`: no other server is spoken to. */
  readonly hostKey: string;
  readonly credential: SftpCredential;
}

export type SftpCredential =
  /** Secret. */
  | { readonly kind: "password"; readonly password: string }
  /** Secret. */
  | {
      readonly kind: "private-key";
      readonly privateKey: string;
      readonly passphrase: string | undefined;
    };

export type RemoteSpec = Exclude<StoreSpec, LocalSpec>;

/** The host that a spec's secrets go to. */
export function hostOf(spec: RemoteSpec): {
  readonly host: string;
  readonly port: number;
  readonly isPlainHttp: boolean;
} {
  switch (spec.kind) {
    case "smb":
      return { host: spec.server, port: spec.port, isPlainHttp: false };
    case "sftp":
      return { host: spec.host, port: spec.port, isPlainHttp: false };
    case "azure-blob":
      return hostOfUrl(spec.containerUrl);
    case "s3":
      return hostOfUrl(spec.endpoint);
  }
}

/** Where a store is, for people and logs; holds no secret. */
export function describeStore(spec: StoreSpec): string {
  switch (spec.kind) {
    case "local":
      return spec.path;
    case "smb":
      return `\\\\${[spec.server, spec.share, ...spec.folders].join("\\")}`;
    case "azure-blob":
      return joinUrl(spec.containerUrl, spec.prefix);
    case "s3":
      return `s3:${joinUrl(`${spec.endpoint}/${spec.bucket}`, spec.prefix)}`;
    case "sftp":
      return `sftp://${spec.userName}@${spec.host}:${spec.port}${spec.path.startsWith("/") ? "" : "/~/"}${spec.path}`;
  }
}

function hostOfUrl(text: string): {
  readonly host: string;
  readonly port: number;
  readonly isPlainHttp: boolean;
} {
  const url = new URL(text);
  const isPlainHttp = url.protocol === "http:";
  const port = url.port === "" ? (isPlainHttp ? 80 : 443) : Number(url.port);
  return { host: url.hostname, port, isPlainHttp };
}

function joinUrl(url: string, prefix: string): string {
  return prefix === "" ? url : `${url}/${prefix}`;
}
