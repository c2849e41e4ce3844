import { X509Certificate } from "node:crypto";
import { toIso, type Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { isTrustworthyUrl } from "./trustworthy-url.ts";

/** The client certificates that Azure Resource Manager says it uses, kept fresh. */
export interface FrontDoorCertificates {
  /** True for a certificate (DER) that is in the last good list, to the byte, and valid now. */
  isAllowed(certificate: Uint8Array): boolean;
  /** Throws when the list has not been had for a day. */
  check(): Promise<void>;
  stop(): void;
}

export interface FrontDoorOptions {
  /** `https://…/metadata/authentication?api-version=2015-01-01`. */
  readonly metadataUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const refreshMilliseconds = 3_600_000;
const retryMilliseconds = 60_000;
const fetchMilliseconds = 10_000;
const staleMilliseconds = 24 * 3_600_000;
const maximumBytes = 1_048_576;

interface Entry {
  readonly certificate: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Asks at once, then every hour, and every minute while that fails; the last good list stays in use. */
export function trackFrontDoorCertificates(options: FrontDoorOptions): FrontDoorCertificates {
  const { clock, logger } = options;
  const stopped = new AbortController();
  let entries: readonly Entry[] = [];
  let lastSuccess: number | undefined;
  const refresh = async (): Promise<boolean> => {
    try {
      entries = await fetchEntries(options, stopped.signal);
      lastSuccess = clock.now();
      return true;
    } catch (error) {
      const cause = error instanceof Error ? error.message : "unknown";
      logger.warn("The front door's certificates cannot be had; the last ones stay", { cause });
      return false;
    }
  };
  void keepFresh(refresh, clock, stopped.signal);
  return {
    isAllowed(certificate) {
      const now = clock.now();
      return entries.some(
        (entry) =>
          entry.notBefore <= now && now <= entry.notAfter && entry.certificate.equals(certificate),
      );
    },
    check() {
      if (lastSuccess !== undefined && clock.now() - lastSuccess <= staleMilliseconds)
        return Promise.resolve();
      const since = lastSuccess === undefined ? "the start" : toIso(lastSuccess);
      return Promise.reject(new Error(`No certificates of the front door since ${since}`));
    },
    stop: () => stopped.abort(),
  };
}

async function keepFresh(
  refresh: () => Promise<boolean>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const pause = (await refresh()) ? refreshMilliseconds : retryMilliseconds;
    // Rejects only when everything stops.
    await clock.sleep(pause, signal).catch(() => undefined);
  }
}

async function fetchEntries(
  { metadataUrl, clock }: FrontDoorOptions,
  stopped: AbortSignal,
): Promise<readonly Entry[]> {
  const url = new URL(metadataUrl);
  if (!isTrustworthyUrl(url)) throw new Error("the address is not HTTPS");
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(fetchMilliseconds)]);
  const response = await fetch(url, { redirect: "error", signal });
  if (response.status !== 200) throw new Error(`the answer is ${response.status}`);
  const text = await response.text();
  if (text.length > maximumBytes) throw new Error("the answer is too long");
  const { clientCertificates } = JSON.parse(text) as { readonly clientCertificates?: unknown };
  if (!Array.isArray(clientCertificates)) throw new Error("the answer has no list of certificates");
  const entries = clientCertificates.map(readEntry);
  // An answer that would lock the front door out is none.
  if (!entries.some(({ notAfter }) => notAfter >= clock.now()))
    throw new Error("the answer has no certificate that is valid");
  return entries;
}

function readEntry(value: unknown): Entry {
  const { certificate, notBefore, notAfter } = value as Readonly<Record<string, unknown>>;
  if (typeof certificate !== "string") throw new Error("a certificate is missing");
  const parsed = new X509Certificate(Buffer.from(certificate, "base64"));
  const time = (given: unknown, own: string): number =>
    Date.parse(typeof given === "string" ? given : own);
  const entry = {
    certificate: parsed.raw,
    notBefore: time(notBefore, parsed.validFrom),
    notAfter: time(notAfter, parsed.validTo),
  };
  if (Number.isNaN(entry.notBefore + entry.notAfter)) throw new Error("a date cannot be read");
  return entry;
}
