import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Ended, type Json } from "../support/arm-caller.ts";
import { compareTrees, findWrongFiles } from "../support/odd-tree.ts";
import { startService, type Service } from "../support/service.ts";
import { makeSite, sumSiteDatabase } from "../support/site.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

const password = "a password";
let service: Service;
let rsa: TestCertificate;
let p256: TestCertificate;
let p384: TestCertificate;

before(async () => {
  service = await startService({ makeRoles: makeSite });
  rsa = makeCertificate(service.folder, "rsa", "rsa:2048");
  p256 = makeCertificate(service.folder, "p256", "P-256");
  p384 = makeCertificate(service.folder, "p384", "P-384");
});
after(() => service.close());

function aStore(name: string): string {
  const path = join(service.folder, name);
  mkdirSync(path);
  return path;
}

function keyOf(certificate: TestCertificate, name: string): object {
  return {
    decryptionCertBase64: makePfx(service.folder, name, certificate, password),
    decryptionCertPassword: password,
  };
}

/** The restored folder holds what was backed up, to the last bit. */
function assertRestored(folder: string): void {
  const source = join(service.folder, "source");
  assert.deepEqual(compareTrees(source, join(folder, "files")), []);
  assert.equal(sumSiteDatabase(join(folder, "accounts", "accounts.db")), 100_000);
  assert.deepEqual(readdirSync(folder).toSorted(), ["accounts", "files", "listing"]);
}

const published = ["2016-05-01", "2018-09-01", "2021-09-01"] as const;

describe("a backup through a published api-version", () => {
  for (const version of published) {
    it(`${version} comes back whole`, async () => {
      const name = `published-${version.slice(0, 4)}`;
      const api = service.call(version);
      const secret = {
        "2016-05-01": { encryptionKeyBase64: randomBytes(32).toString("base64") },
        "2018-09-01": { encryptionCertBase64: rsa.certificateBase64 },
        "2021-09-01": { encryptionCertBase64: p256.certificateBase64 },
      }[version];
      const store = { path: aStore(name), backupFrequencyInHours: 8, ...secret };
      const body = { location: "north", properties: { externalStoreDefault: store } };
      const put = await succeed(api, await api.put(pathOf(name), body));
      assert.equal(put.resultAnswer.body.properties.provisioningState, "Succeeded");

      const made = await succeed(api, await api.post(pathOf(name, "/createBackup")));
      const id = idOf(made);
      assertPublishedBackup(made.resultAnswer.body);
      const listed = await api.get(pathOf(name, "/backups"));
      assert.deepEqual(
        listed.body.value.map((one: Json) => one.name),
        [`${name}/${id}`],
      );
      const one = await api.get(pathOf(name, `/backups/${id}`));
      assert.deepEqual(one.body, listed.body.value[0]);
      const location = await api.get(pathOf(name));
      const { externalStoreDefault } = location.body.properties;
      assert.equal(
        externalStoreDefault.lastBackupTime,
        one.body.properties.backupInfo.createdDateTime,
      );

      const options = { roleName: "", ...keyOf(version === "2018-09-01" ? rsa : p256, name) };
      const asked = version === "2016-05-01" ? undefined : options;
      await succeed(api, await api.post(pathOf(name, `/backups/${id}/restore`), asked));
      assertRestored(join(service.restoreRoot, id));
    });
  }

  it("2021-09-01 PATCH merges, PUT without a store clears", async () => {
    const api = service.call("2021-09-01");
    const path = aStore("patched");
    const encryptionCertBase64 = rsa.certificateBase64;
    const body = (store: object): object => ({
      location: "north",
      properties: { externalStoreDefault: store },
    });
    await succeed(api, await api.put(pathOf("patched"), body({ path, encryptionCertBase64 })));
    const patch = body({ backupRetentionPeriodInDays: 5 });
    await succeed(api, await api.patch(pathOf("patched"), patch));
    const read = (await api.get(pathOf("patched"))).body.properties.externalStoreDefault;
    assert.equal(read.backupRetentionPeriodInDays, 5);
    assert.equal(read.path, path);
    assert.equal(read.encryptionCertThumbprint, rsa.thumbprint);
    await succeed(api, await api.post(pathOf("patched", "/createBackup")));

    await succeed(api, await api.put(pathOf("patched"), body({ path: "" })));
    const cleared = (await api.get(pathOf("patched"))).body.properties.externalStoreDefault;
    assert.equal(cleared.path, "");
    assert.equal(cleared.encryptionCertThumbprint, null);
    const refused = await api.post(pathOf("patched", "/createBackup"));
    assert.equal(refused.status, 409);
    assert.equal(refused.body.error.code, "StoreNotConfigured");
  });
});

describe("a backup through 2026-12-01", () => {
  it("opens with the key of each recipient", async () => {
    const api = service.call("2026-12-01");
    const recipients = [rsa, p384].map(({ certificateBase64 }) => ({ certificateBase64 }));
    const properties = {
      store: { kind: "Local", path: aStore("two") },
      encryption: { recipients },
    };
    const put = await api.put(pathOf("two"), { location: "north", properties });
    assert.equal(put.status, 201);
    await succeed(api, put);
    const made = await succeed(api, await api.post(pathOf("two", "/createBackup")));
    const id = idOf(made);
    const one = await api.get(pathOf("two", `/backups/${id}`));
    assert.equal(one.body.properties.status, "Succeeded");
    assert.equal(one.body.properties.isCloudRecoveryReady, true);
    assert.ok(one.body.properties.keptBecause.includes("the newest good one"));
    assert.equal(one.body.properties.pin, null);
    assert.deepEqual(made.resultAnswer.body, one.body);
    for (const [name, certificate] of Object.entries({ rsa, p384 })) {
      const targetPath = join(service.restoreRoot, `with-${name}`);
      const options = { targetPath, ...keyOf(certificate, name) };
      const restored = await succeed(
        api,
        await api.post(pathOf("two", `/backups/${id}/restore`), options),
      );
      assert.equal(restored.resultAnswer.body.backupId, id);
      assertRestored(targetPath);
    }
    const depths = [{ depth: "Ciphertext" }, { depth: "Content", ...keyOf(p384, "verify") }];
    for (const options of depths) {
      const verified = await succeed(api, await api.post(pathOf("two", "/verify"), options));
      assert.equal(verified.resultAnswer.body.isHealthy, true, verified.resultAnswer.text);
    }
  });

  it("stores what is unchanged only once", async () => {
    const api = service.call("2026-12-01");
    const again = await succeed(api, await api.post(pathOf("two", "/createBackup")));
    const { plainBytes, newBytes, sequence } = again.resultAnswer.body.properties;
    assert.ok(plainBytes > 3_400_000);
    assert.ok(newBytes < 20_000, `${newBytes} new bytes`);
    assert.equal(sequence, 2);
  });
});

describe("a damaged byte in the store", () => {
  it("is named by verify and never restored", async () => {
    const api = service.call("2026-12-01");
    const store = join(service.folder, "two");
    const backups = (await api.get(pathOf("two", "/backups"))).body.value;
    const id: string = backups.at(-1).name;
    const pack = globSync("**/data/*/*", { cwd: store })
      .map((name) => join(store, name))
      .find((file) => statSync(file).size > 3_000_000);
    assert.ok(pack !== undefined);
    // Blocks at both ends hold small files and the tree.
    flipByte(pack, 1_700_000);
    const verified = await succeed(api, await api.post(pathOf("two", "/verify")));
    const { isHealthy, findings } = verified.resultAnswer.body;
    assert.equal(isHealthy, false);
    assert.ok(pack.endsWith(findings[0].object), JSON.stringify(findings));
    assert.equal(findings[0].code, "CorruptObject");
    assert.ok(findings[0].backups.includes(id));

    const targetPath = join(service.restoreRoot, "damaged");
    const options = { targetPath, ...keyOf(rsa, "damaged") };
    const restored = await api.finish(
      await api.post(pathOf("two", `/backups/${id}/restore`), options),
    );
    assert.equal(restored.status, "Failed");
    assert.equal(restored.error?.code, "CorruptObject");
    const copy = join(targetPath, "files");
    assert.deepEqual(findWrongFiles(join(service.folder, "source"), copy), []);
    assert.ok(existsSync(join(copy, "etc", "setting-5.conf")));
    assert.ok(!existsSync(join(copy, "var", "big")));
  });
});

function flipByte(path: string, position: number): void {
  const bytes = readFileSync(path);
  bytes[position] = (bytes[position] ?? 0) ^ 1;
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
}

/** The id of the backup that createBackup led to. */
function idOf(ended: Ended): string {
  const id = (ended.resultAnswer.body.name as string).split("/").at(-1) ?? "";
  assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return id;
}

function assertPublishedBackup(body: Json): void {
  const { backupInfo } = body.properties;
  assert.equal(backupInfo.status, "Succeeded");
  assert.deepEqual(
    backupInfo.roleStatus.map((role: Json) => [role.roleName, role.status]),
    [
      ["files", "Succeeded"],
      ["accounts", "Succeeded"],
      ["listing", "Succeeded"],
    ],
  );
  assert.equal(backupInfo.stampVersion, "1.2108.0.32");
}
