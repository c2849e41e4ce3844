import type { AuditLog } from "../arm/audit.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Tracer } from "../base/tracer.ts";
import type { JobEnd } from "../jobs/job-handler.ts";
import type { DeploymentInfo } from "../engine/model.ts";
import type { Count } from "../metrics/counters.ts";
import type { NoticeSender } from "../notify/route-target.ts";
import type { StateStore } from "../state/state-store.ts";
import type { LineBuffer } from "./operation-log/line-buffer.ts";
import type {
  BackupEngine,
  FailpointHook,
  IdentityPort,
  StoreAddresses,
  StorePath,
} from "./ports.ts";

/** Everything the provider needs of its surroundings; main puts it together. */
export interface ProviderDeps {
  readonly store: StateStore;
  readonly engine: BackupEngine;
  readonly identity: IdentityPort;
  /** Reads an administrator's path; throws `InvalidBackupPath`. */
  readonly parseStorePath: (path: string) => StorePath;
  readonly addresses: StoreAddresses;
  /** Judges and delivers notifications; `notify/` does the work. */
  readonly notices: NoticeSender;
  /**
   * Looks whether a local folder is there and can be written to, within seconds: what an administrator can see at
   * once is refused at once (rule 166). Throws `BackupPathNotFound`, `InvalidBackupPath`, `StoreReadOnly`, …
   */
  readonly checkStorePath: (path: string) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Fresh lower-case GUIDs. */
  readonly newId: () => string;
  readonly deployment: DeploymentInfo;
  /** Bytes that are free where the service keeps its state and cache; absent where nobody can say. */
  readonly freeSpace?: () => Promise<number>;
  /** Absolute folder below which restores are written. */
  readonly restoreRoot: string;
  /** Seals the tokens of list pages: the same in every process, of at least 16 bytes. */
  readonly pagingKey: Uint8Array;
  /** True: nothing is written in a subscription that the front door has not announced. */
  readonly refusesUnknownSubscriptions?: boolean;
  /** What readers of the audit log check its signatures with. */
  readonly auditPublicKey: string;
  /** Called after a job was committed, so that a worker looks at once. */
  readonly onEnqueued?: () => void;
  /** Called when something became known that alerts are made of, so that the watchdog looks at once. */
  readonly onTrouble?: () => void;
  /** What the service does by itself is written into the log of what callers do. */
  readonly audit?: Pick<AuditLog, "append">;
  /** The same for notifications. */
  readonly onNotices?: () => void;
  /** Tells a collector of traces; absent: there is none. */
  readonly tracer?: Tracer;
  /** Told of every job that has ended, e.g. to count them. */
  readonly onWorkEnded?: (work: EndedWork) => void;
  /** Counts what this process does. */
  readonly count?: Count;
  /** Log lines about operations, on their way to the state. */
  readonly operationLines?: LineBuffer;
  readonly failpoint?: FailpointHook;
}

export interface EndedWork {
  /** Of the job. */
  readonly kind: string;
  readonly end: JobEnd;
  /** Of the last attempt. */
  readonly milliseconds: number;
}

/** Milliseconds since 1970 as the text documents keep. */
export function nowIso(deps: Pick<ProviderDeps, "clock">): string {
  return new Date(deps.clock.now()).toISOString();
}
