import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { openLocalStore } from "../../src/storage/local.ts";
import { createRepository } from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

describe("every message that a backup seals", { timeout: 60_000 }, () => {
  it("has a key and nonce of its own", async () => {
    await withTempFolder(async (folder) => {
      mkdirSync(`${folder}/store`);
      mkdirSync(`${folder}/source`);
      for (const name of ["a", "b"])
        writeFileSync(`${folder}/source/${name}`, someContent(20_000_000, name));
      const { keys } = await createRepository(await openLocalStore({ path: `${folder}/store` }));
      writeFileSync(`${folder}/keys`, JSON.stringify(keys), { mode: 0o600 });
      for (const number of [1, 2]) {
        writeFileSync(`${folder}/source/c`, someContent(5_000_000, `c ${number}`));
        assert.equal(sealInChild(folder, number), 0);
      }
      // One that is killed, once more under its name, and a run after it.
      writeFileSync(`${folder}/source/c`, someContent(5_000_000, "c 3"));
      for (const step of ["backup.pack-stored", "backup.before-manifest"])
        assert.equal(sealInChild(folder, 3, step), "SIGKILL");
      for (const number of [3, 4]) assert.equal(sealInChild(folder, number), 0);
      const lines = readFileSync(`${folder}/nonces`, "utf8").trimEnd().split("\n");
      const messages = lines.filter((line) => line.startsWith("aes-256-gcm"));
      assert.equal(messages.length, lines.length, "another cipher is used");
      assert.equal(new Set(messages).size, messages.length, "a key and nonce were used twice");
      const kinds = new Set(messages.map((line) => (line.split(" ")[2] ?? "").slice(0, 2)));
      // Blocks, footers, indexes and manifests at least.
      for (const kind of ["01", "02", "03", "04"]) assert.ok(kinds.has(kind), kind);
      assert.ok(messages.length > 50, `${messages.length} messages`);
    });
  });
});

let fence = 10;

function sealInChild(folder: string, number: number, step = "never"): number | string | null {
  const script = (name: string): string =>
    fileURLToPath(new URL(`../support/${name}`, import.meta.url));
  const { store, source, keys } = { store: "store", source: "source", keys: "keys" };
  const paths = [store, source, keys].map((name) => `${folder}/${name}`);
  const preload = ["--import", script("nonce-recorder-child.ts")];
  const args = [...preload, script("engine-child.ts"), "backup", ...paths, String(number)];
  args.push(step, "SIGKILL", String((fence += 1)));
  const env = { NONCE_LOG: `${folder}/nonces` };
  const { status, signal } = spawnSync(process.execPath, args, { env });
  return signal ?? status;
}
