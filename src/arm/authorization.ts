import type { Authorizer } from "./access.ts";
import { armError } from "./errors.ts";

/** By `METHOD path template`: the roles that may do it. What has no line, nobody may. */
export type AccessTable = Readonly<Record<string, readonly string[]>>;

/**
 * Judges by one table. A front door has judged its users already, and a developer may do everything: for
 * them a line is enough, whatever its roles.
 */
export function createTableAuthorizer(table: AccessTable): Authorizer {
  const lines = new Map(Object.entries(table).map(([key, roles]) => [key.toLowerCase(), roles]));
  const find = rememberLines(lines);
  return {
    authorize({ principal, roles }, { method, path }) {
      const allowed = find(method === "HEAD" ? "GET" : method, path);
      if (allowed === undefined) return Promise.reject(refuse("No rule allows this to anybody"));
      if (principal.kind !== "bearer") return undefined;
      if (allowed.some((role) => roles?.has(role) === true)) return undefined;
      const needed = allowed.length === 0 ? "the front door" : `one of ${allowed.join(", ")}`;
      return Promise.reject(refuse(`This needs ${needed}: ask the administrator for the role`));
    },
  };
}

type Roles = readonly string[];

/** Templates of paths come from contracts, and each is looked up in the same spelling every time. */
function rememberLines(
  lines: ReadonlyMap<string, Roles>,
): (verb: string, path: string) => Roles | undefined {
  const found = new Map<string, Map<string, Roles | undefined>>();
  return (verb, path) => {
    const verbs = found.get(path) ?? new Map<string, Roles | undefined>();
    if (!verbs.has(verb))
      found.set(path, verbs.set(verb, lines.get(`${verb} ${path}`.toLowerCase())));
    return verbs.get(verb);
  };
}

function refuse(message: string): Error {
  return armError("Forbidden", message);
}
