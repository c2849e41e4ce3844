import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { aCertificate, aPfx } from "../support/fake-identity.ts";
import {
  groupPath,
  type Json,
  locationPath,
  type ProviderWorld,
  withProviderWorld,
} from "../support/provider-world.ts";
import { aBody, aGate, makeBackup, setUpLocation } from "../support/provider-steps.ts";

const modern = "2026-12-01";
const pfx = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };

describe("createBackup", () => {
  it("the operation has the backup's id", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const result = await world.call("POST", `${locationPath}/createBackup`);
      assert.ok(result.kind === "accepted");
      const body = result.body as Json;
      assert.equal(body.name, `redmond/${result.operation.id}`);
      assert.equal(body.properties.backupInfo.status, "Creating");
      await world.finish(result.operation);
      const read = await world.read(`${locationPath}/backups/${result.operation.id}`);
      assert.equal(read.properties.backupInfo.status, "Succeeded");
    }));

  it("lastBackupTime is the newest createdDateTime", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await makeBackup(world);
      await world.clock.advance(90_000);
      const newest = await makeBackup(world);
      const location = await world.read(locationPath);
      const backup = await world.read(`${locationPath}/backups/${newest}`);
      assert.equal(
        location.properties.externalStoreDefault.lastBackupTime,
        backup.properties.backupInfo.createdDateTime,
      );
    }));

  it("remembers the ledger head for the next run", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const first = await makeBackup(world);
      await makeBackup(world);
      assert.equal(world.engine.backupRuns[0]?.ledgerHead, undefined);
      assert.equal(world.engine.backupRuns[1]?.ledgerHead?.backupId, first);
    }));

  it("reads every file again only where it was asked to", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      for (const body of [undefined, { rescan: null }, { rescan: true }])
        await world.finish(
          await world.accept("POST", `${locationPath}/createBackup`, { apiVersion: modern, body }),
        );
      assert.deepEqual(
        world.engine.backupRuns.map(({ rescan }) => rescan),
        [false, false, true],
      );
    }));

  it("rule 201, D10: a partial backup is a succeeded operation", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      world.engine.behavior = { record: (record) => ({ ...record, status: "PartialSucceeded" }) };
      const operation = await world.finish(
        await world.accept("POST", `${locationPath}/createBackup`),
      );
      assert.equal(operation.state, "Succeeded");
      const read = await world.read(`${locationPath}/backups/${operation.id}`);
      assert.equal(read.properties.backupInfo.status, "PartialSucceeded");
    }));

  it("rule 60: an engine failure is told with its cause", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      world.engine.behavior = {
        backup: () => {
          throw new AppError("StoreFull", "The store is full: free some space");
        },
      };
      const operation = await world.finish(
        await world.accept("POST", `${locationPath}/createBackup`),
      );
      assert.equal(operation.state, "Failed");
      assert.equal(operation.error?.code, "StoreFull");
      const read = await world.read(`${locationPath}/backups/${operation.id}`, modern);
      assert.equal(read.properties.status, "Failed");
      assert.equal(read.properties.error.code, "StoreFull");
      assert.equal((await world.read(locationPath)).properties.provisioningState, "Succeeded");
      world.engine.behavior = {};
      await makeBackup(world);
    }));

  it("a backup whose roles all failed is a failed operation", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const error = { code: "SourceUnavailable", message: "Folder is missing" };
      world.engine.behavior = {
        record: (record) => ({
          ...record,
          status: "Failed",
          roles: record.roles.map((role) => ({ ...role, status: "Failed", error })),
        }),
      };
      const operation = await world.finish(
        await world.accept("POST", `${locationPath}/createBackup`),
      );
      assert.equal(operation.state, "Failed");
      assert.equal(operation.error?.code, "SourceUnavailable");
      assert.equal(
        (await world.read(locationPath)).properties.externalStoreDefault.lastBackupTime,
        null,
      );
    }));

  it("rule 180: shows progress that never falls, once a second", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const gate = aGate();
      const seen: unknown[] = [];
      world.engine.behavior = {
        backup: async (run, report) => {
          const base = {
            phase: "copying",
            filesDone: 1,
            bytesTotal: 4 * 2 ** 30,
            storedBytes: 0,
          } as const;
          for (const bytesDone of [2 ** 30, 3 * 2 ** 30, 2 ** 30]) {
            report({ ...base, bytesDone });
            report({ ...base, bytesDone: 4 * 2 ** 30 });
            await world.clock.sleep(1000);
            const operation = await world.provider.provider.findOperation(run.backupId);
            seen.push(operation?.percentComplete, operation?.progress);
          }
          gate.open();
        },
      };
      const operation = await world.accept("POST", `${locationPath}/createBackup`);
      for (let turn = 0; turn < 10; turn += 1) await world.clock.advance(500);
      await gate.opened;
      assert.equal((await world.finish(operation)).percentComplete, 100);
      assert.deepEqual(seen, [
        25,
        "Copying: 1.0 GiB of 4.0 GiB, 1 file",
        75,
        "Copying: 3.0 GiB of 4.0 GiB, 1 file",
        75,
        "Copying: 1.0 GiB of 4.0 GiB, 1 file",
      ]);
    }));

  for (const [title, body, code] of [
    ["without a store", { backupRetentionPeriodInDays: 5 }, "StoreNotConfigured"],
    ["without encryption", { path: "/backup" }, "EncryptionNotConfigured"],
  ] as const) {
    it(`${title} is refused`, () =>
      withProviderWorld(async (world) => {
        await world.finish(await world.accept("PUT", locationPath, { body: aBody(body) }));
        await assert.rejects(world.call("POST", `${locationPath}/createBackup`), { code });
        assert.deepEqual((await world.read(`${locationPath}/backups`)).value, []);
      }));
  }

  it("rule 14: of an absent location is 404", () =>
    withProviderWorld(async (world) => {
      await assert.rejects(world.call("POST", `${locationPath}/createBackup`), {
        code: "ParentResourceNotFound",
      });
    }));
});

describe("backups on the wire", () => {
  it("are ordered by GUID", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const ids = [await makeBackup(world), await makeBackup(world), await makeBackup(world)];
      const { value, nextLink } = await world.read(`${locationPath}/backups`);
      assert.equal(nextLink, null);
      assert.deepEqual(
        value.map((one: Json) => one.properties.backupInfo.backupId),
        ids.sort(),
      );
    }));

  it("answer to the name with its location too", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const id = await makeBackup(world);
      const read = await world.read(`${locationPath}/backups/${id.toUpperCase()}`);
      assert.equal(read.name, `redmond/${id}`);
    }));

  it("rule 145: page by tokens of their own list", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const ids = [
        await makeBackup(world),
        await makeBackup(world),
        await makeBackup(world),
      ].sort();
      const first = await world.call("GET", `${locationPath}/backups`, {
        apiVersion: modern,
        query: { $top: "2" },
      });
      assert.ok(first.kind === "value");
      const page = first.body as Json;
      assert.deepEqual(
        page.value.map((one: Json) => one.name),
        ids.slice(0, 2),
      );
      const link = new URL(page.nextLink);
      assert.equal(link.origin, "https://mgmt.example");
      const query = { $top: "2", $skipToken: link.searchParams.get("$skipToken") ?? "" };
      const second = await world.call("GET", `${locationPath}/backups`, {
        apiVersion: modern,
        query,
      });
      assert.ok(second.kind === "value");
      assert.deepEqual(
        (second.body as Json).value.map((one: Json) => one.name),
        ids.slice(2),
      );
      assert.equal((second.body as Json).nextLink, null);
      await assert.rejects(
        world.call("GET", `${groupPath}/backupLocations`, { apiVersion: modern, query }),
        { code: "InvalidSkipToken" },
      );
    }));

  it("rule 147: bad counts are 400, empty ones nothing", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const list = (query: Readonly<Record<string, string>>) =>
        world.call("GET", `${groupPath}/backupLocations`, { query });
      for (const query of [{ $top: "0" }, { $top: "-1" }, { $top: "abc" }, { $skip: "1.5" }]) {
        await assert.rejects(list(query), { code: "InvalidQueryParameter" });
      }
      const result = await list({ $top: "", $skip: "" });
      assert.ok(result.kind === "value" && (result.body as Json).value.length === 1);
    }));
});

describe("restore", () => {
  const restore = (world: ProviderWorld, backup: string, body: object, apiVersion = "2018-09-01") =>
    world.accept("POST", `${locationPath}/backups/${backup}/restore`, { apiVersion, body });

  it("goes to the backup's folder below the root", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const operation = await world.finish(await restore(world, backup, pfx));
      assert.equal(operation.state, "Succeeded", JSON.stringify(operation.error));
      const [run] = world.engine.restoreRuns;
      assert.equal(run?.targetPath, join(world.restoreRoot, backup));
      assert.equal(run?.overwrite, false);
    }));

  it("a second one is refused: the folder is not empty", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      await world.finish(await restore(world, backup, pfx));
      await assert.rejects(restore(world, backup, pfx), { code: "RestoreTargetNotEmpty" });
      const target = { ...pfx, targetPath: join(world.restoreRoot, backup) };
      await assert.rejects(restore(world, backup, target, modern), {
        code: "RestoreTargetNotEmpty",
      });
      const operation = await world.finish(
        await restore(world, backup, { ...target, overwrite: true }, modern),
      );
      assert.equal(operation.state, "Succeeded");
    }));

  it("2016 opens with the kept key and no body", () =>
    withProviderWorld(async (world) => {
      const apiVersion = "2016-05-01";
      const key = "QUJD".repeat(22);
      const body = aBody({ path: "/backup", encryptionKeyBase64: key });
      await world.finish(await world.accept("PUT", locationPath, { apiVersion, body }));
      const backup = await makeBackup(world);
      await world.finish(
        await world.accept("PUT", locationPath, {
          body: aBody({ encryptionCertBase64: aCertificate("later") }),
        }),
      );
      const operation = await world.accept("POST", `${locationPath}/backups/${backup}/restore`, {
        apiVersion,
      });
      assert.equal((await world.finish(operation)).state, "Succeeded");
      assert.deepEqual(world.engine.restoreRuns[0]?.opener, {
        kind: "pre-shared-key",
        keyBase64: key,
      });
    }));

  it("createBackup and PUT wait while it runs", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const gate = aGate();
      world.engine.behavior = { restore: () => gate.opened };
      const operation = await restore(world, backup, pfx);
      await assert.rejects(world.call("POST", `${locationPath}/createBackup`), {
        code: "RestoreInProgress",
      });
      await assert.rejects(world.call("PUT", locationPath, { body: aBody({ path: "/x" }) }), {
        code: "RestoreInProgress",
      });
      gate.open();
      await world.finish(operation);
      await makeBackup(world);
    }));

  it("waits while a backup runs: 409", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const gate = aGate();
      world.engine.behavior = { backup: () => gate.opened };
      const running = await world.accept("POST", `${locationPath}/createBackup`);
      await assert.rejects(restore(world, backup, pfx), { code: "BackupInProgress" });
      gate.open();
      await world.finish(running);
    }));

  const refusals: readonly [
    title: string,
    body: (world: ProviderWorld) => object,
    code: string,
    apiVersion?: string,
  ][] = [
    ["no key", () => ({}), "InvalidPfx"],
    ["a wrong password", () => ({ ...pfx, decryptionCertPassword: "wrong" }), "WrongPfxPassword"],
    ["a file that is no .pfx", () => ({ ...pfx, decryptionCertBase64: "AAAA" }), "InvalidPfx"],
    [
      "another certificate's key",
      () => ({ ...pfx, decryptionCertBase64: aPfx("south") }),
      "DecryptionKeyMismatch",
    ],
    ["an unknown role", () => ({ ...pfx, roleName: "nobody" }), "RoleNotFound"],
    ["a relative target", () => ({ ...pfx, targetPath: "x/y" }), "RestoreTargetNotAllowed", modern],
    [
      "a target outside the root",
      () => ({ ...pfx, targetPath: "/etc" }),
      "RestoreTargetNotAllowed",
      modern,
    ],
    [
      "the root itself",
      (world) => ({ ...pfx, targetPath: world.restoreRoot }),
      "RestoreTargetNotAllowed",
      modern,
    ],
    [
      "a target with dots",
      (world) => ({ ...pfx, targetPath: `${world.restoreRoot}/../out` }),
      "RestoreTargetNotAllowed",
      modern,
    ],
    [
      "a target through a link",
      (world) => ({ ...pfx, targetPath: `${world.restoreRoot}/link/in` }),
      "RestoreTargetNotAllowed",
      modern,
    ],
    [
      "a filled target",
      (world) => ({ ...pfx, targetPath: `${world.restoreRoot}/filled` }),
      "RestoreTargetNotEmpty",
      modern,
    ],
    [
      "a target that is a file",
      (world) => ({ ...pfx, targetPath: `${world.restoreRoot}/filled/file` }),
      "TargetFailed",
      modern,
    ],
  ];
  for (const [title, body, code, apiVersion = "2018-09-01"] of refusals) {
    it(`refuses ${title} at once`, () =>
      withProviderWorld(async (world) => {
        await setUpLocation(world);
        const backup = await makeBackup(world);
        await symlink("/etc", join(world.restoreRoot, "link"));
        await mkdir(join(world.restoreRoot, "filled"));
        await writeFile(join(world.restoreRoot, "filled", "file"), "x");
        await assert.rejects(restore(world, backup, body(world), apiVersion), { code });
        assert.equal(world.engine.restoreRuns.length, 0);
        await makeBackup(world);
      }));
  }

  it("an unknown backup is 404", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await assert.rejects(restore(world, "2f9d1c74-8a3e-4b60-bd1c-5a7790e3c412", pfx), {
        code: "BackupNotFound",
      });
    }));

  it("a failed backup cannot be restored", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      world.engine.behavior = {
        backup: () => {
          throw new AppError("StoreFull", "The store is full: free some space");
        },
      };
      const failed = await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      await assert.rejects(restore(world, failed.id, pfx), { code: "BackupNotRestorable" });
    }));
});

describe("bad settings", () => {
  const cases: readonly [title: string, store: object, code: string, target: string][] = [
    ["a relative path", { path: "backups/here" }, "InvalidBackupPath", "path"],
    ["an empty path", { path: "" }, "InvalidBackupPath", "path"],
    ["A1: a path with steps up", { path: "/a/../b" }, "InvalidBackupPath", "path"],
    [
      "no certificate",
      { path: "/b", encryptionCertBase64: "AAAA" },
      "InvalidCertificate",
      "encryptionCertBase64",
    ],
    [
      "a weak certificate",
      { path: "/b", encryptionCertBase64: aCertificate("weak") },
      "CertificateTooWeak",
      "encryptionCertBase64",
    ],
    [
      "an expired certificate",
      { path: "/b", encryptionCertBase64: aCertificate("expired") },
      "CertificateExpired",
      "encryptionCertBase64",
    ],
    [
      "a short key",
      { path: "/b", encryptionKeyBase64: "AAAA" },
      "InvalidEncryptionKey",
      "encryptionKeyBase64",
    ],
    [
      "a key that is no base64",
      { path: "/b", encryptionKeyBase64: "not base64!" },
      "InvalidEncryptionKey",
      "encryptionKeyBase64",
    ],
    [
      "a frequency out of range",
      { backupFrequencyInHours: 3 },
      "InvalidProperty",
      "backupFrequencyInHours",
    ],
    [
      "a retention out of range",
      { backupRetentionPeriodInDays: 15 },
      "InvalidProperty",
      "backupRetentionPeriodInDays",
    ],
    ["a password for nothing", { password: "hunter2" }, "InvalidArgument", "path"],
  ];
  for (const [title, store, code, target] of cases) {
    it(`rule 71: ${title} changes nothing`, () =>
      withProviderWorld(async (world) => {
        const clearOne = "password" in store;
        if (!clearOne)
          await world.finish(
            await world.accept("PUT", locationPath, { body: aBody({ path: "/backup" }) }),
          );
        const before = await world.dump();
        const apiVersion = "encryptionKeyBase64" in store ? "2016-05-01" : "2018-09-01";
        await assert.rejects(world.call("PUT", locationPath, { apiVersion, body: aBody(store) }), {
          code,
          target: `properties.externalStoreDefault.${target}`,
        });
        assert.equal(await world.dump(), before);
      }));
  }
});
