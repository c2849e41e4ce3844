import { isDeepStrictEqual } from "node:util";

import { AppError } from "../../base/errors.ts";
import { pick, retarget } from "./change-parts.ts";
import { noTiers } from "../records/location-retention.ts";
import { outOfBounds, regionChanged } from "../faults.ts";
import type { LocationChange, SentSecrets } from "./location-change.ts";
import type {
  CertificateSetting,
  EncryptionSetting,
  LocationSecrets,
  LocationSettings,
  RetentionTiers,
  SecretName,
} from "../model.ts";
import { defaultFrequencyHours, defaultRetentionDays, secretNames } from "../model.ts";
import type { IdentityPort } from "../ports.ts";
import { changePlan } from "./schedule-rules.ts";
import { changeSecrets } from "./secret-rules.ts";
import { changeStore, type StoreTools } from "./store-rules.ts";

/** What a location is made of when a change is judged. */
export interface Configuration {
  readonly settings: LocationSettings;
  readonly secrets: LocationSecrets;
}

export interface RuleTools extends StoreTools {
  readonly identity: IdentityPort;
  readonly now: number;
}

/** The outcome of a change: secrets still in the clear, to be sealed when the write is accepted. */
export interface ChangedConfiguration extends Configuration {
  /** Secrets the change brings. Never stored. */
  readonly newSecrets: SentSecrets;
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
    ...changePlan(base.settings, change, tools.now),
    ...changeRetention(base.settings, change),
  };
  return {
    settings,
    ...changeSecrets({ store: base.settings.store, secrets: base.secrets }, store, change),
  };
}

/** True when both configurations mean the same; new secrets are compared with the sealed ones by opening these. */
export function isSameConfiguration(
  stored: Configuration,
  changed: ChangedConfiguration,
  unseal: (name: SecretName, sealed: string) => string,
): boolean {
  if (!isDeepStrictEqual(stored.settings, changed.settings)) return false;
  return secretNames.every((name) => {
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

function changeEncryption(
  base: EncryptionSetting,
  change: LocationChange,
  tools: RuleTools,
): EncryptionSetting {
  const { preSharedKey } = change.secrets;
  if (preSharedKey !== undefined) {
    checkPreSharedKey(base, preSharedKey, change.names.secrets.preSharedKey);
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

/** Throws `RetentionKeepsNothing` for rules that are all 0: backups would go as soon as another is made. */
function changeRetention(
  base: LocationSettings,
  change: LocationChange,
): Pick<LocationSettings, "retentionDays" | "retentionTiers"> {
  const retentionDays = changeNumber("retentionDays", base, change, defaultRetentionDays);
  const known = base.retentionTiers ?? noTiers;
  const sent = change.retentionTiers;
  const names = Object.keys(noTiers) as (keyof RetentionTiers)[];
  const tiers = Object.fromEntries(
    names.map((name) => [name, pick(sent?.[name], known[name], 0)]),
  ) as unknown as RetentionTiers;
  if (names.some((name) => tiers[name] > 0)) return { retentionDays, retentionTiers: tiers };
  if (retentionDays > 0) return { retentionDays };
  throw new AppError(
    "RetentionKeepsNothing",
    "With every rule at 0 nothing but the last good backup would stay: give days or a number of backups",
    { target: change.names.retention.replace(/\.[^.]+$/, "") },
  );
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
  throw outOfBounds(target, least, most);
}
