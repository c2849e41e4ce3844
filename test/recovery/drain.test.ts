import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Answer, type ArmCaller } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";
import { waitForFile } from "../support/wait-for-file.ts";

let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;

/** A program that says that it runs and writes nothing until it finds a file. */
function makeRoles(folder: string): readonly object[] {
  certificate = makeCertificate(folder, "backup", "P-256");
  mkdirSync(join(folder, "store"));
  const script = "echo > running; while [ ! -e gate ]; do sleep 0.02; done; cat gate";
  const settings = { command: "sh", args: ["-c", script], workingDirectory: folder };
  return [{ name: "gated", adapter: "command", essential: true, settings }];
}

before(async () => {
  service = await startService({ makeRoles });
  api = service.call("2026-12-01");
  const encryption = { recipients: [{ certificateBase64: certificate.certificateBase64 }] };
  const store = { kind: "Local", path: join(service.folder, "store") };
  const body = { location: "north", properties: { store, encryption } };
  await succeed(api, await api.put(pathOf("north"), body));
});
after(() => service.close());

describe("SIGTERM during a backup", () => {
  let accepted: Answer;

  it("ends the process in order and soon", async () => {
    accepted = await api.post(pathOf("north", "/createBackup"));
    await waitForFile(join(service.folder, "running"));
    const begun = performance.now();
    assert.equal(await service.stop(), 0);
    assert.ok(performance.now() - begun < 8000, "It took too long to stop");
    assert.match(service.readLog(), /Job handed back/);
  });

  it("lets the backup go on after the start", async () => {
    await service.restart();
    const address = accepted.headers.get("azure-asyncoperation") ?? "";
    const { status } = (await api.get(address)).body as { status: string };
    assert.match(status, /^(?:Accepted|Running)$/);
    const busy = await api.post(pathOf("north", "/createBackup"));
    assert.equal(busy.status, 409);
    assert.equal(busy.body.error.code, "BackupInProgress");
    writeFileSync(join(service.folder, "gate"), "what was behind the gate");
    const made = await succeed(api, accepted);
    const id: string = made.resultAnswer.body.name;
    assert.equal(made.resultAnswer.body.properties.status, "Succeeded");
    const options = {
      targetPath: join(service.restoreRoot, id),
      decryptionCertBase64: makePfx(service.folder, "key", certificate, "word"),
      decryptionCertPassword: "word",
    };
    await succeed(api, await api.post(pathOf("north", `/backups/${id}/restore`), options));
    const restored = join(service.restoreRoot, id, "gated", "output");
    assert.equal(readFileSync(restored, "utf8"), "what was behind the gate");
  });
});
