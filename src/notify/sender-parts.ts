import { isIP } from "node:net";
import type { HostPolicy } from "../storage/host-policy.ts";

/** What every kind of delivery needs. */
export interface SenderParts {
  readonly hosts: HostPolicy;
  /** PEM of all authorities to trust; absent: those of the system. */
  readonly caPem?: string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Names this machine to receivers. */
  readonly hostName: string;
}

/** The name a TLS peer is asked for and held to; an address is held to itself. */
export function serverNameOf(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}
