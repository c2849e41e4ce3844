import { armError } from "./errors.ts";
import type { RequestTarget } from "./request-target.ts";

/** The api-version of a request, in the contract's own casing; throws 400 with the list of those that exist. */
export function chooseApiVersion(target: RequestTarget, supported: readonly string[]): string {
  const given = target.query.get("api-version") ?? [];
  const [version = ""] = given;
  if (given.length === 0 || (given.length === 1 && version === "")) {
    throw armError(
      "MissingApiVersionParameter",
      `The query parameter "api-version" is required: use one of ${supported.join(", ")}`,
      { target: "api-version" },
    );
  }
  const known = supported.find((one) => one.toLowerCase() === version.toLowerCase());
  if (known === undefined || given.length > 1) {
    throw armError(
      "InvalidApiVersionParameter",
      `The query parameter "api-version" must be given once, as one of ${supported.join(", ")}`,
      { target: "api-version" },
    );
  }
  return known;
}
