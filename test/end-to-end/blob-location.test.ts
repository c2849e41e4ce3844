import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type ArmCaller } from "../support/arm-caller.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { findSecrets, secretForms } from "../support/find-secrets.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

const pfxPassword = "only for this test";
const wrongKey = Buffer.from("wrong canary 0c9b4e").toString("base64");

let azurite: Azurite;
let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;
let blobStorageUrl: string;

before(async () => {
  azurite = await startAzurite();
  blobStorageUrl = await azurite.createContainer();
  // The emulator speaks plain HTTP, which only an entry of its own allows.
  const stores = { allowedHosts: [new URL(blobStorageUrl).origin] };
  service = await startService({ config: { stores, log: { format: "json", level: "debug" } } });
  api = service.call("2021-09-01");
  certificate = makeCertificate(service.folder, "blob", "rsa:2048");
});
after(async () => {
  await service?.close();
  await azurite?.stop();
});

function put(changed: object = {}): ReturnType<ArmCaller["put"]> {
  const externalStoreDefault = {
    blobStorageUrl,
    blobStorageKey: azurite.accountKey,
    encryptionCertBase64: certificate.certificateBase64,
    ...changed,
  };
  return api.put(pathOf("blob"), { location: "north", properties: { externalStoreDefault } });
}

describe("a location in a blob container, by 2021-09-01", () => {
  it("is set up, backed up to, and restored from with the private key", async () => {
    await succeed(api, await put());
    const shown = (await api.get(pathOf("blob"))).body.properties.externalStoreDefault;
    assert.equal(shown.blobStorageUrl, blobStorageUrl);
    assert.equal(shown.blobStorageKey, null);
    assert.equal(shown.path, null);
    assert.equal(shown.availableCapacity, null);
    const made = await succeed(api, await api.post(pathOf("blob", "/createBackup")));
    const id = String(made.resultAnswer.body.properties.backupInfo.backupId);
    const restored = await api.post(pathOf("blob", `/backups/${id}/restore`), {
      decryptionCertBase64: makePfx(service.folder, "blob", certificate, pfxPassword),
      decryptionCertPassword: pfxPassword,
    });
    await succeed(api, restored);
  });

  const faults = [
    ["a wrong key", { blobStorageKey: wrongKey }, "StoreAuthRefused"],
    ["a container that is not there", { blobStorageUrl: "gone" }, "BackupPathNotFound"],
  ] as const;
  for (const [title, changed, code] of faults) {
    it(`keeps its settings when the new ones fail: ${title}`, async () => {
      const isOther = "blobStorageUrl" in changed;
      const other = { blobStorageUrl: blobStorageUrl.replace(/[^/]+$/, "gone") };
      const { statusAnswer } = await api.finish(await put(isOther ? other : changed));
      assert.equal(statusAnswer.body.status, "Failed", statusAnswer.text);
      assert.equal(statusAnswer.body.error.code, code, statusAnswer.text);
      const shown = (await api.get(pathOf("blob"))).body.properties.externalStoreDefault;
      assert.equal(shown.blobStorageUrl, blobStorageUrl);
    });
  }

  it("P5: keeps the key of the account to itself", () => {
    const secrets = [
      secretForms("key", Buffer.from(azurite.accountKey)),
      secretForms("wrong key", Buffer.from(wrongKey)),
    ];
    for (const place of ["state", "log"])
      assert.deepEqual(findSecrets(secrets, join(service.folder, place)), []);
  });
});
