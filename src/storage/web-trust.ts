import { getCACertificates } from "node:tls";

/** Trust in the authorities of a PEM beside the usual ones; without it in the usual ones only. */
export function trustAlso(authorities: string | undefined): { readonly caPem?: string[] } {
  return authorities === undefined ? {} : { caPem: [...getCACertificates("default"), authorities] };
}
