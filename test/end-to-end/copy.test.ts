import assert from "node:assert/strict";
import { appendFileSync, globSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type ArmCaller, type Json } from "../support/arm-caller.ts";
import { compareTrees } from "../support/odd-tree.ts";
import { runCli } from "../support/run-cli.ts";
import { sambaAccount, startSamba, type SambaServer } from "../support/samba.ts";
import { startService, type Service } from "../support/service.ts";
import { makeSite } from "../support/site.ts";
import { startSshd, type Sshd } from "../support/sshd.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

const pfxPassword = "only for this test";

let sshd: Sshd;
let samba: SambaServer;
let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;

before(async () => {
  [sshd, samba] = await Promise.all([startSshd(), startSamba()]);
  for (const folder of [sshd.files, samba.folder]) mkdirSync(join(folder, "north"));
  const stores = { allowedHosts: [`127.0.0.1:${sshd.port}`, `127.0.0.1:${samba.port}`] };
  service = await startService({ makeRoles: makeSite, config: { stores } });
  api = service.call("2026-12-01");
  certificate = makeCertificate(service.folder, "copies", "P-256");
});
after(async () => {
  await service?.close();
  await samba?.stop();
  await sshd?.dispose();
});

async function putLocations(): Promise<void> {
  const recipients = [{ certificateBase64: certificate.certificateBase64 }];
  const folder = {
    kind: "Sftp",
    host: "127.0.0.1",
    port: sshd.port,
    path: join(sshd.files, "north"),
    userName: sshd.userName,
    hostKey: sshd.hostKey,
    privateKey: sshd.writerKey,
  };
  const share = {
    kind: "Smb",
    path: "\\\\127.0.0.1\\backup\\north",
    port: samba.port,
    userName: `${sambaAccount.domain}\\${sambaAccount.user}`,
    password: sambaAccount.password,
  };
  const first = { store: folder, encryption: { recipients } };
  await succeed(api, await api.put(pathOf("first"), { location: "north", properties: first }));
  const second = { store: share };
  await succeed(api, await api.put(pathOf("second"), { location: "north", properties: second }));
}

async function makeBackup(): Promise<string> {
  appendFileSync(join(service.folder, "source", "etc", "setting-1.conf"), "more\n");
  const made = await succeed(api, await api.post(pathOf("first", "/createBackup")));
  return String(made.resultAnswer.body.name);
}

async function copy(options: object = {}): Promise<Json> {
  const body = { targetLocationName: "second", ...options };
  return (await succeed(api, await api.post(pathOf("first", "/copy"), body))).resultAnswer.body;
}

/** From the share, by the second location. */
async function restoreFromCopy(id: string): Promise<void> {
  const restored = await api.post(pathOf("second", `/backups/${id}/restore`), {
    targetPath: join(service.restoreRoot, id),
    decryptionCertBase64: makePfx(service.folder, "copies", certificate, pfxPassword),
    decryptionCertPassword: pfxPassword,
  });
  await succeed(api, restored);
  const source = join(service.folder, "source");
  assert.deepEqual(compareTrees(source, join(service.restoreRoot, id, "files")), []);
}

describe("backups of an SFTP server copied to a share", () => {
  it("are checked there, heal what was lost, and restore when the server is gone", async () => {
    await putLocations();
    const ids = [await makeBackup(), await makeBackup()];
    const first = await copy();
    assert.deepEqual(first.copiedBackups.toSorted(), ids.toSorted());
    assert.equal(first.verification.isHealthy, true, JSON.stringify(first.verification));
    const again = await copy();
    assert.deepEqual([again.copiedBackups, again.objects, again.bytes], [[], 0, 0]);
    const [pack = ""] = globSync("data/*/*", { cwd: join(samba.folder, "north/holdfast") });
    rmSync(join(samba.folder, "north/holdfast", pack));
    const healed = await copy({ depth: "Ciphertext" });
    assert.deepEqual([healed.objects, healed.verification.isHealthy], [1, true]);
    const listed: Json[] = (await api.get(pathOf("second", "/backups"))).body.value;
    assert.deepEqual(listed.map(({ name }) => String(name)).toSorted(), ids.toSorted());
    renameSync(join(sshd.files, "north"), join(sshd.files, "gone"));
    await restoreFromCopy(ids[1] ?? "");
    renameSync(join(sshd.files, "gone"), join(sshd.files, "north"));
  });

  it("are copied from the command line, and a copy that cannot be made tells why", async () => {
    const id = await makeBackup();
    const run = (...words: string[]): ReturnType<typeof runCli> =>
      runCli(service.folder, ["location", "copy", "first", ...words, "--wait"], {
        environment: { HOLDFAST_URL: service.url, HOLDFAST_RESOURCE_GROUP: "system.north" },
      });
    const copied = await run("--to", "second", "--backup", id);
    assert.equal(copied.code, 0, copied.stderr);
    assert.match(copied.stdout, new RegExp(id));
    const refused = await run("--to", "third");
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /no backup location "third"/);
  });
});
