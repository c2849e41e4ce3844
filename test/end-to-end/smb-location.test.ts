import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type ArmCaller } from "../support/arm-caller.ts";
import { findSecrets, secretForms } from "../support/find-secrets.ts";
import { sambaAccount, startSamba, type SambaServer } from "../support/samba.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

const pfxPassword = "only for this test";
const wrongPassword = "wrong canary 5d1e7f";
const userName = `${sambaAccount.domain}\\${sambaAccount.user}`;
const share = "\\\\127.0.0.1\\backup\\north";

let samba: SambaServer;
let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;

before(async () => {
  samba = await startSamba();
  mkdirSync(join(samba.folder, "north"));
  // A share's address has no place for a port: the list of allowed hosts has.
  const stores = { allowedHosts: [`127.0.0.1:${samba.port}`] };
  service = await startService({ config: { stores, log: { format: "json", level: "debug" } } });
  api = service.call("2018-09-01");
  certificate = makeCertificate(service.folder, "share", "rsa:2048");
});
after(async () => {
  await service?.close();
  await samba?.stop();
});

function put(changed: object = {}): ReturnType<ArmCaller["put"]> {
  const externalStoreDefault = {
    path: share,
    userName,
    password: sambaAccount.password,
    encryptionCertBase64: certificate.certificateBase64,
    ...changed,
  };
  return api.put(pathOf("share"), { location: "north", properties: { externalStoreDefault } });
}

describe("a location on a share, by 2018-09-01", () => {
  it("is set up, backed up to, and restored from with the private key", async () => {
    await succeed(api, await put());
    const shown = (await api.get(pathOf("share"))).body.properties.externalStoreDefault;
    assert.equal(shown.path, share);
    assert.equal(shown.userName, userName);
    assert.equal(shown.password, null);
    assert.match(shown.availableCapacity, /^\d[\d.]* [GT]B$/);
    const made = await succeed(api, await api.post(pathOf("share", "/createBackup")));
    const id = String(made.resultAnswer.body.properties.backupInfo.backupId);
    assert.match(samba.smbclient(`ls north/holdfast/backups/${id}`), new RegExp(id));
    const restored = await api.post(pathOf("share", `/backups/${id}/restore`), {
      decryptionCertBase64: makePfx(service.folder, "share", certificate, pfxPassword),
      decryptionCertPassword: pfxPassword,
    });
    await succeed(api, restored);
  });

  const faults = [
    ["a wrong password", { password: wrongPassword }, "StoreAuthRefused"],
    ["a share that is not there", { path: "\\\\127.0.0.1\\nothing\\north" }, "BackupPathNotFound"],
    ["a folder that is not there", { path: "\\\\127.0.0.1\\backup\\gone" }, "BackupPathNotFound"],
    ["a share that is read-only", { path: "\\\\127.0.0.1\\archive" }, undefined],
  ] as const;
  for (const [title, changed, code] of faults) {
    it(`keeps its settings when the new ones fail: ${title}`, async () => {
      const { statusAnswer, resultAnswer } = await api.finish(await put(changed));
      const error = resultAnswer.body?.error ?? statusAnswer.body?.error;
      assert.ok(error, `${resultAnswer.text} ${statusAnswer.text}`);
      if (code === undefined) assert.match(error.code, /^Store(?:ReadOnly|AuthRefused)$/);
      else assert.equal(error.code, code);
      assert.match(error.message, /:/);
      const shown = (await api.get(pathOf("share"))).body.properties.externalStoreDefault;
      assert.equal(shown.path, share);
      assert.doesNotMatch(resultAnswer.text + statusAnswer.text, /canary/);
    });
  }

  it("P5: keeps the password to itself", () => {
    const secrets = [
      secretForms("password", Buffer.from(sambaAccount.password)),
      secretForms("wrong password", Buffer.from(wrongPassword)),
    ];
    for (const place of ["state", "log"])
      assert.deepEqual(findSecrets(secrets, join(service.folder, place)), []);
  });
});
