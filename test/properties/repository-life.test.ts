import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { silentLogger } from "../../src/base/log.ts";
import { executeRepair, planRepair } from "../../src/engine/repair/repair-repository.ts";
import { listBackups } from "../../src/engine/list-backups.ts";
import { backupIdOf } from "../support/a-repository.ts";
import { openFaultyStore } from "../support/faulty-store.ts";
import { someContent } from "../support/odd-tree.ts";
import { hour, PruneWorld, type Content } from "../support/prune-world.ts";

/** What may happen to a repository, drawn at random. */
type Event =
  | { readonly kind: "backup"; readonly parts: readonly number[] }
  | { readonly kind: "crashed backup"; readonly part: number; readonly failAt: number }
  | { readonly kind: "prune"; readonly picks: readonly number[]; readonly graceHours: number }
  | {
      readonly kind: "crashed prune";
      readonly picks: readonly number[];
      readonly failAt: number;
    }
  | { readonly kind: "wait"; readonly hours: number }
  | { readonly kind: "lose index"; readonly pick: number }
  | { readonly kind: "repair" };

const somePart = fc.integer({ min: 0, max: 7 });
const somePicks = fc.array(fc.nat(20), { maxLength: 3 });
const someFailAt = fc.integer({ min: 1, max: 60 });
const someEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("backup" as const),
      parts: fc.uniqueArray(somePart, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("prune" as const),
      picks: somePicks,
      graceHours: fc.constantFrom(0, 1, 24),
    }),
  },
  fc.record({
    kind: fc.constant("crashed backup" as const),
    part: somePart,
    failAt: someFailAt,
  }),
  fc.record({
    kind: fc.constant("crashed prune" as const),
    picks: somePicks,
    failAt: someFailAt,
  }),
  fc.record({ kind: fc.constant("wait" as const), hours: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant("lose index" as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant("repair" as const) }),
);

/** Plays the events; the numbers in the world's contents are the backups that must come back. */
class Life {
  #world: PruneWorld;
  #next = 1;

  constructor(world: PruneWorld) {
    this.#world = world;
  }

  async play(event: Event): Promise<void> {
    const world = this.#world;
    switch (event.kind) {
      case "backup":
        await world.backup(this.#next++, contentOf(event.parts));
        return;
      case "crashed backup":
        await this.#crash(event.failAt, (broken) =>
          broken.backup(this.#next, contentOf([event.part])),
        );
        this.#next += 1;
        return;
      case "prune":
        await world.prune(this.#choose(event.picks), {
          graceMilliseconds: event.graceHours * hour,
        });
        return;
      case "crashed prune": {
        const remove = this.#choose(event.picks);
        const plan = await world.plan(remove, { graceMilliseconds: 0 });
        await this.#crash(event.failAt, (broken) => broken.execute(plan));
        const { backups } = await listBackups(world.store);
        const left = new Set(backups.map(({ record }) => record.backupId));
        for (const number of remove)
          if (!left.has(backupIdOf(number))) world.contents.delete(number);
        return;
      }
      case "wait":
        world.clock.advance(event.hours * hour);
        return;
      case "lose index": {
        const names = world.names("index/");
        world.objects.delete(names[event.pick % Math.max(1, names.length)] ?? "");
        await this.#repair();
        return;
      }
      case "repair":
        await this.#repair();
    }
  }

  /** The newest always stays, and one good one. */
  #choose(picks: readonly number[]): number[] {
    const numbers = [...this.#world.contents.keys()].sort((a, b) => a - b).slice(0, -1);
    return [...new Set(picks.map((pick) => numbers[pick % numbers.length] ?? 0))].filter(Boolean);
  }

  async #crash(failAt: number, run: (broken: PruneWorld) => Promise<unknown>): Promise<void> {
    const inner = this.#world.store;
    const broken = this.#world.seenThrough(
      openFaultyStore(inner, { failAt, fault: failAt % 2 === 0 ? "crash-before" : "crash-after" }),
    );
    await run(broken).catch(() => undefined);
    // The dead writer's lease runs out.
    this.#world.clock.advance(hour);
    this.#world = this.#world.unwrapped();
  }

  async #repair(): Promise<void> {
    const options = {
      ...this.#world.repository.host,
      store: this.#world.store,
      keys: this.#world.keys,
      workers: 1,
      owner: { installationId: "a repairer", jobFence: this.#next * 1000 },
      logger: silentLogger,
      signal: new AbortController().signal,
    };
    const plan = await planRepair({ ...options, depth: "structure" });
    await executeRepair(plan, options);
  }
}

function contentOf(parts: readonly number[]): Content {
  return Object.fromEntries(
    parts.map((part) => [`part ${part}`, someContent(3000 + part, `part ${part}`)]),
  );
}

describe("the life of a repository", { timeout: 240_000 }, () => {
  it("keeps every kept backup restorable", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someEvent, { minLength: 4, maxLength: 10 }), async (events) => {
        const world = await PruneWorld.create("life");
        const life = new Life(world);
        await life.play({ kind: "backup", parts: [0, 1] });
        for (const event of events) {
          await life.play(event);
          await world.checkSound();
        }
        await world.checkRestores();
        world.clock.advance(48 * hour);
        const end = world.unwrapped();
        await end.prune([]);
        world.clock.advance(48 * hour);
        await end.prune([]);
        const left = await end.plan([], { graceMilliseconds: 0 });
        assert.deepEqual([left.mark, left.delete, left.leftManifests], [[], [], []]);
        await end.checkSound("ciphertext");
        await end.checkRestores();
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
