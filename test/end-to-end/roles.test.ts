import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setDefaultCACertificates } from "node:tls";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type ArmCaller, type Json } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;

/** Two programs that print a file, and fail when it is not there; only the first must succeed. */
function makeRoles(folder: string): readonly object[] {
  const tlsNames = ["-addext", "subjectAltName=IP:127.0.0.1"];
  const { certificateFile } = makeCertificate(folder, "tls", "P-256", ["-sha256", ...tlsNames]);
  setDefaultCACertificates([readFileSync(certificateFile, "utf8")]);
  certificate = makeCertificate(folder, "backup", "rsa:2048");
  mkdirSync(join(folder, "store"));
  return ["needed", "nice"].map((name) => {
    writeFileSync(join(folder, name), `${name} to have`);
    const settings = { command: "cat", args: [join(folder, name)] };
    return { name, adapter: "command", required: name === "needed", essential: true, settings };
  });
}

before(async () => {
  const tls = { certificateFile: "./tls.pem", keyFile: "./tls.key" };
  service = await startService({ makeRoles, config: { tls } });
  api = service.call("2026-12-01");
  const encryption = { recipients: [{ certificateBase64: certificate.certificateBase64 }] };
  const store = { kind: "Local", path: join(service.folder, "store") };
  const body = { location: "north", properties: { store, encryption } };
  await succeed(api, await api.put(pathOf("north"), body));
});
after(() => service.close());

describe("the service over HTTPS", () => {
  it("answers with its certificate and links to itself", async () => {
    assert.match(service.url, /^https:\/\/127\.0\.0\.1:\d+$/);
    for (const path of ["/livez", "/readyz"]) {
      const answer = await api.get(path);
      assert.equal(answer.status, 200);
      assert.equal(answer.body.status, "ok");
    }
    const accepted = await api.post(pathOf("north", "/createBackup"));
    const address = accepted.headers.get("location") ?? "";
    assert.ok(address.startsWith(service.url), address);
    await succeed(api, accepted);
  });
});

describe("a role that fails", () => {
  it("leaves the backup partial when optional", async () => {
    const made = await withoutFiles(["nice"], async () =>
      succeed(api, await api.post(pathOf("north", "/createBackup"))),
    );
    const { status, roles, isCloudRecoveryReady } = made.resultAnswer.body.properties;
    assert.equal(status, "PartialSucceeded");
    assert.equal(isCloudRecoveryReady, false);
    assert.deepEqual(statesOf(roles), { needed: "Succeeded", nice: "Failed" });
    const [, nice] = roles;
    assert.equal(nice.error.code, "SourceFailed");
    const id: string = made.resultAnswer.body.name;
    const options = {
      targetPath: join(service.restoreRoot, id),
      decryptionCertBase64: makePfx(service.folder, "partial", certificate, "word"),
      decryptionCertPassword: "word",
    };
    await succeed(api, await api.post(pathOf("north", `/backups/${id}/restore`), options));
    assert.ok(existsSync(join(service.restoreRoot, id, "needed", "output")));
    assert.ok(!existsSync(join(service.restoreRoot, id, "nice")));
    const old = await service.call("2021-09-01").get(pathOf("north", `/backups/${id}`));
    assert.equal(old.body.properties.backupInfo.status, "PartialSucceeded");
  });

  it("fails the backup when required", async () => {
    const error = await failBackup(["needed"]);
    assert.equal(error.code, "SourceFailed");
    assert.match(error.message, /"needed"/);
  });

  it("fails the backup when no other is left", async () => {
    const error = await failBackup(["needed", "nice"]);
    assert.equal(error.code, "NothingBackedUp");
    assert.match(error.message, /"needed".+"nice"/);
  });

  it("harms no later backup", async () => {
    const made = await succeed(api, await api.post(pathOf("north", "/createBackup")));
    assert.equal(made.resultAnswer.body.properties.status, "Succeeded");
    assert.equal(made.resultAnswer.body.properties.isCloudRecoveryReady, true);
  });
});

/** Backs up without these files; what operation, Location and backup say agrees. */
async function failBackup(missing: readonly string[]): Promise<Json> {
  const before = (await api.get(pathOf("north"))).body.properties.lastBackupTime;
  const ended = await withoutFiles(missing, async () =>
    api.finish(await api.post(pathOf("north", "/createBackup"))),
  );
  assert.equal(ended.status, "Failed");
  assert.equal(ended.resultAnswer.status, 409);
  assert.deepEqual(ended.resultAnswer.body.error, ended.error);
  const backup = await api.get(new URL(ended.statusAnswer.body.resourceId, service.url).pathname);
  assert.equal(backup.body.properties.status, "Failed");
  assert.equal(backup.body.properties.error.code, ended.error?.code);
  assert.equal((await api.get(pathOf("north"))).body.properties.lastBackupTime, before);
  return ended.error;
}

async function withoutFiles<T>(names: readonly string[], use: () => Promise<T>): Promise<T> {
  for (const name of names) rmSync(join(service.folder, name));
  try {
    return await use();
  } finally {
    for (const name of names) writeFileSync(join(service.folder, name), `${name} to have`);
  }
}

function statesOf(roles: readonly Json[]): Record<string, string> {
  return Object.fromEntries(roles.map((role) => [role.name, role.status]));
}
