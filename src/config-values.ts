import { isAbsolute, resolve } from "node:path";
import { AppError } from "./base/errors.ts";

// Readers of single settings: each throws `InvalidConfiguration` that names the setting and what to write.

/** A section of settings; refuses names that are none. */
export function section(
  value: unknown,
  name: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  const isThere = value !== undefined && value !== null;
  if (!isThere) throw missing(name, `a section of settings; known here: ${known.join(", ")}`);
  if (typeof value !== "object" || Array.isArray(value))
    throw invalid(name, "it must be a section of settings");
  for (const key of Object.keys(value)) {
    if (!known.includes(key))
      throw invalid(
        name === "configuration" ? key : `${name}.${key}`,
        `it is not a setting; known here: ${known.join(", ")}`,
      );
  }
  return value as Record<string, unknown>;
}

/** Without it the error says what `form` is wanted. */
export function text(value: unknown, name: string, form: string = "a text"): string {
  if (value === undefined || value === null) throw missing(name, form);
  if (typeof value !== "string" || value.trim() === "") throw invalid(name, "it must be text");
  return value;
}

export function integer(value: unknown, name: string, least: number, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
    throw invalid(name, `it must be a whole number from ${least} to ${most}`);
  return value;
}

export function oneOf<T extends string>(value: unknown, name: string, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw invalid(name, `it must be one of ${values.join(", ")}`);
  return found;
}

export function path(value: unknown, name: string, folder: string): string {
  const given = text(value, name, "a path, absolute or from the folder of the configuration");
  return isAbsolute(given) ? given : resolve(folder, given);
}

export function guid(value: unknown, name: string): string {
  const given = text(value, name, "a GUID").toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(given))
    throw invalid(name, "it must be a GUID");
  return given;
}

export function invalid(name: string, fault: string): AppError {
  return settingFault(name, `is not valid: ${fault}`);
}

function missing(name: string, form: string): AppError {
  return settingFault(name, `is missing: it is required, give ${form}`);
}

function settingFault(name: string, words: string): AppError {
  return new AppError("InvalidConfiguration", `Setting "${name}" ${words}`, { target: name });
}

/** A list of texts. */
export function texts(value: unknown, name: string): readonly string[] {
  if (value === undefined || value === null) throw missing(name, "a list of texts");
  if (!Array.isArray(value)) throw invalid(name, "it must be a list of texts");
  return value.map((one: unknown, index) => text(one, `${name}[${index}]`));
}

/** An HTTPS address, or one of plain HTTP that stays on this machine; as written. */
export function webAddress(value: unknown, name: string): string {
  const given = text(value, name, "an address that begins with https://");
  const url = URL.parse(given);
  const isHere = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? "");
  if (url?.protocol !== "https:" && !(url?.protocol === "http:" && isHere))
    throw invalid(name, "it must be an address that begins with https://");
  return given;
}
