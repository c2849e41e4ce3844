import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after } from "node:test";

import type { Clock } from "../../src/base/clock.ts";
import { openSftpStore } from "../../src/storage/sftp.ts";
import type { SftpSettings } from "../../src/storage/sftp.ts";
import { describeObjectStore } from "../contracts/describe-object-store.ts";
import { someBytes } from "../contracts/object-store.ts";
import type { StoreUnderTest } from "../contracts/object-store.ts";
import type { StoreBehindRelay } from "../contracts/store-entry.ts";
import { startFaultRelay } from "../support/fault-relay.ts";
import { startSshd } from "../support/sshd.ts";

const sshd = await startSshd();
after(() => sshd.dispose());

/** A folder of its own for each case. */
async function makeSettings(): Promise<SftpSettings> {
  const path = join(sshd.files, randomUUID());
  await mkdir(path);
  return settingsFor(path);
}

function settingsFor(path: string): SftpSettings {
  const { port, userName, hostKey, writerKey } = sshd;
  const credential = { kind: "private-key", privateKey: writerKey } as const;
  return { host: "127.0.0.1", port, path, userName, hostKey, credential };
}

async function openStore(settings: SftpSettings): Promise<StoreUnderTest> {
  const store = await openSftpStore(settings);
  const views = [store];
  return {
    store,
    reopen: async () => {
      const view = await openSftpStore({ ...settings, port: sshd.port });
      views.push(view);
      return view;
    },
    fill: async (names) => fillFolder(settings.path, names),
    dispose: async () => {
      for (const view of views) await view.close();
    },
  };
}

/** Links to one file per folder: making 10,000 files takes seconds on some disks. */
function fillFolder(path: string, names: readonly string[]): void {
  const made = new Map<string, string>();
  for (const name of names) {
    const file = join(path, "holdfast", name);
    const first = made.get(dirname(file));
    if (first !== undefined) linkSync(first, file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, name);
      made.set(dirname(file), file);
    }
  }
}

async function openBehindRelay(): Promise<StoreBehindRelay> {
  const relay = await startFaultRelay(sshd.port);
  const test = await openStore({ ...(await makeSettings()), port: relay.port });
  return {
    ...test,
    relay,
    killServer: () => sshd.kill(),
    startServer: () => sshd.start(),
    dispose: async () => {
      await test.dispose();
      await relay.close();
    },
  };
}

async function openSmall(path: string): Promise<StoreUnderTest> {
  return openStore(settingsFor(path));
}

async function openDenied(): Promise<StoreUnderTest> {
  const settings = await makeSettings();
  const writer = await openSftpStore(settings);
  await writer.put("present", someBytes(77));
  await writer.close();
  const credential = { kind: "private-key", privateKey: sshd.readerKey } as const;
  return openStore({ ...settings, credential });
}

const { small } = sshd;

describeObjectStore("SFTP", {
  open: async () => openStore(await makeSettings()),
  full:
    small === undefined
      ? { lacks: "no file system of its own can be mounted here" }
      : () => openSmall(small),
  denied: openDenied,
  wrongSecret: {
    secret: "Wr0ng-secret",
    open: async () => {
      const credential = { kind: "password", password: "Wr0ng-secret" } as const;
      return openStore({ ...(await makeSettings()), credential });
    },
  },
  skewed: async (clock: Clock) => openStore({ ...(await makeSettings()), clock }),
  network: openBehindRelay,
  seesFlippedBits: true,
});
