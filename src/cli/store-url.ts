import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../base/errors.ts";
import {
  parseContainerUrl,
  parseEndpoint,
  parseHostKey,
  parseHostName,
  parsePrefix,
  parseSftpPath,
} from "../storage/store-address.ts";
import { parseBackupPath } from "../storage/path.ts";
import type { AzureBlobCredential, SftpCredential, StoreSpec } from "../storage/store-spec.ts";
import { usageError } from "./arguments.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the text names a store elsewhere; anything else is a folder of this machine. */
export function isStoreUrl(text: string): boolean {
  return /^(?:smb:\/\/|sftp:\/\/|s3:|azure:)/.test(text);
}

/**
 * Reads what `--repo` names: a folder, `smb://user@server[:port]/share/folder`, `sftp://user@host[:port]/folder` (`/~/folder` is below the account's own),
 * `s3:https://endpoint/bucket/prefix` or `azure:https://account.blob.suffix/container/prefix`. Secrets come from
 * the environment, or from files it names, never from the text. `role` (`FROM` or `TO`) is asked for first
 * where two stores are in play.
 */
export function readStoreSpec(text: string, environment: Environment, role?: string): StoreSpec {
  const secrets = secretReader(environment, role);
  if (text.startsWith("smb://")) return readSmb(text, secrets);
  if (text.startsWith("sftp://")) return readSftp(text, secrets);
  if (text.startsWith("s3:")) return readS3(text.slice(3), secrets);
  if (text.startsWith("azure:")) return readAzure(text.slice(6), secrets);
  return { kind: "local", path: resolve(text) };
}

interface SecretReader {
  find(name: string): string | undefined;
  require(name: string, what: string): string;
}

/** `HOLDFAST_FROM_PASSWORD`, `HOLDFAST_PASSWORD`, or a file that `…_FILE` names. */
function secretReader(environment: Environment, role: string | undefined): SecretReader {
  const find = (name: string): string | undefined => {
    const prefixes = role === undefined ? ["HOLDFAST_"] : [`HOLDFAST_${role}_`, "HOLDFAST_"];
    for (const prefix of prefixes) {
      const value = environment[`${prefix}${name}`];
      if (value !== undefined && value !== "") return value;
      const file = environment[`${prefix}${name}_FILE`];
      if (file !== undefined && file !== "") return readSecretFile(file);
    }
    return undefined;
  };
  return {
    find,
    require: (name, what) => {
      const value = find(name);
      if (value !== undefined) return value;
      throw usageError(
        `${what} is missing: put it into HOLDFAST_${name}, or its file into HOLDFAST_${name}_FILE`,
      );
    },
  };
}

function readSecretFile(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new AppError("InvalidArgument", `Cannot read the secret in "${file}": check the file`, {
      cause,
    });
  }
}

function readSmb(text: string, secrets: SecretReader): StoreSpec {
  const url = readUrl(text, "smb://user@server/share/folder");
  const names = url.pathname.split("/").filter((name) => name !== "");
  const unc = `\\\\${[url.hostname, ...names.map((name) => decodeURIComponent(name))].join("\\")}`;
  const parsed = parseBackupPath(unc);
  if (parsed.kind !== "smb") throw usageError("A share is given as smb://user@server/share/folder");
  return {
    ...parsed,
    port: url.port === "" ? 445 : Number(url.port),
    userName: userOf(url),
    password: secrets.require("PASSWORD", "The password of the share"),
    requireEncryption: secrets.find("SMB_SIGN_ONLY") !== "yes",
  };
}

function readSftp(text: string, secrets: SecretReader): StoreSpec {
  const url = readUrl(text, "sftp://user@host:port/folder");
  const path = decodeURIComponent(url.pathname).replace(/^\/~\//, "");
  return {
    kind: "sftp",
    host: parseHostName(url.hostname),
    port: url.port === "" ? 22 : Number(url.port),
    path: parseSftpPath(path),
    userName: userOf(url),
    hostKey: parseHostKey(
      secrets.require("SFTP_HOST_KEY", "The fingerprint of the server's key (SHA256:…)"),
    ),
    credential: sftpCredential(secrets),
  };
}

function sftpCredential(secrets: SecretReader): SftpCredential {
  const privateKey = secrets.find("SFTP_KEY");
  if (privateKey === undefined) {
    const password = secrets.require("PASSWORD", "The password (or HOLDFAST_SFTP_KEY_FILE)");
    return { kind: "password", password };
  }
  // The line end was taken off as from any secret; OpenSSH's form wants it back.
  const passphrase = secrets.find("SFTP_KEY_PASSPHRASE");
  return { kind: "private-key", privateKey: `${privateKey}\n`, passphrase };
}

function readS3(text: string, secrets: SecretReader): StoreSpec {
  const url = readUrl(text, "s3:https://endpoint/bucket/prefix");
  const [bucket, ...rest] = url.pathname.split("/").filter((name) => name !== "");
  if (bucket === undefined) throw usageError("A bucket is given as s3:https://endpoint/bucket");
  const sessionToken = secrets.find("S3_SESSION_TOKEN");
  return {
    kind: "s3",
    endpoint: parseEndpoint(url.origin),
    region: secrets.find("S3_REGION") ?? "us-east-1",
    bucket,
    prefix: parsePrefix(rest.join("/")),
    accessKeyId: secrets.require("S3_ACCESS_KEY_ID", "The id of the access key"),
    secretAccessKey: secrets.require("S3_SECRET_ACCESS_KEY", "The access key"),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    usesPathStyle: secrets.find("S3_VIRTUAL_HOST") !== "yes",
  };
}

function readAzure(text: string, secrets: SecretReader): StoreSpec {
  const version = secrets.find("AZURE_VERSION");
  const known = blobServiceVersions.find((one) => one === version);
  if (version !== undefined && known === undefined)
    throw usageError(`HOLDFAST_AZURE_VERSION must be ${blobServiceVersions.join(" or ")}`);
  return {
    kind: "azure-blob",
    ...parseContainerUrl(text),
    ...(known === undefined ? {} : { serviceVersion: known }),
    credential: blobCredential(secrets),
  };
}

/** Versions of the storage service; the older one is for Azure Stack Hub. */
const blobServiceVersions = ["2021-08-06", "2019-07-07"] as const;

function blobCredential(secrets: SecretReader): AzureBlobCredential {
  const accountKey = secrets.find("AZURE_KEY");
  if (accountKey !== undefined) return { kind: "account-key", accountKey };
  const sasToken = secrets.find("AZURE_SAS");
  if (sasToken !== undefined) return { kind: "sas", sasToken };
  return { kind: "managed-identity", clientId: secrets.find("AZURE_CLIENT_ID") };
}

function readUrl(text: string, form: string): URL {
  const url = URL.parse(text);
  if (url === null || url.hostname === "" || url.search !== "" || url.hash !== "")
    throw usageError(`This is no address of a store: write ${form}`);
  // The parser resolves steps, so what was written is looked at.
  if (/\/(?:\.|%2e){1,2}(?:\/|$)|%2f|%5c/i.test(text))
    throw usageError(
      'The address holds a "." or ".." step, or an encoded slash: write plain names',
    );
  if (url.password !== "" || /^[^/]*\/\/[^/@]*:[^/@]*@/.test(text)) {
    // Not repeated: it is a password.
    throw usageError("The address holds a password, which others can see: use HOLDFAST_PASSWORD");
  }
  return url;
}

function userOf(url: URL): string {
  if (url.username === "")
    throw usageError("The address names no user: write user@ before the host");
  // `DOMAIN;user` is how addresses of shares write a domain.
  return decodeURIComponent(url.username).replace(";", "\\");
}
