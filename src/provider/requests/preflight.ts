import type { Contract } from "../../arm/contract.ts";
import { toArmError } from "../../arm/errors.ts";
import { isResourceName } from "../../arm/names.ts";
import type { OperationError } from "../../arm/operation-record.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import type { BodyCheck } from "../../arm/validation.ts";
import { compileBodyChecks, createSchemaCompiler } from "../../arm/validation.ts";
import { contracts } from "../../generated/contracts.ts";
import { applyChange, unconfigured } from "../rules/location-rules.ts";
import { locationId } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { parameterOf } from "../request-scope.ts";
import { isExpression, withoutExpressions } from "../rules/template-expressions.ts";
import { converterOf } from "../versions/versions.ts";

/** A resource of a template: the envelope, and whatever PUT takes. */
type TemplateResource = Readonly<Record<string, unknown>>;

/** Judges the body of one api-version's PUT. */
type Judges = ReadonlyMap<string, BodyCheck>;

/**
 * POST preflight: what the PUT of each resource would refuse at once, told before anything is deployed. The
 * same checks as PUT; only what is there already, and what folders hold, is not looked at.
 */
export function createPreflight(deps: ProviderDeps): (request: ArmRequest) => Promise<ArmResult> {
  // Made when first asked: compiling is a matter of a second, and few installations deploy templates.
  let judges: Judges | undefined;
  return (request) => {
    judges ??= compileJudges();
    const known = judges;
    const { resources } = request.body as { readonly resources: readonly TemplateResource[] };
    const faults = resources.flatMap((resource) => {
      const fault = judgeResource(deps, request, known, resource);
      return fault === undefined ? [] : [fault];
    });
    return Promise.resolve({ kind: "value", body: verdictOf(faults) });
  };
}

const type = "Microsoft.Backup.Admin/backupLocations";

function compileJudges(): Judges {
  const compiler = createSchemaCompiler();
  return new Map(
    contracts.flatMap((contract: Contract): [string, BodyCheck][] => {
      const route = contract.routes.find(
        ({ method, path }) => method === "PUT" && path.endsWith("/backupLocations/{location}"),
      );
      return route === undefined
        ? []
        : [[contract.apiVersion, compileBodyChecks(contract, compiler)(route)]];
    }),
  );
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
  judges: Judges,
  resource: TemplateResource,
): OperationError | undefined {
  const name = textOf(resource, "name");
  const id = locationId({
    name,
    subscriptionId: parameterOf(request, "subscriptionId"),
    resourceGroupName: parameterOf(request, "resourceGroupName"),
  });
  const envelope = judgeEnvelope(resource, name, judges);
  if (envelope !== undefined) return { ...envelope, target: id };
  const version = textOf(resource, "apiVersion");
  const judge = judges.get(version);
  if (isExpression(version) || judge === undefined) return undefined;
  const faults = judgeBody(deps, judge, version, resource, id);
  const [first, second] = faults;
  if (first === undefined) return undefined;
  const told = second === undefined ? first : severalFaults(faults);
  return { code: told.code, message: told.message, target: id, details: faults };
}

function severalFaults(faults: readonly OperationError[]): OperationError {
  const message = `The resource has ${faults.length} faults: correct each one named in the details`;
  return { code: "MultipleErrorsOccurred", message };
}

/** What is wrong beside the body. Values that only the deployment will know are not judged. */
function judgeEnvelope(
  resource: TemplateResource,
  name: string,
  judges: Judges,
): OperationError | undefined {
  const version = textOf(resource, "apiVersion");
  const ownType = textOf(resource, "type");
  if (!isExpression(ownType) && ownType.toLowerCase() !== type.toLowerCase()) {
    const message = `Only resources of type "${type}" can be deployed here: take the others out`;
    return { code: "InvalidResourceType", message };
  }
  if (!isExpression(version) && !judges.has(version)) {
    const message = `The apiVersion of a resource must be one of ${[...judges.keys()].join(", ")}`;
    return { code: "InvalidApiVersionParameter", message };
  }
  if (isExpression(name) || isResourceName(name)) return undefined;
  const message =
    "The name of a resource is missing or has characters no name can have: correct it";
  return { code: "InvalidResourceName", message };
}

/** The faults PUT would tell, but for those that stand where an expression stands. */
function judgeBody(
  deps: ProviderDeps,
  judge: BodyCheck,
  version: string,
  resource: TemplateResource,
  id: string,
): readonly OperationError[] {
  const { apiVersion: _version, dependsOn: _order, scope: _scope, ...sent } = resource;
  const { value, places } = withoutExpressions(sent);
  try {
    const change = converterOf(version).readPut(judge(value, id));
    applyChange({ settings: unconfigured(change.region ?? "none"), secrets: {} }, change, {
      identity: deps.identity,
      parseStorePath: deps.parseStorePath,
      addresses: deps.addresses,
      now: deps.clock.now(),
    });
    return [];
  } catch (error) {
    return faultsOf(error).filter(({ target = "" }) => !places.some((at) => concerns(target, at)));
  }
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
