import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { systemClock, type Clock } from "../../src/base/clock.ts";
import { isAppError } from "../../src/base/errors.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import { putChecked } from "../../src/engine/read-back.ts";
import { checkStore } from "../../src/storage/check-store.ts";
import { createHostPolicy } from "../../src/storage/host-policy.ts";
import { openStore } from "../../src/storage/open-store.ts";
import { startStrictS3, type S3Fault, type StrictS3 } from "../support/strict-s3.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const bytes = Buffer.from("content of an object");
const name = "data/00/aa";
const key = `a/holdfast/${name}`;
const slowDown = { status: 503, code: "SlowDown" };

let server: StrictS3;
let stores: ObjectStore[] = [];

beforeEach(async () => {
  server = await startStrictS3();
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  await server.close();
});

interface Changes {
  readonly of?: StrictS3;
  readonly authorities?: string;
  readonly sessionToken?: string;
}

async function open({ of = server, authorities, ...more }: Changes = {}): Promise<ObjectStore> {
  // Waiting between tries is not what is tested; limits of time are longer.
  const sleep: Clock["sleep"] = (milliseconds, signal) =>
    milliseconds < 60_000 ? Promise.resolve() : systemClock.sleep(milliseconds, signal);
  const clock = { ...systemClock, sleep };
  const hosts = createHostPolicy([of.endpoint.replace("https://", "")]);
  const store = await openStore({ ...of.settings, ...more }, { clock, hosts, authorities });
  stores = [...stores, store];
  return store;
}

/** The fault for the next requests of one kind, so many times; then all is well. */
function failNext(method: string, fault: S3Fault, times = 1, on = key): void {
  let left = times;
  server.fault = (request) => {
    if (request.method !== method || request.key !== on || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

function countOf(method: string): number {
  return server.requests.filter((one) => one.method === method && one.key === key).length;
}

describe("an S3 server that checks all and misbehaves as told", () => {
  it("takes what is signed and digested, and gives it back", async () => {
    const store = await open({ sessionToken: "canary-session" });
    await store.put(name, bytes);
    assert.deepEqual(Buffer.from(await store.get(name)), bytes);
    assert.equal((await store.get(name, { offset: 3, length: 4 })).length, 4);
    assert.deepEqual(await store.stat(name), { bytes: bytes.length });
    const names: string[] = [];
    for await (const entry of store.list("data/")) names.push(entry.name);
    assert.deepEqual(names, [name]);
    await assert.rejects(store.put(name, bytes), { code: "ObjectExists" });
    await store.remove(name);
    assert.equal(await store.stat(name), undefined);
    const tokens = new Set(server.requests.map(({ headers }) => headers["x-amz-security-token"]));
    assert.deepEqual([...tokens], ["canary-session"]);
  });

  it("A73: is tried again when it is too busy, fails, or breaks off", async () => {
    const store = await open();
    const faults = [
      slowDown,
      { status: 500, code: "InternalError" },
      { status: 400, code: "BadDigest" },
    ];
    for (const fault of faults) {
      failNext("PUT", fault, 2);
      await store.put(name, bytes);
      assert.equal(countOf("PUT"), 3, fault.code);
      await store.remove(name);
      server.requests.length = 0;
    }
    await store.put(name, bytes);
    for (const fault of [slowDown, "cut"] as const) {
      failNext("GET", fault);
      assert.deepEqual(Buffer.from(await store.get(name)), bytes);
    }
  });

  it("is named when it stays too busy", async () => {
    const store = await open();
    failNext("PUT", slowDown, Number.POSITIVE_INFINITY);
    await assert.rejects(store.put(name, bytes), {
      code: "StoreUnreachable",
      message: /too busy.*SlowDown/,
    });
    assert.ok(countOf("PUT") > 2);
  });

  it("A93: that saw another writer of the same name is asked who won", async () => {
    const store = await open();
    failNext("PUT", { status: 409, code: "ConditionalRequestConflict" });
    await store.put(name, bytes);
    failNext("PUT", { status: 409, code: "ConditionalRequestConflict" });
    await assert.rejects(store.put(name, bytes), { code: "ObjectExists" });
  });

  it("is not followed to another host", async () => {
    const other = await startStrictS3();
    try {
      const store = await open();
      for (const [status, code] of [
        [307, "TemporaryRedirect"],
        [301, "PermanentRedirect"],
      ] as const) {
        failNext("GET", { status, code, headers: { location: `${other.endpoint}/north/${key}` } });
        await assert.rejects(store.get(name), {
          code: "StoreUnsupported",
          message: /not followed/,
        });
      }
      assert.deepEqual(other.requests, []);
    } finally {
      await other.close();
    }
  });

  it("A44: with another time is named, with both times", async () => {
    server.skewMilliseconds = 20 * 60_000;
    await assert.rejects(open(), { code: "ClockMismatch" });
    server.skewMilliseconds = 10 * 365 * 24 * 60 * 60_000;
    const years = new Date().getUTCFullYear() + 9;
    await assert.rejects(open(), (error) => {
      assert.ok(isAppError(error, "ClockMismatch"), String(error));
      assert.match(error.message, new RegExp(`store's clock shows (?:${years}|${years + 1})-`));
      return true;
    });
    server.skewMilliseconds = 60_000;
    const { clockSkewMilliseconds = 0 } = await (await open()).probe();
    assert.ok(Math.abs(clockSkewMilliseconds - 60_000) < 5000, `${clockSkewMilliseconds}`);
  });

  it("that replaces what exists is refused before anything of ours is in it", async () => {
    server.fault = () => "replace";
    await assert.rejects(open(), { code: "StoreUnsupported", message: /If-None-Match/ });
    assert.deepEqual([...server.objects.keys()], ["a/holdfast/.publish-test"]);
  });

  it("A93: that keeps other bytes than it got is found out", async () => {
    const store = await open();
    failNext("PUT", "damage");
    await assert.rejects(putChecked(store, name, bytes), { code: "StoreTampered" });
  });

  it("A92: that locks objects lets nothing be removed, and says so", async () => {
    const store = await open();
    await store.put(name, bytes);
    server.fault = ({ method }) =>
      method === "DELETE" ? { status: 403, code: "AccessDenied" } : undefined;
    await assert.rejects(store.remove(name), { code: "StoreReadOnly", message: /object lock/ });
    assert.equal((await store.probe()).canRemove, false);
    assert.ok(server.objects.has(key));
  });

  for (const fault of [
    { status: 403, code: "AccessDenied" },
    { status: 400, code: "InvalidRequest" },
  ])
    it(`A92: that locks all that is fresh is taken, with a warning (${fault.code})`, async () => {
      server.fault = ({ method }) => (method === "DELETE" ? fault : undefined);
      const { isUsable, steps } = await checkStore(() => open());
      assert.equal(isUsable, true);
      const removal = steps.find(({ name: step }) => step === "delete");
      assert.equal(removal?.status, "Warning");
      assert.match(removal.message, /object lock/);
    });

  it("that refuses the credentials is asked once", async () => {
    const store = await open();
    const cases = [
      ["ExpiredToken", 400, "StoreAccountProblem"],
      ["InvalidAccessKeyId", 403, "StoreAuthRefused"],
      ["QuotaExceeded", 403, "StoreFull"],
    ] as const;
    for (const [code, status, expected] of cases) {
      server.requests.length = 0;
      failNext("PUT", { status, code }, Number.POSITIVE_INFINITY);
      await assert.rejects(store.put(name, bytes), (error) => {
        assert.ok(isAppError(error, expected), String(error));
        assert.doesNotMatch(JSON.stringify(error) + error.message, /canary/);
        return true;
      });
      assert.equal(countOf("PUT"), 1);
    }
  });
});

describe("an S3 server with a certificate of a private authority", () => {
  it("is trusted by the file of authorities only", async () => {
    const pair = makeTlsPair();
    const secure = await startStrictS3(pair);
    try {
      await assert.rejects(open({ of: secure }), {
        code: "StoreNotTrusted",
        message: /signed by itself/,
      });
      const other = makeTlsPair().certPem;
      await assert.rejects(open({ of: secure, authorities: other }), { code: "StoreNotTrusted" });
      const store = await open({ of: secure, authorities: pair.certPem });
      await store.put(name, bytes);
      assert.equal((await store.probe()).encryptedInFlight, true);
    } finally {
      await secure.close();
    }
  });
});
