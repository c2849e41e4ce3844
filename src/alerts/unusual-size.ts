import type { RunFacts } from "./location-facts.ts";

/** Fewer earlier backups than this are no usual size. */
const leastHistory = 4;
const longestHistory = 10;
/** Changes of less are noise in small deployments. */
const leastBytes = 1_048_576;

export interface UnusualSize {
  readonly backupId: string;
  readonly bytes: number;
  readonly usualBytes: number;
}

/** The newest good backup if it is further than so many percent from the median of those before it. */
export function findUnusualSize(
  runs: readonly RunFacts[],
  percent: number | null,
): UnusualSize | undefined {
  if (percent === null) return undefined;
  const sizes = runs
    .filter(({ status }) => status === "Succeeded")
    .flatMap(({ backupId, plainBytes }) =>
      plainBytes === undefined ? [] : [{ backupId, bytes: plainBytes }],
    );
  const [newest, ...earlier] = sizes.slice(0, longestHistory + 1);
  if (newest === undefined || earlier.length < leastHistory) return undefined;
  const usualBytes = medianOf(earlier.map(({ bytes }) => bytes));
  const change = Math.abs(newest.bytes - usualBytes);
  if (change < leastBytes || change <= (usualBytes * percent) / 100) return undefined;
  return { ...newest, usualBytes };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
