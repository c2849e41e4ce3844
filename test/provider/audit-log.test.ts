import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Authenticator } from "../../src/arm/access.ts";
import { createTableAuthorizer } from "../../src/arm/authorization.ts";
import { armError } from "../../src/arm/errors.ts";
import type { AuditFacts } from "../../src/arm/audit.ts";
import { AppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { AuditRecord } from "../../src/identity/audit-chain.ts";
import { createAuditChecker } from "../../src/identity/audit-check.ts";
import { accessTable } from "../../src/provider/requests/access-rules.ts";
import { openAuditLog, type KeptAuditLog } from "../../src/provider/audit/audit-log.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import type { StateStore } from "../../src/state/state-store.ts";
import { contracts } from "../../src/generated/contracts.ts";
import { createContractValidator } from "../support/contract-validator.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";
import { fakeIdentity } from "../support/fake-identity.ts";
import {
  aModernLocation,
  startProviderServer,
  type ProviderServer,
} from "../support/provider-server.ts";
import { locationPath, type Json } from "../support/provider-world.ts";

const logPath = "/providers/Microsoft.Backup.Admin/auditLogs/default";

/** Whoever names themselves in a header, with roles; nobody without. */
const byHeader: Authenticator = {
  authenticate: ({ headers }) => {
    const roles = headers["x-roles"];
    if (typeof roles !== "string")
      return Promise.reject(armError("AuthenticationFailed", "Sign in first"));
    return Promise.resolve({
      principal: { id: "ann-id", name: "Ann", kind: "bearer" },
      tenantId: "tenant",
      isFrontDoor: false,
      roles: new Set(roles.split(",")),
    });
  },
};

function partsOf(store: StateStore, clock: FakeClock): Parameters<typeof openAuditLog>[0] {
  return {
    ...{ store, clock, logger: silentLogger, sealer: fakeIdentity },
    limits: { retentionDays: 30, maximumRecords: 1000 },
  };
}

async function readAll(store: StateStore): Promise<readonly AuditRecord[]> {
  const found = await store.list<AuditRecord>("audit", {});
  return found.map(({ value }) => value);
}

describe("the audit log of requests", () => {
  let server: ProviderServer;
  let log: KeptAuditLog;
  let isBroken = false;

  before(async () => {
    // The log is opened on the server's own store, which is there only after the server.
    const settings: Json = {};
    server = await startProviderServer({
      authenticator: byHeader,
      authorizer: createTableAuthorizer(accessTable),
      audit: settings,
    });
    log = await openAuditLog(partsOf(server.world.store, server.world.clock));
    Object.assign(settings, log.settings, {
      log: {
        ...log.settings.log,
        append: (facts: AuditFacts) =>
          isBroken
            ? Promise.reject(new AppError("StateUnavailable", "The disk is full"))
            : log.settings.log.append(facts),
      },
    });
  });
  after(() => server.close());

  const send = (method: string, path: string, roles: string | undefined, body?: Json) =>
    server.send(method, path, {
      ...(body === undefined ? {} : { body }),
      headers: {
        "x-ms-correlation-request-id": `of ${method}`,
        ...(roles === undefined ? {} : { "x-roles": roles }),
      },
    });
  const newest = async (count: number): Promise<readonly Json[]> =>
    (await readAll(server.world.store)).slice(-count);

  it("A7: keeps a write before and after it is done: who, what, from where, with what result", async () => {
    const answer = await send("PUT", locationPath, "Administrator", aModernLocation());
    assert.equal(answer.status, 201, answer.text);
    const [started, ended] = await newest(2);
    const operationId = /operationStatuses\/([^?]+)/.exec(
      answer.headers.get("azure-asyncoperation") ?? "",
    )?.[1];
    const exchange = {
      requestId: answer.headers.get("x-ms-request-id"),
      correlationId: "of PUT",
      address: "127.0.0.1",
      principalId: "ann-id",
      principalName: "Ann",
      principalKind: "bearer",
      tenantId: "tenant",
      method: "PUT",
      resource: locationPath,
      apiVersion: "2026-12-01",
    };
    assert.deepEqual({ ...started, ...exchange, event: "Started" }, started);
    assert.match(started?.content, /"path":"\/backup"/);
    assert.deepEqual({ ...ended, ...exchange, event: "Ended", status: 201, operationId }, ended);
    await server.finish(answer);
  });

  it("A7: keeps a denial of each verb, and what the Reader asked for is not done", async () => {
    const before = (await readAll(server.world.store)).length;
    for (const [method, below] of [
      ["PUT", ""],
      ["POST", "/createBackup"],
      ["POST", "/pruneExternalStore"],
      ["DELETE", ""],
    ] as const) {
      const answer = await send(method, `${locationPath}${below}`, "Reader", {});
      assert.equal(answer.status, 403);
      const [denied] = await newest(1);
      assert.equal(denied?.event, "Denied");
      assert.equal(denied?.method, method);
      assert.equal(denied?.resource, `${locationPath}${below}`);
      assert.equal(denied?.errorCode, "Forbidden");
    }
    assert.equal((await readAll(server.world.store)).length, before + 4);
  });

  it("keeps a stranger's denial, and no read", async () => {
    assert.equal((await send("GET", locationPath, undefined)).status, 401);
    const [denied] = await newest(1);
    assert.equal(denied?.event, "Denied");
    assert.equal(denied?.principalId, undefined);
    const count = (await readAll(server.world.store)).length;
    assert.equal((await send("GET", locationPath, "Reader")).status, 200);
    assert.equal((await readAll(server.world.store)).length, count);
  });

  it("keeps a refused write without its body", async () => {
    const secret = "canary-in-a-wrong-place";
    const answer = await send("PUT", locationPath, "Administrator", {
      ...aModernLocation(),
      properties: { passwrd: secret },
    });
    assert.equal(answer.status, 400);
    const [refused] = await newest(1);
    assert.equal(refused?.event, "Refused");
    assert.equal(refused?.status, 400);
    assert.doesNotMatch(JSON.stringify(await readAll(server.world.store)), /canary/);
  });

  it("A23: knows equal secrets from different ones, and nothing else of them", async () => {
    const put = async (
      secretAccessKey: string,
      endpoint = "https://s3.example",
    ): Promise<string> => {
      const store = { kind: "S3", endpoint, bucket: "abc", accessKeyId: "k", secretAccessKey };
      await send("PUT", `${locationPath}-s3`, "Administrator", aModernLocation({ store }));
      const started = (await newest(2)).find(({ event }) => event === "Started");
      return JSON.parse(started?.content).properties.store;
    };
    const one: Json = await put("canary-secret-1");
    const same: Json = await put("canary-secret-1");
    const other: Json = await put("canary-secret-2", "https://user:canary@s3.example/?sig=canary");
    assert.match(one.secretAccessKey, /^hash:[0-9a-f]{64}$/);
    assert.equal(one.secretAccessKey, same.secretAccessKey);
    assert.notEqual(one.secretAccessKey, other.secretAccessKey);
    assert.equal(one.endpoint, "https://s3.example");
    assert.match(other.endpoint, /^hash:/);
    assert.doesNotMatch(JSON.stringify(await readAll(server.world.store)), /canary/);
  });

  it("lets nothing be done that cannot be kept, and says nothing is broken after it was", async () => {
    const { store } = server.world;
    const before = await store.list("location", {});
    isBroken = true;
    const answer = await send("DELETE", locationPath, "Administrator");
    isBroken = false;
    assert.equal(answer.status, 503);
    assert.equal(answer.body.error.code, "ServiceUnavailable");
    assert.deepEqual(await store.list("location", {}), before);
  });

  it("is for Auditors, page by page, and proves itself", async () => {
    for (const roles of ["Reader", "Operator", "Administrator", "RecoveryOfficer"])
      assert.equal((await send("GET", `${logPath}/records`, roles)).status, 403, roles);
    const head = await send("GET", logPath, "Auditor");
    const { lastSequence, lastHash } = head.body.properties;
    const contract = contracts.at(-1) ?? assert.fail();
    const { validate } = createContractValidator(contract);
    assert.deepEqual(validate("AuditLog", head.body), []);
    const checker = createAuditChecker(log.publicKey);
    const seen: AuditRecord[] = [];
    let next: string | null = `${logPath}/records?$top=3`;
    while (next !== null && seen.length < lastSequence) {
      const page = await send("GET", next, "Auditor");
      assert.equal(page.status, 200, page.text);
      assert.deepEqual(validate("AuditRecordList", page.body), []);
      seen.push(...page.body.value);
      next = page.body.nextLink;
    }
    const kept = seen.slice(0, lastSequence);
    assert.deepEqual(
      kept.flatMap((record) => checker.add(record)),
      [],
    );
    assert.deepEqual(checker.end({ sequence: lastSequence, hash: lastHash }), []);
    const second = await send("GET", `${logPath}/records?$skip=1&$top=1`, "Auditor");
    assert.equal(second.body.value[0].sequence, 2);
    const forged = await send("GET", `${logPath}/records?$skipToken=AAAA`, "Auditor");
    assert.equal(forged.status, 400);
  });
});

const facts: AuditFacts = {
  event: "Ended",
  requestId: "r",
  correlationId: "c",
  method: "PUT",
  status: 200,
};

async function withLog(
  use: (log: KeptAuditLog, store: StateStore, clock: FakeClock) => Promise<void>,
): Promise<void> {
  const clock = createFakeClock(Date.parse("2026-03-02T12:00:00Z"));
  const store = await openSqliteStore({ file: ":memory:", clock });
  try {
    await use(await openAuditLog(partsOf(store, clock)), store, clock);
  } finally {
    await store.close();
  }
}

async function findFaults(log: KeptAuditLog, store: StateStore): Promise<readonly string[]> {
  const checker = createAuditChecker(log.publicKey);
  const head = (await store.get<Json>("setting", "audit-head"))?.value;
  const records = await readAll(store);
  return [...records.flatMap((record) => checker.add(record)), ...checker.end(head)].map(
    ({ code }) => code,
  );
}

describe("the audit log in the state", () => {
  it("is one chain, whoever writes at the same time, and goes on after a restart", () =>
    withLog(async (log, store, clock) => {
      const other = await openAuditLog(partsOf(store, clock));
      assert.equal(other.publicKey, log.publicKey);
      await Promise.all(
        Array.from({ length: 250 }, (_none, index) =>
          (index % 2 === 0 ? log : other).settings.log.append(facts),
        ),
      );
      assert.equal((await readAll(store)).length, 250);
      assert.deepEqual(await findFaults(log, store), []);
    }));

  it("shows rows that were flipped, deleted, inserted, moved or cut off", () =>
    withLog(async (log, store) => {
      for (let count = 0; count < 6; count += 1) await log.settings.log.append(facts);
      const rows = await store.list<Json>("audit", {});
      const [one, two, three] = rows;
      assert.ok(one && two && three);
      const put = (key: string, value: unknown) =>
        ({ op: "put", kind: "audit", key, value }) as const;
      const drop = (key: string) => ({ op: "delete", kind: "audit", key }) as const;
      const last = rows.at(-1)?.key ?? "";
      const tampers = {
        AuditRecordChanged: [put(two.key, { ...two.value, status: 403 })],
        AuditRecordMissing: [drop(two.key)],
        AuditOrderBroken: [put(two.key, three.value), put(three.key, two.value)],
        AuditSignatureInvalid: [put(two.key, { ...two.value, signature: "AAAA" })],
        AuditTruncated: [drop(last)],
        AuditStartMissing: [drop(one.key)],
      };
      for (const [code, writes] of Object.entries(tampers)) {
        await store.commit(writes);
        const found = await findFaults(log, store);
        assert.ok(found.includes(code), `${code}: ${found.join()}`);
        await store.commit(rows.map(({ key, value }) => put(key, value)));
        assert.deepEqual(await findFaults(log, store), []);
      }
      const inserted = put(`${two.key}x`, two.value);
      await store.commit([inserted]);
      assert.deepEqual(await findFaults(log, store), ["AuditOrderBroken"]);
    }));

  it("keeps records for their time and says where it begins then", () =>
    withLog(async (log, store, clock) => {
      for (let count = 0; count < 250; count += 1) await log.settings.log.append(facts);
      await clock.advance(20 * 86_400_000);
      await log.settings.log.append(facts);
      await log.upkeep();
      assert.equal((await readAll(store)).length, 251);
      await clock.advance(12 * 86_400_000);
      await log.upkeep();
      const left = await readAll(store);
      assert.equal(left[0]?.sequence, 251);
      assert.equal(left.at(-1)?.["event"], "Trimmed");
      assert.deepEqual(await findFaults(log, store), []);
    }));

  it("keeps no more records than allowed", () =>
    withLog(async (log, store) => {
      await Promise.all(Array.from({ length: 1100 }, () => log.settings.log.append(facts)));
      await log.upkeep();
      const left = (await readAll(store)).length;
      assert.ok(left <= 1010 && left >= 990, String(left));
      assert.deepEqual(await findFaults(log, store), []);
    }));

  it("counts a flood of denials, and strangers leave room for those who signed in", () =>
    withLog(async (log, store) => {
      const denied: AuditFacts = { ...facts, event: "Denied", status: 401 };
      for (let count = 0; count < 500; count += 1) await log.settings.log.appendDenial(denied);
      assert.equal((await readAll(store)).length, 30);
      await log.settings.log.appendDenial({ ...denied, principalId: "ann" });
      assert.equal((await readAll(store)).at(-1)?.["principalId"], "ann");
      await log.upkeep();
      const counted = (await readAll(store)).at(-1);
      assert.equal(counted?.["event"], "DeniedAgain");
      assert.equal(counted?.["repeated"], 470);
      assert.deepEqual(await findFaults(log, store), []);
    }));
});
