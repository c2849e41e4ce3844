import { AppError } from "../../base/errors.ts";
import type { Clock } from "../../base/clock.ts";

export interface SftpSettings {
  /** Name or address of the server. */
  readonly host: string;
  readonly port: number;
  /** The administrator's folder: absolute, or below the account's own; our objects go into `holdfast/` in it. */
  readonly path: string;
  readonly userName: string;
  /** The server's key, as `ssh-keygen -l` prints it (`SHA256:…`): no other server is spoken to. */
  readonly hostKey: string;
  readonly credential: SftpSecret;
  /** `read` makes nothing; default `write`. */
  readonly access?: "read" | "write";
  readonly clock?: Clock;
  /** Takes a server that cannot flush files to its disk; objects are then only as safe as its power supply. */
  readonly allowUnflushed?: boolean;
}

/** Secret. */
export type SftpSecret =
  | { readonly kind: "password"; readonly password: string }
  | {
      readonly kind: "private-key";
      /** PEM or OpenSSH, as text. */
      readonly privateKey: string;
      readonly passphrase?: string | undefined;
    };

const fingerprint = /^SHA256:[A-Za-z0-9+/]{43}=?$/;
const controlCharacters = /\p{Cc}/u;

/** Throws `InvalidArgument` or `InvalidBackupPath` for settings that cannot be meant. */
export function checkSftpSettings(settings: SftpSettings): void {
  const { host, port, path, userName, hostKey } = settings;
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host)) {
    throw invalid("host", "give the name or address of the server, without user or port");
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalid("port", "give a number from 1 to 65535");
  }
  if (userName === "" || userName.length > 512 || controlCharacters.test(userName)) {
    throw invalid("userName", "give the account that may write there");
  }
  if (!fingerprint.test(hostKey)) {
    throw invalid(
      "hostKey",
      'give the fingerprint of the server\'s key, as "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" prints it there (SHA256:…)',
    );
  }
  if (path === "" || path.length > 1024 || controlCharacters.test(path)) {
    const message = `Cannot use ${JSON.stringify(path.slice(0, 80))} as a folder of the server: give its path`;
    throw new AppError("InvalidBackupPath", message, { target: "path" });
  }
}

function invalid(target: string, remedy: string): AppError {
  return new AppError("InvalidArgument", `Cannot use the ${target} of the SFTP store: ${remedy}`, {
    target,
  });
}
