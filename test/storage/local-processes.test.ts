import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir } from "node:fs/promises";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { openLocalStore } from "../../src/storage/local.ts";
import { listAll, someBytes } from "../contracts/object-store.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const child = fileURLToPath(new URL("../support/store-child.ts", import.meta.url));

// In a namespace of its own the mount goes with the process, and no other process sees it.
const canMount = spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

describe("local store in a killed process", () => {
  it("leaves every object whole or absent", () =>
    withTempFolder(async (path) => {
      const started = new Set<string>();
      const done = new Set<string>();
      for (const round of [0, 1, 2, 3, 4]) {
        await killWhilePutting(path, round, started, done);
      }
      const store = await openLocalStore({ path });
      const names = new Set((await listAll(store, "data/")).map(({ name }) => name));
      assert.ok(done.size >= 5);
      for (const name of done) assert.ok(names.has(name), `${name} was acknowledged and is gone`);
      for (const name of names) {
        assert.ok(started.has(name));
        const bytes = await store.get(name);
        assert.ok(Buffer.compare(bytes, someBytes(4_000_000, name)) === 0, `${name} is torn`);
      }
    }));
});

describe("A72: local store on a full disk", () => {
  it("says StoreFull and keeps what it has", () =>
    withTempFolder(async (path) => {
      // Without mounts a limit on file sizes stands in: the same step fails.
      const command = canMount
        ? mounted("mount -t tmpfs -o size=2m none", path)
        : ["bash", "-c", 'ulimit -f 1500; exec "$@"', "bash", process.execPath];
      const result = runChild(command, "fill-up", path);
      assert.equal(result["code"], "StoreFull");
      assert.equal(result["isWhole"], true);
      const names = result["names"] as string[];
      assert.ok(names.includes("small"));
      assert.ok(names.includes("data/0"));
      assert.ok(names.length < 20);
    }));
});

describe("local store on a read-only mount", () => {
  it("can be read, and refuses writes", () =>
    withTempFolder(async (path) => {
      const store = await openLocalStore({ path });
      await store.put("config", someBytes(77));
      if (!canMount) {
        const reader = await openLocalStore({ path, access: "read" });
        assert.equal((await reader.get("config")).length, 77);
        await assert.rejects(reader.put("new", someBytes(1)), { code: "StoreReadOnly" });
        return;
      }
      const command = mounted('mount --bind "$1" "$1" && mount -o remount,ro,bind', path);
      const result = runChild(command, "write-read-only", path);
      assert.deepEqual(result, {
        opened: "none", // what is there stays readable however it was opened
        checked: "StoreReadOnly",
        read: 77,
        put: "StoreReadOnly",
        canWrite: false,
      });
    }));
});

describe("local store without the right to write", () => {
  it("says StoreAuthRefused", () =>
    withTempFolder(async (path) => {
      await chmod(path, 0o755);
      await mkdir(`${path}/closed`, { mode: 0o555 });
      const result = runChild([process.execPath], "write-denied", `${path}/closed`);
      assert.deepEqual(result, { opened: "StoreAuthRefused", checked: "StoreReadOnly" });
    }));
});

async function killWhilePutting(
  path: string,
  round: number,
  started: Set<string>,
  done: Set<string>,
): Promise<void> {
  const writer = spawn(process.execPath, [child, "put-until-killed", path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(writer, "exit");
  let puts = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    const said = JSON.parse(line) as { started?: string; done?: string };
    if (said.started !== undefined) {
      started.add(said.started);
      puts += 1;
      if (puts === 3) killSoon(writer, round);
    }
    if (said.done !== undefined) done.add(said.done);
  }
  await ended;
}

/** Each round a little later, to hit different steps of the put. */
function killSoon(writer: ChildProcess, round: number): void {
  setTimeout(() => writer.kill("SIGKILL"), round * 3);
}

function mounted(mount: string, path: string): string[] {
  const script = `path=$1; ${mount} "$path" && shift && exec "$@"`;
  return ["unshare", "-rm", "sh", "-ec", script, "sh", path, process.execPath];
}

function runChild(command: readonly string[], job: string, path: string): Record<string, unknown> {
  const [program = "", ...args] = command;
  const result = spawnSync(program, [...args, child, job, path], { encoding: "utf8" });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout) as Record<string, unknown>;
}
