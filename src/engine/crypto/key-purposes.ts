/** HKDF info strings: one purpose, one key. `specs/repository-format.md` lists them. */
export const packContentKeyInfo = "holdfast pack content v1";
export const packFooterKeyInfo = "holdfast pack footer v1";
export const indexObjectKeyInfo = "holdfast index v1";
export const manifestKeyInfo = "holdfast manifest v1";
export const treeCacheKeyInfo = "holdfast tree cache v1";
