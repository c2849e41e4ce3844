import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Answer, type ArmCaller } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { readState, takeSnapshot } from "../support/site-snapshot.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";
import { waitForFile } from "../support/wait-for-file.ts";

let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;
let backupId: string;
let running: Answer;

/** A program that waits as long as there is a file. */
function makeRoles(folder: string): readonly object[] {
  certificate = makeCertificate(folder, "backup", "P-256");
  mkdirSync(join(folder, "store"));
  const script = "echo > running; while [ -e hold ]; do sleep 0.02; done; echo free";
  const settings = { command: "sh", args: ["-c", script], workingDirectory: folder };
  return [{ name: "held", adapter: "command", essential: true, settings }];
}

function aLocation(store: string): object {
  const encryption = { recipients: [{ certificateBase64: certificate.certificateBase64 }] };
  const path = join(service.folder, store);
  return { location: "north", properties: { store: { kind: "Local", path }, encryption } };
}

function restore(more: object = {}): Promise<Answer> {
  return api.post(pathOf("north", `/backups/${backupId}/restore`), {
    ...more,
    targetPath: join(service.restoreRoot, "wanted"),
    decryptionCertBase64: makePfx(service.folder, "key", certificate, "word"),
    decryptionCertPassword: "word",
  });
}

before(async () => {
  service = await startService({ makeRoles });
  api = service.call("2026-12-01");
  await succeed(api, await api.put(pathOf("north"), aLocation("store")));
  mkdirSync(join(service.folder, "other"));
  const made = await succeed(api, await api.post(pathOf("north", "/createBackup")));
  backupId = made.resultAnswer.body.name;
  rmSync(join(service.folder, "running"));
  writeFileSync(join(service.folder, "hold"), "");
  running = await api.post(pathOf("north", "/createBackup"));
  await waitForFile(join(service.folder, "running"));
});
after(async () => {
  rmSync(join(service.folder, "hold"), { force: true });
  await service.close();
});

describe("while a backup runs", () => {
  const requests = {
    "another backup": () => api.post(pathOf("north", "/createBackup")),
    "a restore": () => restore(),
    "a check of the store": () => api.post(pathOf("north", "/verify")),
    "a move to another store": () => api.put(pathOf("north"), aLocation("other")),
  };
  for (const [title, ask] of Object.entries(requests)) {
    it(`${title} is refused and changes nothing`, async () => {
      const before = (await api.get(pathOf("north"))).text;
      const state = documentsOf(service);
      const answer = await ask();
      assert.equal(answer.status, 409, answer.text);
      assert.equal(answer.body.error.code, "BackupInProgress");
      assert.match(answer.body.error.message, /wait/i);
      assert.equal((await api.get(pathOf("north"))).text, before);
      assert.deepEqual(documentsOf(service), state);
      assert.ok(!existsSync(join(service.restoreRoot, "wanted")));
    });
  }

  it("the service answers, and the running one ends well", async () => {
    assert.equal((await api.get("/readyz")).status, 200);
    const address = running.headers.get("azure-asyncoperation") ?? "";
    assert.equal((await api.get(address)).body.status, "Running");
    rmSync(join(service.folder, "hold"));
    await succeed(api, running);
    await succeed(api, await restore());
  });
});

describe("a restore into a folder with something in it", () => {
  it("is refused without the flag, done with it", async () => {
    const folder = join(service.restoreRoot, "wanted");
    writeFileSync(join(folder, "mine"), "mine");
    writeFileSync(join(folder, "held", "output"), "old");
    const before = await takeSnapshot(service, "north", folder);
    const refused = await restore();
    assert.equal(refused.status, 409);
    assert.equal(refused.body.error.code, "RestoreTargetNotEmpty");
    assert.equal(refused.body.error.target, "targetPath");
    assert.match(refused.body.error.message, /overwrite/);
    assert.deepEqual(await takeSnapshot(service, "north", folder), before);
    await succeed(api, await restore({ overwrite: true }));
    assert.equal(readFileSync(join(folder, "held", "output"), "utf8"), "free\n");
    assert.equal(readFileSync(join(folder, "mine"), "utf8"), "mine");
  });
});

/** Without etags: the running backup writes its progress. */
function documentsOf(of: Service): readonly string[] {
  return readState(of).map((line) => line.split(" ").slice(0, 2).join(" "));
}
