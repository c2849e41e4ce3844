import { existsSync, mkdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { ChosenFolder } from "./choose-folders.ts";

/** The project's folder. */
export const root: string = resolve(import.meta.dirname, "..", "..");

/** A program whose output is backed up, and how it is called. */
export const command: string =
  ["dpkg-query", "uname"].find((name) => existsSync(`/usr/bin/${name}`)) ?? "ls";
export const commandArguments: readonly string[] = { "dpkg-query": ["-W"], uname: ["-a"] }[
  command
] ?? ["/"];

/** Where everything of this run lies. */
export interface Stage {
  readonly home: string;
  readonly store: string;
  readonly keys: string;
  readonly database: string;
  readonly restoreRoot: string;
  readonly config: string;
  readonly log: string;
}

/** A fresh folder for everything that is made, beside those of earlier runs. */
export function buildStage(): Stage {
  let home = join(root, "holdfast-quickstart");
  for (let number = 2; existsSync(home); number += 1) {
    home = join(root, `holdfast-quickstart-${number}`);
  }
  const folder = (name: string): string => {
    const path = join(home, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  folder("state");
  return {
    home,
    store: folder("store"),
    keys: folder("keys"),
    database: join(folder("database"), "bank.db"),
    restoreRoot: folder("restored"),
    config: join(home, "service.yaml"),
    log: join(home, "service.log"),
  };
}

/** The settings of the service. */
export function describeService(
  stage: Stage,
  folders: readonly ChosenFolder[],
  port: number,
): unknown {
  return {
    listen: { host: "127.0.0.1", port },
    stateDirectory: join(stage.home, "state"),
    restoreRoot: stage.restoreRoot,
    authentication: { mode: "development" },
    deployment: { region: "local", stampVersion: "1.0.0", oemVersion: "1.0.0" },
    pollSeconds: 1,
    // People watch this: polls follow each other quickly.
    maximumRetryAfterSeconds: 1,
    log: { format: "json", level: "info" },
    roles: [
      ...folders.map(({ role, path, exclude }) => ({
        name: role,
        adapter: "directory",
        essential: true,
        settings: { path, ...(exclude.length === 0 ? {} : { exclude }) },
      })),
      { name: "bank", adapter: "sqlite", essential: true, settings: { path: stage.database } },
      { name: "packages", adapter: "command", settings: { command, args: commandArguments } },
    ],
  };
}

/** A path as it is typed in the project's folder. */
export function nameOf(path: string): string {
  return relative(root, path);
}
