import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:http";
import { request as requestHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Caller } from "../../src/arm/access.ts";
import { silentLogger } from "../../src/base/log.ts";
import {
  trackFrontDoorCertificates,
  type FrontDoorCertificates,
} from "../../src/identity/front-door-certificates.ts";
import { createFrontDoorAuthenticator } from "../../src/server/authenticators.ts";
import { startServer, type RunningServer } from "../../src/server/server.ts";
import { systemClock, type Clock } from "../../src/base/clock.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const hour = 3_600_000;
const [server1, arm1, arm2, stranger] = [
  makeTlsPair(),
  makeTlsPair(),
  makeTlsPair(),
  makeTlsPair(),
];

/** What the metadata endpoint answers now, and a promise for each time it was asked. */
let answer: { readonly status: number; readonly body: unknown };
/** How often somebody has followed it elsewhere, where a stranger is in the list. */
let leadAstray = 0;
let metadata: Server;
let metadataUrl: string;
let clock: ReturnType<typeof makeClock>;
let certificates: FrontDoorCertificates;
let running: RunningServer;
let seen: Caller | undefined;

/** Sleeps end when the test says so; `waits` resolves as soon as somebody sleeps again. */
function makeClock() {
  let offset = 0;
  let wake: (() => void) | undefined;
  let asleep = Promise.withResolvers<number>();
  const it: Clock = {
    now: () => Date.now() + offset,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        wake = resolve;
        asleep.resolve(milliseconds);
      }),
  };
  return {
    clock: it,
    waits: () => asleep.promise,
    /** Time passes until the sleeper wakes, works, and sleeps again; how long it means to. */
    pass(milliseconds: number): Promise<number> {
      offset += milliseconds;
      asleep = Promise.withResolvers<number>();
      wake?.();
      return asleep.promise;
    },
  };
}

type Pair = ReturnType<typeof makeTlsPair>;

function listOf(...pairs: readonly Pair[]): typeof answer {
  return listFrom(-hour, pairs);
}

/** Good from so many milliseconds from now on. */
function listFrom(since: number, pairs: readonly Pair[]): typeof answer {
  const clientCertificates = pairs.map(({ certPem }) => {
    const { raw, fingerprint } = new X509Certificate(certPem);
    const [notBefore, notAfter] = [Date.now() + since, Date.now() + 100 * hour];
    return {
      thumbprint: fingerprint.replaceAll(":", ""),
      certificate: raw.toString("base64"),
      notBefore: new Date(notBefore).toISOString(),
      notAfter: new Date(notAfter).toISOString(),
    };
  });
  return { status: 200, body: { clientCertificates } };
}

before(async () => {
  metadata = createServer((request, response) => {
    if (request.url === "/elsewhere") {
      leadAstray += 1;
      return void response.end(JSON.stringify(listOf(stranger).body));
    }
    response.statusCode = answer.status;
    if (answer.status === 302) response.setHeader("Location", "/elsewhere");
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => metadata.listen(0, "127.0.0.1", resolve));
  metadataUrl = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}/metadata/authentication?api-version=2015-01-01`;
  clock = makeClock();
  answer = listOf(arm1);
  certificates = trackFrontDoorCertificates({
    metadataUrl,
    clock: clock.clock,
    logger: silentLogger,
  });
  await clock.waits();
  const authenticator = createFrontDoorAuthenticator(certificates);
  running = await startServer({
    host: "127.0.0.1",
    port: 0,
    tls: { ...server1, asksForClientCertificate: true },
    healthChecks: [],
    clock: systemClock,
    logger: silentLogger,
    armHandler: async (request, response) => {
      try {
        seen = await authenticator.authenticate(request);
        response.end();
      } catch (error) {
        response.statusCode = (error as { readonly status: number }).status;
        response.end();
      }
    },
  });
});
after(async () => {
  certificates.stop();
  await running.close();
  await new Promise((resolve) => metadata.close(resolve).closeAllConnections());
});

function ask(pair: Pair | undefined, headers: Readonly<Record<string, string>> = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; server: string }>();
  const shown = pair === undefined ? {} : { cert: pair.certPem, key: pair.keyPem };
  const request = requestHttps(
    running.url,
    { ...shown, headers, agent: false, rejectUnauthorized: false },
    (response) => {
      const { socket } = response as unknown as {
        readonly socket: { getPeerX509Certificate(): X509Certificate };
      };
      const server = socket.getPeerX509Certificate().fingerprint256;
      response.resume().once("end", () => resolve({ status: response.statusCode ?? 0, server }));
    },
  );
  request.once("error", reject).end();
  return promise;
}

const statusOf = async (pair: Pair | undefined): Promise<number> => (await ask(pair)).status;

describe("the front door's certificates", () => {
  it("rule 245, 246, 250, A3: none is 401, one that only looks alike is 403", async () => {
    assert.equal(await statusOf(undefined), 401);
    // The same subject, issuer and serial number, another key.
    assert.equal(await statusOf(stranger), 403);
    assert.equal(await statusOf(arm1), 200);
  });

  it("A2: believes what the front door says of its user, and only then", async () => {
    const headers = {
      "x-ms-client-object-id": "ann",
      "x-ms-client-principal-name": "ann@example",
      "x-ms-client-tenant-id": "tenant",
    };
    await ask(arm1, headers);
    const principal = { id: "ann", name: "ann@example", kind: "arm" };
    assert.deepEqual(seen, { principal, tenantId: "tenant", isFrontDoor: true });
    seen = undefined;
    await ask(stranger, headers);
    assert.equal(seen, undefined);
  });

  it("rule 247: both are taken while they roll over, then the new one alone", async () => {
    answer = listOf(arm1, arm2);
    assert.equal(await clock.pass(hour), hour);
    assert.deepEqual([await statusOf(arm1), await statusOf(arm2)], [200, 200]);
    answer = listOf(arm2);
    await clock.pass(hour);
    assert.deepEqual([await statusOf(arm1), await statusOf(arm2)], [403, 200]);
  });

  it("rule 248, 251, A4, A5: keeps the last good list while the endpoint fails, asks sooner, and recovers", async () => {
    const failures = [
      { status: 500, body: {} },
      { status: 200, body: { clientCertificates: [] } },
      { status: 200, body: { clientCertificates: [{ certificate: "AAAA" }] } },
      { status: 302, body: {} },
    ];
    for (const failure of failures) {
      answer = failure;
      assert.equal(await clock.pass(60_000), 60_000);
      assert.equal(await statusOf(arm2), 200);
      assert.equal(await statusOf(stranger), 403);
    }
    assert.equal(leadAstray, 0);
    answer = listOf(arm1);
    assert.equal(await clock.pass(60_000), hour);
    assert.equal(await statusOf(arm1), 200);
  });

  it("rule 249, A4: is not ready when the list is older than a day", async () => {
    await certificates.check();
    answer = { status: 500, body: {} };
    await clock.pass(25 * hour);
    await assert.rejects(certificates.check(), /No certificates of the front door since 20/);
  });

  it("A4: takes no certificate before its time", async () => {
    answer = listFrom(30 * hour, [arm2]);
    await clock.pass(hour);
    assert.equal(await statusOf(arm2), 403);
    await clock.pass(31 * hour);
    assert.equal(await statusOf(arm2), 200);
  });

  it("A4: forgets a certificate when its time is over", async () => {
    answer = listOf(arm1);
    await clock.pass(hour);
    await clock.pass(120 * hour);
    assert.equal(await statusOf(arm1), 403);
  });
});

describe("the server's own certificate", () => {
  it("is replaced without a restart; one that does not fit its key is refused and changes nothing", async () => {
    const { server: before } = await ask(undefined);
    const next = makeTlsPair();
    running.replaceCertificate(next);
    const { server: afterwards } = await ask(undefined);
    assert.notEqual(afterwards, before);
    assert.equal(afterwards, new X509Certificate(next.certPem).fingerprint256);
    assert.throws(
      () => running.replaceCertificate({ certPem: server1.certPem, keyPem: next.keyPem }),
      { code: "InvalidConfiguration" },
    );
    assert.equal((await ask(undefined)).server, afterwards);
  });
});
