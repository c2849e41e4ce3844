import type { StoreSpec } from "../../storage/store-spec.ts";
import { usageError } from "../arguments.ts";
import type { Cli, OptionSpecs } from "../command.ts";
import { readAll } from "../read-password.ts";
import { isStoreUrl, readStoreSpec } from "../store-url.ts";

export const storeOptions: OptionSpecs = {
  store: {
    summary:
      "Address of a share, bucket, container or SFTP folder; its secret comes from the environment",
    value: "ADDRESS",
  },
  "secret-stdin": { summary: "Read that secret from standard input instead" },
};

/** The `store` object of an address, as the service takes it, with its secrets. */
export async function readStoreBody(address: string, isPiped: boolean, cli: Cli): Promise<object> {
  if (!isStoreUrl(address))
    throw usageError(
      "--store takes smb://, sftp://, s3: or azure: addresses: give a folder of the service's machine with --path",
    );
  const environment = isPiped
    ? { ...cli.environment, [mainSecretOf(address)]: await readSecret(cli) }
    : cli.environment;
  return storeBody(readStoreSpec(address, environment));
}

/** What standard input brings, by the kind of the store. */
function mainSecretOf(address: string): string {
  if (address.startsWith("s3:")) return "HOLDFAST_S3_SECRET_ACCESS_KEY";
  if (address.startsWith("azure:")) return "HOLDFAST_AZURE_KEY";
  return "HOLDFAST_PASSWORD";
}

async function readSecret(cli: Cli): Promise<string> {
  const secret = (await readAll(cli.stdin)).replace(/\r?\n$/, "");
  if (secret !== "") return secret;
  throw usageError("Standard input brought no secret: pipe it into the command");
}

function storeBody(spec: StoreSpec): object {
  switch (spec.kind) {
    case "local":
      return { kind: "Local", path: spec.path };
    case "smb": {
      const { server, share, folders, port, userName, password, requireEncryption } = spec;
      const path = `\\\\${[server, share, ...folders].join("\\")}`;
      const where = port === 445 ? { path } : { path, port };
      return { kind: "Smb", ...where, userName, password, requireEncryption };
    }
    case "azure-blob": {
      const { containerUrl, prefix, credential, serviceVersion } = spec;
      const { kind, ...rest } = credential;
      const authentication = authentications[kind];
      return {
        kind: "AzureBlob",
        containerUrl: prefix === "" ? containerUrl : `${containerUrl}/${prefix}`,
        authentication,
        ...(serviceVersion === undefined ? {} : { serviceVersion }),
        ...rest,
      };
    }
    case "s3":
      return { ...spec, kind: "S3" };
    case "sftp": {
      const { credential, ...rest } = spec;
      return { ...rest, kind: "Sftp", ...sftpSecrets(credential) };
    }
  }
}

const authentications = {
  "account-key": "AccountKey",
  sas: "Sas",
  "managed-identity": "ManagedIdentity",
} as const;

function sftpSecrets(credential: Extract<StoreSpec, { kind: "sftp" }>["credential"]): object {
  if (credential.kind === "password") return { password: credential.password };
  const { privateKey, passphrase } = credential;
  return { privateKey, ...(passphrase === undefined ? {} : { privateKeyPassphrase: passphrase }) };
}
