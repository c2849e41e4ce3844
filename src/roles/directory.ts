import { accessSync, constants, realpathSync, statSync } from "node:fs";

import { AppError } from "../base/errors.ts";
import type { EntryBatch, Source, SourceEntry, SourceHost } from "../engine/source.ts";
import { createWalk, nodeWalkSystem } from "./directory-walk.ts";
import type { Walk, WalkSystem } from "./directory-walk.ts";
import { compileExcludes } from "./exclude.ts";
import { toRawPath, toSystemPath } from "./raw-path.ts";
import { readSettings, readTexts, requirePath } from "./settings-reader.ts";
import { WalkAhead } from "./walk-ahead.ts";
import { hasWalkThread } from "./walk-thread.ts";

export interface DirectorySettings {
  /** Absolute path of the folder; a link is followed once, here. */
  readonly path: string;
  /** What to leave out: see `compileExcludes`. */
  readonly exclude?: readonly string[];
}

const batchEntries = 256; // enough to make the hand-over free, little enough to start copying at once
const threadEntries = 1024; // a smaller folder is listed before a thread has started; with one that waits a batch is enough

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
  let walk: StartedWalk | undefined;
  return {
    prepare: async (signal) => {
      signal.throwIfAborted();
      walk = startWalk(settings, toRawPath(findRoot(settings.path)), host, system);
    },
    entries: async function* (signal): AsyncGenerator<EntryBatch, void, undefined> {
      if (walk === undefined) return;
      walk.requireRoot();
      for (let from = 0; from < walk.first.length; from += batchEntries) {
        signal.throwIfAborted();
        yield walk.first.slice(from, from + batchEntries);
      }
      for await (const batch of walk.rest) {
        signal.throwIfAborted();
        yield batch;
      }
    },
    open: () => {
      throw new AppError("SourceFailed", "Cannot open a stream: a directory role has files only");
    },
    close: async () => walk?.close(),
  };
}

interface StartedWalk {
  /** Throws `SourceFailed` when the folder is gone, or another one is in its place, as after a lost mount. */
  requireRoot(): void;
  readonly first: readonly SourceEntry[];
  readonly rest: AsyncIterable<EntryBatch> | Iterable<EntryBatch>;
  close(): Promise<void>;
}

function startWalk(
  { exclude = [] }: DirectorySettings,
  root: string,
  host: Pick<SourceHost, "warn">,
  system: WalkSystem | undefined,
): StartedWalk {
  const warn = host.warn.bind(host);
  const isExcluded = compileExcludes(exclude);
  const walk = createWalk({ root, isExcluded, warn, system: system ?? nodeWalkSystem });
  const requireRoot = watchRoot(root, system ?? nodeWalkSystem);
  const wanted = hasWalkThread() ? batchEntries : threadEntries;
  const first = walk.next(wanted);
  if (system === undefined && first.length === wanted) {
    const ahead = new WalkAhead({ root, exclude }, walk.state, warn);
    return { requireRoot, first, rest: ahead.entries(), close: () => ahead.close() };
  }
  return { requireRoot, first, rest: takeBatches(walk), close: async () => undefined };
}

function watchRoot(root: string, { stat }: WalkSystem): () => void {
  const { dev, ino } = stat(toSystemPath(root));
  return () => {
    try {
      const now = stat(toSystemPath(root));
      if (now.dev === dev && now.ino === ino) return;
    } catch {
      // As if another were there.
    }
    const message =
      "The folder of the role went away while the backup began: see that it is mounted";
    throw new AppError("SourceFailed", message);
  };
}

function* takeBatches(walk: Walk): Generator<readonly SourceEntry[], void, undefined> {
  for (let batch = walk.next(batchEntries); batch.length > 0; batch = walk.next(batchEntries))
    yield batch;
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
