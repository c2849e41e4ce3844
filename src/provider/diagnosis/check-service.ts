import { countOf } from "../../base/count-of.ts";
import { formatBytes } from "../../base/format-bytes.ts";
import type { Job } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import type { Backup } from "../model.ts";
import { checkOf, passed, spanOf, troubled, type Check, type DiagnosisDeps } from "./check.ts";

/** The service itself: state, sealing key, clock, space and workers. The state comes first. */
export async function checkService(deps: DiagnosisDeps): Promise<readonly Check[]> {
  const state = await checkOf("state", async () => {
    await deps.store.check();
    return passed("state", "The state can be read and written");
  });
  if (state.status === "Failed") return [state];
  return [
    state,
    await checkOf("sealing", () => checkSealing(deps)),
    await checkOf("clock", () => checkClock(deps)),
    await checkOf("workers", () => checkWorkers(deps)),
    ...(deps.freeSpace === undefined ? [] : [await checkOf("space", () => checkSpace(deps))]),
  ];
}

function checkSealing({ identity }: DiagnosisDeps): Check {
  const label = "diagnosis";
  const isSame = identity.unseal(identity.seal(label, label), label) === label;
  if (isSame) return passed("sealing", "The sealing key seals and opens");
  return troubled("sealing", "Failed", "The sealing key does not open what it sealed");
}

const slackMilliseconds = 5 * 60_000;

/** What the state remembers lies in the past, unless the clock was set back. */
async function checkClock({ store, clock }: DiagnosisDeps): Promise<Check> {
  const now = clock.now();
  const backups = await listAll<Backup>(store, "backup", "");
  const newest = Math.max(0, ...backups.map(({ value }) => Date.parse(value.startedAt)));
  const ahead = newest - now;
  if (ahead <= slackMilliseconds) return passed("clock", "No backup is dated in the future");
  return troubled(
    "clock",
    "Failed",
    `A backup is dated ${spanOf(ahead)} in the future: the clock of this machine was wrong then or is wrong now`,
    "Have the machine follow a time server, and look whether its time is right",
  );
}

const waitMilliseconds = 5 * 60_000;

async function checkWorkers({ store, clock }: DiagnosisDeps): Promise<Check> {
  const now = clock.now();
  const jobs = await store.listJobs(["queued", "running"]);
  const oldestWait = Math.max(0, ...jobs.map((job) => waitOf(job, now)));
  const running = jobs.filter(({ state }) => state === "running").length;
  if (oldestWait <= waitMilliseconds)
    return passed(
      "workers",
      `${countOf(jobs.length - running, "job")} waiting, ${running} running`,
    );
  return troubled(
    "workers",
    "Failed",
    `Work has waited ${spanOf(oldestWait)} for somebody to do it`,
    "Look in the service's log for why its worker does nothing, and start the service again",
  );
}

/** How long nobody has done anything for a job that is due. */
function waitOf({ state, dueAt, leaseUntil }: Job, now: number): number {
  return state === "queued" ? now - dueAt : now - (leaseUntil ?? now);
}

const scarceBytes = 1024 ** 3;
const leastBytes = 100 * 1024 ** 2;

async function checkSpace({ freeSpace }: DiagnosisDeps): Promise<Check> {
  const free = (await freeSpace?.()) ?? 0;
  const words = `${formatBytes(free)} are free for state and cache`;
  if (free >= scarceBytes) return passed("space", words);
  const remedy = "Free space where stateDirectory lies, or move it to a larger disk";
  return troubled("space", free < leastBytes ? "Failed" : "Warning", `Only ${words}`, remedy);
}
