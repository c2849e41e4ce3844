import { DocumentFields } from "./document-fields.ts";
import type { ObjectReference } from "./refs.ts";

/** The body of `tombstones/<id>`: what prune is going to remove, signed before the first removal. */
export interface Tombstone {
  /** 32 lower-case hex digits. */
  readonly id: string;
  readonly repositoryId: string;
  /** The grace of the objects counts from here. */
  readonly createdAt: string;
  readonly fence: number;
  /** Backups taken out of the ledger; their successors' `previous` is explained by them. */
  readonly backups: readonly RemovedBackup[];
  readonly objects: readonly ObjectReference[];
}

export interface RemovedBackup {
  readonly backupId: string;
  /** Of the manifest that was removed; null when it could not be read or was lost. */
  readonly manifestHash: string | null;
}

const format = "holdfast-tombstone";
const version = 1;

export function encodeTombstone(tombstone: Tombstone): object {
  return { format, version, ...tombstone };
}

export function decodeTombstone(
  body: Readonly<Record<string, unknown>>,
  object: string,
): Tombstone {
  const fields = new DocumentFields(body, object);
  fields.expectFormat(format, version);
  const createdAt = fields.text("createdAt");
  if (Number.isNaN(Date.parse(createdAt))) throw fields.corrupt("createdAt");
  return {
    id: fields.hex("id", 32),
    repositoryId: fields.text("repositoryId"),
    createdAt,
    fence: fields.number("fence"),
    backups: fields.objects("backups").map((item) => ({
      backupId: item.text("backupId"),
      manifestHash: item.has("manifestHash") ? item.hex("manifestHash", 64) : null,
    })),
    objects: fields.objects("objects").map((item) => {
      const name = item.text("name");
      if (!removable.test(name)) throw item.corrupt("name");
      return { name, bytes: item.number("bytes") };
    }),
  };
}

/** Only these kinds are ever removed: no tombstone can name a config, an epoch or a manifest as garbage. */
const removable =
  /^(?:data\/[0-9a-f]{2}\/[0-9a-f]{64}|(?:index|refs)\/[0-9a-f]{64}|keys\/[0-9a-f]{32})$/;

/** True for names of the kinds that prune may remove. */
export function isRemovableName(name: string): boolean {
  return removable.test(name);
}
