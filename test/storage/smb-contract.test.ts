import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";

import { openSmbStore } from "../../src/storage/smb-store.ts";
import type { SmbStoreSettings } from "../../src/storage/smb-store.ts";
import { describeObjectStore } from "../contracts/describe-object-store.ts";
import { someBytes } from "../contracts/object-store.ts";
import type { StoreUnderTest } from "../contracts/object-store.ts";
import { startFaultRelay } from "../support/fault-relay.ts";
import { fillFolder } from "../support/fill-folder.ts";
import { canMount, smbSettings, startSamba } from "../support/samba.ts";
import type { SambaServer } from "../support/samba.ts";

let started: Promise<SambaServer> | undefined;
let folders = 0;
after(async () => (await started)?.stop());

/** One server for the whole file. */
function samba(): Promise<SambaServer> {
  started ??= startSamba({ smallShare: canMount });
  return started;
}

async function open(changes: Partial<SmbStoreSettings> = {}): Promise<StoreUnderTest> {
  const server = await samba();
  folders += 1;
  const name = `case ${folders}`;
  mkdirSync(join(server.folder, name));
  const settings = { ...smbSettings(server), folders: [name] };
  const stores = [await openSmbStore({ ...settings, ...changes })];
  return {
    store: stores[0]!,
    reopen: async () => {
      const store = await openSmbStore(settings);
      stores.push(store);
      return store;
    },
    fill: async (names) => fillFolder(join(server.folder, name, "holdfast"), names),
    dispose: async () => {
      for (const store of stores) await store.close();
    },
  };
}

async function openOther(share: string): Promise<StoreUnderTest> {
  const settings = { ...smbSettings(await samba()), share };
  const store = await openSmbStore(settings);
  return { store, reopen: () => openSmbStore(settings), dispose: () => store.close() };
}

const secret = "not-the-P@ssword-7";

describeObjectStore("SMB", {
  open,
  full: canMount ? () => openOther("small") : { lacks: "no file system may be mounted here" },
  denied: async () => {
    const server = await samba();
    mkdirSync(join(server.archive, "holdfast"), { recursive: true });
    writeFileSync(join(server.archive, "holdfast", "present"), someBytes(77));
    return openOther("archive");
  },
  wrongSecret: { secret, open: () => open({ password: secret }) },
  skewed: (clock) => open({ clock }),
  network: async () => {
    const server = await samba();
    const relay = await startFaultRelay(server.port);
    const test = await open({ port: relay.port });
    return {
      ...test,
      relay,
      killServer: () => server.kill(),
      startServer: () => server.start(),
      dispose: async () => {
        await test.dispose();
        await relay.close();
      },
    };
  },
  seesFlippedBits: true,
});
