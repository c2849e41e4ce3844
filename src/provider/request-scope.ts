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
  const identity: LocationIdentity = {
    name: parameterOf(request, "location"),
    subscriptionId: parameterOf(request, "subscriptionId"),
    resourceGroupName: parameterOf(request, "resourceGroupName"),
  };
  const isRead = request.route.method === "GET";
  return { identity, key: locationKey(identity), id: locationId(identity), isRead };
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
