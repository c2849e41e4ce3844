import type { ContractQuery, ContractRoute } from "./contract.ts";
import { armError } from "./errors.ts";
import { singleValue, type RequestTarget } from "./request-target.ts";

/** The query parameters a route declares, by their declared names; others are ignored, they are ARM's or the user's. */
export function readDeclaredQuery(
  route: ContractRoute,
  target: RequestTarget,
): Readonly<Record<string, string>> {
  const given: [string, string][] = [];
  for (const parameter of route.query) {
    const value = singleValue(target, parameter.name);
    if (value === undefined || (value === "" && parameter.type !== "string")) {
      if (parameter.required) throw refuse(parameter, "is required");
    } else if (!isOfType(value, parameter.type)) {
      throw refuse(parameter, `must be of type ${parameter.type}`);
    } else {
      given.push([parameter.name, value]);
    }
  }
  return Object.fromEntries(given);
}

function isOfType(value: string, type: ContractQuery["type"]): boolean {
  if (type === "integer") return /^-?\d{1,15}$/.test(value);
  if (type === "boolean") return /^(?:true|false)$/i.test(value);
  return true;
}

function refuse({ name }: ContractQuery, words: string): Error {
  return armError("InvalidQueryParameter", `Query parameter "${name}" ${words}`, { target: name });
}
