import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type ArmCaller, type Ended, type Json } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";
import { waitForFile } from "../support/wait-for-file.ts";

// In a namespace of its own the mount goes with the process, and no other process sees it.
const mountScript = 'mount -t tmpfs -o size=12m none small && exec "$@"';
const launcher = ["unshare", "-rm", "sh", "-c", mountScript, "sh"];
const canMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;

/** Content to fill a store with, and a program that waits as long as there is a file. */
function makeRoles(folder: string): readonly object[] {
  certificate = makeCertificate(folder, "backup", "P-256");
  for (const name of ["small", "lost", "rolled", "kept", "source"]) mkdirSync(join(folder, name));
  const script = "echo > running; while [ -e hold ]; do sleep 0.02; done; echo free";
  const settings = { command: "sh", args: ["-c", script], workingDirectory: folder };
  return [
    { name: "held", adapter: "command", settings },
    {
      name: "files",
      adapter: "directory",
      essential: true,
      settings: { path: join(folder, "source") },
    },
  ];
}

async function setUp(name: string): Promise<void> {
  const encryption = { recipients: [{ certificateBase64: certificate.certificateBase64 }] };
  const store = { kind: "Local", path: join(service.folder, name) };
  const body = { location: "north", properties: { store, encryption } };
  await succeed(api, await api.put(pathOf(name), body));
}

before(async () => {
  service = await startService({ makeRoles, ...(canMount ? { launcher } : {}) });
  api = service.call("2026-12-01");
});
after(() => service.close());

describe("a store that fails in the middle", () => {
  it("A73: lost during a backup: failed, and well again when it is back", async () => {
    await setUp("lost");
    const folder = join(service.folder, "lost");
    const failed = await backUp("lost", {
      during: () => renameSync(folder, `${folder} away`),
    });
    assert.equal(failed.error?.code, "BackupPathNotFound");
    assertFailed(failed);
    assert.ok(!existsSync(folder));
    // What stands in place of a lost mount must not be filled.
    mkdirSync(folder);
    const again = await backUp("lost", {});
    assert.equal(again.error?.code, "RepositoryNotFound");
    assertFailed(again);
    assert.deepEqual(readdirSync(folder), []);
    rmdirSync(folder);
    renameSync(`${folder} away`, folder);
    await assertWell("lost");
  });

  it("rolled back: verify names it, and a new backup does not hide it", async () => {
    await setUp("rolled");
    const folder = join(service.folder, "rolled");
    await backUp("rolled", {});
    cpSync(folder, `${folder} before`, { recursive: true });
    const lost: string = (await backUp("rolled", {})).resultAnswer.body.name;
    rmSync(folder, { recursive: true });
    renameSync(`${folder} before`, folder);
    for (const depth of ["Structure", "Ciphertext"]) {
      const checked = await succeed(api, await api.post(pathOf("rolled", "/verify"), { depth }));
      assertGone(checked, lost, "RollbackDetected");
    }
    // The next backup's ledger names the one before it, which is not there.
    await backUp("rolled", {});
    const later = await succeed(api, await api.post(pathOf("rolled", "/verify")));
    assertGone(later, lost, "MissingObject");
  });

  it("litter: prune lists it, removes it, and leaves the backups", async () => {
    const folder = join(service.folder, "rolled", "holdfast");
    const name = "0123456789abcdef".repeat(4);
    const litter = join(folder, "data", "01", name);
    mkdirSync(join(folder, "data", "01"), { recursive: true });
    writeFileSync(litter, "of a backup that never was");
    const aWeekAgo = Date.now() / 1000 - 7 * 86_400;
    utimesSync(litter, aWeekAgo, aWeekAgo);
    const prune = async (version: string, operationType: string): Promise<Json> => {
      const old = service.call(version);
      const path = pathOf("rolled", "/pruneExternalStore");
      // The ledger's gap, which the rollback left, is accepted by nobody.
      return old.finish(await old.post(path, { operationType }));
    };
    const refused = await prune("2026-12-01", "Default");
    assert.equal(refused.error.code, "MissingObject");
    assert.ok(existsSync(litter));
    await setUp("kept");
    await backUp("kept", {});
    const kept = join(service.folder, "kept", "holdfast", "data", "01");
    mkdirSync(kept, { recursive: true });
    renameSync(litter, join(kept, name));
    const pruneKept = async (
      version: string,
      operationType: string,
    ): Promise<readonly string[]> => {
      const old = service.call(version);
      const path = pathOf("kept", "/pruneExternalStore");
      const ended = await succeed(old, await old.post(path, { operationType }));
      const { properties, pathsToDelete } = ended.resultAnswer.body;
      return properties?.pathsToDelete ?? pathsToDelete;
    };
    const found = [`holdfast/data/01/${name}`];
    for (const version of ["2018-09-01", "2021-09-01", "2026-12-01"])
      assert.deepEqual(await pruneKept(version, "DryRun"), found);
    assert.deepEqual(await pruneKept("2021-09-01", "Default"), found);
    assert.deepEqual(await pruneKept("2021-09-01", "Default"), []);
    await assertWell("kept");
  });

  it("read-only: failed, and well again when writable", { skip: !canMount }, async () => {
    await setUp("small");
    remount("ro");
    const failed = await backUp("small", {});
    assert.equal(failed.error?.code, "StoreReadOnly");
    assertFailed(failed);
    remount("rw");
    const halfway = await backUp("small", { during: () => remount("ro") });
    assert.equal(halfway.error?.code, "StoreReadOnly");
    assertFailed(halfway);
    remount("rw");
    await assertWell("small");
  });

  it("full: failed, and well again with room", { skip: !canMount }, async () => {
    // Seen from outside, the mount is below the process.
    const junk = join("/proc", String(service.pid), "root", service.folder, "small", "junk");
    writeFileSync(join(service.folder, "source", "big"), randomBytes(4_000_000));
    writeFileSync(junk, Buffer.alloc(9_000_000));
    const failed = await backUp("small", {});
    assert.equal(failed.error?.code, "StoreFull");
    assertFailed(failed);
    rmSync(junk);
    await assertWell("small");
  });
});

interface Happening {
  /** Called while a role is being copied. */
  readonly during?: () => void;
}

/** A backup to its end, and the service stays ready all the time. */
async function backUp(name: string, { during }: Happening): Promise<Ended> {
  const hold = join(service.folder, "hold");
  const running = join(service.folder, "running");
  rmSync(running, { force: true });
  writeFileSync(join(service.folder, "source", "new"), randomBytes(50_000));
  if (during !== undefined) writeFileSync(hold, "");
  const accepted = await api.post(pathOf(name, "/createBackup"));
  if (during !== undefined) {
    await waitForFile(running);
    during();
    assert.equal((await api.get("/readyz")).status, 200);
    rmSync(hold);
  }
  const ended = await api.finish(accepted);
  assert.equal((await api.get("/readyz")).status, 200);
  return ended;
}

/** The check says that this backup is not there any more. */
function assertGone({ resultAnswer, statusAnswer }: Ended, lost: string, code: string): void {
  const { isHealthy, findings } = resultAnswer.body;
  assert.equal(isHealthy, false, resultAnswer.text);
  const codes = findings.map(({ code }: Json) => code);
  assert.deepEqual(codes, [code], resultAnswer.text);
  assert.ok(findings[0].message.includes(lost), resultAnswer.text);
  assert.deepEqual(statusAnswer.body.properties.findings, findings);
}

function assertFailed(ended: Ended): void {
  assert.equal(ended.status, "Failed");
  assert.match(String(ended.resultAnswer.status), /^4\d\d$/, ended.resultAnswer.text);
  assert.deepEqual(ended.resultAnswer.body.error, ended.statusAnswer.body.error);
  assert.match(ended.error?.message ?? "", /: \S/, "It does not say what to do");
}

/** The next backup works and restores, and the store is sound. */
async function assertWell(name: string): Promise<void> {
  const made = await backUp(name, {});
  assert.equal(made.status, "Succeeded", made.statusAnswer.text);
  const id: string = made.resultAnswer.body.name;
  const options = {
    targetPath: join(service.restoreRoot, id),
    decryptionCertBase64: makePfx(service.folder, "key", certificate, "word"),
    decryptionCertPassword: "word",
  };
  await succeed(api, await api.post(pathOf(name, `/backups/${id}/restore`), options));
  assert.ok(existsSync(join(service.restoreRoot, id, "files", "new")));
  const checked = await succeed(api, await api.post(pathOf(name, "/verify")));
  assert.equal(checked.resultAnswer.body.isHealthy, true, checked.resultAnswer.text);
}

function remount(mode: "ro" | "rw"): void {
  const target = ["-t", String(service.pid), "-U", "-m", "--preserve-credentials"];
  const mount = ["mount", "-o", `remount,${mode}`, join(service.folder, "small")];
  execFileSync("nsenter", [...target, ...mount]);
}
