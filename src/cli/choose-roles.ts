import type { Arguments } from "./command.ts";
import { basename, resolve } from "node:path";
import type { BackupRole } from "../engine/backup/options.ts";
import { openDirectorySource } from "../roles/directory.ts";
import { usageError } from "./arguments.ts";
import { readNamedFile } from "./private-file.ts";

/** What a backup takes, and the folders among it. */
export interface ChosenRoles {
  readonly roles: readonly BackupRole[];
  readonly folders: readonly string[];
}

/** The roles that the command line or a file names; throws a usage error when there are none. */
export async function chooseRoles(args: Arguments): Promise<ChosenRoles> {
  const file = args.text("config");
  const exclude = args.texts("exclude");
  if (file !== undefined) {
    if (args.positionals.length > 0 || exclude.length > 0) {
      throw usageError("Give folders (with --exclude), or --config with everything, not both");
    }
    return readRoles(file);
  }
  if (args.positionals.length === 0) {
    throw usageError("Nothing to back up: name a folder, or a file with roles by --config");
  }
  return createRoles(args.positionals, exclude);
}

function createRoles(named: readonly string[], exclude: readonly string[]): ChosenRoles {
  const roles: BackupRole[] = [];
  const folders: string[] = [];
  const taken = new Set<string>();
  for (const word of named) {
    const { name, path } = splitName(word);
    const role = findFreeName(name, taken);
    taken.add(role.toLowerCase());
    folders.push(path);
    roles.push({
      name: role,
      wave: 0,
      required: true,
      essential: true,
      allowEmpty: true,
      onlyLooks: true,
      open: (host) => openDirectorySource({ path, exclude }, host),
    });
  }
  return { roles, folders };
}

/** `NAME=FOLDER`, or a folder whose own name is made fit for a role. */
function splitName(word: string): { readonly name: string; readonly path: string } {
  const match = /^([A-Za-z0-9][A-Za-z0-9-]{0,62})=(.+)$/s.exec(word);
  if (match?.[1] !== undefined && match[2] !== undefined) {
    return { name: match[1], path: resolve(match[2]) };
  }
  const path = resolve(word);
  const name = basename(path)
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return { name: name === "" ? "root" : name, path };
}

function findFreeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name.toLowerCase())) return name;
  for (let number = 2; ; number += 1) {
    const candidate = `${name.slice(0, 58)}-${number}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

async function readRoles(file: string): Promise<ChosenRoles> {
  const text = (await readNamedFile(file, "roles")).toString("utf8");
  const [{ parse }, { openSource, parseRoles }] = await Promise.all([
    import("yaml"),
    import("../roles/role-config.ts"),
  ]);
  const value: unknown = parseText(text, file, parse);
  const list = Array.isArray(value) ? value : (value as { readonly roles?: unknown } | null)?.roles;
  const configs = parseRoles(list);
  return {
    roles: configs.map((config) => ({
      name: config.name,
      wave: config.wave,
      required: config.required,
      essential: config.essential,
      open: (host) => openSource(config, host),
    })),
    folders: configs.flatMap((config) =>
      config.adapter === "directory" ? [config.settings.path] : [],
    ),
  };
}

function parseText(text: string, file: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [reason = ""] = error instanceof Error ? error.message.split("\n") : [];
    throw usageError(`The file "${file}" is neither YAML nor JSON: ${reason}`);
  }
}
