import type { Contract } from "../../arm/contract.ts";
import { isResourceName } from "../../arm/names.ts";
import { compileBodyChecks, createSchemaCompiler, type BodyCheck } from "../../arm/validation.ts";
import { AppError } from "../../base/errors.ts";
import { contracts } from "../../generated/contracts.ts";
import type { NotificationRoute } from "../../generated/api-2026-12-01.ts";
import { checkReceiver, readRoute } from "../notify/route-change.ts";
import { isRouteName, routeSecretNames } from "../notify/route-record.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { applyChange, unconfigured } from "../rules/location-rules.ts";
import { monitoringName } from "../watch/monitoring.ts";
import { converterOf } from "../versions/versions.ts";

/** A type whose resources a template may hold. */
export interface DeployableType {
  readonly type: string;
  /** The bodies of PUT, by api-version. */
  readonly checks: ReadonlyMap<string, BodyCheck>;
  /** Whether the last part of a name can be one. */
  readonly isName: (name: string) => boolean;
  /** Throws what PUT refuses of a checked body where nothing was there before. */
  readonly judge: (deps: ProviderDeps, version: string, body: unknown) => void;
}

type Rules = Pick<DeployableType, "isName" | "judge">;

const rulesOf: Readonly<Record<string, Rules>> = {
  "Microsoft.Backup.Admin/backupLocations": { isName: isResourceName, judge: judgeLocation },
  "Microsoft.Backup.Admin/backupLocations/notificationRoutes": {
    isName: isRouteName,
    judge: judgeRoute,
  },
  "Microsoft.Backup.Admin/backupLocations/monitoringSettings": {
    isName: (name) => name.toLowerCase() === monitoringName,
    judge: () => undefined,
  },
};

/** Every type that a contract has a PUT for, by its name in lower case. */
export function findDeployableTypes(): ReadonlyMap<string, DeployableType> {
  const compiler = createSchemaCompiler();
  const found = new Map<string, DeployableType & { readonly checks: Map<string, BodyCheck> }>();
  for (const contract of contracts)
    for (const [type, check] of compilePuts(contract, compiler)) {
      const rules = rulesOf[type];
      if (rules === undefined) throw new TypeError(`No rules for the type "${type}"`);
      const key = type.toLowerCase();
      const known = found.get(key) ?? { type, ...rules, checks: new Map<string, BodyCheck>() };
      known.checks.set(contract.apiVersion, check);
      found.set(key, known);
    }
  return found;
}

function compilePuts(
  contract: Contract,
  compiler: ReturnType<typeof createSchemaCompiler>,
): readonly (readonly [type: string, check: BodyCheck])[] {
  const compile = compileBodyChecks(contract, compiler);
  return contract.routes
    .filter(({ method }) => method === "PUT")
    .map((route) => {
      const [namespace = "", ...path] = route.path.split("/providers/").at(-1)?.split("/") ?? [];
      const types = path.filter((_part, index) => index % 2 === 0);
      return [[namespace, ...types].join("/"), whenUsed(() => compile(route))] as const;
    });
}

/** Compiling takes 50 ms, which hold up every answer: most installations are never asked for most types. */
function whenUsed(make: () => BodyCheck): BodyCheck {
  let made: BodyCheck | undefined;
  return (body, resourceId) => (made ??= make())(body, resourceId);
}

function judgeLocation(deps: ProviderDeps, version: string, body: unknown): void {
  const change = converterOf(version).readPut(body);
  applyChange({ settings: unconfigured(change.region ?? "none"), secrets: {} }, change, {
    identity: deps.identity,
    parseStorePath: deps.parseStorePath,
    addresses: deps.addresses,
    now: deps.clock.now(),
  });
}

/** A secret that is left out may be one that stays: whether there is one is not looked at. */
function judgeRoute(deps: ProviderDeps, _version: string, body: unknown): void {
  const { properties } = body as NotificationRoute;
  try {
    checkReceiver(deps.notices, readRoute(properties, undefined));
  } catch (error) {
    const target = error instanceof AppError ? error.target : undefined;
    const name = routeSecretNames.find((one) => target === `properties.${one}`);
    if (name === undefined || Boolean(properties[name])) throw error;
  }
}
