import { AppError } from "../../base/errors.ts";

/** Typed reads from the JSON body of a stored document: every wrong shape is `CorruptObject`. */
export class DocumentFields {
  readonly #body: Readonly<Record<string, unknown>>;
  readonly #object: string;

  constructor(body: Readonly<Record<string, unknown>>, object: string) {
    this.#body = body;
    this.#object = object;
  }

  /** Refuses a format or version this program does not know. */
  expectFormat(format: string, ...versions: readonly number[]): void {
    if (this.text("format") !== format) throw this.corrupt("format");
    const found = this.number("version");
    if (!versions.includes(found)) {
      throw new AppError(
        "UnsupportedFormat",
        `Object "${this.#object}" has version ${found} of "${format}", this program reads ${versions.join(" and ")}: use a newer program`,
        { target: this.#object },
      );
    }
  }

  text(name: string): string {
    const value = this.#body[name];
    if (typeof value !== "string") throw this.corrupt(name);
    return value;
  }

  /** A string of exactly this many lower-case hex digits. */
  hex(name: string, digits: number): string {
    const value = this.text(name);
    if (value.length !== digits || !/^[0-9a-f]*$/.test(value)) throw this.corrupt(name);
    return value;
  }

  number(name: string): number {
    const value = this.#body[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw this.corrupt(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#body[name];
    if (typeof value !== "boolean") throw this.corrupt(name);
    return value;
  }

  bytes(name: string): Buffer {
    return Buffer.from(this.text(name), "base64");
  }

  optionalText(name: string): string | null {
    return this.#body[name] === null || this.#body[name] === undefined ? null : this.text(name);
  }

  object(name: string): DocumentFields {
    const value = this.#body[name];
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.corrupt(name);
    return new DocumentFields(value as Record<string, unknown>, this.#object);
  }

  objects(name: string): DocumentFields[] {
    const value = this.#body[name];
    if (!Array.isArray(value)) throw this.corrupt(name);
    return value.map((item: unknown) => {
      if (typeof item !== "object" || item === null || Array.isArray(item))
        throw this.corrupt(name);
      return new DocumentFields(item as Record<string, unknown>, this.#object);
    });
  }

  texts(name: string): string[] {
    const value = this.#body[name];
    if (!Array.isArray(value)) throw this.corrupt(name);
    return value.map((item: unknown) => {
      if (typeof item !== "string") throw this.corrupt(name);
      return item;
    });
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const value = this.text(name);
    const known = values.find((candidate) => candidate === value);
    if (known === undefined) throw this.corrupt(name);
    return known;
  }

  has(name: string): boolean {
    return this.#body[name] !== undefined && this.#body[name] !== null;
  }

  corrupt(name: string): AppError {
    return new AppError("CorruptObject", `Object "${this.#object}" has no valid "${name}"`, {
      target: this.#object,
    });
  }
}
