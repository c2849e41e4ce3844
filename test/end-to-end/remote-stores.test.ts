import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type ArmCaller } from "../support/arm-caller.ts";
import { findSecrets, secretForms } from "../support/find-secrets.ts";
import { startService, type Service } from "../support/service.ts";
import { startSshd, type Sshd } from "../support/sshd.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

const pfxPassword = "only for this test";

let sshd: Sshd;
let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;
let store: Readonly<Record<string, unknown>>;

before(async () => {
  sshd = await startSshd();
  mkdirSync(join(sshd.files, "north"));
  const stores = { allowedHosts: [`127.0.0.1:${sshd.port}`] };
  service = await startService({ config: { stores, log: { format: "json", level: "debug" } } });
  api = service.call("2026-12-01");
  certificate = makeCertificate(service.folder, "remote", "rsa:2048");
  store = {
    kind: "Sftp",
    host: "127.0.0.1",
    port: sshd.port,
    path: join(sshd.files, "north"),
    userName: sshd.userName,
    hostKey: sshd.hostKey,
    privateKey: sshd.writerKey,
  };
});
after(async () => {
  await service?.close();
  await sshd?.dispose();
});

function put(changed: object = {}): ReturnType<ArmCaller["put"]> {
  const recipients = [{ certificateBase64: certificate.certificateBase64 }];
  const properties = { store: { ...store, ...changed }, encryption: { recipients } };
  return api.put(pathOf("sftp"), { location: "north", properties });
}

describe("a location on an SFTP server", () => {
  it("is set up, backed up to, and restored from with the private key", async () => {
    await succeed(api, await put());
    const made = await succeed(api, await api.post(pathOf("sftp", "/createBackup")));
    const id = String(made.resultAnswer.body.name);
    const restore = {
      targetPath: join(service.restoreRoot, "sftp"),
      decryptionCertBase64: makePfx(service.folder, "remote", certificate, pfxPassword),
      decryptionCertPassword: pfxPassword,
    };
    const restored = await succeed(
      api,
      await api.post(pathOf("sftp", `/backups/${id}/restore`), restore),
    );
    assert.equal(restored.resultAnswer.body.backupId, id);
    const checked = await succeed(api, await api.post(pathOf("sftp", "/verify"), {}));
    assert.equal(checked.resultAnswer.body.isHealthy, true);
  });

  it("is tried out step by step", async () => {
    const tested = await succeed(api, await api.post(pathOf("sftp", "/testStore")));
    const { isUsable, steps } = tested.resultAnswer.body;
    assert.equal(isUsable, true, JSON.stringify(steps));
    const names = steps.map((step: { readonly name: string }) => step.name);
    assert.deepEqual(
      [names.length, names[0], names.slice(-2)],
      [12, "Reach", ["NewestBackup", "Lease"]],
    );
  });

  const faults = [
    ["another host key", { hostKey: `SHA256:${"A".repeat(43)}` }, "StoreNotTrusted"],
    ["an account that does not exist", { userName: "nobody-of-ours" }, "StoreAuthRefused"],
    ["a folder that does not exist", { path: "/nowhere/of/ours" }, "BackupPathNotFound"],
  ] as const;
  for (const [title, changed, code] of faults) {
    it(`keeps its settings when the new ones fail: ${title}`, async () => {
      const { resultAnswer, statusAnswer } = await api.finish(await put(changed));
      assert.equal(statusAnswer.body.status, "Failed");
      assert.equal(statusAnswer.body.error.code, code);
      assert.match(statusAnswer.body.error.message, /:/);
      assert.ok(resultAnswer.status < 500);
      const shown = (await api.get(pathOf("sftp"))).body.properties.store;
      assert.equal(shown.path, store["path"]);
      assert.equal(shown.hostKey, store["hostKey"]);
      assert.equal(shown.privateKey, null);
    });
  }

  it("is refused at once on a host that is not listed", async () => {
    const answer = await put({ host: "files.example" });
    assert.equal(answer.status, 400);
    assert.equal(answer.body.error.code, "StoreHostNotAllowed");
  });

  it("P5: keeps the key of the account to itself", () => {
    const secret = secretForms("account key", Buffer.from(sshd.writerKey.split("\n")[2] ?? ""));
    for (const place of ["state", "log"])
      assert.deepEqual(findSecrets([secret], join(service.folder, place)), []);
  });
});
