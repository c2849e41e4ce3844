import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  parseContainerUrl,
  parseEndpoint,
  parseHostKey,
  parseHostName,
  parsePrefix,
  parseSftpPath,
} from "../../src/storage/store-address.ts";

const bad = { code: "InvalidBackupPath" };

describe("address of a container", () => {
  it("is account and container, with a folder if wanted", () => {
    const containerUrl = "https://north.blob.example.net/backups";
    assert.deepEqual(parseContainerUrl(containerUrl), { containerUrl, prefix: "" });
    assert.deepEqual(parseContainerUrl(`${containerUrl}/a/b/`), { containerUrl, prefix: "a/b" });
  });

  it("has the account in its path where the host has no name for it", () => {
    const containerUrl = "http://127.0.0.1:10000/account/backups";
    assert.deepEqual(parseContainerUrl(`${containerUrl}/x`), { containerUrl, prefix: "x" });
  });

  for (const [title, text] of [
    ["of a file share", "https://north.file.core.windows.net/share"],
    ["without a container", "https://north.blob.example.net/"],
    ["with capital letters", "https://north.blob.example.net/Backups"],
    ["of another scheme", "ftp://north.blob.example.net/backups"],
    ["A36: with a password", "https://user:pass@north.blob.example.net/backups"],
    ["with a signature", "https://north.blob.example.net/backups?sv=2021&sig=abc"],
    ["with steps up", "https://north.blob.example.net/backups/../other"],
    ["with encoded steps", "https://north.blob.example.net/backups/%2e%2e/other"],
    ["with a backslash", "https://north.blob.example.net\\backups"],
    ["with a space", "https://north.blob.example.net/backups/a b"],
    ["that is text", "backups"],
  ] as const) {
    it(`is refused ${title}`, () => {
      assert.throws(
        () => parseContainerUrl(text),
        (error: Error) => {
          assert.equal((error as { code?: string }).code, "InvalidBackupPath");
          assert.doesNotMatch(error.message, /pass@|sig=/);
          return true;
        },
      );
    });
  }
});

describe("other addresses", () => {
  it("of a bucket's server are scheme and host", () => {
    assert.equal(parseEndpoint("https://s3.example.net:8443/"), "https://s3.example.net:8443");
    for (const text of ["https://s3.example.net/bucket", "s3.example.net", "https://a?b"])
      assert.throws(() => parseEndpoint(text), bad);
  });

  it("of a place in a bucket are plain names", () => {
    assert.equal(parsePrefix("/a/b-1/"), "a/b-1");
    assert.equal(parsePrefix(""), "");
    for (const text of ["a//b", "a/../b", "a b", "a\\b", "ä", "x".repeat(600)])
      assert.throws(() => parsePrefix(text), bad);
  });

  it("of a server are names or addresses", () => {
    for (const text of ["files", "files.example", "10.0.0.7", "2001:db8::1"])
      assert.equal(parseHostName(text), text);
    for (const text of ["0x7f.1", "127.1", "2130706433", "a@b", "a b", "-a", "a..b", ""])
      assert.throws(() => parseHostName(text), bad);
  });

  it("of a folder have no steps", () => {
    assert.equal(parseSftpPath("/srv/backups/"), "/srv/backups");
    assert.equal(parseSftpPath("backups"), "backups");
    for (const text of ["", "/", "/a/../b", "a//b", "a\nb", "./a"])
      assert.throws(() => parseSftpPath(text), bad);
  });

  it("of a host key are fingerprints", () => {
    const hash = "A".repeat(43);
    assert.equal(parseHostKey(`SHA256:${hash}=`), `SHA256:${hash}`);
    for (const text of ["", hash, `MD5:${hash}`, `SHA256:${hash.slice(1)}`])
      assert.throws(() => parseHostKey(text), { code: "InvalidArgument" });
  });
});
