import type { Opener } from "../engine/model.ts";
import { usageError } from "./arguments.ts";
import type { Arguments, Cli, OptionSpecs } from "./command.ts";
import { readNamedFile } from "./private-file.ts";
import { passwordOptions, requirePassword } from "./read-password.ts";

/** The ways to say what opens a backup. */
export const openerOptions: OptionSpecs = {
  pfx: { summary: "File with the private key that opens the backups", value: "FILE" },
  ...passwordOptions,
  "psk-file": {
    summary: "File with the pre-shared key in base64, where one is used instead",
    value: "FILE",
  },
};

/** What opens the backups, as the options say; undefined when they say nothing. */
export async function readOpener(args: Arguments, cli: Cli): Promise<Opener | undefined> {
  const pfx = args.text("pfx");
  const psk = args.text("psk-file");
  if (pfx !== undefined && psk !== undefined) {
    throw usageError("Give --pfx or --psk-file, not both");
  }
  if (psk !== undefined) return { kind: "pre-shared-key", keyBase64: await readPreSharedKey(psk) };
  if (pfx === undefined) return undefined;
  const bytes = await readNamedFile(pfx, ".pfx file");
  const password = await requirePassword(args, cli, `Password of ${pfx}`);
  const { openPfx } = await import("../identity/pfx.ts");
  return openPfx(bytes.toString("base64"), password);
}

/** A pre-shared key from a file that holds it in base64. */
export async function readPreSharedKey(path: string): Promise<string> {
  const text = (await readNamedFile(path, "pre-shared key")).toString("utf8").trim();
  const bytes = Buffer.from(text, "base64");
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text) && bytes.length >= 16 && bytes.length <= 1024) {
    return bytes.toString("base64");
  }
  throw usageError(`The file "${path}" must hold a key of 16 to 1024 bytes in base64`);
}
