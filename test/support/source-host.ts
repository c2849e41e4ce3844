import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";

import type { Source, SourceEntry, SourceHost, SourceWarning } from "../../src/engine/source.ts";

/** A host that keeps the warnings; scratch folders lie below the given one. */
export function aSourceHost(folder: string): SourceHost & { readonly warnings: SourceWarning[] } {
  const warnings: SourceWarning[] = [];
  return {
    warnings,
    warn: (warning) => void warnings.push(warning),
    scratchDirectory: () => mkdtemp(join(folder, "scratch-")),
  };
}

/** Prepares a source and returns all its entries; the caller closes it. */
export async function readEntries(
  source: Source,
  signal: AbortSignal = new AbortController().signal,
): Promise<SourceEntry[]> {
  await source.prepare(signal);
  const entries: SourceEntry[] = [];
  for await (const batch of source.entries(signal)) entries.push(...batch);
  return entries;
}

/** Prepares a source with one stream and returns its bytes, as the engine takes them. */
export async function readStream(
  source: Source,
  signal: AbortSignal = new AbortController().signal,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  await source.prepare(signal);
  try {
    for await (const batch of source.entries(signal)) {
      for (const entry of batch) {
        for await (const chunk of source.open(entry, signal)) chunks.push(chunk);
      }
    }
  } finally {
    await source.close();
  }
  return Buffer.concat(chunks);
}
