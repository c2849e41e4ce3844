import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { aCertificate } from "../support/fake-identity.ts";
import { aBody, aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";
import {
  groupPath,
  type Json,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";

const apiVersion = "2026-12-01";
const secondPath = `${groupPath}/backupLocations/second`;
const copyPath = `${locationPath}/copy`;

/** A source with two backups, and a location that takes copies. */
async function setUpBoth(world: ProviderWorld): Promise<readonly string[]> {
  await setUpLocation(world);
  await putSecond(world, { path: "/second" });
  return [await makeBackup(world), await makeBackup(world)];
}

async function putSecond(world: ProviderWorld, store: object): Promise<void> {
  const operation = await world.accept("PUT", secondPath, { body: aBody(store) });
  assert.equal((await world.finish(operation)).state, "Succeeded");
}

async function copy(world: ProviderWorld, options: object = {}): Promise<Json> {
  const body = { targetLocationName: "second", ...options };
  const operation = await world.finish(await world.accept("POST", copyPath, { apiVersion, body }));
  if (operation.state !== "Succeeded") return operation;
  const context = { apiVersion } as Parameters<
    ProviderWorld["provider"]["provider"]["renderResult"]
  >[1];
  return world.provider.provider.renderResult(operation, context);
}

function refuse(world: ProviderWorld, body: object, expected: object): Promise<void> {
  return assert.rejects(world.call("POST", copyPath, { apiVersion, body }), expected);
}

async function listedIn(world: ProviderWorld, path: string): Promise<readonly string[]> {
  const { value } = await world.read(`${path}/backups`, apiVersion);
  return value.map(({ name }: Json) => name).toSorted();
}

describe("copies of backups", () => {
  it("show in the other location, which can check and restore them then", () =>
    withProviderWorld(async (world) => {
      const ids = await setUpBoth(world);
      const shown = await copy(world);
      assert.equal(shown.targetLocationName, "second");
      assert.deepEqual(shown.copiedBackups, ids);
      assert.equal(shown.verification.isHealthy, true);
      assert.deepEqual(await listedIn(world, secondPath), ids.toSorted());
      const second = (await world.read(secondPath, apiVersion)).properties;
      assert.equal(
        second.lastBackupTime,
        (await world.read(locationPath, apiVersion)).properties.lastBackupTime,
      );
      assert.equal(second.capacity.level, "Enough");
      for (const action of ["verify", "pruneExternalStore"]) {
        const operation = await world.accept("POST", `${secondPath}/${action}`, { apiVersion });
        assert.equal((await world.finish(operation)).state, "Succeeded");
      }
      assert.equal(world.engine.verifyRuns.at(-1)?.ledgerHead?.backupId, ids[1]);
    }));

  it("may be some of the backups, and again bring only what is new", () =>
    withProviderWorld(async (world) => {
      const [first = "", second = ""] = await setUpBoth(world);
      assert.deepEqual((await copy(world, { backupIds: [first.toUpperCase()] })).copiedBackups, [
        first,
      ]);
      assert.deepEqual(await listedIn(world, secondPath), [first]);
      const again = await copy(world, { depth: "Ciphertext" });
      assert.deepEqual([again.copiedBackups, again.presentBackups], [[second], [first]]);
      assert.deepEqual(
        world.engine.copyRuns.map(({ backupIds, depth }) => [backupIds, depth]),
        [
          [[first], "structure"],
          [undefined, "ciphertext"],
        ],
      );
    }));

  it("hold both locations while they run, end when canceled, and free both", () =>
    withProviderWorld(async (world) => {
      await setUpBoth(world);
      const gate = aGate();
      world.engine.behavior = {
        copy: (_run, _report, signal) => {
          gate.open();
          return new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason as Error)),
          );
        },
      };
      const body = { targetLocationName: "second" };
      const operation = await world.accept("POST", copyPath, { apiVersion, body });
      await gate.opened;
      for (const path of [locationPath, secondPath]) {
        await assert.rejects(world.call("POST", `${path}/verify`, { apiVersion }), {
          code: "AnotherOperationInProgress",
          message: /are being copied/,
        });
      }
      await world.store.requestCancel(operation.id);
      await world.clock.advance(30_000);
      assert.equal((await world.finish(operation)).state, "Canceled");
      world.engine.behavior = {};
      assert.equal((await copy(world)).copiedBackups.length, 2);
    }));

  it("that fail say why, and leave the other location free", () =>
    withProviderWorld(async (world) => {
      await setUpBoth(world);
      world.engine.behavior = {
        copy: () => {
          throw new AppError(
            "RepositoryMismatch",
            "The target holds another repository: choose an empty folder",
          );
        },
      };
      assert.equal((await copy(world)).error.code, "RepositoryMismatch");
      assert.deepEqual(await listedIn(world, secondPath), []);
      world.engine.behavior = {};
      assert.equal((await copy(world)).copiedBackups.length, 2);
    }));

  it("keep the other location from encrypting backups of its own beside them", () =>
    withProviderWorld(async (world) => {
      await setUpBoth(world);
      await copy(world);
      const body = aBody({ path: "/second", encryptionCertBase64: aCertificate("second") });
      await assert.rejects(world.call("PUT", secondPath, { body }), {
        code: "InvalidArgument",
        target: "properties.externalStoreDefault.encryptionCertBase64",
        message: /holds copies.*another path/,
      });
      await copy(world); // nothing is forked
      // Somewhere else it may.
      await putSecond(world, { path: "/third", encryptionCertBase64: aCertificate("second") });
    }));

  it("are refused at once where they cannot be made", () =>
    withProviderWorld(async (world) => {
      const into = (targetLocationName: string, more: object = {}): object => ({
        targetLocationName,
        ...more,
      });
      await setUpBoth(world);
      const target = "targetLocationName";
      const code = "InvalidArgument";
      await refuse(world, into("nowhere"), { code, target, message: /create it first/ });
      await refuse(world, into("REDMOND"), { code, target, message: /into itself/ });
      const unknown = "00000000-0000-4000-8000-000000000000";
      await refuse(world, into("second", { backupIds: [unknown] }), { code: "BackupNotFound" });
      await putSecond(world, { path: "/backup" });
      await refuse(world, into("second"), { code, target, message: /the same store/ });
      await putSecond(world, { path: "/second", encryptionCertBase64: aCertificate("second") });
      await refuse(world, into("second"), { code, target, message: /without encryption/ });
    }));
});
