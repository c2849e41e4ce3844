import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import { aPfx } from "../support/fake-identity.ts";
import { locationPath, withProviderWorld } from "../support/provider-world.ts";
import { aBody, makeBackup, setUpLocation } from "../support/provider-steps.ts";

const password = "canary-password-5f1c";
const key = Buffer.from("canary-key-9d7a-canary-key-9d7a").toString("base64");
const pfxPassword = "right";
const canaries = [
  password,
  key,
  aPfx("north"),
  Buffer.from("private-key-canary").toString("base64"),
  "c2lnbmluZy1wcml2YXRlLWtleQ",
];

function assertClean(text: string, where: string): void {
  for (const canary of canaries) assert.ok(!text.includes(canary), `${where} shows ${canary}`);
}

describe("secrets", () => {
  it("rule 121: show in no answer and no document", () =>
    withProviderWorld(async (world) => {
      const seen: unknown[] = [];
      const body = aBody({ path: "/backup", userName: "u", password, encryptionKeyBase64: key });
      const put = await world.call("PUT", locationPath, { apiVersion: "2016-05-01", body });
      assert.ok(put.kind === "accepted");
      assertClean(await world.dump(), "the state while accepted");
      seen.push(put, await world.finish(put.operation));
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const restore = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: pfxPassword };
      const accepted = await world.call("POST", `${locationPath}/backups/${backup}/restore`, {
        body: restore,
      });
      assert.ok(accepted.kind === "accepted");
      assertClean(await world.dump(), "the state while restoring");
      seen.push(accepted, await world.finish(accepted.operation));
      for (const apiVersion of ["2016-05-01", "2018-09-01", "2021-09-01", "2026-12-01"]) {
        seen.push(
          await world.read(locationPath, apiVersion),
          await world.read(`${locationPath}/backups`, apiVersion),
        );
      }
      assertClean(JSON.stringify(seen), "an answer");
      assertClean(await world.dump(), "the state at the end");
    }));

  it("rule 51: show in no error", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      const backup = await makeBackup(world);
      const wrong = { decryptionCertBase64: aPfx("south"), decryptionCertPassword: pfxPassword };
      const errors: unknown[] = [];
      await world
        .call("POST", `${locationPath}/backups/${backup}/restore`, { body: wrong })
        .catch((error: unknown) => errors.push(error));
      await world
        .call("PUT", locationPath, {
          apiVersion: "2016-05-01",
          body: aBody({ encryptionKeyBase64: key }),
        })
        .catch((error: unknown) => errors.push(error));
      assert.equal(errors.length, 2);
      assertClean(
        errors.map((error) => JSON.stringify(error, Object.getOwnPropertyNames(error))).join(),
        "an error",
      );
    }));

  it("a failure of unknown kind tells nothing of itself", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      world.engine.behavior = {
        backup: () => {
          throw new Error(`cannot open with ${password}`, {
            cause: new AppError("Internal", password),
          });
        },
      };
      const operation = await world.finish(
        await world.accept("POST", `${locationPath}/createBackup`),
      );
      assert.equal(operation.error?.code, "Internal");
      assertClean(await world.dump(), "the state");
    }));
});
