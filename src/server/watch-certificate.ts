import { readFileSync } from "node:fs";
import { AppError, toAppError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { RunningServer, TlsPair } from "./server.ts";

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const checkMilliseconds = 30_000;

/** Throws `InvalidConfiguration` for a file that cannot be read. */
export function readCertificatePair({ certificateFile, keyFile }: CertificateFiles): TlsPair {
  return { certPem: readPem(certificateFile), keyPem: readPem(keyFile) };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const message = `Cannot read "${file}": name an existing PEM file that the service may read`;
    throw new AppError("InvalidConfiguration", message, { cause, target: "tls" });
  }
}

/**
 * Puts renewed files to use within half a minute. While they do not fit together, as between two copies,
 * the old ones stay. The function returned stops watching.
 */
export function watchCertificate(
  files: CertificateFiles,
  inUse: TlsPair,
  server: RunningServer,
  logger: Logger,
  milliseconds: number = checkMilliseconds,
): () => void {
  let current = inUse;
  const look = (): void => {
    try {
      const found = readCertificatePair(files);
      if (found.certPem === current.certPem && found.keyPem === current.keyPem) return;
      server.replaceCertificate(found);
      current = found;
      logger.info("The TLS certificate was replaced");
    } catch (error) {
      const { code } = toAppError(error);
      logger.warn("The new TLS certificate cannot be used; the old one stays", { errorCode: code });
    }
  };
  const timer = setInterval(look, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
