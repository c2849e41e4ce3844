/** An ARM resource id, in the casing it was written. */
export interface ResourceId {
  readonly subscriptionId: string | undefined;
  readonly resourceGroupName: string | undefined;
  readonly namespace: string;
  /** Type and name pairs below the namespace, outermost first; never empty. */
  readonly path: readonly ResourceIdPart[];
}

export interface ResourceIdPart {
  readonly type: string;
  readonly name: string;
}

/** Reads an id; fixed words in any casing; undefined when the text is none. Never throws. */
export function parseResourceId(text: string): ResourceId | undefined {
  const segments = text.split("/");
  if (segments.shift() !== "" || segments.some((segment) => segment === "")) return undefined;
  const subscriptionId = takePair(segments, "subscriptions");
  const resourceGroupName =
    subscriptionId === undefined ? undefined : takePair(segments, "resourcegroups");
  const namespace = takePair(segments, "providers");
  if (namespace === undefined || segments.length === 0 || segments.length % 2 !== 0)
    return undefined;
  const path: ResourceIdPart[] = [];
  for (let index = 0; index < segments.length; index += 2) {
    path.push({ type: segments[index] ?? "", name: segments[index + 1] ?? "" });
  }
  return { subscriptionId, resourceGroupName, namespace, path };
}

function takePair(segments: string[], word: string): string | undefined {
  if (segments[0]?.toLowerCase() !== word || segments.length < 2) return undefined;
  return segments.splice(0, 2)[1];
}

/** Writes an id with the fixed words in ARM's own casing; names are not encoded. */
export function formatResourceId(id: ResourceId): string {
  const subscription = id.subscriptionId === undefined ? "" : `/subscriptions/${id.subscriptionId}`;
  const group = id.resourceGroupName === undefined ? "" : `/resourceGroups/${id.resourceGroupName}`;
  const path = id.path.map(({ type, name }) => `/${type}/${name}`).join("");
  return `${subscription}${group}/providers/${id.namespace}${path}`;
}

/** `Namespace/type/type` of an id. */
export function resourceTypeOf(id: ResourceId): string {
  return [id.namespace, ...id.path.map(({ type }) => type)].join("/");
}

/** True when two ids name the same resource: casing does not count. False when either is no id. */
export function isSameResource(one: string, other: string): boolean {
  const [first, second] = [parseResourceId(one), parseResourceId(other)];
  if (first === undefined || second === undefined) return false;
  return formatResourceId(first).toLowerCase() === formatResourceId(second).toLowerCase();
}
