import { AppError } from "../../base/errors.ts";
import { pick, retarget } from "./change-parts.ts";
import type {
  AzureBlobChange,
  LocationChange,
  S3Change,
  SftpChange,
  SmbChange,
  StoreChange,
} from "./location-change.ts";
import type {
  AzureBlobSetting,
  LocalSetting,
  S3Setting,
  SftpSetting,
  SmbSetting,
  StoreSetting,
} from "../model.ts";
import type { StoreAddresses, StorePath } from "../ports.ts";
import { renderStoreText } from "./store-text.ts";

/** What reads and judges the addresses of stores. */
export interface StoreTools {
  readonly parseStorePath: (path: string) => StorePath;
  readonly addresses: StoreAddresses;
}

/** The store after a change; throws the first rule it breaks, pointing at the property. */
export function changeStore(
  base: StoreSetting,
  change: LocationChange,
  tools: StoreTools,
): StoreSetting {
  if (change.store === null) return { kind: "none", cleared: true };
  if (change.store === undefined) return changeUserOnly(base, change);
  const store = applyStore(base, change.store, change, tools);
  checkHost(store, change, tools);
  return store;
}

function applyStore(
  base: StoreSetting,
  store: StoreChange,
  change: LocationChange,
  tools: StoreTools,
): StoreSetting {
  switch (store.kind) {
    case "path":
      return applyPath(base, store.path, change, tools);
    case "local":
      return applyLocal(base, requirePath(base, store.path, change), change, tools);
    case "smb":
      return applySmb(base, store, change, tools);
    case "azure-blob":
      return applyBlob(base, store, change, tools);
    case "s3":
      return applyS3(base, store, change, tools);
    case "sftp":
      return applySftp(base, store, change, tools);
  }
}

/** A path of a published version. What these show of stores they do not know is taken as "unchanged". */
function applyPath(
  base: StoreSetting,
  path: string,
  change: LocationChange,
  tools: StoreTools,
): StoreSetting {
  const isShown = base.kind === "s3" || base.kind === "sftp";
  if (isShown && renderStoreText(base) === path) return base;
  if (!path.startsWith("\\\\")) return applyLocal(base, path, change, tools);
  return applySmb(
    base,
    { kind: "smb", path, port: undefined, requireEncryption: undefined },
    change,
    tools,
  );
}

function applyLocal(
  base: StoreSetting,
  path: string,
  change: LocationChange,
  tools: StoreTools,
): LocalSetting {
  const known = base.kind === "local" ? base : undefined;
  const userName = pick(change.userName, known?.userName ?? null, null);
  if (known?.path === path) return { ...known, userName };
  const target = change.names.path;
  const parsed = retarget(target, () => tools.parseStorePath(path));
  if (parsed.kind === "local") return { kind: "local", path, folder: parsed.path, userName };
  throw new AppError(
    "InvalidBackupPath",
    `The path "${path}" names a share: give a folder of the service's machine, or a store of kind "Smb"`,
    { target },
  );
}

function applySmb(
  base: StoreSetting,
  sent: SmbChange,
  change: LocationChange,
  tools: StoreTools,
): SmbSetting {
  const known = base.kind === "smb" ? base : undefined;
  const path = requirePath(base, sent.path, change);
  const target = change.names.path;
  const parsed = retarget(target, () => tools.parseStorePath(path));
  if (parsed.kind !== "smb") {
    throw new AppError(
      "InvalidBackupPath",
      "A share is given as \\\\server\\share or \\\\server\\share\\folder",
      { target },
    );
  }
  const { server, share, folders } = parsed;
  const isSameServer = known?.server.toLowerCase() === server.toLowerCase();
  return {
    kind: "smb",
    path,
    server,
    port: pick(sent.port, isSameServer ? (known?.port ?? null) : null, null),
    share,
    folders,
    userName: requireUserName(known?.userName, change),
    requireEncryption: pick(sent.requireEncryption, known?.requireEncryption ?? true, true),
  };
}

function applyBlob(
  base: StoreSetting,
  sent: AzureBlobChange,
  change: LocationChange,
  { addresses }: StoreTools,
): AzureBlobSetting {
  const known = base.kind === "azure-blob" ? base : undefined;
  const target = change.names.url;
  const url = required(sent.url ?? known?.url, target, "the address of the container");
  const authentication = sent.authentication ?? known?.authentication ?? "account-key";
  const serviceVersion = pick(sent.serviceVersion, known?.serviceVersion ?? null, null);
  return {
    kind: "azure-blob",
    url,
    ...retarget(target, () => addresses.parseContainerUrl(url)),
    authentication,
    clientId:
      authentication === "managed-identity"
        ? pick(sent.clientId, known?.clientId ?? null, null)
        : null,
    ...(serviceVersion === null ? {} : { serviceVersion }),
  };
}

function applyS3(
  base: StoreSetting,
  sent: S3Change,
  { names }: LocationChange,
  { addresses }: StoreTools,
): S3Setting {
  const known = base.kind === "s3" ? base : undefined;
  const below = (name: string): string => names.store.replace(/kind$/, name);
  const endpoint = required(sent.endpoint ?? known?.endpoint, below("endpoint"), "the endpoint");
  const prefix = pick(sent.prefix, known?.prefix ?? "", "");
  return {
    kind: "s3",
    endpoint: retarget(below("endpoint"), () => addresses.parseEndpoint(endpoint)),
    region: pick(sent.region, known?.region ?? defaultS3Region, defaultS3Region),
    bucket: required(sent.bucket ?? known?.bucket, below("bucket"), "the bucket"),
    prefix: retarget(below("prefix"), () => addresses.parsePrefix(prefix)),
    accessKeyId: required(
      sent.accessKeyId ?? known?.accessKeyId,
      below("accessKeyId"),
      "the id of the access key",
    ),
    usesPathStyle: pick(sent.usesPathStyle, known?.usesPathStyle ?? true, true),
  };
}

const defaultS3Region = "us-east-1"; // what servers without regions call themselves
const sshPort = 22;

function applySftp(
  base: StoreSetting,
  sent: SftpChange,
  change: LocationChange,
  { addresses }: StoreTools,
): SftpSetting {
  const known = base.kind === "sftp" ? base : undefined;
  const below = (name: string): string => change.names.store.replace(/kind$/, name);
  const host = required(sent.host ?? known?.host, below("host"), "the server");
  const path = required(sent.path ?? known?.path, below("path"), "the folder");
  const hostKey = required(
    sent.hostKey ?? known?.hostKey,
    below("hostKey"),
    "the fingerprint of the server's key",
  );
  return {
    kind: "sftp",
    host: retarget(below("host"), () => addresses.parseHostName(host)),
    port: pick(sent.port, known?.port ?? sshPort, sshPort),
    path: retarget(below("path"), () => addresses.parseSftpPath(path)),
    userName: requireUserName(known?.userName, change),
    hostKey: retarget(below("hostKey"), () => addresses.parseHostKey(hostKey)),
  };
}

/** Nothing of the store was sent but perhaps an account. */
function changeUserOnly(base: StoreSetting, change: LocationChange): StoreSetting {
  switch (base.kind) {
    case "local":
      return { ...base, userName: pick(change.userName, base.userName, null) };
    case "smb":
    case "sftp":
      return { ...base, userName: requireUserName(base.userName, change) };
    case "azure-blob":
    case "s3":
      return base;
    case "none":
      checkNothingToKeep(change);
      return base;
  }
}

/** A user name or password without a store would be lost in silence. */
function checkNothingToKeep(change: LocationChange): void {
  const isNothing = (value: string | null | undefined): boolean =>
    value === undefined || value === null || value === "";
  if (isNothing(change.userName) && isNothing(change.secrets.password)) return;
  throw new AppError(
    "InvalidArgument",
    "A user name or password needs a path: send the path with it",
    { target: change.names.path },
  );
}

function requirePath(base: StoreSetting, path: string | undefined, change: LocationChange): string {
  const known =
    change.store?.kind === base.kind && (base.kind === "local" || base.kind === "smb")
      ? base.path
      : undefined;
  return required(path ?? known, change.names.path, "the path");
}

/** Never guest, never anonymous. */
function requireUserName(known: string | undefined, { userName, names }: LocationChange): string {
  const name = userName === undefined ? known : (userName ?? undefined);
  const text = required(name, names.userName, "the account");
  if (text.length <= 512 && !/[\p{Cc}\p{Cf}]/u.test(text)) return text;
  throw new AppError(
    "InvalidArgument",
    "The user name holds an invisible character or is longer than 512 characters: write it as name, DOMAIN\\name or name@domain",
    { target: names.userName },
  );
}

function required(value: string | undefined, target: string, what: string): string {
  if (value !== undefined && value !== "") return value;
  throw new AppError("InvalidArgument", `A store of this kind needs ${what}: send "${target}"`, {
    target,
  });
}

/** Before anything is stored, and again before anything is sent. */
function checkHost(
  store: StoreSetting,
  { names }: LocationChange,
  { addresses }: StoreTools,
): void {
  const below = (name: string): string => names.store.replace(/kind$/, name);
  switch (store.kind) {
    case "none":
    case "local":
      return;
    case "smb":
      return retarget(names.path, () =>
        addresses.checkHost(store.server, addresses.smbPort(store.server, store.port)),
      );
    case "azure-blob":
      return retarget(names.url, () => addresses.checkUrl(store.containerUrl));
    case "s3":
      return retarget(below("endpoint"), () => addresses.checkUrl(store.endpoint));
    case "sftp":
      return retarget(below("host"), () => addresses.checkHost(store.host, store.port));
  }
}
