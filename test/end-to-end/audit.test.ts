import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { pathOf, type Answer } from "../support/arm-caller.ts";
import { runCli, type CliRun } from "../support/run-cli.ts";
import { startService, type Service } from "../support/service.ts";
import { startTokenIssuer, type TokenIssuer } from "../support/token-issuer.ts";

interface Listed {
  readonly event: string;
  readonly requestId: string;
  readonly method: string;
  readonly principalId?: string;
}

describe("the audit log of a running service", () => {
  let issuer: TokenIssuer;
  let service: Service;

  before(async () => {
    issuer = await startTokenIssuer();
    service = await startService({ config: { authentication: issuer.authentication } });
  });
  after(async () => {
    await service.close();
    await issuer.close();
  });

  const send = async (method: string, name: string, group: string, body = {}): Promise<Answer> => {
    const authorization = `Bearer ${await issuer.issue(`${group}-person`, group)}`;
    return service.call("2026-12-01").send(method, pathOf("north", "").replace(/[^/]+$/, name), {
      headers: { authorization, "content-type": "application/json" },
      ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
    });
  };
  const cli = async (group: string, ...words: readonly string[]): Promise<CliRun> =>
    runCli(service.folder, words, {
      environment: { HOLDFAST_URL: service.url, HOLDFAST_TOKEN: await issuer.issue("eve", group) },
    });
  const list = async (): Promise<readonly Listed[]> => {
    const run = await cli("auditor", "audit", "list", "--all", "--output", "json");
    assert.equal(run.code, 0, run.stderr);
    return JSON.parse(run.stdout) as readonly Listed[];
  };

  it("A7: shows who was denied, to the Auditor alone", async () => {
    const denied = await send("DELETE", "north", "reader");
    assert.equal(denied.status, 403);
    const mine = (await list()).filter(
      ({ requestId }) => requestId === denied.headers.get("x-ms-request-id"),
    );
    assert.deepEqual(
      mine.map(({ event, method, principalId }) => [event, method, principalId]),
      [["Denied", "DELETE", "reader-person"]],
    );
    const { code, stderr } = await cli("administrator", "audit", "list");
    assert.equal(code, 4, stderr);
    const text = await cli("auditor", "audit", "list", "--last", "1");
    assert.match(text.stdout, /Denied +eve +127\.0\.0\.1 +GET .*403 Forbidden/);
  });

  it("takes the token from a file too, and says what is wrong with one", async () => {
    const file = join(service.folder, "token");
    writeFileSync(file, `${await issuer.issue("eve", "auditor")}\n`);
    const environment = { HOLDFAST_URL: service.url };
    const run = (...words: readonly string[]): Promise<CliRun> =>
      runCli(service.folder, words, { environment });
    assert.equal((await run("audit", "verify", "--token-file", file)).code, 0);
    assert.equal((await run("audit", "verify", "--token-file", `${file}-none`)).code, 2);
    const without = await run("audit", "verify");
    assert.equal(without.code, 4);
    assert.match(without.stderr, /Authorization: Bearer/);
    writeFileSync(file, "canary secret");
    const bad = await run("audit", "verify", "--token-file", file);
    assert.equal(bad.code, 2);
    assert.doesNotMatch(bad.stderr, /canary/);
    const far = await run(
      "audit",
      "verify",
      "--url",
      "http://backup.example",
      "--token-file",
      file,
    );
    assert.equal(far.code, 2);
  });

  it("A71: has every write that was answered before a kill, and is whole after it", async () => {
    const answered: string[] = [];
    const writing = Array.from({ length: 8 }, async (_none, worker) => {
      for (let count = 0; ; count += 1) {
        const body = { location: "north", properties: {}, tags: { worker: String(worker) } };
        const answer = await send("PUT", `loc${worker}-${count}`, "administrator", body);
        answered.push(answer.headers.get("x-ms-request-id") ?? "");
        if (answered.length === 20) await service.kill();
      }
    });
    // Each ends with the broken connection.
    await Promise.allSettled(writing);
    await service.restart();
    const ended = new Set(
      (await list()).filter(({ event }) => event === "Ended").map(({ requestId }) => requestId),
    );
    assert.deepEqual(
      answered.filter((id) => !ended.has(id)),
      [],
    );
    const { code, stdout, stderr } = await cli("auditor", "audit", "verify");
    assert.equal(code, 0, stdout + stderr);
  });

  it("A78: shows who rewrote the state's file, and who went back to an older one", async () => {
    const verify = (...more: readonly string[]): Promise<CliRun> =>
      cli("auditor", "audit", "verify", ...more);
    const before = await verify();
    const key = /^key (\w+)$/m.exec(before.stdout)?.[1] ?? "";
    const head = /^head (\S+)$/m.exec(before.stdout)?.[1] ?? "";
    assert.equal((await verify("--key", key, "--noted", head)).code, 0);
    assert.equal((await verify("--key", "0".repeat(32))).code, 8);
    await service.stop();
    const database = new DatabaseSync(join(service.folder, "state", "holdfast.db"));
    const rows = (): readonly string[] =>
      database
        .prepare("select key from document where kind = 'audit' order by key")
        .all()
        .map(({ key: name }) => String(name));
    const [first = ""] = rows();
    database
      .prepare("update document set body = replace(body, '403', '200') where key = ?")
      .run(first);
    database.close();
    await service.restart();
    const changed = await verify("--output", "json");
    assert.equal(changed.code, 8);
    const { findings } = JSON.parse(changed.stdout) as { findings: readonly Listed[] };
    assert.deepEqual(findings, [
      {
        code: "AuditRecordChanged",
        sequence: 1,
        message: "Record 1 is not what was signed",
      },
    ]);
    const beyond = `${Number(head.split(":")[0]) + 1000}:${"a".repeat(64)}`;
    const cut = await verify("--noted", beyond);
    assert.equal(cut.code, 8);
    assert.match(cut.stdout, /AuditTruncated/);
  });
});
