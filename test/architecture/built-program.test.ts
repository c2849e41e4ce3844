import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { compareTrees, someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

/** What is installed is built: the parts it is made of must find each other, threads above all. */
describe("the built program", { timeout: 240_000 }, () => {
  let place = "";
  before(async () => {
    const caches = join(root, "node_modules", ".cache");
    mkdirSync(caches, { recursive: true });
    place = mkdtempSync(join(caches, "built-"));
    cpSync(join(root, "package.json"), join(place, "package.json"));
    const build = [join(root, ".config/build.mjs"), "--unchecked", "--out", join(place, "dist")];
    await run(process.execPath, build);
  });
  after(() => rmSync(place, { recursive: true, force: true }));

  const call = async (home: string, ...words: readonly string[]): Promise<string> => {
    const env = { PATH: process.env["PATH"] ?? "", HOME: home, TMPDIR: home };
    const words0 = [join(place, "dist/cli/main.js"), ...words];
    return (await run(process.execPath, words0, { cwd: home, env })).stdout;
  };

  it("knows its version", async () => {
    await withTempFolder(async (home) => {
      assert.match(await call(home, "--version"), /^holdfast \d+\.\d+\.\d+/);
    });
  });

  it("backs up, verifies and restores with all of its threads", async () => {
    await withTempFolder(async (home) => {
      const source = `${home}/source`;
      mkdirSync(`${source}/many`, { recursive: true });
      // More than are listed without a thread of their own, and more bytes than are hashed without one.
      for (let file = 0; file < 1500; file += 1)
        writeFileSync(`${source}/many/${file}`, `file ${file}`);
      writeFileSync(`${source}/large`, someContent(12_000_000));
      const repo = ["--repo", `${home}/store`, "--keys", `${home}/writer.json`];
      const pfx = ["--pfx", `${home}/k/holdfast.pfx`].concat(
        "--password-file",
        `${home}/k/holdfast.password`,
      );
      await call(home, "keys", "create", "--out", `${home}/k`);
      await call(home, "repo", "init", ...repo, "--cert", `${home}/k/holdfast.cer`);
      await call(home, "repo", "backup", ...repo, `files=${source}`);
      await call(home, "repo", "verify", ...repo);
      await call(home, "repo", "verify", ...repo, "--depth", "content", ...pfx);
      await call(home, "repo", "restore", "latest", ...repo, ...pfx, "--target", `${home}/target`);
      assert.deepEqual(compareTrees(source, `${home}/target/files`), []);
    });
  });

  it("finds the service", async () => {
    await withTempFolder(async (home) => {
      writeFileSync(`${home}/settings.yaml`, "no: settings");
      await assert.rejects(call(home, "serve", "--config", `${home}/settings.yaml`), {
        stderr: /InvalidConfiguration|settings\.yaml/,
      });
    });
  });
});
