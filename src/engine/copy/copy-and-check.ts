import type { CopyOutcome, Progress, VerifyDepth, VerifyFinding } from "../model.ts";
import { verifyRepository } from "../verify/verify-repository.ts";
import { copyRepository, type CopyOptions } from "./copy-repository.ts";

export interface CopyAndCheckOptions extends Omit<CopyOptions, "onProgress"> {
  readonly expectedPublicKey: string;
  readonly depth: Exclude<VerifyDepth, "content">;
  readonly workers?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** A copy, then a check of everything that lies in the target. Findings are a result, not a failure. */
export async function copyAndCheck(options: CopyAndCheckOptions): Promise<CopyOutcome> {
  const { onProgress, to: store } = options;
  const report = await copyRepository({
    ...options,
    onProgress: ({ objects: filesDone, bytes, bytesTotal }) => {
      const sizes = { bytesDone: bytes, bytesTotal, storedBytes: bytes };
      onProgress?.({ phase: "copying", filesDone, ...sizes });
    },
  });
  const verification = await verifyRepository({ ...options, store });
  if (options.backupIds === undefined) return { report, verification };
  const chosen = new Set([...report.copied, ...report.present]);
  const findings = verification.findings.filter((one) => !isLeftOut(one, chosen));
  return { report, verification: { ...verification, findings } };
}

/** A backup that was not asked for is not missing. */
function isLeftOut({ code, object }: VerifyFinding, chosen: ReadonlySet<string>): boolean {
  const id = /^backups\/(.+)$/.exec(object)?.[1];
  return code === "MissingObject" && id !== undefined && !chosen.has(id);
}
