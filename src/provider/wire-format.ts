/** The text forms the published api-versions write, measured on their recordings. */

/**
 * Free space for people: three digits, never rounded up, the next unit from 1000 on:
 * `29.6 TB`, `0.99 TB`, `965 GB`.
 */
export function formatCapacity(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return `${Math.floor(value)} bytes`;
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  const scale = 10 ** digits;
  return `${(Math.floor(value * scale) / scale).toFixed(digits)} ${units[unit]}`;
}

/** UTC with up to seven fractional digits, trailing zeros cut: `2020-03-05T18:46:45.085862Z`. */
export function formatDateTime(iso: string): string {
  // What we wrote ourselves needs no calendar.
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(iso))
    return `${iso.slice(0, 19)}${trimFraction(iso.slice(20, 23))}Z`;
  const normal = new Date(iso).toISOString();
  const fraction = trimFraction(/\.(\d+)Z$/.exec(iso)?.[1] ?? "");
  return `${normal.slice(0, 19)}${fraction}Z`;
}

/** ISO 8601 duration as .NET writes it: `PT1H21M55.394S`, `P1DT2H`, `PT0S`. */
export function formatDuration(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds));
  const days = Math.floor(whole / 86_400_000);
  const hours = Math.floor(whole / 3_600_000) % 24;
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = Math.floor(whole / 1000) % 60;
  const fraction = trimFraction(String(whole % 1000).padStart(3, "0"));
  const date = days > 0 ? `${days}D` : "";
  let time = "";
  if (hours > 0) time += `${hours}H`;
  if (minutes > 0) time += `${minutes}M`;
  if (seconds > 0 || fraction !== "") time += `${seconds}${fraction}S`;
  if (date === "" && time === "") return "PT0S";
  return `P${date}${time === "" ? "" : `T${time}`}`;
}

/** The fraction with its point, at most seven digits, without trailing zeros; empty when nothing is left. */
function trimFraction(digits: string): string {
  const kept = digits.slice(0, 7).replace(/0+$/, "");
  return kept === "" ? "" : `.${kept}`;
}

/** Objects as paths below the administrator's folder. */
export function pathsInStore(objects: readonly string[]): readonly string[] {
  return objects.map((name) => `holdfast/${name}`);
}
