import type { ArmRequest } from "../arm/resource-type.ts";
import type { LocationIdentity } from "./model.ts";
import { locationId, locationKey } from "./model.ts";

/** The location a request names, as its path spells it. */
export interface RequestScope {
  readonly identity: LocationIdentity;
  /** Document key. */
  readonly key: string;
  /** ARM id in canonical casing. */
  readonly id: string;
  readonly isRead: boolean;
}

export function scopeOf(request: ArmRequest): RequestScope {
  const isRead = request.route.method === "GET";
  return { ...namedBy(request), isRead };
}

type NamedLocation = Omit<RequestScope, "isRead">;

/** Who polls an address gets the same parameters each time: the key is then made, and hashed, once. */
const known = new WeakMap<ArmRequest["params"], NamedLocation>();

function namedBy(request: ArmRequest): NamedLocation {
  const found = known.get(request.params);
  if (found !== undefined) return found;
  const identity: LocationIdentity = {
    name: parameterOf(request, "location"),
    subscriptionId: parameterOf(request, "subscriptionId"),
    resourceGroupName: parameterOf(request, "resourceGroupName"),
  };
  const made = { identity, key: locationKey(identity), id: locationId(identity) };
  known.set(request.params, made);
  return made;
}

/** A path parameter; the router guarantees those of the template. */
export function parameterOf(request: ArmRequest, name: string): string {
  const value = request.params[name];
  if (value === undefined)
    throw new TypeError(`Route ${request.route.path} has no parameter "${name}"`);
  return value;
}

/** The backup a path names: the bare GUID, in lower case; old scripts put the location before it. */
export function backupIdOf(request: ArmRequest): string {
  const text = parameterOf(request, "backup");
  return text.slice(text.lastIndexOf("/") + 1).toLowerCase();
}
