import { AppError, isAppError } from "../base/errors.ts";
import { toIso, type Clock } from "../base/clock.ts";
import { defaultChunkerParameters, type ChunkerParameters } from "./chunker.ts";
import { epochBinding } from "./crypto/bindings.ts";
import { bestSuite } from "./crypto/chunk-id.ts";
import { checkCommitment, commitmentOf } from "./crypto/derive.ts";
import { describeRecipient, unwrapKey, wrapKey } from "./crypto/key-wrap.ts";
import { createSigningKeys } from "./crypto/signing.ts";
import { DocumentFields } from "./format/document-fields.ts";
import { blockBytes, packBytes, maxSmallDocumentBytes } from "./format/limits.ts";
import { decodeRecipientName } from "./format/manifest.ts";
import { configName, epochName, readmeName } from "./format/object-names.ts";
import { requireSuite, type Suite } from "./format/suite.ts";
import {
  decodeSignedDocument,
  encodeSignedDocument,
  openSignedDocument,
} from "./format/signed-document.ts";
import type {
  DeploymentInfo,
  EpochKeys,
  Opener,
  Recipient,
  RecipientName,
  RepositoryKeys,
} from "./model.ts";
import type { ObjectStore } from "./object-store.ts";
import { readBounded } from "./read-object.ts";
import { recoveryReadme } from "./recovery-readme.ts";

/** What `config` says: fixed for the life of a repository. */
export interface RepositoryConfig {
  readonly suite: Suite;
  readonly repositoryId: string;
  readonly signingPublicKey: string;
  readonly createdAt: string;
  readonly chunking: ChunkerParameters;
  readonly deploymentId: string;
  readonly region: string;
}

/** What the engine takes from outside instead of reading it: time and chance. */
export interface EngineHost {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Buffer;
}

const configFormat = "holdfast-repository";
/** By suite, so that a program that knows suite 1 alone refuses the others before it writes; later ones look at the suite. */
const configVersions = { 1: 1, 2: 2, 3: 2 } as const satisfies Record<Suite, number>;
const epochFormat = "holdfast-epoch";
const epochVersion = 1;

/** Keys of a repository that does not exist yet. Keep them before `prepareRepository` writes anything. */
export function newRepositoryKeys(host: EngineHost): RepositoryKeys {
  const signing = createSigningKeys();
  return {
    repositoryId: formatGuid(host.randomBytes(16)),
    signingPrivateKey: signing.privateKey,
    signingPublicKey: signing.publicKey,
    epochs: [],
  };
}

/**
 * Creates the repository of these keys when the store has none, and starts an epoch when the recipients are not
 * those of the newest one. Safe to repeat. Throws `RepositoryExists` when the store holds another repository.
 */
export async function prepareRepository(
  store: ObjectStore,
  keys: RepositoryKeys,
  recipients: readonly Recipient[],
  deployment: DeploymentInfo,
  host: EngineHost,
): Promise<RepositoryKeys> {
  if (recipients.length === 0)
    throw new AppError(
      "EncryptionNotConfigured",
      "Cannot create a repository without an encryption certificate: name at least one",
    );
  await ensureConfig(store, keys, deployment, host);
  const wanted = recipients.map(describeRecipient);
  const newest = keys.epochs.at(-1);
  if (
    newest !== undefined &&
    isSameRecipients(newest.recipients, wanted) &&
    (await store.stat(epochName(newest.id)))
  )
    return keys;
  const epoch = await startEpoch(store, keys, recipients, wanted, host);
  return { ...keys, epochs: [...keys.epochs, epoch] };
}

/** Reads and checks `config`: against the expected signing key, or, without one, against the key it names itself. */
export async function readConfig(
  store: ObjectStore,
  expectedPublicKey?: string,
): Promise<RepositoryConfig> {
  const bytes = await readDocument(store, configName);
  const document = decodeSignedDocument(configName, bytes);
  const fields = new DocumentFields(document.body, configName);
  const signingPublicKey = expectedPublicKey ?? fields.text("signingPublicKey");
  if (!document.verifies(signingPublicKey)) {
    throw new AppError(
      "SignatureInvalid",
      `Object "${configName}" is not signed by the expected key "${fields.text("signingPublicKey").slice(-12)}": the store holds another repository or was altered`,
      { target: configName },
    );
  }
  fields.expectFormat(configFormat, ...new Set(Object.values(configVersions)));
  const sizes = fields.object("chunking");
  return {
    suite: requireSuite(fields.number("suite"), configName),
    repositoryId: fields.text("repositoryId"),
    signingPublicKey,
    createdAt: fields.text("createdAt"),
    chunking: {
      minBytes: sizes.number("minBytes"),
      averageBytes: sizes.number("averageBytes"),
      maxBytes: sizes.number("maxBytes"),
    },
    deploymentId: fields.text("deploymentId"),
    region: fields.text("region"),
  };
}

/** Opens an epoch's metadata keys with a private key or pre-shared key, from the store alone. */
export async function openEpoch(
  store: ObjectStore,
  config: RepositoryConfig,
  epochId: string,
  opener: Opener,
): Promise<EpochKeys> {
  const name = epochName(epochId);
  const body = openSignedDocument(name, await readDocument(store, name), config.signingPublicKey);
  const fields = new DocumentFields(body, name);
  fields.expectFormat(epochFormat, epochVersion);
  const recipients = fields.objects("recipients").map((item) => decodeRecipientName(item));
  const secret = await unwrapForReader(
    fields.bytes("wrapped"),
    opener,
    epochBinding(config.repositoryId, epochId),
    recipients,
  );
  if (secret.length !== epochSecretBytes || !checkCommitment(secret, fields.bytes("commitment"))) {
    throw new AppError(
      "CannotOpen",
      `Cannot open object "${name}": its key does not match its commitment`,
      { target: name },
    );
  }
  return {
    id: epochId,
    recipients,
    wrapTo: [],
    ...splitEpochSecret(secret),
  };
}

/**
 * A stored object that must be there and within the bound; absent is `RepositoryNotFound` for the config,
 * `MissingObject` otherwise.
 */
export async function readDocument(
  store: ObjectStore,
  name: string,
  maxBytes: number = maxSmallDocumentBytes,
): Promise<Uint8Array> {
  try {
    return await readBounded(store, name, maxBytes);
  } catch (cause) {
    if (!isAppError(cause, "ObjectNotFound")) throw cause;
    if (name === configName)
      throw new AppError(
        "RepositoryNotFound",
        "No repository here: the store holds no holdfast/config; check the path",
        { cause },
      );
    throw missingObject(name, cause);
  }
}

export function missingObject(name: string, cause: unknown): AppError {
  return new AppError(
    "MissingObject",
    `Object "${name}" is missing from the store: run verify to see what else is affected`,
    { cause, target: name },
  );
}

export function formatGuid(bytes: Buffer): string {
  const hex = Buffer.from(bytes);
  hex[6] = ((hex[6] ?? 0) & 0x0f) | 0x40;
  hex[8] = ((hex[8] ?? 0) & 0x3f) | 0x80;
  const text = hex.toString("hex");
  return [
    text.slice(0, 8),
    text.slice(8, 12),
    text.slice(12, 16),
    text.slice(16, 20),
    text.slice(20, 32),
  ].join("-");
}

/** As `unwrapKey`; a key that is not a recipient's is told whose key is needed. */
async function unwrapForReader(
  wrapped: Uint8Array,
  opener: Opener,
  binding: Uint8Array,
  recipients: readonly RecipientName[],
): Promise<Uint8Array> {
  try {
    return await unwrapKey(wrapped, opener, binding);
  } catch (cause) {
    if (!isAppError(cause, "DecryptionKeyMismatch")) throw cause;
    const needed = recipients.map((name) => name.thumbprint ?? "the pre-shared key").join(" or ");
    throw new AppError("DecryptionKeyMismatch", `${cause.message}; this backup needs ${needed}`, {
      cause,
    });
  }
}

const epochSecretBytes = 96;

async function ensureConfig(
  store: ObjectStore,
  keys: RepositoryKeys,
  deployment: DeploymentInfo,
  host: EngineHost,
): Promise<void> {
  if ((await store.stat(configName)) === undefined) {
    const suite = bestSuite();
    const body = {
      format: configFormat,
      version: configVersions[suite],
      suite,
      repositoryId: keys.repositoryId,
      createdAt: toIso(host.clock.now()),
      signingPublicKey: keys.signingPublicKey,
      chunking: defaultChunkerParameters,
      blockBytes,
      packBytes,
      deploymentId: deployment.deploymentId,
      region: deployment.region,
    };
    await putIfAbsent(store, readmeName, Buffer.from(recoveryReadme(suite), "utf8"));
    await putIfAbsent(store, configName, encodeSignedDocument(configName, body, signerOf(keys)));
  }
  const config = await readConfig(store);
  if (
    config.repositoryId === keys.repositoryId &&
    config.signingPublicKey === keys.signingPublicKey
  )
    return;
  throw new AppError(
    "RepositoryExists",
    `The store already holds repository "${config.repositoryId}" of deployment "${config.deploymentId}": choose another folder, or recover that deployment first`,
    { target: configName },
  );
}

async function startEpoch(
  store: ObjectStore,
  keys: RepositoryKeys,
  recipients: readonly Recipient[],
  names: readonly RecipientName[],
  host: EngineHost,
): Promise<EpochKeys> {
  const id = host.randomBytes(16).toString("hex");
  const secret = host.randomBytes(epochSecretBytes);
  const body = {
    format: epochFormat,
    version: epochVersion,
    repositoryId: keys.repositoryId,
    id,
    createdAt: toIso(host.clock.now()),
    recipients: names,
    commitment: Buffer.from(commitmentOf(secret)).toString("base64"),
    wrapped: Buffer.from(
      await wrapKey(secret, recipients, epochBinding(keys.repositoryId, id)),
    ).toString("base64"),
  };
  const name = epochName(id);
  await store.put(name, encodeSignedDocument(name, body, signerOf(keys)));
  return { id, recipients: names, wrapTo: recipients, ...splitEpochSecret(secret) };
}

function splitEpochSecret(
  secret: Uint8Array,
): Pick<EpochKeys, "chunkIdKey" | "indexKey" | "chunkerSeed"> {
  const part = (index: number): string =>
    Buffer.from(secret.subarray(index * 32, index * 32 + 32)).toString("base64");
  return { chunkIdKey: part(0), indexKey: part(1), chunkerSeed: part(2) };
}

export function signerOf(keys: RepositoryKeys): { privateKey: string; publicKey: string } {
  return { privateKey: keys.signingPrivateKey, publicKey: keys.signingPublicKey };
}

function isSameRecipients(a: readonly RecipientName[], b: readonly RecipientName[]): boolean {
  const ids = (names: readonly RecipientName[]): string =>
    names
      .map((name) => `${name.kind} ${name.keyId}`)
      .sort()
      .join();
  return ids(a) === ids(b);
}

async function putIfAbsent(store: ObjectStore, name: string, bytes: Uint8Array): Promise<void> {
  try {
    await store.put(name, bytes);
  } catch (error) {
    if (!isAppError(error, "ObjectExists")) throw error;
  }
}
