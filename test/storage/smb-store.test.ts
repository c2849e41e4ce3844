import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";

import { AppError, isAppError } from "../../src/base/errors.ts";
import type { ErrorCode } from "../../src/base/errors.ts";
import { discard } from "../../src/storage/smb-publish.ts";
import { openSmbStore } from "../../src/storage/smb-store.ts";
import type { SmbStoreSettings } from "../../src/storage/smb-store.ts";
import { connectShare } from "../../src/storage/smb/connect-share.ts";
import { startFaultRelay } from "../support/fault-relay.ts";
import { sambaAccount, smbSettings, startSamba } from "../support/samba.ts";
import type { SambaServer } from "../support/samba.ts";
import { assertFromBelow, cannotTrace, traceFlushes } from "../support/trace-flushes.ts";

let samba: SambaServer;
before(async () => {
  samba = await startSamba();
});
after(() => samba.stop());

/** Opening with the changes fails with that code, and shows no secret. */
async function assertRefused(
  changes: Partial<SmbStoreSettings>,
  code: ErrorCode,
  nativeCode?: string,
): Promise<void> {
  const settings = { ...smbSettings(samba), ...changes };
  const error: unknown = await openSmbStore(settings).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  assert.ok(isAppError(error, code), `expected ${code}, got ${inspect(error)}`);
  assert.equal(error.nativeCode, nativeCode);
  assert.match(error.message, /: .{10}/, "it names no remedy");
  const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
  assert.ok(!shown.includes(settings.password), "the error shows the password");
}

describe("opening an SMB store", () => {
  it("says that the password is wrong", () =>
    assertRefused({ password: "wr0ng" }, "StoreAuthRefused", "STATUS_LOGON_FAILURE"));

  it("says that the user is unknown", () =>
    assertRefused({ user: "AZSDOM\\nobody-here" }, "StoreAuthRefused", "STATUS_LOGON_FAILURE"));

  it("says that the share is missing", () =>
    assertRefused({ share: "absent" }, "BackupPathNotFound", "STATUS_BAD_NETWORK_NAME"));

  it("says that the folder is missing", () =>
    assertRefused({ folders: ["absent", "too"] }, "BackupPathNotFound"));

  it("says that a share is read-only", () =>
    assertRefused({ share: "archive" }, "StoreReadOnly", "STATUS_ACCESS_DENIED"));

  it("says that no server has the name", () =>
    assertRefused({ server: "no-such-host.invalid" }, "StoreUnreachable", "ENOTFOUND"));

  it("says that nothing listens", () =>
    assertRefused({ port: 1 }, "StoreUnreachable", "ECONNREFUSED"));

  it("never logs on without a password or name", async () => {
    await assertRefused({ password: "" }, "InvalidArgument").catch((error: unknown) => {
      // An empty password is part of every text.
      if (!String(error).includes("shows the password")) throw error;
    });
    await assertRefused({ user: "AZSDOM\\" }, "InvalidArgument");
  });

  it("says that the account is disabled", async () => {
    samba.editAccount("-c", "[D]");
    try {
      await assertRefused({}, "StoreAccountProblem", "STATUS_ACCOUNT_DISABLED");
    } finally {
      samba.editAccount("-c", "[]");
    }
  });

  it("finds no repository when it may only read", () =>
    assertRefused({ access: "read" }, "RepositoryNotFound"));

  for (const user of ["AZSDOM\\backupsvc", "backupsvc", "azs.test\\backupsvc"]) {
    it(`takes the account ${user}`, async () => {
      const store = await openSmbStore({ ...smbSettings(samba), user });
      assert.equal((await store.probe()).encryptedInFlight, true);
      await store.close();
    });
  }
});

describe("an SMB store", () => {
  it("writes what smbclient reads", async () => {
    const store = await openSmbStore(smbSettings(samba));
    const bytes = randomBytes(3_000_001);
    await store.put("data/aa/pack", bytes);
    samba.smbclient(`get holdfast\\data\\aa\\pack ${join(samba.archive, "pack")}`);
    assert.ok(bytes.equals(await readFile(join(samba.archive, "pack"))));
    await store.close();
  });

  it("reads what smbclient wrote", async () => {
    const store = await openSmbStore(smbSettings(samba));
    const bytes = randomBytes(1_500_000);
    await writeFile(join(samba.archive, "other"), bytes);
    samba.smbclient(`put ${join(samba.archive, "other")} holdfast\\other`);
    assert.ok(bytes.equals(Buffer.from(await store.get("other"))));
    await store.close();
  });

  it("can be read as soon as an object has its name, before that is flushed", async () => {
    const { server, share, password } = smbSettings(samba);
    const { port } = samba;
    const account = { domain: sambaAccount.domain, user: sambaAccount.user, password };
    const [writing, reading] = await Promise.all([
      connectShare({ server, port, share, ...account }),
      connectShare({ server, port, share, ...account }),
    ]);
    const part = await writing.createFile("part");
    const bytes = randomBytes(1000);
    await writing.write(part, bytes);
    await writing.rename(part, "named");

    const file = await reading.openFile("named");
    const read = Buffer.alloc(file.bytes);
    await reading.read(file, 0, read);
    assert.deepEqual(read, bytes);

    await reading.close(file);
    await discard(writing, part);
    await Promise.all([writing.disconnect(), reading.disconnect()]);
  });

  it("flushes what a writer that died may have left", { skip: cannotTrace }, async () => {
    await mkdir(join(samba.folder, "settled"));
    const writer = await openSmbStore({ ...smbSettings(samba), folders: ["settled"] });
    for (const name of ["data/aa/pack", "data/bb/pack", "locks/1"])
      await writer.put(name, randomBytes(10));
    await writer.close();
    const flushed = await traceFlushes(samba.pid(), join(samba.folder, "settled"), async () => {
      const store = await openSmbStore({ ...smbSettings(samba), folders: ["settled"] });
      await store.settle?.();
      await store.close();
    });
    assertFromBelow(flushed, "holdfast");
  });

  it("leaves no part behind", async () => {
    assert.deepEqual(await readdir(join(samba.folder, "holdfast", ".parts")), []);
  });
});

describe("a server that only signs", () => {
  let signing: SambaServer;
  before(async () => {
    signing = await startSamba({ encryption: "off" });
  });
  after(() => signing.stop());

  it("is refused unless that is allowed", async () => {
    await assertRefused({ port: signing.port }, "StoreUnsupported");
    const settings = { ...smbSettings(signing), requireEncryption: false };
    const store = await openSmbStore(settings);
    const bytes = randomBytes(2_000_000);
    await store.put("object", bytes);
    assert.ok(bytes.equals(Buffer.from(await store.get("object"))));
    assert.equal((await store.probe()).encryptedInFlight, false);
    await store.close();
  });
});

describe("bits flipped on the way", () => {
  for (const direction of ["up", "down"] as const) {
    it(`${direction} never give wrong data`, async () => {
      const folder = `flips ${direction}`;
      await mkdir(join(samba.folder, folder));
      const relay = await startFaultRelay(samba.port);
      const timeLimits = { requestMilliseconds: 2_000, silenceMilliseconds: 1_500 };
      const settings = { ...smbSettings(samba), port: relay.port, folders: [folder], timeLimits };
      const bytes = randomBytes(20_000);
      const work = async (name: string): Promise<Uint8Array> => {
        const store = await openSmbStore(settings);
        try {
          await store.put(name, bytes);
          return await store.get(name);
        } finally {
          await store.close();
        }
      };
      try {
        await work("measured");
        const total = relay.countBytes(direction);
        for (let trial = 0; trial < 64; trial += 1) {
          const afterBytes = Math.floor((total * trial) / 64);
          void relay.arm({ kind: "flip", direction, afterBytes });
          // A server that sees a flip hangs up, and the store may do the work again: right or refused.
          const read = await work(`object-${trial}`).catch((error: unknown) => error);
          relay.heal();
          if (read instanceof Uint8Array) assert.ok(bytes.equals(read), `read at ${afterBytes}`);
          else assert.ok(read instanceof AppError, inspect(read));
        }
      } finally {
        await relay.close();
      }
      const written = join(samba.folder, folder, "holdfast");
      for (const name of await readdir(written)) {
        if (name === ".parts") continue;
        assert.ok(bytes.equals(await readFile(join(written, name))), `${name} was changed`);
      }
    });
  }
});

describe("a hostile server", () => {
  const frame = (bytes: Buffer): Buffer => {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(bytes.length);
    return Buffer.concat([prefix, bytes]);
  };
  const negotiated = (change: (reply: Buffer) => void): Buffer => {
    const reply = Buffer.alloc(64 + 64);
    reply.write("fe534d42", 0, "hex");
    reply.writeUInt16LE(64, 4);
    reply.writeUInt16LE(1, 14);
    reply.writeUInt32LE(1, 16);
    reply.writeUInt16LE(65, 64);
    reply.writeUInt16LE(0x311, 68);
    for (const at of [92, 96, 100]) reply.writeUInt32LE(1024 * 1024, at);
    change(reply);
    return frame(reply);
  };
  const pending = negotiated((reply) => {
    reply.writeUInt32LE(0x103, 8);
    reply.writeUInt32LE(3, 16);
  });
  const answers: readonly (readonly [what: string, answer: Buffer, code: ErrorCode])[] = [
    ["a length of 16 MiB", Buffer.from("00ffffff", "hex"), "StoreTampered"],
    ["a length of nothing", Buffer.alloc(4), "StoreTampered"],
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "StoreTampered"],
    ["a message of SMB1", frame(Buffer.from("ff534d4272", "hex")), "StoreTampered"],
    ["half a header", frame(Buffer.from("fe534d424000", "hex")), "StoreTampered"],
    ["an older dialect", negotiated((reply) => reply.writeUInt16LE(0x302, 68)), "StoreUnsupported"],
    ["contexts out of bounds", negotiated((reply) => reply.writeUInt16LE(3, 70)), "StoreTampered"],
    [
      "contexts without end",
      negotiated((reply) => reply.writeUInt16LE(0xffff, 70)),
      "StoreTampered",
    ],
    ["no agreement on a hash", negotiated(() => undefined), "StoreTampered"],
    ["an answer to no question", negotiated((reply) => reply.writeUInt8(9, 24)), "StoreTampered"],
    ["joined answers", negotiated((reply) => reply.writeUInt32LE(64, 20)), "StoreTampered"],
    [
      "endless promises",
      Buffer.concat(Array.from({ length: 100 }, () => pending)),
      "StoreTampered",
    ],
    ["nothing", Buffer.alloc(0), "StoreTimeout"],
  ];
  for (const [what, answer, code] of answers) {
    it(`that answers ${what} is given up`, async () => {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => undefined);
        socket.once("data", () => socket.write(answer));
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const timeLimits = { requestMilliseconds: 1_000 };
      const work = openSmbStore({ ...smbSettings(samba), port, timeLimits });
      await assert.rejects(work, (error: unknown) => {
        assert.ok(isAppError(error, code), inspect(error));
        assert.ok(!inspect(error, { depth: 20 }).includes(sambaAccount.password));
        return true;
      });
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  }
});
