import { AppError } from "../base/errors.ts";
import type { ExitCode } from "./exit-code.ts";

/** A failure of the service, or of reaching it. */
export class ServiceError extends AppError {
  /** The error code on the wire, which may be one that only the service knows. */
  readonly serviceCode: string;
  readonly exitCode: ExitCode;

  constructor(serviceCode: string, message: string, exitCode: ExitCode, cause?: unknown) {
    super("Internal", message, { cause });
    this.name = "ServiceError";
    this.serviceCode = serviceCode;
    this.exitCode = exitCode;
  }
}
