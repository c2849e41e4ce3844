import type { DocumentKind, Write } from "../../state/state-store.ts";
import { listAll } from "../documents.ts";
import type { DeadLetter } from "../notify/notice-job.ts";
import type { ProviderDeps } from "../provider-deps.ts";

/** What the watchdog keeps of a location, by the words that follow its key. */
const kept: readonly (readonly [kind: DocumentKind, tail: RegExp])[] = [
  ["alert", /\/alerts\/(?:open|closed)\/[^/]+$/],
  ["route", /\/routes\/[^/]+$/],
  ["deadLetter", /\/deadletters\/[^/]+$/],
  ["note", /\/notes\/[^/]+$/],
  ["watch", /$/],
  ["monitoring", /$/],
];

const deadLetterMilliseconds = 7 * 86_400_000;

/** Forgets everything about locations that are no more, and messages that were given up long ago. */
export async function forgetGone(
  deps: ProviderDeps,
  locationKeys: ReadonlySet<string>,
): Promise<void> {
  const writes: Write[] = [];
  for (const [kind, tail] of kept) {
    const documents = await listAll(deps.store, kind, "");
    const gone = documents.filter(({ key }) => !locationKeys.has(key.replace(tail, "")));
    writes.push(...gone.map(({ key }): Write => ({ op: "delete", kind, key })));
  }
  const letters = await listAll<DeadLetter>(deps.store, "deadLetter", "");
  const old = letters.filter(
    ({ value }) => deps.clock.now() - Date.parse(value.givenUpAt) > deadLetterMilliseconds,
  );
  writes.push(...old.map(({ kind, key }): Write => ({ op: "delete", kind, key })));
  if (writes.length === 0) return;
  await deps.store.commit(writes);
  deps.count?.("holdfast_deletions_total", { what: "message", reason: "expired" }, old.length);
}
