import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

import { AppError } from "../base/errors.ts";
import type { Source, SourceEntry, SourceHost } from "../engine/source.ts";
import { createWalk, nodeWalkSystem } from "./directory-walk.ts";
import type { WalkSystem } from "./directory-walk.ts";
import { compileExcludes } from "./exclude.ts";
import { toRawPath } from "./raw-path.ts";
import { readSettings, readTexts, requirePath } from "./settings-reader.ts";
import { WalkAhead } from "./walk-ahead.ts";

export interface DirectorySettings {
  /** Absolute path of the folder; a link is followed once, here. */
  readonly path: string;
  /** What to leave out: see `compileExcludes`. */
  readonly exclude?: readonly string[];
}

const batchEntries = 256; // enough to make the hand-over free, little enough to start copying at once
const threadEntries = 1024; // smaller folders are walked before a thread has started

/** Reads the settings of a directory role. */
export function parseDirectorySettings(value: unknown, place: string): DirectorySettings {
  const settings = readSettings(value, place, ["path", "exclude"]);
  return { path: requirePath(settings, "path"), exclude: readTexts(settings, "exclude") };
}

/**
 * A folder and all below it. What cannot be read or vanishes meanwhile is reported as a warning and left
 * out; a root that cannot be read is `SourceUnavailable`. Calls block: run it in a worker or a command. Of a large
 * folder a thread of its own lists the rest; with a `system` of the caller's everything happens here.
 */
export function openDirectorySource(
  settings: DirectorySettings,
  host: Pick<SourceHost, "warn">,
  system?: WalkSystem,
): Source {
  let root = "";
  return {
    prepare: async (signal) => {
      signal.throwIfAborted();
      root = findRoot(settings.path);
    },
    entries: (signal) => walkFolder(settings, toRawPath(root), host, system, signal),
    open: () => {
      throw new AppError("SourceFailed", "Cannot open a stream: a directory role has files only");
    },
    close: async () => undefined,
  };
}

async function* walkFolder(
  { exclude = [] }: DirectorySettings,
  root: string,
  host: Pick<SourceHost, "warn">,
  system: WalkSystem | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly SourceEntry[], void, undefined> {
  const warn = host.warn.bind(host);
  const isExcluded = compileExcludes(exclude);
  const walk = createWalk({ root, isExcluded, warn, system: system ?? nodeWalkSystem });
  let ahead: WalkAhead | undefined;
  try {
    for (let count = 0; ahead?.isReady !== true;) {
      signal.throwIfAborted();
      const batch = walk.next(batchEntries);
      if (batch.length === 0) return;
      count += batch.length;
      if (system === undefined && count >= threadEntries)
        ahead ??= new WalkAhead({ root, exclude }, warn);
      yield batch;
      // So that the thread is heard when it is there.
      if (ahead !== undefined) await setImmediate();
    }
    for await (const batch of ahead.entries(walk.state)) {
      signal.throwIfAborted();
      yield batch;
    }
  } finally {
    await ahead?.close();
  }
}

function findRoot(path: string): string {
  try {
    const root = realpathSync(path);
    accessSync(root, constants.R_OK | constants.X_OK);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    throw new AppError(
      "SourceUnavailable",
      `Cannot read the folder "${path}": create or mount it, and give the account of the service the right to read it`,
      { cause: error, target: path },
    );
  }
  const message = `Cannot back up "${path}" as a directory: it is not one`;
  throw new AppError("SourceUnavailable", message, { target: path });
}
