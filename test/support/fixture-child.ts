import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Opener, Recipient } from "../../src/engine/model.ts";
import { newRepositoryKeys, prepareRepository } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aFolderRole,
  aStreamRole,
  createEngineClock,
  openRepository,
  someDeployment,
  somePassword,
} from "./a-repository.ts";
import { bordersOfSize, someContent } from "./odd-tree.ts";
import { makeCertificate } from "./test-certificates.ts";

/**
 * Writes a repository of today's format into the folder named first, to be kept in `test/fixtures/repositories/`
 * when a format is released: one backup under a pre-shared key, one under an RSA and an EC certificate.
 */
const [target = ""] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "holdfast-fixture-"));
const host = { clock: createEngineClock(), randomBytes };
mkdirSync(target, { recursive: true });
const store = await openLocalStore({ path: target });
const lasting = ["-sha256", "-days", "36500"];
const certificates = [
  makeCertificate(work, "rsa", "rsa:2048", lasting),
  makeCertificate(work, "ec", "P-256", lasting),
];
const recipients: readonly (readonly Recipient[])[] = [
  [somePassword],
  certificates.map(({ certificateBase64 }) => ({ kind: "certificate", certificateBase64 })),
];
const openers: readonly (readonly Opener[])[] = [
  [somePassword],
  certificates.map(({ certificateBase64, privateKeyBase64 }) => ({
    kind: "private-key",
    certificateBase64,
    privateKeyBase64,
  })),
];
const source = `${work}/source`;
mkdirSync(`${source}/below/empty`, { recursive: true });
for (const size of bordersOfSize.filter((bytes) => bytes < 20_000))
  writeFileSync(`${source}/size ${size}`, someContent(size, `${size}`));
writeFileSync(`${source}/text`, "the same words again and again\n".repeat(20_000));
writeFileSync(`${source}/below/ünï`, "odd name");

let keys = newRepositoryKeys(host);
const backups = [];
for (const [index, wanted] of recipients.entries()) {
  keys = await prepareRepository(store, keys, wanted, someDeployment, host);
  writeFileSync(`${source}/below/version`, `backup ${index + 1}`);
  const stream = aStreamRole("dump", () => [Buffer.from(`stream of backup ${index + 1}`)]);
  const repository = openRepository(store, keys, somePassword, host);
  const record = await repository.backup(index + 1, [aFolderRole(source), stream]);
  backups.push({ record, openers: openers[index] });
}
const about = { signingPublicKey: keys.signingPublicKey, backups };
writeFileSync(join(target, "about.json"), `${JSON.stringify(about, null, 2)}\n`);
rmSync(work, { recursive: true });
