// A process of its own for the local store's tests: started with a job and a folder, it prints one JSON
// value per line. It runs where the parent cannot: in a mount namespace, under a limit, until it is killed.
import { randomBytes } from "node:crypto";

import { toAppError } from "../../src/base/errors.ts";
import { openLocalStore } from "../../src/storage/local.ts";
import { checkBackupPath } from "../../src/storage/path-check.ts";
import { systemClock } from "../../src/base/clock.ts";
import { listAll, someBytes } from "../contracts/object-store.ts";

const jobs: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  "fill-up": fillUp,
  "put-one": putOne,
  "put-until-killed": putUntilKilled,
  "write-denied": writeDenied,
  "write-read-only": writeReadOnly,
};

const [job = "", folder = ""] = process.argv.slice(2);
await jobs[job]?.(folder);

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: unknown) => toAppError(error).code,
  );
}

/** Puts half-megabyte objects until the store refuses, then says what is there. */
async function fillUp(path: string): Promise<void> {
  const store = await openLocalStore({ path });
  await store.put("small", someBytes(1000));
  let code = "none";
  for (let index = 0; code === "none" && index < 20; index += 1) {
    code = await codeOf(
      store.put(`data/${index}`, someBytes(500_000 * (index + 1), String(index))),
    );
  }
  const names = (await listAll(store, "")).map(({ name }) => name);
  const isWhole = Buffer.compare(await store.get("small"), someBytes(1000)) === 0;
  say({ code, names, isWhole, probe: (await store.probe()).freeBytes });
}

async function putOne(path: string): Promise<void> {
  const store = await openLocalStore({ path });
  await store.put("data/aa/pack", someBytes(100_000));
  await store.close();
}

async function putUntilKilled(path: string): Promise<void> {
  const store = await openLocalStore({ path });
  const run = randomBytes(4).toString("hex");
  for (let index = 0; ; index += 1) {
    const name = `data/${run}-${index}`;
    say({ started: name });
    await store.put(name, someBytes(4_000_000, name));
    say({ done: name });
  }
}

async function writeReadOnly(path: string): Promise<void> {
  const opened = await codeOf(openLocalStore({ path }));
  const checked = await codeOf(checkBackupPath(path, { clock: systemClock }));
  const store = await openLocalStore({ path, access: "read" });
  const read = (await store.get("config")).length;
  const put = await codeOf(store.put("new", someBytes(1)));
  const { canWrite } = await store.probe();
  say({ opened, checked, read, put, canWrite });
}

async function writeDenied(path: string): Promise<void> {
  if (process.getuid?.() === 0) process.seteuid?.(65_534); // root may write anywhere
  const opened = await codeOf(openLocalStore({ path }));
  const checked = await codeOf(checkBackupPath(path, { clock: systemClock }));
  say({ opened, checked });
}
