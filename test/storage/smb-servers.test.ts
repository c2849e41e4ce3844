import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, it } from "node:test";

import { isAppError } from "../../src/base/errors.ts";
import { openSmbStore } from "../../src/storage/smb-store.ts";
import type { SmbStoreSettings } from "../../src/storage/smb-store.ts";
import { utf16 } from "../../src/storage/smb/bytes.ts";
import { md4 } from "../../src/storage/smb/md4.ts";
import { smbSettings, startSamba, type SambaOptions, type SambaServer } from "../support/samba.ts";

const wrongPassword = "canary-wrong-password";

let samba: SambaServer | undefined;
let relay: Server | undefined;
afterEach(async () => {
  relay?.close();
  relay = undefined;
  await samba?.stop();
  samba = undefined;
});

/** What became of opening a store on a server of that kind. */
async function openOn(
  options: SambaOptions,
  changes: Partial<SmbStoreSettings> = {},
): Promise<unknown> {
  samba = await startSamba(options);
  return tryOpen({ ...smbSettings(samba), ...changes });
}

async function tryOpen(settings: SmbStoreSettings): Promise<unknown> {
  try {
    const store = await openSmbStore(settings);
    await store.probe();
    await store.close();
    return "opened";
  } catch (error) {
    return error;
  }
}

describe("A39: an SMB server that is not safe", () => {
  for (const [title, dialect] of [
    ["SMB 1", "NT1"],
    ["SMB 2.0", "SMB2_02"],
    ["SMB 2.1", "SMB2_10"],
    ["SMB 3.0", "SMB3_02"],
  ] as const)
    it(`is refused when it speaks no more than ${title}`, async () => {
      const global = [`server min protocol = ${dialect}`, `server max protocol = ${dialect}`];
      const lenient = { requireEncryption: false };
      const error = await openOn({ encryption: "off", global }, lenient);
      assert.ok(isAppError(error), String(error));
      // One that knows SMB 1 only hangs up on anything newer.
      const expected =
        dialect === "NT1" ? /^Store(?:Unreachable|Unsupported|Tampered)$/ : /^StoreUnsupported$/;
      assert.match(error.code, expected);
      if (dialect !== "NT1") assert.match(error.message, /SMB 3\.1\.1/);
    });

  for (const [title, changes] of [
    ["a wrong password", { password: wrongPassword }],
    ["an unknown name", { user: "nobody-here" }],
  ] as const)
    it(`is refused when it lets ${title} in as a guest`, async () => {
      const global = ["map to guest = bad password", "guest account = nobody"];
      const share = ["guest ok = yes"];
      const lenient = { ...changes, requireEncryption: false };
      const error = await openOn({ encryption: "off", global, share }, lenient);
      assert.ok(isAppError(error, "StoreUnsupported"), String(error));
      assert.match(error.message, /secure session.*: .*switch off its guest access/);
      assert.ok(!error.message.includes(wrongPassword));
    });

  it("is refused when its answers are not signed", async () => {
    samba = await startSamba({ encryption: "off" });
    const settings = { ...smbSettings(samba), requireEncryption: false };
    assert.equal(await tryOpen(settings), "opened");
    const port = await startUnsigning(samba.port);
    const error = await tryOpen({ ...settings, port });
    assert.ok(isAppError(error, "StoreTampered"), String(error));
  });
});

describe("A40: an SMB account with an odd name or password", () => {
  it("signs in by what was given, unchanged", async () => {
    const names = ["-h", "--help", "per%cent%U", "it's", "a/b", "x,y;z", "$(id)", "two words"];
    samba = await startSamba({ alsoCalled: names });
    const settings = smbSettings(samba);
    for (const user of names) assert.equal(await tryOpen({ ...settings, user }), "opened", user);
    assert.ok(isAppError(await tryOpen({ ...settings, user: "a" }), "StoreAuthRefused"));
    for (const password of ["a,b", "-p", "two\nlines", "before\0after", `"%P'\\`]) {
      samba.editAccount(`--set-nt-hash=${md4(utf16(password)).toString("hex").toUpperCase()}`);
      assert.equal(await tryOpen({ ...settings, password }), "opened", JSON.stringify(password));
      // Nothing is cut off at a sign that ends texts elsewhere.
      const shorter = password.slice(0, -1);
      const refusal = await tryOpen({ ...settings, password: shorter });
      assert.ok(isAppError(refusal, "StoreAuthRefused"), String(refusal));
    }
  });

  it("is refused for a control character in its name, before anything is sent", async () => {
    const settings = { ...smbSettings({ port: 1 } as SambaServer) };
    for (const user of ["a\nb", "DOMAIN\\a\0b", "a\r", "\u001b[2Jx", "x".repeat(513)]) {
      const error = await tryOpen({ ...settings, user });
      assert.ok(isAppError(error, "InvalidArgument"), String(error));
      assert.match(error.message, /control character/);
    }
  });
});

/** A relay that takes the signature off every answer of the server; its port. */
async function startUnsigning(serverPort: number): Promise<number> {
  relay = createServer((client) => {
    const server = connect({ host: "127.0.0.1", port: serverPort });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on("error", () => undefined);
      from.on("close", () => to.destroy());
    }
    client.pipe(server);
    passUnsigned(server, client);
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  return (relay.address() as AddressInfo).port;
}

function passUnsigned(server: Socket, client: Socket): void {
  let pending = Buffer.alloc(0);
  server.on("data", (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE()) {
      const end = 4 + pending.readUInt32BE();
      const frame = Buffer.from(pending.subarray(0, end));
      pending = pending.subarray(end);
      const flagsAt = 4 + 16;
      if ((frame.readUInt32LE(flagsAt) & 8) !== 0) {
        frame.writeUInt32LE((frame.readUInt32LE(flagsAt) & ~8) >>> 0, flagsAt);
        frame.fill(0, 4 + 48, 4 + 64);
      }
      client.write(frame);
    }
  });
}
