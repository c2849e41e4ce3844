const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A size as people read it, e.g. `3.1 MiB`. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const scaled = bytes / 1024 ** power;
  return `${power === 0 ? String(bytes) : scaled.toFixed(scaled < 100 ? 1 : 0)} ${units[power]}`;
}
