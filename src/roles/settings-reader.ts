import { AppError } from "../base/errors.ts";

/** A mapping of the configuration and where it stands, so that faults can name the place. */
export interface Settings {
  readonly place: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The error of a fault at a place, such as `roles[0].settings.path`. */
export function invalidSetting(place: string, fault: string): AppError {
  return new AppError("InvalidConfiguration", `Cannot use ${place}: ${fault}`, { target: place });
}

/** The value as a mapping with no keys but the known ones. */
export function readSettings(value: unknown, place: string, known: readonly string[]): Settings {
  const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMapping) throw invalidSetting(place, "it must be a mapping");
  const unknownKey = Object.keys(value).find((key) => !known.includes(key));
  if (unknownKey !== undefined) {
    const name = JSON.stringify(unknownKey.slice(0, 64));
    throw invalidSetting(place, `it has the unknown key ${name}; known are ${known.join(", ")}`);
  }
  // Copied without a prototype: a key such as "constructor" is absent unless somebody wrote it.
  return { place, values: Object.assign(Object.create(null) as Record<string, unknown>, value) };
}

/** Text that is not empty and holds no NUL; undefined when absent. */
export function readText(settings: Settings, key: string): string | undefined {
  const value = settings.values[key];
  if (value === undefined || value === null) return undefined;
  return checkText(value, `${settings.place}.${key}`);
}

/** The same, refusing its absence in words that say what `form` is wanted. */
export function requireText(settings: Settings, key: string, form = "a text"): string {
  const text = readText(settings, key);
  if (text !== undefined) return text;
  throw invalidSetting(`${settings.place}.${key}`, `it is missing, and required: give ${form}`);
}

/** An absolute local path. */
export function requirePath(settings: Settings, key: string): string {
  const path = requireText(settings, key, "an absolute path");
  if (path.startsWith("/")) return path;
  throw invalidSetting(`${settings.place}.${key}`, "it must be an absolute path");
}

/** A boolean, or the given one when absent. */
export function readBoolean(settings: Settings, key: string, otherwise: boolean): boolean {
  const value = settings.values[key] ?? otherwise;
  if (typeof value === "boolean") return value;
  throw invalidSetting(`${settings.place}.${key}`, "it must be true or false");
}

/** A whole number within the bounds; undefined when absent. */
export function readInteger(
  settings: Settings,
  key: string,
  minimum: number,
  maximum: number,
): number | undefined {
  const value = settings.values[key];
  if (value === undefined || value === null) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum) {
    return Number(value);
  }
  const bounds = `a whole number from ${minimum} to ${maximum}`;
  throw invalidSetting(`${settings.place}.${key}`, `it must be ${bounds}`);
}

/** A list of texts; empty when absent. With `mayBeEmpty` its items may be "". */
export function readTexts(settings: Settings, key: string, mayBeEmpty = false): readonly string[] {
  const value = settings.values[key] ?? [];
  const place = `${settings.place}.${key}`;
  if (!Array.isArray(value)) throw invalidSetting(place, "it must be a list");
  return value.map((item, index) => checkText(item, `${place}[${index}]`, mayBeEmpty));
}

/** A mapping of names to texts; empty when absent. Values are not repeated in errors: they may be secret. */
export function readTextMap(settings: Settings, key: string): Readonly<Record<string, string>> {
  const value = settings.values[key] ?? {};
  const place = `${settings.place}.${key}`;
  const { values } = readSettings(value, place, Object.keys(value as object));
  const entries = Object.entries(values).map(([name, text]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw invalidSetting(place, "its names must be letters, digits and underscores");
    }
    return [name, checkText(text, `${place}.${name}`, true)] as const;
  });
  return Object.fromEntries(entries);
}

function checkText(value: unknown, place: string, mayBeEmpty = false): string {
  if (typeof value !== "string") throw invalidSetting(place, "it must be text");
  if (value === "" && !mayBeEmpty) throw invalidSetting(place, "it must not be empty");
  if (value.includes("\0")) throw invalidSetting(place, "it must not hold a NUL character");
  return value;
}
