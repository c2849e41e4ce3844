import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { readCertificate, readThumbprint } from "../../src/identity/certificates.ts";
import { createSelfSigned } from "../../src/identity/create-keys.ts";
import { openPfx } from "../../src/identity/pfx.ts";
import { createSealer } from "../../src/identity/sealed-secrets.ts";
import { locationPath, withProviderWorld } from "../support/provider-world.ts";
import { aBody, makeBackup } from "../support/provider-steps.ts";

describe("the provider over the real identity", () => {
  it("takes a certificate, seals, and opens with its .pfx", () =>
    withProviderWorld(
      async (world) => {
        const identity = {
          readCertificate,
          readThumbprint,
          openPfx,
          ...createSealer(randomBytes(32)),
        };
        world.restart({ identity });
        world.startWorker();
        const now = world.clock.now();
        const made = await createSelfSigned({
          commonName: "Holdfast test",
          validDays: 30,
          password: "correct horse",
          now,
          bits: 2048,
          randomBytes,
        });
        const encryptionCertBase64 = made.certificateDer.toString("base64");
        const body = aBody({ path: "/backup", password: "hunter2", encryptionCertBase64 });
        await world.finish(await world.accept("PUT", locationPath, { body }));
        const store = (await world.read(locationPath)).properties.externalStoreDefault;
        assert.equal(store.encryptionCertThumbprint, made.thumbprint);
        const backup = await makeBackup(world);
        const path = `${locationPath}/backups/${backup}/restore`;
        const decryptionCertBase64 = made.pfxDer.toString("base64");
        await assert.rejects(
          world.call("POST", path, {
            body: { decryptionCertBase64, decryptionCertPassword: "wrong" },
          }),
          { code: "WrongPfxPassword" },
        );
        const restore = { decryptionCertBase64, decryptionCertPassword: "correct horse" };
        const operation = await world.finish(await world.accept("POST", path, { body: restore }));
        assert.equal(operation.state, "Succeeded");
        assert.ok(!(await world.dump()).includes("hunter2"));
      },
      { hasWorker: false },
    ));
});
