import type { Opener } from "../../engine/model.ts";

/**
 * Private keys of running restores and checks, in memory only, by operation. Never stored: after a restart
 * the job that needed one ends with `SecretUnavailable`.
 */
export interface OpenerVault {
  keep(operationId: string, opener: Opener): void;
  find(operationId: string): Opener | undefined;
  forget(operationId: string): void;
}

export function createOpenerVault(): OpenerVault {
  const openers = new Map<string, Opener>();
  return {
    keep: (operationId, opener) => void openers.set(operationId, opener),
    find: (operationId) => openers.get(operationId),
    forget: (operationId) => void openers.delete(operationId),
  };
}
