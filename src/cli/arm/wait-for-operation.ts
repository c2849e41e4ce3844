import { AppError } from "../../base/errors.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, OptionSpecs } from "../command.ts";
import { exitCodeOfAnswer, exitCodes } from "../exit-code.ts";
import { ServiceError } from "../service-error.ts";
import type { Answer, Service } from "./service.ts";

export const waitOptions: OptionSpecs = {
  wait: { summary: "Wait for the end and show the result" },
  timeout: { summary: "Wait so long at most, e.g. 90s, 30m, 6h; default 24h", value: "TIME" },
};

/** The state of an operation, as the service tells it. */
export interface OperationState {
  readonly name?: string;
  readonly status: string;
  readonly percentComplete?: number;
  readonly progress?: string;
  readonly roles?: readonly { readonly name: string; readonly status: string }[];
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** Where an accepted operation is asked for. */
export interface StartedOperation {
  readonly statusUrl: string;
  readonly resultUrl: string | undefined;
}

/** Whether nothing happens to the operation any more. */
export function isEnded({ status }: OperationState): boolean {
  return finalStates.includes(status);
}

const finalStates = ["Succeeded", "Failed", "Canceled"];
const defaultRetrySeconds = 2;
const maxRetrySeconds = 300;
/** How old the progress on a terminal may be. */
const longestWaitSeconds = 5;
const defaultTimeoutMilliseconds = 24 * 60 * 60 * 1000;

/** The operation that an answer started; undefined when the answer is the end already. */
export function startedOperation(answer: Answer): StartedOperation | undefined {
  const statusUrl = answer.header("azure-asyncoperation");
  if (statusUrl === undefined) return undefined;
  return {
    statusUrl,
    resultUrl: answer.header("location"),
  };
}

/** Id of an operation, as its address ends. */
export function operationId(operation: StartedOperation): string {
  return new URL(operation.statusUrl, "http://localhost").pathname.split("/").at(-1) ?? "";
}

/** What to type to see how an operation ends. */
export function waitCommand(operation: StartedOperation): string {
  const { pathname } = new URL(operation.statusUrl, "http://localhost");
  const name = /\/locations\/([^/]+)\//i.exec(pathname)?.[1];
  const location = name === undefined ? "" : ` --location ${decodeURIComponent(name)}`;
  return `holdfast operation wait ${operationId(operation)}${location}`;
}

export function readTimeout(args: Arguments): number {
  const text = args.text("timeout");
  if (text === undefined) return defaultTimeoutMilliseconds;
  const match = /^(\d{1,7})(s|m|h)?$/.exec(text);
  if (match === null) throw usageError(`The time "${text}" is not like 90s, 30m or 6h`);
  const unit = match[2] === "h" ? 3_600_000 : match[2] === "m" ? 60_000 : 1000;
  return Number(match[1]) * unit;
}

/**
 * Asks until the operation ends, and hears of the end at once from a service that answers when there is something to
 * tell; another one is asked as often as it wants. Throws a {@link ServiceError} when it fails
 * there, and `TimedOut` when it still runs at the end of the time.
 */
export async function waitForOperation(
  service: Service,
  operation: StartedOperation,
  timeoutMilliseconds: number,
  cli: Cli,
): Promise<OperationState> {
  const { clock, signal } = cli;
  const deadline = clock.now() + timeoutMilliseconds;
  const show = createStateView(cli);
  try {
    for (;;) {
      const rest = Math.ceil((deadline - clock.now()) / 1000);
      const waitSeconds = Math.min(Math.max(rest, 1), longestWaitSeconds);
      const answer = await service.call("GET", operation.statusUrl, undefined, { waitSeconds });
      const state = answer.body as OperationState;
      show(state);
      if (isEnded(state)) return requireSuccess(state);
      const hasWaited = answer.header("preference-applied") !== undefined;
      const pause = hasWaited ? 0 : readRetryAfter(answer) * 1000;
      if (clock.now() + pause >= deadline) throw await giveUp(deadline, operation, cli);
      await clock.sleep(pause, signal);
    }
  } finally {
    cli.output.draw("");
    if (signal.aborted) {
      cli.output.say(`The operation goes on in the service: ${operationId(operation)}`);
    }
  }
}

/** Waits and brings the result: the resource or what the action says; undefined when there is none. */
export async function waitForResult(
  service: Service,
  operation: StartedOperation,
  timeoutMilliseconds: number,
  cli: Cli,
): Promise<unknown> {
  await waitForOperation(service, operation, timeoutMilliseconds, cli);
  if (operation.resultUrl === undefined) return undefined;
  return (await service.call("GET", operation.resultUrl)).body;
}

function readRetryAfter(answer: Answer): number {
  const seconds = Number(answer.header("retry-after"));
  if (!Number.isFinite(seconds) || seconds <= 0) return defaultRetrySeconds;
  return Math.min(seconds, maxRetrySeconds);
}

/** The last moment is still waited for, so that a time-out is as long as was asked for. */
async function giveUp(deadline: number, operation: StartedOperation, cli: Cli): Promise<AppError> {
  await cli.clock.sleep(Math.max(0, deadline - cli.clock.now()), cli.signal);
  const id = operationId(operation);
  return new AppError(
    "TimedOut",
    `Operation "${id}" still runs: wait on with "holdfast operation wait ${id}"`,
  );
}

function requireSuccess(state: OperationState): OperationState {
  if (state.status === "Succeeded") return state;
  if (state.status === "Canceled") {
    throw new ServiceError("OperationCanceled", "The operation was canceled", exitCodes.failed);
  }
  const { code = "OperationFailed", message = "The operation failed" } = state.error ?? {};
  throw new ServiceError(code, message, exitCodeOfAnswer(500, code));
}

function createStateView(cli: Cli): (state: OperationState) => void {
  let said = "";
  return ({ status, percentComplete, progress, roles = [] }) => {
    const percent = percentComplete === undefined ? "" : `  ${Math.floor(percentComplete)} %`;
    const line = `${status}${percent}${progress === undefined ? "" : `  ${progress}`}${countRoles(roles)}`;
    if (cli.output.isTerminal) cli.output.draw(line);
    else if (line !== said) cli.output.say(line);
    said = line;
  };
}

/** `  (role 2 of 5)`; nothing of what has one role or none. */
function countRoles(roles: NonNullable<OperationState["roles"]>): string {
  const begun = roles.filter(({ status }) => status !== "Waiting").length;
  return roles.length < 2 || begun === 0 ? "" : `  (role ${begun} of ${roles.length})`;
}
