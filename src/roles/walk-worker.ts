import { parentPort } from "node:worker_threads";

import { toAppError } from "../base/errors.ts";
import type { SourceWarning } from "../engine/source.ts";
import { createWalk, nodeWalkSystem, type Walk } from "./directory-walk.ts";
import { compileExcludes } from "./exclude.ts";
import { walkBatchEntries, type FromWalkWorker, type ToWalkWorker } from "./walk-messages.ts";

/** Goes on with a walk that another thread began: looks at files while that one compares and copies. */
const port = parentPort;
if (port !== null) serve();

function serve(): void {
  let warnings: SourceWarning[] = [];
  const warn = (warning: SourceWarning): void => void warnings.push(warning);
  let walk: Walk | undefined;
  port?.on("message", ({ start }: ToWalkWorker) => {
    try {
      if (start !== undefined) walk = goOn(start, warn);
      const entries = walk?.pack(walkBatchEntries) ?? new Uint8Array();
      send({ kind: "entries", entries, warnings }, [entries.buffer]);
      warnings = [];
    } catch (error) {
      const { code, message } = toAppError(error);
      send({ kind: "failed", code, message });
    }
  });
}

function goOn(
  { root, exclude, state }: NonNullable<ToWalkWorker["start"]>,
  warn: (warning: SourceWarning) => void,
): Walk {
  const isExcluded = compileExcludes(exclude);
  return createWalk({ root, isExcluded, warn, system: nodeWalkSystem }, state);
}

function send(message: FromWalkWorker, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}
