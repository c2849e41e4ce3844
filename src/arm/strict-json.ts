/** Why a text is not the JSON we take: what and where. */
export class JsonFault extends Error {
  /** Path of the fault, e.g. `properties.path`; empty at the top. */
  readonly path: string;

  constructor(message: string, path: string) {
    super(message);
    this.name = "JsonFault";
    // Names come from outside and may be as long as the body.
    this.path = path.slice(0, 200);
  }
}

/** How deep objects and arrays may nest: far above any contract, far below the stack. */
export const maximumJsonDepth = 32;

/**
 * Parses strictly: no duplicate names, no `__proto__`, no lone surrogates, no NUL, no number beyond a
 * double, no byte order mark, bounded depth. Throws {@link JsonFault}, whose message never quotes a value.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonFault("The body is not UTF-8", "");
  }
  if (text.startsWith("\uFEFF")) throw new JsonFault("The body starts with a byte order mark", "");
  const reader = new Reader(text);
  const value = reader.readValue("", 0);
  reader.requireEnd();
  return value;
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordPattern = /true|false|null/y;
const blankPattern = /[ \t\n\r]*/y;

class Reader {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readValue(path: string, depth: number): unknown {
    if (depth > maximumJsonDepth)
      throw new JsonFault(`The body nests deeper than ${maximumJsonDepth} levels`, path);
    this.#take(blankPattern);
    switch (this.#text[this.#offset]) {
      case "{":
        return this.#readObject(path, depth);
      case "[":
        return this.#readArray(path, depth);
      case '"':
        return this.#readString(path);
      default:
        return this.#readScalar(path);
    }
  }

  requireEnd(): void {
    this.#take(blankPattern);
    if (this.#offset < this.#text.length) throw this.#fault("");
  }

  #readObject(path: string, depth: number): unknown {
    const result: Record<string, unknown> = {};
    this.#offset += 1;
    if (this.#takeMark("}")) return result;
    do {
      this.#take(blankPattern);
      const name = this.#readString(path);
      const at = path === "" ? name : `${path}.${name}`;
      if (name === "__proto__") throw new JsonFault('The name "__proto__" is not allowed', path);
      if (Object.hasOwn(result, name)) throw new JsonFault("A property is given twice", at);
      if (!this.#takeMark(":")) throw this.#fault(at);
      result[name] = this.readValue(at, depth + 1);
    } while (this.#takeMark(","));
    if (!this.#takeMark("}")) throw this.#fault(path);
    return result;
  }

  #readArray(path: string, depth: number): unknown {
    const result: unknown[] = [];
    this.#offset += 1;
    if (this.#takeMark("]")) return result;
    do {
      result.push(this.readValue(`${path}[${result.length}]`, depth + 1));
    } while (this.#takeMark(","));
    if (!this.#takeMark("]")) throw this.#fault(path);
    return result;
  }

  #readString(path: string): string {
    const end = this.#findStringEnd();
    if (end === undefined) throw this.#fault(path);
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(this.#offset, end)) as string;
    } catch {
      throw this.#fault(path);
    }
    if (!value.isWellFormed()) throw new JsonFault("A text holds half a character", path);
    if (value.includes("\0")) throw new JsonFault("A text holds a NUL character", path);
    this.#offset = end;
    return value;
  }

  // A pattern with two alternatives would need backtracking room in proportion to the text.
  #findStringEnd(): number | undefined {
    if (this.#text[this.#offset] !== '"') return undefined;
    for (let index = this.#offset + 1; index < this.#text.length; index += 1) {
      const character = this.#text[index];
      if (character === '"') return index + 1;
      if (character === "\\") index += 1;
    }
    return undefined;
  }

  #readScalar(path: string): unknown {
    const token = this.#take(wordPattern) ?? this.#take(numberPattern);
    if (token === undefined) throw this.#fault(path);
    const value = JSON.parse(token) as unknown;
    if (typeof value === "number" && !Number.isFinite(value))
      throw new JsonFault("A number is too large", path);
    return value;
  }

  #takeMark(mark: string): boolean {
    this.#take(blankPattern);
    if (this.#text[this.#offset] !== mark) return false;
    this.#offset += 1;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#offset += token.length;
    return token;
  }

  #fault(path: string): JsonFault {
    const where = this.#offset >= this.#text.length ? "ends too early" : "is not JSON";
    return new JsonFault(`The body ${where} at character ${this.#offset}`, path);
  }
}
