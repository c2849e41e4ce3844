import { execFile, type PromiseWithChild } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

/** What one address answered; times in milliseconds. */
export interface Load {
  readonly requests: number;
  readonly failures: number;
  /** The median of its turns. */
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** How late the load process itself asked, where it had a connection free: part of the times above. */
  readonly ownP99: number;
  readonly ownLongest: number;
  /** Answers a second in each turn: the same place is the same moment for all addresses. */
  readonly rates: readonly number[];
}

export interface LoadSettings {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second of one address; absent: as many as it answers. */
  readonly rate?: number;
}

const run = promisify(execFile);
const millisecondsBefore = 2000;

/** Asks these addresses in turns, from a process of its own; throws when an answer is not 200. */
export function loadInTurns(
  urls: readonly string[],
  settings: LoadSettings,
): Promise<readonly Load[]> {
  return readLoads(urls, startLoad(urls, settings));
}

function startLoad(
  urls: readonly string[],
  { connections, seconds, rate = 0 }: LoadSettings,
): PromiseWithChild<{ stdout: string }> {
  const program = join(import.meta.dirname, "load-child.ts");
  return run(process.execPath, [program, ...[connections, seconds, rate].map(String), ...urls]);
}

async function readLoads(
  urls: readonly string[],
  ended: Promise<{ readonly stdout: string }>,
): Promise<readonly Load[]> {
  const loads = JSON.parse((await ended).stdout) as readonly Load[];
  for (const [index, { failures }] of loads.entries())
    if (failures > 0) throw new Error(`${failures} answers of ${urls[index]} failed`);
  return loads;
}

/** The same of one address. */
export async function load(url: string, settings: LoadSettings): Promise<Load> {
  const [measured] = await loadInTurns([url], settings);
  if (measured === undefined) throw new Error("Nothing was measured");
  return measured;
}

/** What is measured while something else is done, in a load that was there before; `settings.seconds` is the most it takes. */
export async function loadMeanwhile(
  url: string,
  settings: LoadSettings & { readonly rate: number },
  work: () => Promise<void>,
): Promise<Load> {
  const loading = startLoad([url], settings);
  const measured = readLoads([url], loading);
  // Until the load process has started and found its pace.
  await setTimeout(millisecondsBefore);
  loading.child.stdin?.write("count\n");
  await work();
  loading.child.stdin?.write("end\n");
  const [load] = await measured;
  if (load === undefined) throw new Error("Nothing was measured");
  return load;
}
