import { createHash, randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { AppError } from "../base/errors.ts";
import type { ObjectStore } from "../engine/object-store.ts";
import { readConfig, type EngineHost } from "../engine/repository.ts";
import { openRepositoryStore } from "./open-repository-store.ts";
import { isStoreUrl } from "./store-url.ts";
import type { Arguments, Cli, OptionSpecs } from "./command.ts";
import { loadKeys, requireKeys, type KeysFile } from "./keys-file.ts";
import { defaultKeysFile } from "./user-folders.ts";

/** Options of every command that works on a repository directly. */
export const repositoryOptions: OptionSpecs = {
  repo: {
    summary: "The folder or address that holds the backups (required)",
    value: "PATH|URL",
  },
  keys: { summary: "Keys of the repository; default: in the state folder", value: "FILE" },
};

export const trustOption: OptionSpecs = {
  trust: {
    summary: "Believe only what this signing key signed: its id, or a keys file",
    value: "KEYID|FILE",
  },
};

/** A repository opened for reading, and whom it believes. */
export interface ReadableRepository {
  readonly store: ObjectStore;
  readonly path: string;
  /** The signing key that everything must be signed with. */
  readonly publicKey: string;
  /** What is remembered of it; undefined on a machine that never wrote to it. */
  readonly keysFile: KeysFile | undefined;
}

/** Time and chance as the engine takes them. */
export function engineHost(cli: Cli): EngineHost {
  return { clock: cli.clock, randomBytes: (count) => randomBytes(count) };
}

export function repositoryPath(args: Arguments): string {
  const given = args.requireText("repo");
  return isStoreUrl(given) ? given : resolve(given);
}

export function keysPath(args: Arguments, cli: Cli): string {
  const given = args.text("keys");
  return given === undefined
    ? defaultKeysFile(repositoryPath(args), cli.environment)
    : resolve(given);
}

/** Short name of a signing key: SHA-256 over its public key, lower-case hexadecimal. */
export function signingKeyId(publicKey: string): string {
  return createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex");
}

/**
 * Opens a repository for reading. Without a key to trust, the key that the store names itself is believed, and
 * the caller is told which.
 */
export async function openForReading(args: Arguments, cli: Cli): Promise<ReadableRepository> {
  const path = repositoryPath(args);
  const given = args.text("keys");
  const keysFile =
    given === undefined ? await loadKeys(keysPath(args, cli)) : await requireKeys(resolve(given));
  const store = await openRepositoryStore(path, cli, "read");
  const publicKey = await chooseKey(args, cli, store, keysFile);
  return { store, path, publicKey, keysFile };
}

async function chooseKey(
  args: Arguments,
  cli: Cli,
  store: ObjectStore,
  keysFile: KeysFile | undefined,
): Promise<string> {
  const trust = args.text("trust");
  if (trust !== undefined && /^[0-9a-fA-F]{64}$/.test(trust)) {
    const { signingPublicKey } = await readConfig(store);
    const shown = signingKeyId(signingPublicKey);
    if (shown === trust.toLowerCase()) return signingPublicKey;
    const message = `The store is signed by key "${shown}", not by "${trust.toLowerCase()}": it is another repository or was altered`;
    throw new AppError("SignatureInvalid", message);
  }
  const trusted = trust === undefined ? keysFile : await requireKeys(resolve(trust));
  if (trusted !== undefined) return trusted.keys.signingPublicKey;
  const { signingPublicKey } = await readConfig(store);
  const id = signingKeyId(signingPublicKey);
  cli.output.warn(
    `no trusted key is known here, so the signing key that the store itself names was believed: ${id}; compare it with the id that "repo init" showed, or give --trust`,
  );
  return signingPublicKey;
}
