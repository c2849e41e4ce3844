import type { Arguments, Cli, OptionSpecs } from "../command.ts";
import { readNamedFile } from "../private-file.ts";
import { passwordOptions, readPassword } from "../read-password.ts";

export const decryptionOptions: OptionSpecs = {
  pfx: { summary: "File with the private key that opens the backup", value: "FILE" },
  ...passwordOptions,
};

/** The private key and its password as a request carries them; nothing when none is given. */
export async function readDecryption(
  args: Arguments,
  cli: Cli,
): Promise<{ decryptionCertBase64?: string; decryptionCertPassword?: string }> {
  const file = args.text("pfx");
  if (file === undefined) return {};
  const bytes = await readNamedFile(file, ".pfx file");
  const password = await readPassword(args, cli, `Password of ${file}`);
  return {
    decryptionCertBase64: bytes.toString("base64"),
    ...(password === undefined ? {} : { decryptionCertPassword: password }),
  };
}
