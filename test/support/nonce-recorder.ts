import crypto, { KeyObject } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/** Counts the pairs of key and nonce that AES-GCM encrypts under in this process. */
export interface NonceRecorder {
  /** How many messages were encrypted. */
  readonly count: number;
  /** Pairs that were used more than once, as "key fingerprint nonce". */
  readonly repeated: readonly string[];
  /** Puts the real function back. */
  stop(): void;
}

/** Starts recording; covers this thread only, and every module that imports `createCipheriv` by name. */
export function recordNonces(): NonceRecorder {
  const seen = new Set<string>();
  const repeated: string[] = [];
  const real = crypto.createCipheriv;
  let count = 0;
  const recording = (...[algorithm, key, nonce, options]: Parameters<typeof real>) => {
    if (/gcm/i.test(algorithm)) {
      const pair = `${fingerprint(key)} ${Buffer.from(nonce as Uint8Array).toString("hex")}`;
      if (seen.has(pair)) repeated.push(pair);
      seen.add(pair);
      count += 1;
    }
    return real(algorithm, key, nonce, options);
  };
  install(recording as typeof real);
  return {
    get count() {
      return count;
    },
    repeated,
    stop: () => install(real),
  };
}

function install(createCipheriv: typeof crypto.createCipheriv): void {
  crypto.createCipheriv = createCipheriv;
  syncBuiltinESMExports();
}

function fingerprint(key: crypto.CipherKey): string {
  const bytes = key instanceof KeyObject ? key.export() : Buffer.from(key as Uint8Array);
  return crypto.createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
