import assert from "node:assert/strict";
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type ArmCaller, type Json } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate } from "../support/test-certificates.ts";

describe("a state that was set back to a copy of itself", () => {
  let service: Service;
  let api: ArmCaller;

  before(async () => {
    service = await startService();
    api = service.call("2026-12-01");
    const { certificateBase64 } = makeCertificate(service.folder, "backup", "P-256");
    mkdirSync(join(service.folder, "store"));
    const properties = {
      store: { kind: "Local", path: join(service.folder, "store") },
      encryption: { recipients: [{ certificateBase64 }] },
    };
    await succeed(api, await api.put(pathOf("north"), { location: "north", properties }));
  });
  after(() => service.close());

  const backUp = async (): Promise<string> =>
    (await succeed(api, await api.post(pathOf("north", "/createBackup")))).resultAnswer.body.name;
  const listed = async (): Promise<readonly string[]> => {
    const { body } = await api.get(pathOf("north", "/backups"));
    return body.value.map(({ name }: Json) => name).toSorted();
  };

  it("A77: is put right by the store with the next backup, which loses nothing", async () => {
    const state = join(service.folder, "state");
    const first = await backUp();
    await service.stop();
    cpSync(state, `${state} before`, { recursive: true });
    await service.restart();
    const second = await backUp();
    await service.stop();
    rmSync(state, { recursive: true });
    renameSync(`${state} before`, state);
    await service.restart();
    assert.deepEqual(await listed(), [first]);
    const third = await backUp();
    assert.deepEqual(await listed(), [first, second, third].toSorted());
    assert.match(service.readLog(), /holds backups that the state does not know/);
    const { resultAnswer } = await succeed(api, await api.post(pathOf("north", "/verify"), {}));
    assert.deepEqual(resultAnswer.body.findings, []);
  });
});
