import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";

import type { Clock } from "../../src/base/clock.ts";
import { systemClock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import { openSource, parseRoles } from "../../src/roles/role-config.ts";
import { limitSourceTime } from "../../src/roles/time-limit.ts";
import { aSourceHost, readEntries, readStream } from "../support/source-host.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const directory = { name: "files", adapter: "directory", settings: { path: "/etc" } };
const command = { name: "dump", adapter: "command", settings: { command: "pg_dump" } };

describe("parseRoles", () => {
  it("fills in defaults", () => {
    assert.deepEqual(parseRoles([directory]), [
      {
        name: "files",
        adapter: "directory",
        settings: { path: "/etc", exclude: [] },
        wave: 0,
        required: true,
        essential: false,
        timeoutSeconds: 21_600,
      },
    ]);
  });

  it("reads every key", () => {
    const settings = {
      command: "/usr/bin/pg_dump",
      args: ["-Fc", ""],
      env: { PGPASSWORD: "x" },
      workingDirectory: "/var",
      fileName: "dump",
      maxBytes: 5,
      allowEmpty: true,
    };
    const basics = {
      wave: 2,
      consistencyGroup: "fabric",
      required: false,
      essential: true,
      timeoutSeconds: 60,
    };
    const role = { name: "A-1", adapter: "command", settings, ...basics };
    assert.deepEqual(parseRoles([role]), [role]);
    assert.equal(
      parseRoles([{ ...role, adapter: "sqlite", settings: { path: "/a.db" } }]).length,
      1,
    );
  });

  const faults: readonly (readonly [what: string, roles: unknown, place: string])[] = [
    ["no list", { files: directory }, "roles"],
    ["nothing", undefined, "roles"],
    ["an empty list", [], "roles"],
    ["too many", Array.from({ length: 257 }, (_, i) => ({ ...directory, name: `r${i}` })), "roles"],
    ["no mapping", [directory, "x"], "roles[1]"],
    ["an unknown key", [{ ...directory, require: true }], "roles[0]"],
    ["a missing name", [{ ...directory, name: undefined }], "roles[0].name"],
    ["a name with a slash", [{ ...directory, name: "a/b" }], "roles[0].name"],
    ["a name of dots", [{ ...directory, name: ".." }], "roles[0].name"],
    ["a leading hyphen", [{ ...directory, name: "-a" }], "roles[0].name"],
    ["a long name", [{ ...directory, name: "a".repeat(64) }], "roles[0].name"],
    ["a newline after a name", [{ ...directory, name: "a\n" }], "roles[0].name"],
    ["a number as name", [{ ...directory, name: 7 }], "roles[0].name"],
    ["a duplicate name", [directory, command, { ...command, name: "FILES" }], "roles[2].name"],
    ["an unknown adapter", [{ ...directory, adapter: "tape" }], "roles[0].adapter"],
    ["an inherited adapter", [{ ...directory, adapter: "constructor" }], "roles[0].adapter"],
    ["no settings", [{ ...directory, settings: undefined }], "roles[0].settings.path"],
    ["a relative path", [{ ...directory, settings: { path: "etc" } }], "roles[0].settings.path"],
    ["a NUL in a path", [{ ...directory, settings: { path: "/a\0" } }], "roles[0].settings.path"],
    ["a text as list", [withSettings({ path: "/", exclude: "x" })], "roles[0].settings.exclude"],
    [
      "a bad item",
      [withSettings({ path: "/", exclude: ["a", 1] })],
      "roles[0].settings.exclude[1]",
    ],
    ["a fraction", [{ ...directory, wave: 1.5 }], "roles[0].wave"],
    ["no time", [{ ...directory, timeoutSeconds: 0 }], "roles[0].timeoutSeconds"],
    ["a text as boolean", [{ ...directory, required: "no" }], "roles[0].required"],
    ["a bad group", [{ ...directory, consistencyGroup: "a b" }], "roles[0].consistencyGroup"],
    ["a relative command", [withCommand({ command: "./x" })], "roles[0].settings.command"],
    ["a shell line as args", [withCommand({ args: "-a -b" })], "roles[0].settings.args"],
    ["a bad variable", [withCommand({ env: { "A=B": "x" } })], "roles[0].settings.env"],
    ["a number in env", [withCommand({ env: { A: 1 } })], "roles[0].settings.env.A"],
    ["env as list", [withCommand({ env: ["A=1"] })], "roles[0].settings.env"],
    ["env as text", [withCommand({ env: "A=1" })], "roles[0].settings.env"],
    ["a path as file name", [withCommand({ fileName: "../x" })], "roles[0].settings.fileName"],
  ];
  for (const [what, roles, place] of faults) {
    it(`names the place of ${what}`, () => {
      assert.throws(
        () => parseRoles(roles),
        (error) => {
          assert.ok(isAppError(error, "InvalidConfiguration"), String(error));
          assert.equal(error.target, place);
          assert.ok(error.message.startsWith(`Cannot use ${place}: `), error.message);
          return true;
        },
      );
    });
  }

  it("does not repeat the values of env", () => {
    const roles = [withCommand({ env: { PASSWORD: "s3cr3t\0" } })];
    assert.throws(
      () => parseRoles(roles),
      (error) => !String(error).includes("s3cr3t"),
    );
  });
});

describe("openSource", () => {
  it("opens each adapter", () =>
    withTempFolder(async (path) => {
      await writeFile(join(path, "empty.db"), "");
      const roles = parseRoles([
        { ...directory, settings: { path } },
        { name: "db", adapter: "sqlite", settings: { path: join(path, "empty.db") } },
        { ...command, settings: { command: "printf", args: ["hello"] } },
      ]);
      const types: string[] = [];
      for (const role of roles) {
        const source = openSource(role, aSourceHost(path));
        for (const entry of await readEntries(source)) types.push(entry.type);
        await source.close();
      }
      assert.deepEqual(types.slice(0, 2), ["directory", "file"]);
      assert.deepEqual(types.slice(-2), ["file", "stream"]);
    }));

  it("ends a program when its time is up", async () => {
    const settings = { command: "sleep", args: ["300"] };
    const [role] = parseRoles([{ ...command, settings, timeoutSeconds: 1 }]);
    assert.ok(role !== undefined);
    // A tenth of the time, so that the test is quick; the kill delay stays real.
    const clock: Clock = {
      now: () => systemClock.now(),
      sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 10, signal),
    };
    const source = openSource(role, aSourceHost("."), clock);
    await assert.rejects(readStream(source), { code: "SourceTimeout", message: /within 1 s/ });
  });

  it("ends a walk that starves timers", async () => {
    let now = 0;
    const clock: Clock = { now: () => now, sleep: () => new Promise(() => undefined) };
    const endless = {
      prepare: async () => undefined,
      entries: async function* (): AsyncGenerator<readonly never[]> {
        for (;;) {
          now += 400;
          yield [];
        }
      },
      open: () => assert.fail("not asked for"),
      close: async () => undefined,
    };
    const source = limitSourceTime(endless, 1, clock);
    await assert.rejects(readEntries(source), { code: "SourceTimeout" });
    assert.equal(now, 1200);
    await source.close();
  });
});

function withSettings(settings: unknown): unknown {
  return { ...directory, settings };
}

function withCommand(settings: object): unknown {
  return { ...command, settings: { command: "pg_dump", ...settings } };
}
