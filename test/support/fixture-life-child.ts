import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../src/base/log.ts";
import type { Opener, Recipient } from "../../src/engine/model.ts";
import { executePrune } from "../../src/engine/prune/execute-prune.ts";
import { planPrune } from "../../src/engine/prune/plan-prune.ts";
import { executeRepair, planRepair } from "../../src/engine/repair/repair-repository.ts";
import { newRepositoryKeys, prepareRepository } from "../../src/engine/repository.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import {
  aStreamRole,
  backupIdOf,
  createEngineClock,
  openRepository,
  someDeployment,
  somePassword,
} from "./a-repository.ts";
import { someContent } from "./odd-tree.ts";
import { makeCertificate } from "./test-certificates.ts";

/**
 * Writes a repository of today's format that has lived, into the folder named first, to be kept in
 * `test/fixtures/repositories/`: backups 1 to 3 under a pre-shared key, 4 and 5 under a certificate and an escrow;
 * a pack of backup 2 damaged and set aside by a repair, backup 1 removed by a prune whose grace still runs.
 */
const [target = ""] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "holdfast-fixture-"));
const host = { clock: createEngineClock(), randomBytes };
mkdirSync(target, { recursive: true });
const store = await openLocalStore({ path: target });
const lasting = ["-sha256", "-days", "36500"];
const certificates = [
  makeCertificate(work, "primary", "rsa:2048", lasting),
  makeCertificate(work, "escrow", "P-256", lasting),
];
const recipients: readonly Recipient[] = certificates.map(({ certificateBase64 }) => ({
  kind: "certificate",
  certificateBase64,
}));
const openers: readonly Opener[] = certificates.map(({ certificateBase64, privateKeyBase64 }) => ({
  kind: "private-key",
  certificateBase64,
  privateKeyBase64,
}));

let keys = await prepareRepository(
  ...([store, newRepositoryKeys(host), [somePassword], someDeployment, host] as const),
);
let fence = 0;
const job = () => ({
  ...host,
  store,
  keys,
  owner: { installationId: "an installation", jobFence: (fence += 1) },
  logger: silentLogger,
  signal: new AbortController().signal,
});
const backup = (number: number) => {
  const same = aStreamRole("same", () => [someContent(15_000, "same")]);
  const own = aStreamRole("own", () => [someContent(15_000, `own ${number}`)]);
  const repository = openRepository(store, keys, somePassword, host);
  return repository.backup(number, [same, own], { fence: (fence += 1) });
};
const listPacks = (): string[] =>
  readdirSync(`${target}/holdfast/data`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);

await backup(1);
const before = new Set(listPacks());
await backup(2);
const [pack = ""] = listPacks().filter((name) => !before.has(name));
const bytes = readFileSync(pack);
bytes[100] = (bytes[100] ?? 0) ^ 1;
rmSync(pack);
writeFileSync(pack, bytes);
await executeRepair(await planRepair(job()), job());
await backup(3);
keys = await prepareRepository(store, keys, recipients, someDeployment, host);
await backup(4);
const newest = await backup(5);
const request = { remove: [backupIdOf(1)], now: host.clock.now() };
await executePrune(await planPrune(store, keys, request), job());
const about = { keys, newest, damagedPack: pack.slice(`${target}/holdfast/`.length), openers };
writeFileSync(join(target, "about.json"), `${JSON.stringify(about, null, 2)}\n`);
rmSync(work, { recursive: true });
