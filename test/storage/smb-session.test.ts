import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { openSmbStore } from "../../src/storage/smb-store.ts";
import { connectShare } from "../../src/storage/smb/connect-share.ts";
import { Connection, defaultTimeLimits } from "../../src/storage/smb/connection.ts";
import { SmbError } from "../../src/storage/smb/smb-error.ts";
import { status } from "../../src/storage/smb/status.ts";
import { assertCode, listAll, someBytes } from "../contracts/object-store.ts";
import { sambaAccount, smbSettings, startSamba, type SambaServer } from "../support/samba.ts";

let samba: SambaServer;
before(async () => {
  samba = await startSamba({
    global: ["host msdfs = yes"],
    share: ["msdfs root = yes"],
  });
});
after(() => samba.stop());

describe("a session with an SMB server", () => {
  it("is begun anew when the server took the share away", async () => {
    await mkdir(join(samba.folder, "closed"));
    const store = await openSmbStore({ ...smbSettings(samba), folders: ["closed"] });
    const bytes = someBytes(200_000);
    await store.put("data/ab/pack", bytes);
    for (const call of [
      () => store.get("data/ab/pack"),
      () => store.stat("data/ab/pack"),
      () => listAll(store, ""),
      () => store.put("data/ab/other", bytes),
    ]) {
      samba.closeShare();
      await call();
    }
    assert.deepEqual(Buffer.from(await store.get("data/ab/other")), bytes);
    await store.close();
  });

  for (const [what, code] of [
    ["ran out", status.networkSessionExpired],
    ["was ended there", status.userSessionDeleted],
    ["lost its share", status.networkNameDeleted],
  ] as const) {
    it(`that ${what} ends its connection, so that the next call logs on again`, async () => {
      const server = createServer((socket) => answerWith(socket, code)).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const connection = await Connection.open("127.0.0.1", port, defaultTimeLimits);
      const body = Buffer.from([4, 0, 0, 0]);
      const request = { command: 13, action: "answer", body };
      const failure: unknown = await connection.request(request).catch((error: unknown) => error);
      assert.ok(failure instanceof SmbError);
      assert.equal(failure.fault, "unreachable"); // what `SmbLink` begins anew after
      assert.equal(failure.status, code);
      assert.equal(connection.failure, failure);
      server.close();
    });
  }
});

/** Answers the first request with a status and nothing else. */
function answerWith(socket: Socket, code: number): void {
  socket.on("error", () => undefined);
  socket.once("data", (request: Buffer) => {
    const message = Buffer.alloc(64 + 9);
    request.copy(message, 0, 4, 4 + 64);
    message.writeUInt32LE(code, 8);
    message.writeUInt16LE(1, 14); // one credit
    message.writeUInt32LE(1, 16); // an answer
    message.writeUInt16LE(9, 64);
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(message.length);
    socket.write(Buffer.concat([prefix, message]));
  });
}

describe("a store on a share", () => {
  it("names a folder that is a DFS link to another server", async () => {
    await symlink("msdfs:other.example\\share", join(samba.folder, "link"));
    const work = openSmbStore({ ...smbSettings(samba), folders: ["link"] });
    await assert.rejects(work, {
      code: "StoreUnsupported",
      nativeCode: "STATUS_PATH_NOT_COVERED",
      message: /DFS link.*the share that it leads to/,
    });
  });

  it("takes an object that is being removed for gone, but not its name for free", async () => {
    await mkdir(join(samba.folder, "pending"));
    const settings = { ...smbSettings(samba), folders: ["pending"] };
    const store = await openSmbStore(settings);
    await store.put("refs/one", someBytes(10));
    await store.put("refs/two", someBytes(10));
    const { domain, user } = sambaAccount;
    const other = await connectShare({ ...settings, domain, user });
    const file = await other.openForRemoval("pending\\holdfast\\refs\\one");
    await other.remove(file);
    await assertCode(store.get("refs/one"), "ObjectNotFound");
    assert.equal(await store.stat("refs/one"), undefined);
    await store.remove("refs/one");
    // The name is not free yet, and nothing is put in its place half.
    await assertCode(store.put("refs/one", someBytes(30)), "ObjectExists");
    const shown = (await listAll(store, "refs/")).map(({ name }) => name);
    assert.ok(shown.includes("refs/two"));
    await other.close(file);
    await assertCode(store.get("refs/one"), "ObjectNotFound");
    await store.put("refs/one", someBytes(20));
    await other.disconnect();
    await store.close();
  });
});
