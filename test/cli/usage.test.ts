import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { runCli, startCli } from "../support/run-cli.ts";
import { once } from "node:events";

describe("how the command line is typed", () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it("leads its help with examples", async () => {
    const { code, stdout, stderr } = await runCli(home, ["--help"]);
    assert.equal(code, 0);
    assert.equal(stderr, "");
    assert.ok(stdout.indexOf("Examples") < stdout.indexOf("Commands"));
    assert.match(stdout, /holdfast repo backup --repo/);
  });

  it("shows a command's options and examples", async () => {
    const { code, stdout } = await runCli(home, ["repo", "restore", "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--password-file FILE/);
    assert.match(stdout, /holdfast repo restore latest/);
  });

  it("suggests the nearest command", async () => {
    const { code, stdout, stderr } = await runCli(home, ["repo", "bakup"]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /did you mean "holdfast repo backup"/);
  });

  it("suggests the nearest option", async () => {
    const { code, stderr } = await runCli(home, ["repo", "list", "--rep", "x"]);
    assert.equal(code, 2);
    assert.match(stderr, /Unknown option "--rep": did you mean "--repo"/);
  });

  it("A85: takes no secret as an option and repeats none", async () => {
    const { code, stdout, stderr } = await runCli(home, [
      "repo",
      "restore",
      "latest",
      "--password=hunter2",
    ]);
    assert.equal(code, 2);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
  });

  it("tells failures as JSON when asked", async () => {
    const words = ["repo", "list", "--repo", join(home, "none"), "--output", "json"];
    const { code, stdout, stderr } = await runCli(home, words);
    assert.equal(code, 5);
    assert.equal(stdout, "");
    const failure = JSON.parse(stderr) as Record<string, unknown>;
    assert.equal(failure["message_type"], "exit_error");
    assert.equal(failure["code"], 5);
    assert.equal(failure["error"], "BackupPathNotFound");
  });

  it("A86: ends quietly when nobody reads", async () => {
    const child = startCli(home, ["--help"]);
    child.stdout.destroy();
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 0);
    assert.equal(said, "");
  });

  it("A86: draws no colours or animation into a file", async () => {
    const { stdout, stderr } = await runCli(home, ["repo", "nonsense"]);
    assert.ok(!`${stdout}${stderr}`.includes("\u001b"));
  });
});
