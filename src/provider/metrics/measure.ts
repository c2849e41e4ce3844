import { alertPrefix, isKnown, type Alert } from "../../alerts/alert.ts";
import { typeOf } from "../../alerts/alert-types.ts";
import { noticeJobKind } from "../notify/notices.ts";
import type { Reading } from "../../metrics/gauges.ts";
import type { Job } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import type { BackupLocation } from "../model.ts";
import { jobKinds } from "../records/operation-start.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { readLocationState } from "../watch/location-facts.ts";
import type { WatchRecord } from "../watch/watch-record.ts";
import { readingsOfLocation } from "./measure-location.ts";

/**
 * The state in numbers. It reads locations, what is kept below each of them, and living jobs; never all
 * operations, of which there may be very many.
 */
export async function measureState({
  store,
  clock,
}: Pick<ProviderDeps, "store" | "clock">): Promise<readonly Reading[]> {
  const now = clock.now();
  const readings: Reading[] = [...readingsOfJobs(await store.listJobs(["queued", "running"]), now)];
  const locations = await listAll<BackupLocation>(store, "location", "");
  readings.push({ name: "holdfast_locations", labels: {}, value: locations.length });
  for (const { key, value: location } of locations) {
    const kept = (await store.get<WatchRecord>("watch", key))?.value;
    const state = await readLocationState(store, key, location, kept);
    const alerts = await listAll<Alert>(store, "alert", `${alertPrefix(key)}open/`);
    readings.push(...readingsOfLocation(state, now));
    readings.push(
      ...alerts
        .map(({ value }) => value)
        .filter(isKnown)
        .map(readingOfAlert),
    );
  }
  return readings;
}

const kinds: readonly string[] = [...Object.values(jobKinds), noticeJobKind];

function readingsOfJobs(jobs: readonly Job[], now: number): readonly Reading[] {
  const counts = kinds.flatMap((kind) =>
    (["queued", "running"] as const).map((state): Reading => {
      const value = jobs.filter((job) => job.kind === kind && job.state === state).length;
      return { name: "holdfast_jobs", labels: { kind, state }, value };
    }),
  );
  const waits = jobs.filter(({ state }) => state === "queued").map(({ dueAt }) => now - dueAt);
  const oldest = Math.max(0, ...waits) / 1000;
  return [...counts, { name: "holdfast_jobs_oldest_due_age_seconds", labels: {}, value: oldest }];
}

function readingOfAlert({ typeId, scope }: Alert): Reading {
  const labels = {
    subscription: scope.subscriptionId,
    resource_group: scope.resourceGroupName,
    location: scope.locationName,
    type: typeId,
    severity: typeOf(typeId).severity,
  };
  return { name: "holdfast_alerts_open", labels, value: 1 };
}
