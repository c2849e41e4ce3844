import type {
  AzureBlobSetting,
  BlobServiceVersion,
  RetentionTiers,
  SchedulePlan,
  SecretName,
} from "../model.ts";

/**
 * What a PUT or PATCH of any api-version asks for, in one form: `undefined` keeps what is there, `null`
 * goes back to the default, a value sets it. The version files make it, `location-rules.ts` applies it.
 */
export interface LocationChange {
  readonly region: string | undefined;
  readonly tags: Readonly<Record<string, string>> | null | undefined;
  readonly store: StoreChange | null | undefined;
  readonly userName: string | null | undefined;
  /** Secrets that were sent; a left-out one stays, as long as the store is on the same host. */
  readonly secrets: SentSecrets;
  /** Base64 of X.509 certificates, the shown one first. `null` forgets the encryption setting. */
  readonly certificates: readonly string[] | null | undefined;
  readonly schedulerEnabled: boolean | null | undefined;
  readonly frequencyHours: number | null | undefined;
  /** Undefined in versions that know no more than a frequency. */
  readonly plan: PlanChange | undefined;
  readonly retentionDays: number | null | undefined;
  /** Undefined in versions that know no more than days. */
  readonly retentionTiers: TierChange | undefined;
  /** True where the version can show one certificate only: naming it again keeps the further recipients. */
  readonly keepsFurtherRecipients: boolean;
  readonly limits: SettingLimits;
  /** What the version calls the properties. */
  readonly names: PropertyNames;
}

/** What changes of a schedule's plan. */
export type PlanChange = {
  readonly [name in keyof SchedulePlan]: SchedulePlan[name] | null | undefined;
};

/** What changes of the tiers. */
export type TierChange = { readonly [name in keyof RetentionTiers]: number | null | undefined };

/** Inclusive bounds; a value that is already in force passes. */
export interface SettingLimits {
  readonly frequencyHours: readonly [number, number];
  readonly retentionDays: readonly [number, number];
}

/** In the clear; never stored. */
export type SentSecrets = Readonly<Partial<Record<SecretName, string>>>;

/** A kind, and of its settings those that were sent: the rest is kept where the kind stays, else defaulted or asked for. */
export type StoreChange =
  /** As published versions write it: a folder of this machine, or a share. */
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "local"; readonly path: string | undefined }
  | SmbChange
  | AzureBlobChange
  | S3Change
  | SftpChange;

export interface SmbChange {
  readonly kind: "smb";
  readonly path: string | undefined;
  readonly port: number | null | undefined;
  readonly requireEncryption: boolean | null | undefined;
}

export interface AzureBlobChange {
  readonly kind: "azure-blob";
  readonly url: string | undefined;
  readonly authentication: AzureBlobSetting["authentication"] | undefined;
  readonly clientId: string | null | undefined;
  readonly serviceVersion: BlobServiceVersion | null | undefined;
}

export interface S3Change {
  readonly kind: "s3";
  readonly endpoint: string | undefined;
  readonly region: string | null | undefined;
  readonly bucket: string | undefined;
  readonly prefix: string | null | undefined;
  readonly accessKeyId: string | undefined;
  readonly usesPathStyle: boolean | null | undefined;
}

export interface SftpChange {
  readonly kind: "sftp";
  readonly host: string | undefined;
  readonly port: number | null | undefined;
  readonly path: string | undefined;
  readonly hostKey: string | undefined;
}

/** How the version calls the properties, for the `target` of errors. */
export interface PropertyNames {
  readonly path: string;
  /** Address of a blob container. */
  readonly url: string;
  readonly certificate: string;
  readonly secrets: Readonly<Record<SecretName, string>>;
  readonly schedule: string;
  readonly frequency: string;
  readonly retention: string;
  readonly store: string;
  readonly userName: string;
}

/** A change that keeps everything: version files spread it and set what was sent. */
export function keepEverything(
  names: PropertyNames,
  limits: SettingLimits,
  keepsFurtherRecipients: boolean,
): LocationChange {
  return {
    region: undefined,
    tags: undefined,
    store: undefined,
    userName: undefined,
    secrets: {},
    certificates: undefined,
    schedulerEnabled: undefined,
    frequencyHours: undefined,
    plan: undefined,
    retentionDays: undefined,
    retentionTiers: undefined,
    keepsFurtherRecipients,
    limits,
    names,
  };
}
