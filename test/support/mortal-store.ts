import type { StateStore } from "../../src/state/state-store.ts";

/** A store as a process sees it that may die: after `kill` none of its calls ever comes back. */
export interface MortalStore {
  readonly store: StateStore;
  /** Settles never, like everything else of a dead process. */
  kill(): Promise<never>;
  readonly died: Promise<void>;
}

export function createMortalStore(inner: StateStore): MortalStore {
  const death = Promise.withResolvers<void>();
  const never = new Promise<never>(() => undefined);
  let isDead = false;
  const store = new Proxy(inner, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...given: unknown[]): unknown =>
        isDead ? never : (member as (...given: unknown[]) => unknown).apply(target, given);
    },
  });
  return {
    store,
    died: death.promise,
    kill: () => {
      isDead = true;
      death.resolve();
      return never;
    },
  };
}
