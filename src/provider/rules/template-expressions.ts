/** A value of a template that only the deployment works out: `[parameters('x')]`. `[[` is an escaped bracket. */
export function isExpression(value: unknown): boolean {
  return typeof value === "string" && /^\[(?!\[)[^]*\]$/.test(value);
}

/** JSON without the values that are expressions, and where they stood: `properties.store.path`. */
export function withoutExpressions(value: unknown): {
  readonly value: unknown;
  readonly places: readonly string[];
} {
  const places: string[] = [];
  return { value: strip(value, "", places), places };
}

function strip(value: unknown, path: string, places: string[]): unknown {
  if (Array.isArray(value)) {
    // A list with one unknown element cannot be judged: how many there will be is not known.
    const kept = value.filter((item) => !isExpression(item));
    if (kept.length < value.length) places.push(path);
    return kept.map((item, index) => strip(item, `${path}[${index}]`, places));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const below = path === "" ? name : `${path}.${name}`;
      if (!isExpression(item)) return [[name, strip(item, below, places)]];
      places.push(below);
      return [];
    }),
  );
}
