import { readAlerts } from "../../alerts/alert-book.ts";
import { describeAlert, isOpen, type Alert, type Finding } from "../../alerts/alert.ts";
import { typeOf } from "../../alerts/alert-types.ts";
import { evaluateLocation, newestReady } from "../../alerts/evaluate-location.ts";
import type { LocationFacts } from "../../alerts/location-facts.ts";
import { countOf } from "../../base/count-of.ts";
import { listAll } from "../documents.ts";
import { repositoryKey, type BackupLocation } from "../model.ts";
import type { DeadLetter } from "../notify/notice-job.ts";
import { listRoutes, openSecrets } from "../notify/route-record.ts";
import { readKeys } from "../stores/repository-keys.ts";
import { openPreSharedKey } from "../stores/store-access.ts";
import { storeSpecOf } from "../stores/store-spec-of.ts";
import { factsOf, isDue, readLocationState, type LocationState } from "../watch/location-facts.ts";
import type { WatchRecord } from "../watch/watch-record.ts";
import { checkOf, passed, spanOf, troubled, type Check, type DiagnosisDeps } from "./check.ts";

/** A location, judged by the facts and in the words of its alerts, and by what only the state can tell. */
export async function checkLocation(
  deps: DiagnosisDeps,
  key: string,
  location: BackupLocation,
): Promise<readonly Check[]> {
  const now = deps.clock.now();
  const kept = (await deps.store.get<WatchRecord>("watch", key))?.value;
  const state = await readLocationState(deps.store, key, location, kept);
  const facts = factsOf(withDueTime(state, now), now);
  const findings = evaluateLocation(facts, now).map((one) => checkOfFinding(one, location));
  const named = new Set(findings.map(({ name }) => name));
  const healthy = facts.isConfigured ? healthyChecks(facts, state, now) : [];
  return [
    await checkOf("keys", () => checkKeys(deps, key, location)),
    await checkOf("work", () => checkWork(deps, location)),
    ...healthy.filter(({ name }) => !named.has(name)),
    ...findings,
    await checkOf("routes", () => checkRoutes(deps, key)),
    await checkOf("alerts", () => checkAlerts(deps, key, named)),
  ];
}

/** The watchdog, which says since when a backup is due, may be what is dead. */
function withDueTime(state: LocationState, now: number): LocationState {
  const { location, record } = state;
  const dueSince = record.dueSince ?? location.nextTick ?? undefined;
  if (!isDue(location, now) || dueSince === undefined) return state;
  return { ...state, record: { ...record, dueSince } };
}

function checkOfFinding(
  { typeId, error }: Finding,
  { name, subscriptionId, resourceGroupName, settings }: BackupLocation,
): Check {
  const { region } = settings;
  const scope: Alert["scope"] = { subscriptionId, resourceGroupName, locationName: name, region };
  const said = { typeId, scope, ...(error === undefined ? {} : { error }) };
  const { title, cause, error: errorText, remediation, probe } = describeAlert(said);
  return {
    name: typeOf(typeId).family,
    status: typeOf(typeId).severity === "Critical" ? "Failed" : "Warning",
    code: typeId,
    message: `${title}: ${errorText ?? cause}`,
    remediation,
    probe,
  };
}

/** What is told of each family while nothing is wrong with it. */
function healthyChecks(
  facts: LocationFacts,
  { notes }: LocationState,
  now: number,
): readonly Check[] {
  const { storeText, runs, targets, schedule, certificates, lastVerify, lastDrill } = facts;
  const ready = newestReady(runs)?.endedAt;
  const age = spanOf(now - Date.parse(ready ?? facts.configuredAt));
  const allowed = `${targets.recoveryPointHours} hours are allowed`;
  const firstEnd = certificates.map(({ notAfter }) => notAfter).toSorted()[0];
  const ended = runs.find(({ endedAt, status }) => endedAt !== undefined && status !== "Canceled");
  return [
    passed("configuration", `Backups go to ${storeText}`),
    passed(
      "recovery-point",
      ready === undefined
        ? `There is none yet, ${age} after the location was configured; ${allowed}`
        : `The newest recovery point is ${age} old; ${allowed}`,
    ),
    passed("backup", ended === undefined ? "None has ended yet" : "The last backup succeeded"),
    passed("schedule", `The next backup is due at ${schedule.nextBackupTime ?? "no time"}`),
    ...(firstEnd === undefined
      ? []
      : [passed("certificate", `No certificate ends before ${firstEnd}`)]),
    passed(
      "store",
      notes.probe?.at === undefined
        ? "Nothing is known against the store"
        : `The store could be used at ${notes.probe.at}`,
    ),
    passed(
      "verify",
      lastVerify === undefined
        ? "The store was not verified yet"
        : `The last verification, at ${lastVerify.at}, found nothing`,
    ),
    passed("drill", lastDrill === undefined ? "None was due yet" : `The last was at ${lastDrill}`),
  ];
}

/** Whether everything that is sealed can be opened: the wrong sealing key shows here, before a backup needs it. */
async function checkKeys(
  deps: DiagnosisDeps,
  key: string,
  location: BackupLocation,
): Promise<Check> {
  const { settings, secrets } = location;
  storeSpecOf(deps, key, settings.store, secrets);
  if (settings.encryption.kind === "pre-shared-key") openPreSharedKey(deps, key, secrets);
  if (settings.store.kind !== "none") await readKeys(deps, repositoryKey(key, settings.store));
  for (const route of await listRoutes(deps.store, key))
    openSecrets(deps.identity, route.key, route.value.secrets);
  return passed("keys", "Every stored secret and key can be opened");
}

/** What holds the location, and whether its worker is alive. */
async function checkWork(
  { store, clock }: DiagnosisDeps,
  { running, name }: BackupLocation,
): Promise<Check> {
  if (running === undefined) return passed("work", "Nothing holds the location");
  const { kind, operationId } = running;
  const words = `A ${kind} holds the location as operation ${operationId}`;
  const job = await store.getJob(operationId);
  const silent = clock.now() - (job?.leaseUntil ?? job?.dueAt ?? clock.now());
  if (silent <= deadMilliseconds) return passed("work", words);
  return troubled(
    "work",
    "Failed",
    `${words}, and its worker has been silent for ${spanOf(silent)}`,
    "Look in the service's log, and start the service again: it goes on where it was",
    `Or cancel it: holdfast operation cancel ${operationId} --location ${name}`,
  );
}

const deadMilliseconds = 5 * 60_000;

async function checkRoutes({ store }: DiagnosisDeps, key: string): Promise<Check> {
  const routes = await listRoutes(store, key);
  const enabled = routes.filter(({ value }) => value.isEnabled).length;
  if (enabled === 0)
    return troubled(
      "routes",
      "Warning",
      "No notification route is in use: nobody is told of an alert",
      "Set one up: a webhook, mail, syslog or a heartbeat, by a PUT of notificationRoutes",
    );
  const letters = await listAll<DeadLetter>(store, "deadLetter", `${key}/deadletters/`);
  const words = `Notification routes in use: ${enabled}`;
  if (letters.length === 0) return passed("routes", words);
  return troubled(
    "routes",
    "Warning",
    `${words}; ${countOf(letters.length, "message")} of the last week did not arrive`,
    "See which, and why, in the list of deadLetters",
  );
}

/** Open alerts that the present facts do not show; those that they do have a line of their own. */
async function checkAlerts(
  { store }: DiagnosisDeps,
  key: string,
  named: ReadonlySet<string>,
): Promise<Check> {
  const open = (await readAlerts(store, key)).map(({ value }) => value).filter(isOpen);
  const others = open.filter(({ typeId }) => !named.has(typeOf(typeId).family));
  if (others.length === 0) return passed("alerts", `Open alerts: ${open.length}`);
  const titles = others.map((alert) => describeAlert(alert).title).join("; ");
  return troubled(
    "alerts",
    "Warning",
    `Still open, though its cause is no longer seen: ${titles}`,
    "The watchdog closes it at its next look; if it does not, see the service's log",
  );
}
