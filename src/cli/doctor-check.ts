import type { Cli } from "./command.ts";
import { exitCodes, type ExitCode } from "./exit-code.ts";

/** One line of a checklist. */
export interface DoctorCheck {
  readonly name: string;
  readonly resourceId?: string;
  readonly status: "Passed" | "Warning" | "Failed";
  readonly code?: string;
  readonly message: string;
  readonly remediation: readonly string[];
  readonly probe?: string;
}

/** Prints a checklist; 0 when all is well, 3 when something needs care, 1 when something is broken. */
export function finishChecklist(checks: readonly DoctorCheck[], cli: Cli): ExitCode {
  const has = (status: DoctorCheck["status"]): boolean =>
    checks.some((check) => check.status === status);
  const status = has("Failed") ? "Failed" : has("Warning") ? "Warning" : "Passed";
  if (cli.output.isJson) cli.output.printJson({ status, checks });
  else for (const line of checks.flatMap((check) => describe(check, cli))) cli.output.print(line);
  const exits = { Passed: exitCodes.done, Warning: exitCodes.partial, Failed: exitCodes.failed };
  return exits[status];
}

const marks = { Passed: "ok  ", Warning: "warn", Failed: "FAIL" } as const;

function describe(check: DoctorCheck, { output }: Cli): readonly string[] {
  const { name, resourceId, status, message, remediation, probe } = check;
  const place = resourceId === undefined ? "" : `${resourceId.split("/").at(-1) ?? ""} `;
  const mark = status === "Passed" ? marks[status] : output.bold(marks[status]);
  return [
    `${mark}  ${place}${name}: ${message}`,
    ...remediation.map((words, index) => `        ${index + 1}. ${words}`),
    ...(probe === undefined || status === "Passed" ? [] : [`        Look again: ${probe}`]),
  ];
}
