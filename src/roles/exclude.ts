import { toRawPath } from "./raw-path.ts";

/**
 * A test whether a raw path below the root is left out. Patterns are paths below the root; `*` stands for
 * any part of one name, `**` for any folders. A matched folder is left out with all it holds.
 */
export function compileExcludes(
  patterns: readonly string[],
): ((path: string) => boolean) | undefined {
  if (patterns.length === 0) return undefined;
  const sources = patterns.map(toExpression);
  const expression = new RegExp(`^(?:${sources.join("|")})$`, "s");
  // The walk asks for a folder before what it holds, so a match of the whole path is enough.
  return (path) => expression.test(path);
}

function toExpression(pattern: string): string {
  const raw = toRawPath(pattern).replace(/^\/+|\/+$/g, "");
  return raw
    .split(/(\*\*\/|\*\*|\*+)/)
    .map((part) => {
      if (part === "**/") return "(?:[^/]+/)*";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      return part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    })
    .join("");
}
