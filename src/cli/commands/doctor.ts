import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { toAppError } from "../../base/errors.ts";
import type { BackupLocation, Diagnosis, StoreCheck } from "../../generated/api-2026-12-01.ts";
import {
  openService,
  serviceOptions,
  subscriptionPath,
  type Answer,
  type Service,
} from "../arm/service.ts";
import { readAll } from "../arm/show-resource.ts";
import { startedOperation, waitForResult } from "../arm/wait-for-operation.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { finishChecklist, type DoctorCheck } from "../doctor-check.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { findProgram } from "../find-program.ts";
import { ServiceError } from "../service-error.ts";

export const doctor: Command = {
  name: "doctor",
  summary:
    "Looks at the service, its locations and their stores, and says what is wrong and what to do",
  examples: [
    ["Everything", "holdfast doctor"],
    ["Also the installation, on the service's machine", "holdfast doctor --config holdfast.yaml"],
    ["Without trying out the stores, for programs", "holdfast doctor --quick --output json"],
  ],
  options: {
    config: {
      summary: "Settings of the service, on its machine; holdfast.yaml where that is there",
      value: "FILE",
    },
    quick: { summary: "Do not try out the stores" },
    ...serviceOptions,
  },
  run: runDoctor,
};

async function runDoctor(args: Arguments, cli: Cli): Promise<ExitCode> {
  const service = openService(args, cli);
  const { answer, checks } = await askService(service, cli);
  const installation = await checkInstallation(args, cli, answer === undefined);
  if (answer === undefined) return finishChecklist([...checks, ...installation], cli);
  const stores = args.flag("quick") ? [] : await tryStores(service, cli);
  return finishChecklist([...installation, ...checks, ...stores], cli);
}

/** What the service says of itself; no answer where it cannot be asked. */
async function askService(
  service: Service,
  cli: Cli,
): Promise<{ readonly answer?: Answer; readonly checks: readonly DoctorCheck[] }> {
  try {
    const answer = await service.call("POST", subscriptionPath(service, "diagnose"));
    const { checks = [] } = answer.body as Diagnosis;
    return { answer, checks: [...checkClocks(answer, cli), ...(checks as readonly DoctorCheck[])] };
  } catch (error) {
    cli.signal.throwIfAborted();
    return { checks: [checkOfFailure("service", error)] };
  }
}

function checkOfFailure(name: string, error: unknown): DoctorCheck {
  const { message } = toAppError(error);
  const code = error instanceof ServiceError ? error.serviceCode : toAppError(error).code;
  return { name, status: "Failed", code, message, remediation: [] };
}

const skewSeconds = 60;

/** This machine's clock against the service's. */
function checkClocks(answer: Answer, cli: Cli): readonly DoctorCheck[] {
  const said = Date.parse(answer.header("date") ?? "");
  const seconds = Math.round(Math.abs(said - cli.clock.now()) / 1000);
  const well = { name: "service", status: "Passed", remediation: [] } as const;
  if (!(seconds > skewSeconds)) return [{ ...well, message: "The service answers" }];
  return [
    {
      name: "service",
      status: "Warning",
      message: `The service answers, and its clock differs from this machine's by ${seconds} s`,
      remediation: ["Have both machines follow a time server"],
    },
  ];
}

/** The installation as this machine shows it; with `hasState` all that the service would say. */
async function checkInstallation(
  args: Arguments,
  cli: Cli,
  hasState: boolean,
): Promise<readonly DoctorCheck[]> {
  const config = args.text("config") ?? usualFile;
  if (args.text("config") === undefined && !existsSync(config)) return [];
  const program = ["--disable-warning=ExperimentalWarning", findProgram("check-installation")];
  const words = [...program, "--config", config, ...(hasState ? ["--state"] : [])];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words, { signal: cli.signal });
    return JSON.parse(stdout) as readonly DoctorCheck[];
  } catch (error) {
    cli.signal.throwIfAborted();
    return [checkOfFailure("installation", error)];
  }
}

const usualFile = "holdfast.yaml";

const storeMilliseconds = 120_000;

/** Every store is tried out at the same time: one that hangs holds up no other. */
async function tryStores(service: Service, cli: Cli): Promise<readonly DoctorCheck[]> {
  const path = subscriptionPath(service, "backupLocations");
  const locations = (await readAll(service, path)) as readonly BackupLocation[];
  const withStore = locations.filter(({ properties }) => (properties?.store ?? null) !== null);
  const tries = withStore.map(({ id = "" }) => tryStore(service, id, cli));
  return (await Promise.all(tries)).flat();
}

async function tryStore(service: Service, id: string, cli: Cli): Promise<readonly DoctorCheck[]> {
  const quiet: Cli = {
    ...cli,
    output: { ...cli.output, say: () => undefined, draw: () => undefined },
  };
  const common = { name: "store-test", resourceId: id };
  try {
    const operation = startedOperation(await service.call("POST", `${id}/testStore`));
    const result = operation && (await waitForResult(service, operation, storeMilliseconds, quiet));
    return checksOfTest((result ?? {}) as StoreCheck).map((check) => ({
      ...common,
      ...check,
    }));
  } catch (error) {
    cli.signal.throwIfAborted();
    const check = checkOfFailure("store-test", error);
    const mayNot = error instanceof ServiceError && error.exitCode === exitCodes.notAllowed;
    // Whoever may only look learns what there is to see.
    return [{ ...check, ...common, ...(mayNot ? { status: "Warning" } : {}) }];
  }
}

/** What the steps of the try-out come to, and who may write to the repository. */
function checksOfTest({ steps = [] }: StoreCheck): readonly (Partial<DoctorCheck> & Verdict)[] {
  const lease = steps.find(({ name }) => name === "Lease");
  const others = checkOfSteps(steps.filter((step) => step !== lease));
  if (lease === undefined) return [others];
  const { message = "" } = lease;
  const status = lease.status === "Passed" ? "Passed" : "Warning";
  return [others, { name: "lease", status, message, remediation: [] }];
}

type Verdict = Omit<DoctorCheck, "name">;

/** The first step that failed, or every warning, or that all went well. */
function checkOfSteps(steps: NonNullable<StoreCheck["steps"]>): Verdict {
  const failed = steps.find(({ status }) => status === "Failed");
  if (failed !== undefined) {
    const { name: step = "", message = "", code = "" } = failed;
    return { status: "Failed", code, message: `${step}: ${message}`, remediation: [] };
  }
  const warnings = steps.filter(({ status }) => status === "Warning");
  const message = warnings.map((one) => `${one.name}: ${one.message}`).join("; ");
  if (warnings.length > 0) return { status: "Warning", message, remediation: [] };
  return { status: "Passed", message: "The store does all that a backup needs", remediation: [] };
}
