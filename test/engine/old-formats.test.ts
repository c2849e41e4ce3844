import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { BackupRecord, Opener } from "../../src/engine/model.ts";
import { decodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import { readConfig } from "../../src/engine/repository.ts";
import { restoreBackup } from "../../src/engine/restore/restore-backup.ts";
import { verifyRepository } from "../../src/engine/verify/verify-repository.ts";
import { silentLogger } from "../../src/base/log.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { createHost, createRepository } from "../support/a-repository.ts";
import { bordersOfSize, someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

interface About {
  readonly signingPublicKey: string;
  readonly backups: readonly {
    readonly record: BackupRecord;
    readonly openers: readonly Opener[];
  }[];
}

/** What `test/support/fixture-child.ts` put into each backup. */
function contentOf(backup: number): Map<string, Buffer> {
  const small = bordersOfSize.filter((bytes) => bytes < 20_000);
  return new Map([
    ...small.map((size) => [`files/size ${size}`, someContent(size, `${size}`)] as const),
    ["files/text", Buffer.from("the same words again and again\n".repeat(20_000))],
    ["files/below/ünï", Buffer.from("odd name")],
    ["files/below/version", Buffer.from(`backup ${backup}`)],
    ["dump/dump", Buffer.from(`stream of backup ${backup}`)],
  ]);
}

const fixtures = fileURLToPath(new URL("../fixtures/repositories/", import.meta.url));
const versions = readdirSync(fixtures).filter((name) => /^\d+$/.test(name));

it("a new repository cuts chunks of the sizes that the format's description names", async () => {
  const { store } = await createRepository();
  const { chunking } = await readConfig(store);
  const KiB = 1024;
  assert.deepEqual(chunking, { minBytes: 32 * KiB, averageBytes: 64 * KiB, maxBytes: 256 * KiB });
});

describe("repositories of every format", { timeout: 60_000 }, () => {
  it("are at hand", () => assert.deepEqual(versions, ["1", "2", "3"]));

  for (const version of versions) {
    const path = `${fixtures}${version}`;
    const about = JSON.parse(readFileSync(`${path}/about.json`, "utf8")) as About;
    const signal = new AbortController().signal;
    const open = () => openLocalStore({ path, access: "read" });

    it(`format ${version} says that it is`, async () => {
      const store = await open();
      const { suite } = await readConfig(store, about.signingPublicKey);
      assert.equal(suite, Number(version));
      const config = decodeSignedDocument("config", await store.get("config"));
      // Programs that know suite 1 alone look at the version, later ones at the suite.
      assert.equal(
        config.body["version"],
        suite === 1 ? 1 : 2,
        "programs that know less refuse it",
      );
    });

    it(`format ${version} verifies`, async () => {
      const report = await verifyRepository({
        ...createHost(),
        store: await open(),
        depth: "ciphertext",
        expectedPublicKey: about.signingPublicKey,
        ledgerHead: about.backups.at(-1)?.record,
        signal,
      });
      assert.deepEqual(report.findings, []);
      assert.equal(report.backups, about.backups.length);
    });

    it(`A67: format ${version} restores with every key`, async () => {
      await withTempFolder(async (folder) => {
        const store = await open();
        let targets = 0;
        for (const [index, { record, openers }] of about.backups.entries()) {
          for (const opener of openers) {
            const targetPath = `${folder}/${(targets += 1)}`;
            await restoreBackup({
              ...createHost(),
              store,
              backupId: record.backupId,
              opener,
              expectedPublicKey: about.signingPublicKey,
              targetPath,
              overwrite: false,
              roles: [],
              setsOwner: false,
              logger: silentLogger,
              signal,
            });
            for (const [name, bytes] of contentOf(index + 1))
              assert.ok(readFileSync(`${targetPath}/${name}`).equals(bytes), name);
            assert.deepEqual(readdirSync(`${targetPath}/files/below/empty`), []);
          }
        }
        assert.equal(targets, 3);
      });
    });
  }
});
