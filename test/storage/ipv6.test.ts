import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

import { readStoreSpec } from "../../src/cli/store-url.ts";
import { openHostPolicy } from "../../src/storage/host-policy.ts";
import { openStore } from "../../src/storage/open-store.ts";
import { parseBackupPath } from "../../src/storage/path.ts";
import { someBytes } from "../contracts/object-store.ts";
import { sambaAccount, startSamba } from "../support/samba.ts";
import { startSshd } from "../support/sshd.ts";
import { startStrictS3 } from "../support/strict-s3.ts";

/** A road from `[::1]` to a server of this test, which listens on 127.0.0.1. */
async function startRoad(port: number): Promise<{ port: number; stop: () => Promise<void> }> {
  const road: Server = createServer((socket) => {
    const onward = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.on("error", () => onward.destroy()).pipe(onward);
    onward.on("error", () => socket.destroy()).pipe(socket);
  });
  road.listen(0, "::1");
  await once(road, "listening");
  return {
    port: (road.address() as AddressInfo).port,
    stop: async () => {
      road.close();
      await once(road, "close");
    },
  };
}

/** Through the address as the command line takes it, and the policy that judges and looks up hosts. */
async function writeAndRead(
  address: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const spec = readStoreSpec(address, environment);
  const store = await openStore(spec, { hosts: openHostPolicy() });
  try {
    const bytes = someBytes(300_000);
    await store.put("data/ab/pack", bytes);
    assert.deepEqual(Buffer.from(await store.get("data/ab/pack")), bytes);
  } finally {
    await store.close();
  }
}

const hasAddress6 = Object.values(networkInterfaces())
  .flat()
  .some((found) => found?.address === "::1");

describe("stores on a server of IPv6", () => {
  it("are named by addresses in brackets", () => {
    const share = readStoreSpec("smb://a@[fe80::1]:445/backup/x", { HOLDFAST_PASSWORD: "p" });
    assert.ok(share.kind === "smb" && share.server === "fe80::1");
    const s3 = readStoreSpec("s3:https://[2001:db8::7]:9000/bucket", {
      HOLDFAST_S3_ACCESS_KEY_ID: "A",
      HOLDFAST_S3_SECRET_ACCESS_KEY: "b",
    });
    assert.ok(s3.kind === "s3" && s3.endpoint === "https://[2001:db8::7]:9000");
    assert.equal(parseBackupPath("\\\\[::1]\\backup").kind, "smb");
  });

  // A machine without the address has nothing to prove it with.
  if (!hasAddress6) return;

  it("keep objects on a share", async () => {
    const samba = await startSamba();
    const road = await startRoad(samba.port);
    const { domain, user, password } = sambaAccount;
    const address = `smb://${domain};${user}@[::1]:${road.port}/backup`;
    await writeAndRead(address, { HOLDFAST_PASSWORD: password });
    await samba.stop();
    await road.stop();
  });

  it("keep objects by SFTP", async () => {
    const sshd = await startSshd();
    const road = await startRoad(sshd.port);
    await mkdir(join(sshd.files, "six"));
    await writeAndRead(`sftp://${sshd.userName}@[::1]:${road.port}${sshd.files}/six`, {
      HOLDFAST_SFTP_KEY_FILE: sshd.writerKeyFile,
      HOLDFAST_SFTP_HOST_KEY: sshd.hostKey,
    });
    await sshd.dispose();
    await road.stop();
  });

  it("keep objects in a bucket", async () => {
    const strict = await startStrictS3();
    const road = await startRoad(Number(new URL(strict.endpoint).port));
    const { bucket, accessKeyId, secretAccessKey } = strict.settings;
    await writeAndRead(`s3:http://[::1]:${road.port}/${bucket}/a`, {
      HOLDFAST_S3_ACCESS_KEY_ID: accessKeyId,
      HOLDFAST_S3_SECRET_ACCESS_KEY: secretAccessKey,
    });
    await strict.close();
    await road.stop();
  });
});
