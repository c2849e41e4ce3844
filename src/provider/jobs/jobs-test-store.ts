import type { JobContext, JobHandler } from "../../jobs/job-handler.ts";
import type { Job, Write } from "../../state/state-store.ts";
import {
  beginOperation,
  endAbandoned,
  endUnfinished,
  findJobLocation,
  succeed,
} from "./job-parts.ts";
import { repositoryKey } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { nowIso } from "../provider-deps.ts";
import { readRemembered } from "../stores/repository-keys.ts";
import { storeSpecOf } from "../stores/store-spec-of.ts";
import { newestNote, noteWrite } from "../records/notes.ts";

/** Tries out a location's store. A store that is no good is a result, not a failure. */
export function testStoreHandler(deps: ProviderDeps): JobHandler {
  return {
    run: (job, context) => runTest(deps, job, context),
    onFailure: (job, error) => endUnfinished(deps, job, "Failed", error),
    onCancel: (job) => endUnfinished(deps, job, "Canceled", undefined),
    onEnded: () => deps.onTrouble?.(),
  };
}

async function runTest(
  deps: ProviderDeps,
  job: Job,
  context: JobContext,
): Promise<() => Promise<readonly Write[]>> {
  const location = await findJobLocation(deps, job);
  const spec =
    location &&
    storeSpecOf(deps, location.key, location.value.settings.store, location.value.secrets);
  if (location === undefined || spec === undefined) return () => endAbandoned(deps, job);
  await beginOperation(deps, job, context, "Trying out the store");
  const { store } = location.value.settings;
  const remembered = await readRemembered(deps, repositoryKey(location.key, store));
  const result = await deps.engine.testStore(spec, remembered);
  const failed = result.steps.find(({ status }) => status === "Failed");
  const error = failed && { code: failed.code ?? "Internal", message: failed.message };
  return async () => [
    // What somebody has just seen is what the watchdog goes by.
    noteWrite(location.key, "probe", {
      at: nowIso(deps),
      ...(error && { error }),
      ...newestNote(result.newest, remembered),
    }),
    ...(await succeed(deps, job, result)),
  ];
}
