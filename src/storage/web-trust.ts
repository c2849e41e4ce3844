/** Trust in the authorities of a PEM beside the usual ones; without it in the usual ones only. */
export function trustAlso(authorities: string | undefined): { readonly caPem?: string[] } {
  if (authorities === undefined) return {};
  // Loaded by who needs it: a command starts sooner without.
  const { getCACertificates } = process.getBuiltinModule("node:tls");
  return { caPem: [...getCACertificates("default"), authorities] };
}
