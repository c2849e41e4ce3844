import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, it } from "node:test";

import { isAppError } from "../../src/base/errors.ts";
import type { Source } from "../../src/engine/source.ts";
import { openCommandSource } from "../../src/roles/command.ts";
import type { CommandSettings } from "../../src/roles/command.ts";
import { createRedactedTail } from "../../src/roles/redacted-tail.ts";
import { aSourceHost, readEntries, readStream } from "../support/source-host.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const secret = "s3cr3t-canary-value";

describe("command source", () => {
  it("delivers all output as one stream", async () => {
    const output = await readStream(openShell("head -c 5000000 /dev/zero; printf end"));
    assert.equal(output.length, 5_000_003);
    assert.equal(output.subarray(-3).toString(), "end");
  });

  it("describes one stream entry", async () => {
    const [entry, ...more] = await readEntries(openShell("true", { fileName: "dump.sql" }));
    assert.equal(more.length, 0);
    assert.deepEqual([entry?.path, entry?.type, entry?.size], ["dump.sql", "stream", 0]);
  });

  it("passes arguments without a shell", async () => {
    const args = ["%s|", "$(id)", "a b", "", "'", ";true"];
    const output = await readStream(open({ command: "printf", args }));
    assert.equal(output.toString(), "$(id)|a b||'|;true|");
  });

  it("gives only its own environment", async () => {
    process.env["HOLDFAST_TEST_CANARY"] = secret;
    const output = await readStream(open({ command: "env", env: { DUMP_PASSWORD: "given" } }));
    delete process.env["HOLDFAST_TEST_CANARY"];
    const names = output
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.replace(/=.*/, ""))
      .join(" ");
    assert.equal(names, "PATH LANG LC_ALL DUMP_PASSWORD");
    assert.match(output.toString(), /DUMP_PASSWORD=given/);
  });

  it("gives no input", async () => {
    assert.equal((await readStream(openShell("cat; printf done"))).toString(), "done");
  });

  it("fails at the end on a bad exit code", async () => {
    const source = openShell("printf half; echo broken pipe dream >&2; exit 3");
    const seen: string[] = [];
    const signal = new AbortController().signal;
    await source.prepare(signal);
    const failing = (async () => {
      for await (const [entry] of source.entries(signal)) {
        if (entry === undefined) continue;
        for await (const chunk of source.open(entry, signal))
          seen.push(Buffer.from(chunk).toString());
      }
    })();
    await assert.rejects(failing, {
      code: "SourceFailed",
      nativeCode: "exit 3",
      message: /exit code 3; its last words: broken pipe dream$/,
    });
    assert.equal(seen.join(""), "half");
  });

  it("A87: fails when a signal ends the program", async () => {
    const stream = readStream(openShell("printf half; kill -9 $$"));
    await assert.rejects(stream, { code: "SourceFailed", nativeCode: "SIGKILL" });
  });

  it("calls no output a failure unless allowed", async () => {
    await assert.rejects(readStream(openShell("true")), {
      code: "SourceFailed",
      nativeCode: "empty",
    });
    assert.equal((await readStream(openShell("true", { allowEmpty: true }))).length, 0);
  });

  it("A87: bounds the output", async () => {
    const exact = await readStream(openShell("head -c 1000 /dev/zero", { maxBytes: 1000 }));
    assert.equal(exact.length, 1000);
    const endless = readStream(openShell("cat /dev/zero", { maxBytes: 1_000_000 }));
    await assert.rejects(endless, { code: "SourceFailed", nativeCode: "size" });
  });

  it("names a program that cannot run", () =>
    withTempFolder(async (path) => {
      for (const command of ["no-such-program-here", join(path, "absent"), "/etc/passwd"]) {
        await assert.rejects(readStream(open({ command })), { code: "SourceUnavailable" });
      }
      const astray = open({ command: "true", workingDirectory: join(path, "absent") });
      await assert.rejects(readStream(astray), { code: "SourceFailed", nativeCode: "start" });
    }));

  it("A87: runs no program that others can write", () =>
    withTempFolder(async (path) => {
      const command = join(path, "a hook with blanks");
      writeFileSync(command, "#!/bin/sh\necho done\n");
      chmodSync(command, 0o777);
      await assert.rejects(readStream(open({ command })), {
        code: "SourceUnavailable",
        message: /can be changed by others/,
      });
      chmodSync(command, 0o755);
      assert.equal((await readStream(open({ command }))).toString(), "done\n");
    }));

  it("keeps secrets out of the error", async () => {
    const source = openShell('echo "login with $PASSWORD failed" >&2; exit 1', {
      env: { PASSWORD: secret },
    });
    await assert.rejects(readStream(source), (error) => {
      assert.ok(isAppError(error, "SourceFailed"));
      assert.match(error.message, /login with \*\*\* failed/);
      assert.ok(!JSON.stringify(error, Object.getOwnPropertyNames(error)).includes(secret));
      return true;
    });
  });

  it("waits for a slow reader", () =>
    withTempFolder(async (path) => {
      const count = join(path, "count");
      const script = `i=0; while [ $i -lt 200 ]; do head -c 65536 /dev/zero; i=$((i+1)); echo $i > ${count}; done`;
      const source = openShell(script);
      const signal = new AbortController().signal;
      const [entry] = await readEntries(source);
      assert.ok(entry !== undefined);
      let bytes = 0;
      for await (const chunk of source.open(entry, signal)) {
        if (bytes === 0) {
          const written = await settledCount(count);
          assert.ok(written < 20, `${written} of 200 blocks were written ahead`);
        }
        bytes += chunk.length;
      }
      assert.equal(bytes, 200 * 65_536);
    }));

  it("A87: ends the whole group on abort", () =>
    withTempFolder(async (path) => {
      const pids = join(path, "pids");
      const script = `sleep 300 & echo $! $$ > ${pids}; printf started; wait`;
      const source = openShell(script);
      const controller = new AbortController();
      const reason = new Error("given up");
      const [entry] = await readEntries(source, controller.signal);
      assert.ok(entry !== undefined);
      await assert.rejects(async () => {
        for await (const chunk of source.open(entry, controller.signal)) {
          assert.equal(Buffer.from(chunk).toString(), "started");
          controller.abort(reason);
        }
      }, reason);
      await assertGone(pids);
    }));

  it("ends the group when the reader leaves", () =>
    withTempFolder(async (path) => {
      const pids = join(path, "pids");
      const source = openShell(`trap "" TERM; echo $$ > ${pids}; cat /dev/zero`);
      const [entry] = await readEntries(source);
      assert.ok(entry !== undefined);
      for await (const chunk of source.open(entry, new AbortController().signal)) {
        assert.ok(chunk.length > 0);
        break;
      }
      await assertGone(pids);
    }));
});

describe("createRedactedTail", () => {
  it("keeps the end of a long text", () => {
    const tail = createRedactedTail([]);
    for (let line = 0; line < 1000; line += 1) tail.add(Buffer.from(`line ${line}\n`));
    assert.ok(tail.read().endsWith("line 998 line 999"));
    assert.ok(tail.read().length <= 2048);
  });

  it("hides secrets at every cut", () => {
    for (let padding = 2000; padding < 2100; padding += 1) {
      const tail = createRedactedTail([secret, "other"]);
      tail.add(Buffer.from(`before ${secret}`.slice(0, 15)));
      tail.add(Buffer.from(`before ${secret}`.slice(15)));
      // The whole secrets shrink the text, so that its cut start comes into view.
      tail.add(Buffer.from(`${secret}${secret}`));
      tail.add(Buffer.from("x".repeat(padding - 2 * secret.length)));
      const shown = tail.read().replaceAll("x", "");
      for (let start = 0; start + 4 <= secret.length; start += 1) {
        assert.ok(!shown.includes(secret.slice(start, start + 4)), shown);
      }
    }
  });

  it("drops control characters", () => {
    const tail = createRedactedTail(["ab"]);
    tail.add(Buffer.from("a\u001b[31mb\r\n\u0007c ab"));
    assert.equal(tail.read(), "a [31mb c ab");
  });
});

function open(settings: CommandSettings): Source {
  return openCommandSource(settings, aSourceHost("."));
}

function openShell(script: string, more: Partial<CommandSettings> = {}): Source {
  return open({ command: "/bin/sh", args: ["-c", script], ...more });
}

/** The number in the file once it stands still. */
async function settledCount(path: string): Promise<number> {
  for (let last = -1; ;) {
    await pause(50);
    const now = Number(await readFile(path, "utf8").catch(() => "0"));
    if (now === last) return now;
    last = now;
  }
}

async function assertGone(path: string): Promise<void> {
  const pids = (await readFile(path, "utf8")).trim().split(" ");
  for (const pid of pids) {
    for (let tries = 0; await isRunning(pid); tries += 1) {
      assert.ok(tries < 200, `process ${pid} still runs`);
      await pause(20);
    }
  }
}

/** A zombie has ended: who adopted it may be slow to notice, or never does in a container. */
async function isRunning(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") X");
  return !/\) [ZX]/.test(stat);
}
