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
  return {
    authorize({ principal, roles }, { method, path }) {
      const verb = method === "HEAD" ? "GET" : method;
      const allowed = lines.get(`${verb} ${path}`.toLowerCase());
      if (allowed === undefined) return Promise.reject(refuse("No rule allows this to anybody"));
      if (principal.kind !== "bearer") return Promise.resolve();
      if (allowed.some((role) => roles?.has(role) === true)) return Promise.resolve();
      const needed = allowed.length === 0 ? "the front door" : `one of ${allowed.join(", ")}`;
      return Promise.reject(refuse(`This needs ${needed}: ask the administrator for the role`));
    },
  };
}

function refuse(message: string): Error {
  return armError("Forbidden", message);
}
