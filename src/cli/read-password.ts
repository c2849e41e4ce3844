import { AppError } from "../base/errors.ts";
import { usageError } from "./arguments.ts";
import type { Arguments, Cli, OptionSpecs } from "./command.ts";
import { readNamedFile } from "./private-file.ts";

/** The ways to give a password; never as an option's value, which every user of the machine can see. */
export const passwordOptions: OptionSpecs = {
  "password-file": { summary: "File with the password of the .pfx file", value: "FILE" },
  "password-stdin": { summary: "Read that password from standard input" },
};

/** The password from a file, from standard input, or typed without being shown; undefined without any of them. */
export async function readPassword(
  args: Arguments,
  cli: Cli,
  prompt: string,
): Promise<string | undefined> {
  const file = args.text("password-file");
  if (file !== undefined && args.flag("password-stdin")) {
    throw usageError("Give the password by --password-file or --password-stdin, not by both");
  }
  if (file !== undefined) {
    return dropLineEnd((await readNamedFile(file, "password file")).toString("utf8"));
  }
  if (args.flag("password-stdin")) return dropLineEnd(await readAll(cli.stdin));
  if (!cli.stdin.isTTY || !cli.output.isTerminal) return undefined;
  return askHidden(cli, prompt);
}

/** The same, where there must be one. */
export async function requirePassword(args: Arguments, cli: Cli, prompt: string): Promise<string> {
  const password = await readPassword(args, cli, prompt);
  if (password !== undefined) return password;
  throw usageError("The .pfx file has a password: give it by --password-file or --password-stdin");
}

const maxPasswordBytes = 64 * 1024;

/** All that standard input brings, up to 64 KiB. */
export async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stdin as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxPasswordBytes) throw usageError("What standard input brings is no password");
  }
  return Buffer.concat(pieces).toString("utf8");
}

function dropLineEnd(text: string): string {
  return text.replace(/\r?\n$/, "");
}

/** Reads keys one by one, as the terminal itself would show a whole line while it is typed. */
async function askHidden(cli: Cli, prompt: string): Promise<string> {
  const { stdin, output } = cli;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed = "";
  const takeKeys = (piece: Buffer): void => {
    for (const key of piece.toString("utf8")) {
      if (key === "\r" || key === "\n" || key === "\u0004") return resolve(typed);
      if (key === "\u0003") return reject(new AppError("Canceled", "No password was given"));
      typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
    }
  };
  output.draw(`${prompt}: `);
  stdin.setRawMode(true);
  stdin.on("data", takeKeys);
  stdin.resume();
  try {
    return await promise;
  } finally {
    stdin.off("data", takeKeys);
    stdin.setRawMode(false);
    stdin.pause();
    output.draw("");
  }
}
