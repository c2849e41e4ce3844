import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Answer, type ArmCaller } from "../support/arm-caller.ts";
import { behindTheGate, startGatedService, type GatedService } from "../support/gated-service.ts";
import type { Service } from "../support/service.ts";
import { makePfx } from "../support/test-certificates.ts";

let gated: GatedService;
let service: Service;
let api: ArmCaller;

before(async () => {
  gated = await startGatedService();
  ({ service, api } = gated);
});
after(() => service.close());

describe("SIGTERM during a backup", () => {
  let accepted: Answer;

  it("ends the process in order and soon", async () => {
    ({ accepted } = await gated.startBackup());
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
    gated.openGate();
    const made = await succeed(api, accepted);
    const id: string = made.resultAnswer.body.name;
    assert.equal(made.resultAnswer.body.properties.status, "Succeeded");
    const options = {
      targetPath: join(service.restoreRoot, id),
      decryptionCertBase64: makePfx(service.folder, "key", gated.certificate, "word"),
      decryptionCertPassword: "word",
    };
    await succeed(api, await api.post(pathOf("north", `/backups/${id}/restore`), options));
    const restored = join(service.restoreRoot, id, "gated", "output");
    assert.equal(readFileSync(restored, "utf8"), behindTheGate);
  });
});
