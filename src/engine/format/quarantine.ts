import { DocumentFields } from "./document-fields.ts";

/** The body of `quarantine/<id>`: damaged objects that no later backup may rely on. */
export interface Quarantine {
  /** 32 lower-case hex digits. */
  readonly id: string;
  readonly repositoryId: string;
  readonly createdAt: string;
  readonly objects: readonly QuarantinedObject[];
}

export interface QuarantinedObject {
  readonly name: string;
  /** What was found wrong with it. */
  readonly code: string;
  /** Index objects only: others that name all its packs, as far as these are there. */
  readonly replacedBy: readonly string[];
}

const format = "holdfast-quarantine";
const version = 1;

export function encodeQuarantine(quarantine: Quarantine): object {
  return { format, version, ...quarantine };
}

export function decodeQuarantine(
  body: Readonly<Record<string, unknown>>,
  object: string,
): Quarantine {
  const fields = new DocumentFields(body, object);
  fields.expectFormat(format, version);
  return {
    id: fields.hex("id", 32),
    repositoryId: fields.text("repositoryId"),
    createdAt: fields.text("createdAt"),
    objects: fields.objects("objects").map((item) => ({
      name: item.text("name"),
      code: item.text("code"),
      replacedBy: item.texts("replacedBy"),
    })),
  };
}
