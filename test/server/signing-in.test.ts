import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { pathOf, type Answer } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";

const audience = "https://backup.example";
const keys = await generateKeyPair("ES256");
const jwk = { ...(await exportJWK(keys.publicKey)), kid: "1", alg: "ES256" };
const issuer = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
let issuerUrl: string;
let service: Service;

before(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  const roles = { Reader: ["readers"], Administrator: ["admins"], RecoveryOfficer: ["officers"] };
  const bearer = {
    issuer: issuerUrl,
    audience,
    jwksUrl: `${issuerUrl}/keys`,
    rolesClaim: "groups",
  };
  service = await startService({
    config: { authentication: { mode: "bearer", bearer: { ...bearer, roles } } },
  });
});
after(async () => {
  await service.close();
  await new Promise((resolve) => issuer.close(resolve).closeAllConnections());
});

async function ask(method: string, below: string, group?: string): Promise<Answer> {
  const token = await new SignJWT({ sub: "ann", groups: [group] })
    .setProtectedHeader({ alg: "ES256", kid: "1" })
    .setIssuer(issuerUrl)
    .setAudience(audience)
    .setExpirationTime("5m")
    .sign(keys.privateKey);
  const signedIn = group === undefined ? {} : { authorization: `Bearer ${token}` };
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

  it("does not believe the front door's headers", async () => {
    const headers = { "x-ms-client-object-id": "ann", "x-ms-client-principal-name": "ann" };
    const answer = await service.call("2026-12-01").send("GET", pathOf("north"), { headers });
    assert.equal(answer.status, 401);
  });

  it("lets a role do what its line says", async () => {
    assert.equal((await ask("GET", "", "readers")).status, 404);
    const refused = await ask("PUT", "", "readers");
    assert.equal(refused.status, 403);
    assert.match(refused.body.error.message, /Administrator/);
    // Past the gate, the empty body is what is wrong.
    assert.equal((await ask("PUT", "", "admins")).status, 400);
    const restore = "/backups/0b3a1b9e-3f0e-4f37-9a53-1f5a4e6d0c11/restore";
    assert.equal((await ask("POST", restore, "admins")).status, 403);
    assert.notEqual((await ask("POST", restore, "officers")).status, 403);
    assert.equal((await ask("GET", "", "strangers")).status, 403);
  });

  it("keeps tokens out of the log", () => {
    assert.match(service.readLog(), /"status":403/);
    assert.doesNotMatch(service.readLog(), /eyJ/);
  });
});
