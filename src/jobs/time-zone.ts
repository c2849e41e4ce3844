import { AppError } from "../base/errors.ts";

/** A time zone of the IANA database, as far as schedules need it. */
export interface TimeZone {
  /** As it was written. */
  readonly name: string;
  /** Milliseconds that local time is ahead of UTC at the instant. */
  offsetAt(instant: number): number;
}

/** The zone of this name; throws `UnknownTimeZone`. */
export function openTimeZone(name: string): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const format = openFormat(name);
  const zone = { name, offsetAt: (instant: number) => readOffset(format.format(instant)) };
  zones.set(name, zone);
  return zone;
}

/** Formats are slow to make and few zones are in use. */
const zones = new Map<string, TimeZone>();

function openFormat(name: string): Intl.DateTimeFormat {
  try {
    // Fixed offsets such as "+02:00" are accepted by some machines only.
    if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) throw new RangeError("no name of a zone");
    return new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch (cause) {
    throw new AppError(
      "UnknownTimeZone",
      `The time zone "${name.slice(0, 64)}" is not known here: give a name of the IANA database, such as "Europe/Berlin" or "UTC"`,
      { cause },
    );
  }
}

/** `1/1/2026, GMT-03:30`; seconds occur in the nineteenth century. */
function readOffset(text: string): number {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? -size : size;
}
