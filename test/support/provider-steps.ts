import assert from "node:assert/strict";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import { AppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import { startWorker, type Worker } from "../../src/jobs/worker.ts";
import { aCertificate } from "./fake-identity.ts";
import { locationPath, type ProviderWorld } from "./provider-world.ts";

/** A 2018 body with the given store settings. */
export function aBody(store: object): object {
  return { location: "redmond", properties: { externalStoreDefault: store } };
}

/** A location with a store and a certificate, ready for backups. */
export async function setUpLocation(
  world: ProviderWorld,
  store: object = {},
): Promise<OperationRecord> {
  const body = aBody({ path: "/backup", encryptionCertBase64: aCertificate("north"), ...store });
  const operation = await world.finish(await world.accept("PUT", locationPath, { body }));
  assert.equal(operation.state, "Succeeded", JSON.stringify(operation.error));
  return operation;
}

/** What an engine does that fails what it is asked for next. */
export function refuse(): never {
  throw new AppError("BackupPathNotFound", 'Folder "/x" does not exist: create it or mount it');
}

/** A finished backup; its id. */
export async function makeBackup(world: ProviderWorld): Promise<string> {
  const operation = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
  assert.equal(operation.state, "Succeeded", JSON.stringify(operation.error));
  return operation.id;
}

/** A worker that delivers messages. */
export function startMessenger(world: ProviderWorld, maxAttempts = 3): Worker {
  return startWorker({
    store: world.store,
    clock: world.clock,
    logger: silentLogger,
    owner: "messages",
    handlers: world.provider.noticeHandlers,
    concurrency: 1,
    leaseSeconds: 30,
    maxAttempts,
    pollMilliseconds: 100,
    firstRetryMilliseconds: 1000,
  });
}

/** A promise and the key to it. */
export function aGate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}
