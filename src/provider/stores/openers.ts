import { AppError } from "../../base/errors.ts";
import type { Opener, RecipientName } from "../../engine/model.ts";
import type { BackupLocation } from "../model.ts";
import type { PrivateKeyOpener } from "../ports.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { openPreSharedKey } from "./store-access.ts";

export interface OpenerRequest {
  readonly pfxBase64: string | undefined;
  readonly pfxPassword: string | undefined;
}

/** What was sent to open content with. */
export type SentOpener = PrivateKeyOpener | undefined;

/** How a job comes to its opener: from the memory of this process, or from the location's sealed key. */
export type OpenerSource = "memory" | "pre-shared-key";

export interface ChosenOpener {
  readonly opener: Opener;
  readonly source: OpenerSource;
}

/** The key that was sent, or nothing. A wrong password or a broken .pfx is told at once. */
export async function openSent(
  { identity }: ProviderDeps,
  { pfxBase64, pfxPassword }: OpenerRequest,
): Promise<SentOpener> {
  return pfxBase64 === undefined ? undefined : identity.openPfx(pfxBase64, pfxPassword ?? "");
}

/** What opens content for these recipients, of a location whose own key may be needed. */
export function chooseOpener(
  deps: ProviderDeps,
  locationKey: string,
  location: BackupLocation,
  recipients: readonly RecipientName[],
  sent: SentOpener,
): ChosenOpener {
  checkOpens(deps, recipients, sent);
  if (sent !== undefined) return { opener: sent, source: "memory" };
  const keyBase64 = openPreSharedKey(deps, locationKey, location.secrets);
  return { opener: { kind: "pre-shared-key", keyBase64 }, source: "pre-shared-key" };
}

/** Throws where the key of another certificate was sent, or none where one is needed. */
export function checkOpens(
  { identity }: ProviderDeps,
  recipients: readonly RecipientName[],
  sent: SentOpener,
): void {
  if (sent !== undefined)
    return checkFits(identity.readThumbprint(sent.certificateBase64), recipients);
  if (recipients.some(({ kind }) => kind === "pre-shared-key")) return;
  throw new AppError(
    "InvalidPfx",
    `This needs the private key of certificate ${thumbprintsOf(recipients)}: send the .pfx as decryptionCertBase64 with its password`,
    {
      target: "decryptionCertBase64",
    },
  );
}

function checkFits(thumbprint: string, recipients: readonly RecipientName[]): void {
  if (recipients.some((one) => one.thumbprint === thumbprint)) return;
  throw new AppError(
    "DecryptionKeyMismatch",
    `The .pfx holds certificate "${thumbprint}", but this is encrypted to ${thumbprintsOf(recipients)}: send that one`,
    {
      target: "decryptionCertBase64",
    },
  );
}

function thumbprintsOf(recipients: readonly RecipientName[]): string {
  const names = recipients.map((one) =>
    one.thumbprint === undefined ? "a pre-shared key" : `"${one.thumbprint}"`,
  );
  return names.length === 0 ? "none that is known" : names.join(" or ");
}

/** The error of a job whose opener a restart has taken. */
export function secretGone(): AppError {
  return new AppError(
    "SecretUnavailable",
    "The private key was held in memory only and is gone since the service restarted: send the request again, for a restore into an emptied folder or with overwrite true",
  );
}
