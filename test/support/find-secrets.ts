import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Something that must be nowhere, in every form in which it could be there. */
export interface Secret {
  readonly name: string;
  readonly forms: readonly Buffer[];
}

/** Raw, base64 at each of its three alignments, base64url and hexadecimal of both cases. */
export function secretForms(name: string, bytes: Buffer): Secret {
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // What the neighbours change is cut off at both ends.
    return shifted.slice(shift === 0 ? 0 : 4, -4);
  });
  const hex = bytes.toString("hex");
  const texts = [
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
    hex,
    hex.toUpperCase(),
  ];
  return { name, forms: [bytes, ...texts.map((text) => Buffer.from(text, "latin1"))] };
}

/** Where any of them is: a file, or every file below a folder. One line for each find. */
export function findSecrets(secrets: readonly Secret[], path: string): string[] {
  const isFolder = statSync(path).isDirectory();
  const files = isFolder
    ? globSync("**", { cwd: path })
        .map((name) => join(path, name))
        .filter((file) => statSync(file).isFile())
    : [path];
  return files.flatMap((file) => {
    const content = readFileSync(file);
    return secrets
      .filter(({ forms }) => forms.some((form) => content.includes(form)))
      .map(({ name }) => `${name} is in ${file}`);
  });
}
