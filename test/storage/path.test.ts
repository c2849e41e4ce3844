import assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";

import { systemClock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import { nodeFileSystem } from "../../src/storage/file-system.ts";
import { checkBackupPath } from "../../src/storage/path-check.ts";
import { parseBackupPath, parseLocalBackupPath } from "../../src/storage/path.ts";
import { withTempFolder } from "../support/temp-folder.ts";

describe("parseBackupPath", () => {
  for (const [text, path] of [
    ["/backup", "/backup"],
    ["/backup/", "/backup"],
    ["/mnt/nas 1/b@ckup:x/Sicherung-ä", "/mnt/nas 1/b@ckup:x/Sicherung-ä"],
  ] as const) {
    it(`takes the local path ${text}`, () => {
      assert.deepEqual(parseBackupPath(text), { kind: "local", path });
    });
  }

  it("takes a share with folders", () => {
    assert.deepEqual(parseBackupPath("\\\\nas.contoso.local\\backup$\\site 1\\a"), {
      kind: "smb",
      server: "nas.contoso.local",
      share: "backup$",
      folders: ["site 1", "a"],
    });
    assert.equal(parseBackupPath("\\\\10.0.0.5\\backup\\").kind, "smb");
  });

  for (const [host, server] of [
    ["[fe80::1]", "fe80::1"],
    ["[::1]", "::1"],
    ["[FE80::1%eth0]", "FE80::1%eth0"],
    ["[::ffff:10.0.0.5]", "::ffff:10.0.0.5"],
    ["fe80--1.ipv6-literal.net", "fe80::1"],
    ["FE80--1s4.IPv6-Literal.net", "FE80::1%4"],
    ["2001-db8-0-0-0-0-0-7.ipv6-literal.net", "2001:db8:0:0:0:0:0:7"],
  ] as const) {
    it(`takes a share on the IPv6 server ${host}`, () => {
      const read = parseBackupPath(`\\\\${host}\\backup\\a`);
      assert.deepEqual(read, { kind: "smb", server, share: "backup", folders: ["a"] });
    });
  }

  for (const host of [
    ...[
      "[]",
      "[::1",
      "::1",
      "[1.2.3.4]",
      "[::1]:445",
      "[fe80::1%]",
      "[fe80::1%e th]",
      "[fe80:::1]",
    ],
    ...["[::1%a%b]", "[fe80::1%../x]", "fe80---1.ipv6-literal.net", "s4.ipv6-literal.net"],
  ]) {
    it(`refuses the server ${host}`, () => {
      assert.throws(
        () => parseBackupPath(`\\\\${host}\\backup`),
        (error) => isAppError(error, "InvalidBackupPath"),
      );
    });
  }

  const faults: readonly (readonly [attack: string, text: unknown, fault: RegExp])[] = [
    ["text", 7, /not text/],
    ["text", undefined, /not text/],
    ["empty", "", /empty/],
    ["too long", `/${"x/".repeat(600)}`, /longer than 1024/],
    ["a relative path", "backup/here", /relative/],
    ["the root", "/", /root/],
    ["a drive", "C:\\backup", /drive/],
    ["a drive with slashes", "c:/backup", /drive/],
    ["a backslash in a local path", "/backup\\x", /backslashes/],
    ["a long name", `/${"x".repeat(256)}`, /255 bytes/],
    ["A34: file://", "file:///backup", /address/],
    ["A34: smb://", "smb://host/share", /address/],
    ["A34: \\\\?\\UNC", "\\\\?\\UNC\\host\\share", /device/],
    ["A34: \\\\?\\", "\\\\?\\C:\\x", /device/],
    ["A34: \\\\.\\pipe", "\\\\.\\pipe\\x", /device/],
    ["A34: //host/share", "//host/share", /two slashes/],
    ["A34: mixed slashes", "\\\\host/share", /mixes/],
    ["A34: mixed slashes after", "\\\\host\\share/x", /mixes/],
    ["A34: one backslash", "\\host\\share", /backslashes/],
    ["A34: WebDAV port", "\\\\host@8080\\DavWWWRoot\\x", /@/],
    ["A34: WebDAV over TLS", "\\\\host@SSL@443\\x", /@/],
    ["A34: host@evil", "\\\\host@evil\\share", /@/],
    ["A34: server with a port", "\\\\host:445\\share", /host name/],
    ["A34: trailing space", "/backup ", /space/],
    ["A34: trailing space in a share", "\\\\host\\share ", /space/],
    ["A34: inner trailing space", "/backup /x", /space/],
    ["A34: leading space", " /backup", /relative/],
    ["A34: fullwidth backslash", "\\\\host\\share\uff3cx", /looks like/],
    ["A34: fullwidth slash", "/backup\uff0fx", /looks like/],
    ["A34: division slash", "/backup\u2215x", /looks like/],
    ["A34: fraction slash", "/backup\u2044x", /looks like/],
    ["A34: two dot leader", "/backup/\u2025/x", /looks like/],
    ["A34: fullwidth dots", "/backup/\uff0e\uff0e/x", /looks like/],
    ["A34: ideographic full stop", "\\\\host\u3002evil\\share", /looks like/],
    ["A34: right-to-left override", "/backup\u202ex", /invisible/],
    ["A34: zero width space", "/back\u200bup", /invisible/],
    ["A34: lone surrogate", "/back\ud800up", /invisible/],
    ["A34: newline", "/backup\nx", /control/],
    ["A35: NUL", "/backup\0/x", /NUL/],
    ["A35: parent step", "/backup/../etc", /"\.\." step/],
    ["A35: last parent step", "/backup/..", /"\.\." step/],
    ["A35: current step", "/backup/./x", /"\.\." step/],
    ["A35: empty step", "/backup//x", /empty/],
    ["A35: parent step in a share", "\\\\host\\share\\..\\other", /"\.\." step/],
    ["A35: later parent step", "\\\\host\\share\\folder\\..\\..\\x", /"\.\." step/],
    ["A35: parent as share", "\\\\host\\..\\x", /"\.\." step/],
    ["A35: alternate stream", "\\\\host\\share\\x:y", /stream/],
    ["A35: stream of a share", "\\\\host\\share::$DATA", /stream/],
    ["A35: short name", "\\\\host\\share\\PROGRA~1", /8\.3/],
    ["A35: device name", "\\\\host\\share\\nul.txt", /device/],
    ["A35: trailing dot", "\\\\host\\share\\x.", /dot/],
    ["A35: wildcard", "\\\\host\\share\\*", /\|/],
    ["A32: system share", "\\\\host\\c$", /system/],
    ["A32: admin share", "\\\\host\\ADMIN$", /system/],
    ["A32: decimal address", "\\\\2130706433\\share", /host name/],
    ["A32: hex address", "\\\\0x7f000001\\share", /host name/],
    ["A32: octal address", "\\\\0177.0.0.1\\share", /host name/],
    ["no share", "\\\\host", /no share/],
    ["no share after the server", "\\\\host\\", /no share/],
    ["no server", "\\\\\\share", /host name/],
  ];
  for (const [attack, text, fault] of faults) {
    it(`${attack} is refused`, () => {
      assert.throws(
        () => parseBackupPath(text),
        (error) => {
          assert.ok(isAppError(error, "InvalidBackupPath"), String(error));
          assert.match(error.message, fault);
          return true;
        },
      );
    });
  }

  it("answers a share with what to do", () => {
    assert.throws(() => parseLocalBackupPath("\\\\host\\share"), {
      code: "UnsupportedStore",
      message: /give a folder of this machine$/,
    });
  });
});

describe("checkBackupPath", () => {
  const options = { clock: systemClock };

  it("accepts a writable folder without traces", () =>
    withTempFolder(async (path) => {
      assert.equal(await checkBackupPath(`${path}/`, options), path);
      assert.deepEqual(await fs.readdir(path), []);
    }));

  it("names an absent folder", () =>
    withTempFolder(async (path) => {
      const absent = checkBackupPath(join(path, "absent"), options);
      await assert.rejects(absent, { code: "BackupPathNotFound" });
    }));

  it("names a file where a folder belongs", () =>
    withTempFolder(async (path) => {
      await fs.writeFile(join(path, "file"), "");
      for (const text of [join(path, "file"), join(path, "file", "below")]) {
        const check = checkBackupPath(text, options);
        await assert.rejects(check, { code: "InvalidBackupPath", message: /is a file/ });
      }
    }));

  it("refuses a share before touching anything", async () => {
    const check = checkBackupPath("\\\\host\\share", options);
    await assert.rejects(check, { code: "UnsupportedStore" });
  });

  it("lets many checks wait for their turn", () =>
    withTempFolder(async (path) => {
      const checks = Array.from({ length: 30 }, () => checkBackupPath(path, options));
      assert.deepEqual(await Promise.all(checks), Array(30).fill(path));
    }));

  it("does not wait for a hung mount", async () => {
    let release = (): void => undefined;
    const hung = new Promise<never>((_, reject) => {
      release = () => reject(new Error("released"));
    });
    const realpath = (() => hung) as unknown as typeof fs.realpath;
    const fileSystem = { ...nodeFileSystem, realpath };
    const late = { ...options, fileSystem, timeLimitMilliseconds: 20 };
    const checks = [checkBackupPath("/hung/1", late), checkBackupPath("/hung/2", late)];
    for (const check of checks) {
      await assert.rejects(check, { code: "StoreTimeout", message: /no answer within 0.02 s/ });
    }
    // Each hung check holds a thread of the file system pool: a third would starve everybody else.
    const third = checkBackupPath("/hung/3", late);
    await assert.rejects(third, { code: "StoreTimeout", message: /other checks still wait/ });
    release();
    await hung.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await withTempFolder(async (path) => {
      assert.equal(await checkBackupPath(path, options), path);
    });
  });
});
