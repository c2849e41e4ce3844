/**
 * Whether a date of a certificate can be read, by its text (`validFrom`, `validTo`). Of one that cannot, Node's `Date` is
 * whatever lay in memory: often none, and sometimes one of the past.
 */
export function isReadableDate(text: string): boolean {
  return Number.isFinite(Date.parse(text));
}
