import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { toIso } from "../../base/clock.ts";
import { planRuns } from "../../jobs/schedule.ts";
import { openTimeZone } from "../../jobs/time-zone.ts";
import { findLocation } from "../action-target.ts";
import { applyChange } from "../rules/location-rules.ts";
import { scheduleOf, tickAfterChange } from "../records/location-schedule.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { scopeOf } from "../request-scope.ts";
import { previewChange } from "../versions/v2026-12-01.ts";
import type { ScheduleBody } from "../versions/v2026-12-01-schedule.ts";
import { formatDateTime } from "../wire-format.ts";

interface PreviewBody {
  readonly schedule?: ScheduleBody;
  readonly count?: number | null;
}

/** POST previewSchedule: when backups would be made, by the code that makes them; changes nothing. */
export async function previewSchedule(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const location = (await findLocation(deps, scopeOf(request))).value;
  const { schedule: sent, count } = (request.body ?? {}) as PreviewBody;
  const now = deps.clock.now();
  const settings = applyChange(
    { settings: location.settings, secrets: location.secrets },
    previewChange({ schedule: sent }),
    { ...deps, now },
  ).settings;
  const schedule = scheduleOf(settings);
  const { nextTick } = tickAfterChange(location, settings, now);
  const zone = openTimeZone(schedule.timeZone);
  const runs =
    nextTick === null ? [] : planRuns(schedule, Date.parse(nextTick), now, count ?? defaultCount);
  const body = {
    isEnabled: schedule.isEnabled,
    timeZone: zone.name,
    runs: runs.map(({ tick, time }) => ({
      tick: formatDateTime(toIso(tick)),
      time: formatDateTime(toIso(time)),
      localTime: formatLocal(time, zone.offsetAt(time)),
    })),
  };
  return { kind: "value", body };
}

const defaultCount = 10;

/** `2026-03-29T03:00:00+02:00` */
function formatLocal(instant: number, offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const two = (number: number): string => String(number).padStart(2, "0");
  const sign = offset < 0 ? "-" : "+";
  const local = toIso(instant + offset).slice(0, 19);
  return `${local}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
