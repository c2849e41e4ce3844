import { randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AppError } from "../../base/errors.ts";
import { createSelfSigned } from "../../identity/create-keys.ts";
import { usageError } from "../arguments.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { createPrivateFile } from "../private-file.ts";
import { passwordOptions, readPassword } from "../read-password.ts";

const defaultName = "holdfast";
const defaultDays = 1095;

export const keysCreate: Command = {
  name: "keys create",
  summary: "Makes a self-signed certificate (.cer) and its private key (.pfx)",
  examples: [
    ["With a password made for you", "holdfast keys create --out keys"],
    [
      "With your name and password",
      "holdfast keys create --out keys --name north-2026 --password-file password.txt",
    ],
  ],
  options: {
    out: { summary: "Folder to write to (required)", value: "FOLDER" },
    name: {
      summary: `Name of the files and in the certificate; default ${defaultName}`,
      value: "CN",
    },
    days: { summary: `How long it is valid; default ${defaultDays}`, value: "N" },
    ...passwordOptions,
  },
  run: runKeysCreate,
};

async function runKeysCreate(args: Arguments, cli: Cli): Promise<ExitCode> {
  const folder = resolve(args.requireText("out"));
  const name = checkName(args.text("name") ?? defaultName);
  const validDays = args.integer("days", 1, 36_500) ?? defaultDays;
  const file = (ending: string): string => join(folder, `${name}.${ending}`);
  await refusePresent([file("cer"), file("pfx"), file("password")]);
  const given = await choosePassword(args, cli);
  const password = given ?? randomBytes(18).toString("base64url");
  const { certificateDer, pfxDer, thumbprint } = await createSelfSigned({
    commonName: name,
    validDays,
    password,
    now: cli.clock.now(),
    randomBytes: (count) => randomBytes(count),
  });
  if (given === undefined) await createPrivateFile(file("password"), `${password}\n`);
  await createPrivateFile(file("pfx"), pfxDer);
  await createPrivateFile(file("cer"), certificateDer);
  const passwordFile = given === undefined ? { passwordFile: file("password") } : {};
  report(cli, { certificate: file("cer"), pfx: file("pfx"), ...passwordFile, thumbprint });
  return exitCodes.done;
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/.test(name)) return name;
  throw usageError("The name must be 1 to 63 letters, digits, blanks, dots and hyphens");
}

/** A private key that is overwritten is a set of backups that never opens again. */
async function refusePresent(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const isPresent = await access(file).then(
      () => true,
      () => false,
    );
    if (!isPresent) continue;
    const message = `"${file}" exists and is not replaced: choose another --name or --out`;
    throw new AppError("InvalidArgument", message, { target: file });
  }
}

/** What is typed is typed twice: nobody sees a mistake in what is not shown. */
async function choosePassword(args: Arguments, cli: Cli): Promise<string | undefined> {
  const password = await readPassword(args, cli, "Password of the .pfx file (empty: make one)");
  if (password === undefined) return undefined;
  const isTyped = !args.flag("password-stdin") && args.text("password-file") === undefined;
  if (!isTyped) {
    if (password === "") throw usageError("The password is empty: give one that is not");
    return password;
  }
  if (password === "") return undefined;
  if ((await readPassword(args, cli, "The same again")) === password) return password;
  throw usageError("The two passwords differ: start again");
}

interface CreatedFiles {
  readonly certificate: string;
  readonly pfx: string;
  readonly passwordFile?: string;
  readonly thumbprint: string;
}

function report(cli: Cli, files: CreatedFiles): void {
  if (cli.output.isJson) {
    cli.output.printJson({ message_type: "created", ...files });
    return;
  }
  const { print } = cli.output;
  print(`Certificate  ${files.certificate}  for the service and for repositories`);
  print(`Private key  ${files.pfx}  keep it safe and apart: backups open with it only`);
  if (files.passwordFile !== undefined) {
    print(`Password     ${files.passwordFile}  made for you; keep it apart from the key`);
  }
  print(`Thumbprint   ${files.thumbprint}`);
}
