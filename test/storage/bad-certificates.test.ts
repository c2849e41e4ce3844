import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { afterEach, describe, it } from "node:test";
import { createServer, type TlsOptions } from "node:tls";

import { isAppError } from "../../src/base/errors.ts";
import { createHostPolicy } from "../../src/storage/host-policy.ts";
import { openStore } from "../../src/storage/open-store.ts";
import type { StoreSpec } from "../../src/storage/store-spec.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const secret = Buffer.from("canary-of-an-account-key").toString("base64");
const sound = makeTlsPair();
const expired = makeTlsPair({ days: [-30, -2] });
const early = makeTlsPair({ days: [2, 30] });
const elsewhere = makeTlsPair({ ip: "127.0.0.2" });

interface BadServer {
  readonly title: string;
  readonly pair: ReturnType<typeof makeTlsPair>;
  readonly options?: TlsOptions;
  /** Its certificate is given as an authority, so that only the fault of the title is left. */
  readonly isKnown?: boolean;
  readonly message: RegExp;
}

const old: TlsOptions = {
  minVersion: "TLSv1",
  maxVersion: "TLSv1.1",
  ciphers: "DEFAULT@SECLEVEL=0",
};
const servers: readonly BadServer[] = [
  { title: "expired", pair: expired, message: /has expired .*: renew it on the server/ },
  { title: "not valid yet", pair: early, message: /not valid yet .*: compare the clocks/ },
  { title: "for another name", pair: elsewhere, message: /another name .*: use the name/ },
  {
    title: "signed by itself",
    pair: sound,
    isKnown: false,
    message: /signed by itself .*: give the authority/,
  },
  {
    title: "sound, of a server with TLS 1.0 and 1.1 only,",
    pair: sound,
    options: old,
    message: /does not speak TLS 1\.2 or newer .*: check the address/,
  },
];

let listener: Server | undefined;
let received = 0;
afterEach(async () => {
  delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  listener?.close();
  if (listener !== undefined) await once(listener, "close");
  listener = undefined;
  received = 0;
});

/** Opens a store of that kind on a server that would take anything; its address and what came of it. */
async function openAt(kind: "s3" | "azure-blob", server: BadServer): Promise<unknown> {
  const { certPem, keyPem } = server.pair;
  const tls = createServer({ cert: certPem, key: keyPem, ...server.options }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("data", ({ length }) => {
      received += length;
      socket.destroy();
    });
  });
  tls.on("tlsClientError", () => undefined);
  listener = tls.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const authorities = server.isKnown === false ? undefined : certPem;
  const hosts = createHostPolicy([`127.0.0.1:${port}`]);
  return openStore(describeStore(kind, `https://127.0.0.1:${port}`), { hosts, authorities }).then(
    (store) => store.close(),
    (error: unknown) => error,
  );
}

function describeStore(kind: "s3" | "azure-blob", endpoint: string): StoreSpec {
  if (kind === "azure-blob") {
    const credential = { kind: "account-key", accountKey: secret } as const;
    return { kind, containerUrl: `${endpoint}/account/north`, prefix: "", credential };
  }
  const place = { endpoint, region: "us-east-1", bucket: "north", prefix: "" };
  return { kind, ...place, accessKeyId: "AKIA", secretAccessKey: secret, usesPathStyle: true };
}

describe("A38: the certificate of a store", () => {
  for (const kind of ["s3", "azure-blob"] as const)
    for (const server of servers)
      it(`that is ${server.title} is refused by name, before anything is sent (${kind})`, async () => {
        const error = await openAt(kind, server);
        assert.ok(isAppError(error, "StoreNotTrusted"), String(error));
        assert.match(error.message, server.message);
        assert.ok(!error.message.includes(secret));
        assert.equal(received, 0);
      });

  for (const kind of ["s3", "azure-blob"] as const)
    it(`is looked at although the environment tells Node not to (${kind})`, async () => {
      process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
      const error = await openAt(kind, { title: "", pair: sound, isKnown: false, message: /./ });
      assert.ok(isAppError(error, "StoreNotTrusted"), String(error));
      assert.equal(received, 0);
    });
});
