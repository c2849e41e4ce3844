/**
 * What a PUT or PATCH of any api-version asks for, in one form: `undefined` keeps what is there, `null`
 * goes back to the default, a value sets it. The version files make it, `location-rules.ts` applies it.
 */
export interface LocationChange {
  readonly region: string | undefined;
  readonly tags: Readonly<Record<string, string>> | null | undefined;
  readonly store: StoreChange | null | undefined;
  readonly userName: string | null | undefined;
  /** Secret. */
  readonly password: string | undefined;
  /** Base64 of X.509 certificates, the shown one first. `null` forgets the encryption setting. */
  readonly certificates: readonly string[] | null | undefined;
  /** Secret: 2016-05-01 only. */
  readonly preSharedKey: string | undefined;
  readonly schedulerEnabled: boolean | null | undefined;
  readonly frequencyHours: number | null | undefined;
  readonly retentionDays: number | null | undefined;
  /** True where the version can show one certificate only: naming it again keeps the further recipients. */
  readonly keepsFurtherRecipients: boolean;
  readonly limits: SettingLimits;
  /** What the version calls the properties. */
  readonly names: PropertyNames;
}

/** Inclusive bounds; a value that is already in force passes. */
export interface SettingLimits {
  readonly frequencyHours: readonly [number, number];
  readonly retentionDays: readonly [number, number];
}

export type StoreChange =
  | { readonly kind: "path"; readonly path: string }
  /** Known by name, not served yet. */
  | { readonly kind: "unsupported"; readonly storeKind: string };

/** How the version calls the properties, for the `target` of errors. */
export interface PropertyNames {
  readonly path: string;
  readonly certificate: string;
  readonly preSharedKey: string;
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
    password: undefined,
    certificates: undefined,
    preSharedKey: undefined,
    schedulerEnabled: undefined,
    frequencyHours: undefined,
    retentionDays: undefined,
    keepsFurtherRecipients,
    limits,
    names,
  };
}
