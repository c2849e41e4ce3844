import type {
  BackupRecord,
  DeploymentInfo,
  LedgerHead,
  RecipientName,
  RoleResult,
} from "../model.ts";
import { DocumentFields } from "./document-fields.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { chunkReferenceBytes } from "./limits.ts";

/** The body of `backups/<id>`: what anyone may read, and a sealed part for holders of the metadata keys. */
export interface Manifest {
  readonly repositoryId: string;
  readonly epochId: string;
  readonly dataKeyId: string;
  readonly backupId: string;
  readonly sequence: number;
  /** The ledger: the manifest before this one, null for the first. */
  readonly previous: { readonly backupId: string; readonly manifestHash: string } | null;
  readonly fence: number;
  readonly status: BackupRecord["status"];
  readonly createdAt: string;
  readonly endedAt: string;
  readonly isAutomatic: boolean;
  readonly isCloudRecoveryReady: boolean;
  readonly deployment: DeploymentInfo;
  readonly recipients: readonly RecipientName[];
  readonly roles: readonly RoleResult[];
  readonly plainBytes: number;
  readonly newBytes: number;
  readonly storedBytes: number;
  /** Name of the refs object that lists every object this backup relies on. */
  readonly refs: string;
  /** Sealed `encodeRoots`, base64. */
  readonly sealed: string;
}

/** Where a role's tree begins: its bytes and the chunks it was cut into. */
export interface TreeRoot {
  readonly role: string;
  readonly bytes: number;
  readonly chunks: Buffer;
}

const format = "holdfast-backup";
const version = 1;

export function encodeManifest(manifest: Manifest): object {
  return { format, version, ...manifest };
}

export function decodeManifest(body: Readonly<Record<string, unknown>>, object: string): Manifest {
  const fields = new DocumentFields(body, object);
  fields.expectFormat(format, version);
  return {
    repositoryId: fields.text("repositoryId"),
    epochId: fields.hex("epochId", 32),
    dataKeyId: fields.hex("dataKeyId", 32),
    backupId: fields.text("backupId"),
    sequence: fields.number("sequence"),
    previous: fields.has("previous") ? decodePrevious(fields.object("previous")) : null,
    fence: fields.number("fence"),
    ...decodeSummary(fields),
    deployment: decodeDeployment(fields.object("deployment")),
    recipients: fields.objects("recipients").map(decodeRecipientName),
    roles: fields.objects("roles").map(decodeRole),
    refs: fields.text("refs"),
    sealed: fields.text("sealed"),
  };
}

export function toBackupRecord(
  manifest: Manifest,
  manifestHash: string,
  signature: BackupRecord["signature"],
): BackupRecord {
  const {
    refs: _refs,
    sealed: _sealed,
    fence: _fence,
    previous: _previous,
    dataKeyId: _dataKeyId,
    ...shown
  } = manifest;
  return { ...shown, manifestHash, signature };
}

export function ledgerHeadOf(record: BackupRecord): LedgerHead {
  return {
    sequence: record.sequence,
    backupId: record.backupId,
    manifestHash: record.manifestHash,
  };
}

/** A role's name becomes a folder of a restore: none that leads elsewhere. */
export function isFolderName(role: string): boolean {
  const bytes = Buffer.byteLength(role, "utf8");
  return bytes > 0 && bytes <= 255 && role !== "." && role !== ".." && !/[/\0]/.test(role);
}

/** Role count, then each role's name, tree bytes and chunk references. */
export function encodeRoots(roots: readonly TreeRoot[]): Buffer {
  const writer = new ByteWriter().u32(roots.length);
  for (const root of roots) {
    const name = Buffer.from(root.role, "utf8");
    writer.u16(name.length).bytes(name).u64(BigInt(root.bytes));
    writer.u32(root.chunks.length / chunkReferenceBytes).bytes(root.chunks);
  }
  return writer.take();
}

export function decodeRoots(bytes: Uint8Array, object: string): TreeRoot[] {
  const reader = new ByteReader(bytes, object);
  const roots: TreeRoot[] = [];
  const count = reader.count(maxRoles, "roles");
  for (let i = 0; i < count; i++) {
    const role = reader.bytes(reader.u16()).toString("utf8");
    const treeBytes = Number(reader.u64());
    const chunks = reader.u32() * chunkReferenceBytes;
    if (chunks > reader.remaining) throw reader.corrupt("claims more tree chunks than it holds");
    roots.push({ role, bytes: treeBytes, chunks: Buffer.from(reader.bytes(chunks)) });
  }
  reader.end();
  return roots;
}

const maxRoles = 4096;

function decodeSummary(
  fields: DocumentFields,
): Pick<
  Manifest,
  | "status"
  | "createdAt"
  | "endedAt"
  | "isAutomatic"
  | "isCloudRecoveryReady"
  | "plainBytes"
  | "newBytes"
  | "storedBytes"
> {
  return {
    status: fields.oneOf("status", ["Succeeded", "PartialSucceeded", "Failed"]),
    createdAt: fields.text("createdAt"),
    endedAt: fields.text("endedAt"),
    isAutomatic: fields.flag("isAutomatic"),
    isCloudRecoveryReady: fields.flag("isCloudRecoveryReady"),
    plainBytes: fields.number("plainBytes"),
    newBytes: fields.number("newBytes"),
    storedBytes: fields.number("storedBytes"),
  };
}

function decodePrevious(fields: DocumentFields): { backupId: string; manifestHash: string } {
  return { backupId: fields.text("backupId"), manifestHash: fields.hex("manifestHash", 64) };
}

function decodeDeployment(fields: DocumentFields): DeploymentInfo {
  return {
    deploymentId: fields.text("deploymentId"),
    region: fields.text("region"),
    stampVersion: fields.optionalText("stampVersion"),
    oemVersion: fields.optionalText("oemVersion"),
  };
}

export function decodeRecipientName(fields: DocumentFields): RecipientName {
  const kind = fields.oneOf("kind", ["certificate", "pre-shared-key"]);
  const optional = (name: "thumbprint" | "subject" | "notAfter"): object =>
    fields.has(name) ? { [name]: fields.text(name) } : {};
  return {
    kind,
    keyId: fields.text("keyId"),
    ...optional("thumbprint"),
    ...optional("subject"),
    ...optional("notAfter"),
  };
}

function decodeRole(fields: DocumentFields): RoleResult {
  const error = fields.has("error") ? fields.object("error") : undefined;
  return {
    name: fields.text("name"),
    status: fields.oneOf("status", ["Succeeded", "PartialSucceeded", "Failed", "Skipped"]),
    required: fields.flag("required"),
    essential: fields.flag("essential"),
    startedAt: fields.text("startedAt"),
    endedAt: fields.text("endedAt"),
    files: fields.number("files"),
    directories: fields.number("directories"),
    otherEntries: fields.number("otherEntries"),
    plainBytes: fields.number("plainBytes"),
    newBytes: fields.number("newBytes"),
    warnings: fields.number("warnings"),
    ...(error === undefined
      ? {}
      : { error: { code: error.text("code"), message: error.text("message") } }),
  };
}
