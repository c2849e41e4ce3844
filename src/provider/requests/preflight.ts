import { toArmError } from "../../arm/errors.ts";
import { isResourceName } from "../../arm/names.ts";
import type { OperationError } from "../../arm/operation-record.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { findDeployableTypes, type DeployableType } from "./deployable-types.ts";
import { locationId } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { parameterOf } from "../request-scope.ts";
import { isExpression, withoutExpressions } from "../rules/template-expressions.ts";

/** A resource of a template: the envelope, and whatever PUT takes. */
type TemplateResource = Readonly<Record<string, unknown>>;

type Types = ReadonlyMap<string, DeployableType>;

/**
 * POST preflight: what the PUT of each resource would refuse at once, told before anything is deployed. The
 * same checks as PUT; only what is there already, and what folders hold, is not looked at.
 */
export function createPreflight(deps: ProviderDeps): (request: ArmRequest) => Promise<ArmResult> {
  // Made when first asked: few installations deploy templates.
  let types: Types | undefined;
  return (request) => {
    types ??= findDeployableTypes();
    const known = types;
    const { resources } = request.body as { readonly resources: readonly TemplateResource[] };
    const faults = resources.flatMap((resource) => {
      const fault = judgeResource(deps, request, known, resource);
      return fault === undefined ? [] : [fault];
    });
    return Promise.resolve({ kind: "value", body: verdictOf(faults) });
  };
}

function verdictOf(faults: readonly OperationError[]): object {
  const [first, second] = faults;
  if (first === undefined) return { status: "Succeeded" };
  if (second === undefined) return { status: "Failed", error: first };
  const error = {
    code: "MultipleErrorsOccurred",
    message: `${faults.length} resources of the template cannot be deployed: correct each one named in the details`,
    details: faults,
  };
  return { status: "Failed", error };
}

function judgeResource(
  deps: ProviderDeps,
  request: ArmRequest,
  types: Types,
  resource: TemplateResource,
): OperationError | undefined {
  const id = idOf(request, resource, types);
  const envelope = judgeEnvelope(resource, types);
  if (envelope !== undefined) return { ...envelope, target: id };
  const version = textOf(resource, "apiVersion");
  const type = types.get(textOf(resource, "type").toLowerCase());
  const check = type?.checks.get(version);
  if (type === undefined || check === undefined) return undefined;
  const faults = judgeBody(resource, (body) => type.judge(deps, version, check(body, id)));
  const [first, second] = faults;
  if (first === undefined) return undefined;
  const told = second === undefined ? first : severalFaults(faults);
  return { code: told.code, message: told.message, target: id, details: faults };
}

/** The name of a child in a template is that of its parent, a slash and its own. */
function idOf(request: ArmRequest, resource: TemplateResource, types: Types): string {
  const [name = "", ...below] = textOf(resource, "name").split("/");
  const type = types.get(textOf(resource, "type").toLowerCase())?.type ?? "";
  const kinds = type.split("/").slice(2);
  const parent = locationId({
    name,
    subscriptionId: parameterOf(request, "subscriptionId"),
    resourceGroupName: parameterOf(request, "resourceGroupName"),
  });
  return [parent, ...below.flatMap((part, index) => [kinds[index] ?? "", part])].join("/");
}

function severalFaults(faults: readonly OperationError[]): OperationError {
  const message = `The resource has ${faults.length} faults: correct each one named in the details`;
  return { code: "MultipleErrorsOccurred", message };
}

/** What is wrong beside the body. Values that only the deployment will know are not judged. */
function judgeEnvelope(resource: TemplateResource, types: Types): OperationError | undefined {
  const version = textOf(resource, "apiVersion");
  const name = textOf(resource, "name");
  const givenType = textOf(resource, "type");
  if (isExpression(givenType)) return undefined;
  const type = types.get(givenType.toLowerCase());
  if (type === undefined) {
    const known = [...types.values()].map((one) => `"${one.type}"`).join(", ");
    const message = `Only resources of these types can be deployed here, take the others out: ${known}`;
    return { code: "InvalidResourceType", message };
  }
  if (!isExpression(version) && !type.checks.has(version)) {
    const message = `The apiVersion of a resource of this type must be one of ${[...type.checks.keys()].join(", ")}`;
    return { code: "InvalidApiVersionParameter", message };
  }
  if (isExpression(name) || isNameOf(type, name)) return undefined;
  const message =
    "The name of a resource is missing, has too few or too many parts, or characters no name can have: correct it";
  return { code: "InvalidResourceName", message };
}

function isNameOf({ type, isName }: DeployableType, name: string): boolean {
  const parts = name.split("/");
  const own = parts.at(-1) ?? "";
  return (
    parts.length === type.split("/").length - 1 &&
    parts.slice(0, -1).every(isResourceName) &&
    isName(own)
  );
}

/** The faults PUT would tell, but for those that stand where an expression stands. */
function judgeBody(
  resource: TemplateResource,
  judge: (body: unknown) => void,
): readonly OperationError[] {
  const { value, places } = withoutExpressions(bodyOf(resource));
  try {
    judge(value);
    return [];
  } catch (error) {
    return faultsOf(error).filter(({ target = "" }) => !places.some((at) => concerns(target, at)));
  }
}

/** What PUT is sent of it; name and type are in the address. */
function bodyOf(resource: TemplateResource): TemplateResource {
  const ofTemplate = new Set(["name", "type", "apiversion", "dependson", "scope"]);
  const sent = Object.entries(resource).filter(([name]) => !ofTemplate.has(name.toLowerCase()));
  return Object.fromEntries(sent);
}

function faultsOf(error: unknown): readonly OperationError[] {
  const { status, code, message, target, details } = toArmError(error);
  // A bug of ours is no verdict on a template.
  if (status >= 500) throw error;
  return details ?? [{ code, message, ...(target === undefined ? {} : { target }) }];
}

/** A fault of the value itself, of what holds it, or of what stands beside a kind that is not known yet. */
function concerns(target: string, place: string): boolean {
  const [fault, unknown] = [target.toLowerCase(), place.toLowerCase()];
  if (`${unknown}.`.startsWith(`${fault}.`) || fault.startsWith(unknown)) return true;
  return unknown.endsWith(".kind") && fault.startsWith(unknown.slice(0, -"kind".length));
}

/** A text of the envelope, its name in any casing; empty for anything else. */
function textOf(resource: TemplateResource, name: string): string {
  const found = Object.entries(resource).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return typeof found?.[1] === "string" ? found[1] : "";
}
