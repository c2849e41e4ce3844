import assert from "node:assert/strict";

/** Values a scenario has met, by name. */
export type Bindings = Map<string, string>;

/**
 * Holds a value against what a scenario expects. Texts may contain `${name}` (a bound value) and `<guid>`,
 * `<time>` or `<any>`, each with an optional `:name` that binds what stood there. `whole` also checks the
 * order of properties and that there are no others.
 */
export function matchValue(
  actual: unknown,
  expected: unknown,
  bindings: Bindings,
  where: string,
  how: "whole" | "part",
): void {
  if (typeof expected === "string") return matchText(actual, expected, bindings, where);
  if (typeof expected !== "object" || expected === null) {
    assert.deepEqual(actual, expected, where);
    return;
  }
  assert.ok(typeof actual === "object" && actual !== null, `${where}: ${JSON.stringify(actual)}`);
  if (how === "whole" || Array.isArray(expected)) {
    assert.deepEqual(Object.keys(actual), Object.keys(expected), `${where}: names and their order`);
  }
  for (const [name, value] of Object.entries(expected)) {
    const child = (actual as Readonly<Record<string, unknown>>)[name];
    matchValue(child, value, bindings, `${where}.${name}`, how);
  }
}

const patterns: Readonly<Record<string, string>> = {
  guid: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  time: String.raw`\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,7})?Z`,
  any: ".*",
};

function matchText(actual: unknown, expected: string, bindings: Bindings, where: string): void {
  assert.equal(typeof actual, "string", `${where}: ${JSON.stringify(actual)}`);
  const names: string[] = [];
  const source = expected
    .split(/(\$\{\w+\}|<(?:guid|time|any)(?::\w+)?>)/)
    .map((part) => {
      const bound = /^\$\{(\w+)\}$/.exec(part)?.[1];
      if (bound !== undefined)
        return escapeText(bindings.get(bound) ?? assert.fail(`Nothing is bound to "${bound}"`));
      const [, kind, name] = /^<(\w+)(?::(\w+))?>$/.exec(part) ?? [];
      if (kind === undefined || patterns[kind] === undefined) return escapeText(part);
      if (name === undefined) return patterns[kind];
      names.push(name);
      return `(${patterns[kind]})`;
    })
    .join("");
  const found = new RegExp(`^${source}$`, "s").exec(actual as string);
  assert.ok(found, `${where}: "${String(actual)}" is not "${expected}"`);
  names.forEach((name, index) => bindings.set(name, found[index + 1] ?? ""));
}

function escapeText(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
