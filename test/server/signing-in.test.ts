import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { pathOf, type Answer } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { startTokenIssuer, type TokenIssuer } from "../support/token-issuer.ts";

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

async function ask(method: string, below: string, group?: string): Promise<Answer> {
  const signedIn =
    group === undefined ? {} : { authorization: `Bearer ${await issuer.issue("ann", group)}` };
  const headers = { "content-type": "application/json", ...signedIn };
  const body = method === "GET" ? {} : { body: "{}" };
  return service.call("2026-12-01").send(method, pathOf("north", below), { headers, ...body });
}

describe("the service with bearer tokens", () => {
  it("asks a stranger to sign in, without a word about what is there", async () => {
    const answer = await ask("GET", "");
    assert.equal(answer.status, 401);
    assert.equal(answer.body.error.code, "AuthenticationFailed");
    assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer /);
  });

  it("A2: does not believe the front door's headers", async () => {
    const headers = { "x-ms-client-object-id": "ann", "x-ms-client-principal-name": "ann" };
    const answer = await service.call("2026-12-01").send("GET", pathOf("north"), { headers });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="holdfast"');
  });

  it("A6: says of a token that is none what is wrong, where clients look", async () => {
    const headers = { authorization: "Bearer abc" };
    const answer = await service.call("2026-12-01").send("GET", pathOf("north"), { headers });
    assert.equal(answer.status, 401);
    assert.equal(
      answer.headers.get("www-authenticate"),
      'Bearer realm="holdfast", error="invalid_token"',
    );
  });

  it("A7: lets a role do what its line says", async () => {
    assert.equal((await ask("GET", "", "reader")).status, 404);
    const refused = await ask("PUT", "", "reader");
    assert.equal(refused.status, 403);
    assert.match(refused.body.error.message, /Administrator/);
    // Past the gate, the empty body is what is wrong.
    assert.equal((await ask("PUT", "", "administrator")).status, 400);
    const restore = "/backups/0b3a1b9e-3f0e-4f37-9a53-1f5a4e6d0c11/restore";
    assert.equal((await ask("POST", restore, "administrator")).status, 403);
    assert.notEqual((await ask("POST", restore, "recoveryofficer")).status, 403);
    assert.equal((await ask("GET", "", "stranger")).status, 403);
  });

  it("keeps tokens out of the log", () => {
    assert.match(service.readLog(), /"status":403/);
    assert.doesNotMatch(service.readLog(), /eyJ/);
  });
});
