import { isDeepStrictEqual } from "node:util";

import { AppError, toAppError } from "../base/errors.ts";
import { regionChanged } from "./faults.ts";
import type { LocationChange } from "./location-change.ts";
import type {
  CertificateSetting,
  EncryptionSetting,
  LocationSecrets,
  LocationSettings,
  StoreSetting,
} from "./model.ts";
import { defaultFrequencyHours, defaultRetentionDays } from "./model.ts";
import type { IdentityPort, StorePath } from "./ports.ts";

/** What a location is made of when a change is judged. */
export interface Configuration {
  readonly settings: LocationSettings;
  readonly secrets: LocationSecrets;
}

export interface RuleTools {
  readonly identity: IdentityPort;
  readonly parseStorePath: (path: string) => StorePath;
  readonly now: number;
}

/** The outcome of a change: secrets still in the clear, to be sealed when the write is accepted. */
export interface ChangedConfiguration extends Configuration {
  /** Secrets the change brings, by their name in {@link LocationSecrets}. Never stored. */
  readonly newSecrets: { readonly password?: string; readonly preSharedKey?: string };
}

/** What a location is before anybody configured it. */
export function unconfigured(region: string): LocationSettings {
  return {
    region,
    tags: {},
    store: { kind: "none", cleared: false },
    encryption: { kind: "none" },
    schedulerEnabled: null,
    frequencyHours: defaultFrequencyHours,
    retentionDays: defaultRetentionDays,
  };
}

/** Applies a change to what is there; throws the first rule it breaks and changes nothing. */
export function applyChange(
  base: Configuration,
  change: LocationChange,
  tools: RuleTools,
): ChangedConfiguration {
  checkRegion(base.settings.region, change.region);
  const store = changeStore(base.settings.store, change, tools);
  const encryption = changeEncryption(base.settings.encryption, change, tools);
  const settings: LocationSettings = {
    region: base.settings.region,
    tags: change.tags === undefined ? base.settings.tags : (change.tags ?? {}),
    store,
    encryption,
    schedulerEnabled: pick(change.schedulerEnabled, base.settings.schedulerEnabled, null),
    frequencyHours: changeNumber("frequencyHours", base.settings, change, defaultFrequencyHours),
    retentionDays: changeNumber("retentionDays", base.settings, change, defaultRetentionDays),
  };
  return { settings, ...changeSecrets(base, store, change) };
}

/** True when both configurations mean the same; new secrets are compared with the sealed ones by opening these. */
export function isSameConfiguration(
  stored: Configuration,
  changed: ChangedConfiguration,
  unseal: (name: keyof LocationSecrets, sealed: string) => string,
): boolean {
  if (!isDeepStrictEqual(stored.settings, changed.settings)) return false;
  return (["password", "preSharedKey"] as const).every((name) => {
    const sealed = stored.secrets[name];
    const fresh = changed.newSecrets[name];
    if (fresh === undefined) return sealed === changed.secrets[name];
    return sealed !== undefined && unseal(name, sealed) === fresh;
  });
}

/** True when both would write to the same store for the same recipients. */
export function isSameTarget(left: LocationSettings, right: LocationSettings): boolean {
  return (
    isDeepStrictEqual(left.store, right.store) &&
    isDeepStrictEqual(left.encryption, right.encryption)
  );
}

/** `West US` and `westus` are one region. */
function checkRegion(current: string, asked: string | undefined): void {
  const plain = (text: string): string => text.toLowerCase().replaceAll(" ", "");
  if (asked === undefined || plain(asked) === plain(current)) return;
  throw regionChanged(current, asked);
}

function changeStore(base: StoreSetting, change: LocationChange, tools: RuleTools): StoreSetting {
  if (change.store === null) return { kind: "none", cleared: true };
  if (change.store?.kind === "unsupported") {
    throw new AppError(
      "UnsupportedStore",
      `Stores of kind "${change.store.storeKind}" are not supported yet: give the path of a local or mounted folder`,
      { target: change.names.store },
    );
  }
  const userName = pick(change.userName, base.kind === "local" ? base.userName : null, null);
  if (change.store === undefined) {
    if (base.kind === "local") return { ...base, userName };
    checkNothingToKeep(change);
    return base;
  }
  const { path } = change.store;
  if (base.kind === "local" && base.path === path) return { ...base, userName };
  return { kind: "local", path, folder: readFolder(path, change, tools), userName };
}

/** A user name or password without a store would be lost in silence. */
function checkNothingToKeep(change: LocationChange): void {
  const isNothing = (value: string | null | undefined): boolean =>
    value === undefined || value === null || value === "";
  if (isNothing(change.userName) && isNothing(change.password)) return;
  throw new AppError(
    "InvalidArgument",
    "A user name or password needs a path: send the path with it",
    {
      target: change.names.path,
    },
  );
}

function readFolder(path: string, change: LocationChange, tools: RuleTools): string {
  const target = change.names.path;
  const parsed = retarget(target, () => tools.parseStorePath(path));
  if (parsed.kind === "local") return parsed.path;
  throw new AppError(
    "UnsupportedStore",
    `The share "${path}" cannot be used directly yet: mount it and give the mounted folder's path`,
    { target },
  );
}

function changeEncryption(
  base: EncryptionSetting,
  change: LocationChange,
  tools: RuleTools,
): EncryptionSetting {
  if (change.preSharedKey !== undefined) {
    checkPreSharedKey(base, change.preSharedKey, change.names.preSharedKey);
    return { kind: "pre-shared-key" };
  }
  if (change.certificates === undefined) return base;
  if (change.certificates === null || change.certificates.length === 0) return { kind: "none" };
  return {
    kind: "certificates",
    certificates: changeCertificates(base, change.certificates, change, tools),
  };
}

function changeCertificates(
  base: EncryptionSetting,
  sent: readonly string[],
  change: LocationChange,
  { identity, now }: RuleTools,
): readonly CertificateSetting[] {
  const fresh = sent.map((text) =>
    retarget(change.names.certificate, (): CertificateSetting => {
      const read = identity.readCertificate(text, now);
      return {
        certificateBase64: read.certificateBase64,
        thumbprint: read.thumbprint,
        keyId: read.keyId,
        subject: read.subject,
        notAfter: read.notAfter,
      };
    }),
  );
  const known = base.kind === "certificates" ? base.certificates : [];
  const isShownOne = change.keepsFurtherRecipients && known[0]?.thumbprint === fresh[0]?.thumbprint;
  return isShownOne
    ? known
    : fresh.filter(
        (one, index) => fresh.findIndex((other) => other.thumbprint === one.thumbprint) === index,
      );
}

/** One way only: whoever holds a certificate is not sent back to a shared key. */
function checkPreSharedKey(base: EncryptionSetting, keyBase64: string, target: string): void {
  if (base.kind === "certificates") {
    throw new AppError(
      "InvalidEncryptionKey",
      "This location is encrypted to a certificate and cannot go back to a pre-shared key: leave the key out",
      { target },
    );
  }
  const bytes =
    /^[A-Za-z0-9+/]+={0,2}$/.test(keyBase64) && keyBase64.length % 4 === 0
      ? Buffer.from(keyBase64, "base64").length
      : 0;
  if (bytes >= 16 && bytes <= 1024) return;
  throw new AppError(
    "InvalidEncryptionKey",
    "The encryption key must be 16 to 1024 bytes in base64: make a new one and send it",
    {
      target,
    },
  );
}

function changeSecrets(
  base: Configuration,
  store: StoreSetting,
  change: LocationChange,
): Pick<ChangedConfiguration, "secrets" | "newSecrets"> {
  const newSecrets: { password?: string; preSharedKey?: string } = {};
  const secrets: { password?: string; preSharedKey?: string } = { ...base.secrets };
  // A password never travels to another host than the one it was given for; local folders have one host, ours.
  if (store.kind === "none") delete secrets.password;
  if (change.password !== undefined && store.kind !== "none") newSecrets.password = change.password;
  // The key stays also after the way to certificates: older backups still need it.
  if (change.preSharedKey !== undefined) newSecrets.preSharedKey = change.preSharedKey;
  return { secrets, newSecrets };
}

function changeNumber(
  name: "frequencyHours" | "retentionDays",
  base: LocationSettings,
  change: LocationChange,
  fallback: number,
): number {
  const value = pick(change[name], base[name], fallback);
  const [least, most] = change.limits[name];
  if (value === base[name] || (Number.isInteger(value) && value >= least && value <= most))
    return value;
  const target = name === "frequencyHours" ? change.names.frequency : change.names.retention;
  throw new AppError(
    "InvalidArgument",
    `The value "${value}" is out of range: give a whole number from ${least} to ${most}`,
    {
      target,
    },
  );
}

function pick<T>(asked: T | null | undefined, current: T, fallback: T): T {
  return asked === undefined ? current : (asked ?? fallback);
}

/** The same failure, pointing at the property the caller sent. */
function retarget<T>(target: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw retargetError(target, error);
  }
}

/** As it is, pointing at the property the caller sent. */
export function retargetError(target: string, error: unknown): AppError {
  const { code, message, nativeCode, retryable, cause } = toAppError(error);
  return new AppError(code, message, {
    target,
    retryable,
    ...(cause === undefined ? {} : { cause }),
    ...(nativeCode === undefined ? {} : { nativeCode }),
  });
}
