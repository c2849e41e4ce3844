import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { join } from "node:path";

/** What a comparison found. */
export interface Comparison {
  readonly files: number;
  readonly bytes: number;
  readonly directories: number;
  readonly links: number;
  /** One line for each. */
  readonly differences: readonly string[];
}

export interface CompareOptions {
  /** Paths below the root that were left out on purpose. */
  readonly exclude: readonly string[];
  /** Owners can be compared only where the restore could set them. */
  readonly comparesOwner: boolean;
}

// Restoring goes through a clock value in seconds: it is exact to about a quarter of a microsecond.
const allowedNanoseconds = 1000n;
const pieceBytes = 1 << 20;
const permissionBits = 0o7777n;

/** Compares two trees entry by entry: names, kinds, modes, owners, times, link targets and every byte. */
export function compareTrees(source: string, copy: string, options: CompareOptions): Comparison {
  const differences: string[] = [];
  const excluded = new Set(options.exclude);
  const counts = { files: 0, bytes: 0, directories: 0, links: 0 };
  const waiting = [""];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const [one, other] = [join(source, path), join(copy, path)];
    const stats = lstatSync(one, { bigint: true });
    const copied = lstatSync(other, { bigint: true, throwIfNoEntry: false });
    if (copied === undefined) {
      differences.push(`${one}: was not restored`);
      continue;
    }
    const found = describeDifference(one, other, stats, copied, options.comparesOwner);
    if (found !== undefined) differences.push(`${one}: ${found}`);
    if (stats.isDirectory() && copied.isDirectory()) {
      counts.directories += 1;
      waiting.push(...compareNames(path, one, other, excluded, differences));
    } else if (stats.isSymbolicLink()) counts.links += 1;
    else if (stats.isFile()) {
      counts.files += 1;
      counts.bytes += Number(stats.size);
    }
  }
  return { ...counts, differences };
}

/** The paths to compare next; names on one side only are differences. */
function compareNames(
  path: string,
  one: string,
  other: string,
  excluded: ReadonlySet<string>,
  differences: string[],
): string[] {
  const below = (name: string): string => (path === "" ? name : `${path}/${name}`);
  const names = readdirSync(one).filter((name) => !excluded.has(below(name)));
  const known = new Set(names);
  for (const name of readdirSync(other)) {
    if (!known.has(name)) differences.push(`${join(one, name)}: was restored but is not there`);
  }
  return names.map(below);
}

function describeDifference(
  one: string,
  other: string,
  stats: BigIntStats,
  copied: BigIntStats,
  comparesOwner: boolean,
): string | undefined {
  if ((stats.mode ^ copied.mode) & ~permissionBits) return "is of another kind";
  const isLink = stats.isSymbolicLink();
  if (!isLink && stats.mode !== copied.mode) return "has another mode";
  if (comparesOwner && (stats.uid !== copied.uid || stats.gid !== copied.gid)) {
    return "has another owner";
  }
  const drift = stats.mtimeNs - copied.mtimeNs;
  if (drift > allowedNanoseconds || -drift > allowedNanoseconds) return "has another time";
  if (isLink && readlinkSync(one) !== readlinkSync(other)) return "links to something else";
  if (stats.isFile() && !isSameContent(one, other, stats, copied)) return "has other bytes";
  return undefined;
}

const [first, second] = [Buffer.alloc(pieceBytes), Buffer.alloc(pieceBytes)];

function isSameContent(
  one: string,
  other: string,
  stats: BigIntStats,
  copied: BigIntStats,
): boolean {
  if (stats.size !== copied.size) return false;
  const files = [openSync(one, "r"), openSync(other, "r")] as const;
  try {
    for (;;) {
      const read = readSync(files[0], first, 0, pieceBytes, null);
      const copy = readSync(files[1], second, 0, pieceBytes, null);
      if (read !== copy || first.compare(second, 0, copy, 0, read) !== 0) return false;
      if (read === 0) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}
