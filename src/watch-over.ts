import { hostname } from "node:os";
import { systemClock } from "./base/clock.ts";
import type { Logger } from "./base/log.ts";
import type { Config } from "./config.ts";
import { startRepeater, type Repeater } from "./jobs/repeater.ts";
import { startWorker } from "./jobs/worker.ts";
import { createNoticeSender } from "./notify/send-notice.ts";
import type { NoticeSender } from "./notify/route-target.ts";
import type { BackupProvider } from "./provider/manifest.ts";
import type { StateStore } from "./state/state-store.ts";

/** What looks after everything else and tells of it; shares nothing with scheduler and worker but the state. */
export interface WatchOver {
  /** Delivers what was just written. */
  wake(): void;
  /** Has the watchdog look at once. */
  look(): void;
  stop(): Promise<void>;
}

export interface WatchOverParts {
  readonly config: Pick<
    Config,
    "watchSeconds" | "pollSeconds" | "leaseSeconds" | "storeProbeSeconds"
  >;
  readonly logger: Logger;
  readonly store: StateStore;
  /** Names this process in the job table. */
  readonly owner: string;
}

// Receivers come back within minutes or hours: ten tries are most of an hour.
const delivery = {
  maxAttempts: 10,
  firstRetryMilliseconds: 5_000,
  maxRetryMilliseconds: 1_200_000,
  concurrency: 4,
};

/** Starts the watchdog, and the worker that delivers messages: no backup holds it up. */
export function startWatchOver(
  { config, logger, store, owner }: WatchOverParts,
  backup: Pick<BackupProvider, "runWatch" | "noticeHandlers" | "probeStores">,
): WatchOver {
  const common = { clock: systemClock, logger };
  const messenger = startWorker({
    ...common,
    ...delivery,
    store,
    owner: `${owner}/messages`,
    handlers: backup.noticeHandlers,
    leaseSeconds: config.leaseSeconds,
    pollMilliseconds: config.pollSeconds * 1000,
  });
  const watchdog = startRepeater({
    ...common,
    name: "The watchdog",
    pauseMilliseconds: config.watchSeconds * 1000,
    work: backup.runWatch,
  });
  const probes = startProbes(config.storeProbeSeconds * 1000, common, backup);
  return {
    wake: () => messenger.wake(),
    look: () => watchdog.wake(),
    stop: async () => {
      await watchdog.stop();
      await probes?.stop();
      await messenger.stop();
    },
  };
}

/** How often it is seen whether a look is due: a share of the time between two. */
const looksPerPeriod = 10;

/** Looks at stores on a timer of its own: a store that hangs holds up nothing else. */
function startProbes(
  period: number,
  common: { readonly clock: typeof systemClock; readonly logger: Logger },
  { probeStores }: Pick<BackupProvider, "probeStores">,
): Repeater | undefined {
  if (period === 0) return undefined;
  return startRepeater({
    ...common,
    name: "The look at the stores",
    pauseMilliseconds: Math.min(30_000, Math.ceil(period / looksPerPeriod)),
    beginsLater: true,
    work: () => probeStores(period),
  });
}

/** Throws `InvalidConfiguration` for a host that is none. */
export function openNoticeSender({ notifications }: Pick<Config, "notifications">): NoticeSender {
  return createNoticeSender({
    ...notifications,
    now: () => systemClock.now(),
    hostName: hostname(),
  });
}

const upkeepMilliseconds = 30_000;
const logMilliseconds = 1000;

/** What is tidied, and how often; the first time was before anything began. */
export function startUpkeep(
  logger: Logger,
  upkeepAll: () => Promise<void>,
  keepLogs: () => Promise<void>,
): readonly Repeater[] {
  const common = { clock: systemClock, logger, beginsLater: true };
  const tidy = { name: "Upkeep", pauseMilliseconds: upkeepMilliseconds, work: upkeepAll };
  const logs = { name: "Keeping logs", pauseMilliseconds: logMilliseconds, work: keepLogs };
  return [startRepeater({ ...common, ...tidy }), startRepeater({ ...common, ...logs })];
}
