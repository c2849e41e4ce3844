import type { StateStore } from "../../state/state-store.ts";
import { planLocation, listPins, policyOf, type RetentionView } from "./location-retention.ts";
import { repositoryKey, type BackupLocation } from "../model.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/**
 * The view of a location's backups at this moment. Working it out reads all of them, so that it is remembered until a
 * backup or a pin is written, by whichever process, or the location's rules change. The same object is the same view.
 */
export async function retentionView(
  deps: Pick<ProviderDeps, "store" | "clock">,
  locationKey: string,
  location: BackupLocation,
): Promise<RetentionView> {
  const views = viewsOf(deps.store);
  const now = deps.clock.now();
  const { settings } = location;
  const rules = JSON.stringify([
    repositoryKey(locationKey, settings.store),
    policyOf(settings, []),
  ]);
  // Before the documents: a write that comes in between makes the view look older than it is.
  const revisions = await revisionsOf(deps.store);
  const known = views.get(locationKey);
  const stands =
    known?.revisions === revisions &&
    known.rules === rules &&
    known.madeAt <= now &&
    now < known.until;
  if (stands) return known.view;
  const { view, until } = await makeView(deps, locationKey, location);
  views.delete(locationKey);
  views.set(locationKey, { revisions, rules, madeAt: now, until, view });
  forgetOldest(views);
  return view;
}

interface RememberedView {
  readonly revisions: string;
  readonly rules: string;
  /** Milliseconds since 1970: a clock that was set back is asked anew. */
  readonly madeAt: number;
  /** When a date that lies in the future is one of the past. */
  readonly until: number;
  readonly view: RetentionView;
}

const remembered = new WeakMap<StateStore, Map<string, RememberedView>>();
/** Locations whose views are kept at a time. */
const mostViews = 50;

function viewsOf(store: StateStore): Map<string, RememberedView> {
  const known = remembered.get(store) ?? new Map<string, RememberedView>();
  remembered.set(store, known);
  return known;
}

function forgetOldest(views: Map<string, RememberedView>): void {
  const [oldest] = views.keys();
  if (views.size > mostViews && oldest !== undefined) views.delete(oldest);
}

async function revisionsOf(store: StateStore): Promise<string> {
  return `${await store.revisionOf("backup")} ${await store.revisionOf("pin")}`;
}

async function makeView(
  deps: Pick<ProviderDeps, "store" | "clock">,
  locationKey: string,
  location: BackupLocation,
): Promise<{ readonly view: RetentionView; readonly until: number }> {
  const now = deps.clock.now();
  const { plan, backups } = await planLocation(deps, locationKey, location);
  const reasons = new Map(plan.keep.map(({ backupId, reasons: all }) => [backupId, all]));
  const pins = await listPins(deps, locationKey, location);
  const dates = [...backups.values()].map(({ record }) => Date.parse(record?.createdAt ?? ""));
  const hasFutureDate = dates.some((date) => date > now);
  return {
    view: { reasonsOf: (id) => reasons.get(id) ?? [], pinOf: (id) => pins.get(id) },
    until: hasFutureDate ? now : Number.POSITIVE_INFINITY,
  };
}
