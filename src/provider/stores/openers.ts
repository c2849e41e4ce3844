import { AppError } from "../../base/errors.ts";
import type { Opener, RecipientName } from "../../engine/model.ts";
import type { BackupLocation } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { openPreSharedKey } from "./store-access.ts";

export interface OpenerRequest {
  readonly pfxBase64: string | undefined;
  readonly pfxPassword: string | undefined;
}

/** How a job comes to its opener: from the memory of this process, or from the location's sealed key. */
export type OpenerSource = "memory" | "pre-shared-key";

export interface ChosenOpener {
  readonly opener: Opener;
  readonly source: OpenerSource;
}

/**
 * What opens content for these recipients, judged before anything is accepted: a wrong password, a broken
 * .pfx or the key of another certificate is told at once.
 */
export async function chooseOpener(
  deps: ProviderDeps,
  locationKey: string,
  location: BackupLocation,
  recipients: readonly RecipientName[],
  request: OpenerRequest,
): Promise<ChosenOpener> {
  if (request.pfxBase64 !== undefined) {
    const opener = await deps.identity.openPfx(request.pfxBase64, request.pfxPassword ?? "");
    checkFits(deps.identity.readThumbprint(opener.certificateBase64), recipients);
    return { opener, source: "memory" };
  }
  if (recipients.some(({ kind }) => kind === "pre-shared-key")) {
    const keyBase64 = openPreSharedKey(deps, locationKey, location.secrets);
    return { opener: { kind: "pre-shared-key", keyBase64 }, source: "pre-shared-key" };
  }
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
