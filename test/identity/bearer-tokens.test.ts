import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type GenerateKeyPairResult,
  type JWTPayload,
} from "jose";
import { createTokenVerifier, type TokenVerdict } from "../../src/identity/bearer-tokens.ts";

let server: Server;
let issuer: string;
let keys: GenerateKeyPairResult;
let isBroken = false;
const audience = "https://backup.example";

before(async () => {
  keys = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "1", alg: "ES256" };
  server = createServer((request, response) => {
    if (isBroken) response.statusCode = 500;
    const isKeys = request.url === "/keys";
    response.end(JSON.stringify(isKeys ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));

interface Wishes {
  readonly claims?: JWTPayload;
  readonly issuer?: string;
  readonly audience?: string;
  readonly lifetime?: number;
  readonly key?: GenerateKeyPairResult["privateKey"];
}

async function aToken(wishes: Wishes = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: "sub", groups: ["backup-operators"], ...wishes.claims })
    .setProtectedHeader({ alg: "ES256", kid: "1" })
    .setIssuer(wishes.issuer ?? issuer)
    .setAudience(wishes.audience ?? audience)
    .setExpirationTime(now + (wishes.lifetime ?? 600))
    .sign(wishes.key ?? keys.privateKey);
}

const newVerifier = (trusted = issuer) =>
  createTokenVerifier({
    issuer: trusted,
    audience,
    rolesClaim: "groups",
    roles: { Operator: ["backup-operators"], Reader: ["everyone"] },
  });

async function verify(token: string): Promise<TokenVerdict> {
  return newVerifier().verify(token);
}

describe("the verifier of bearer tokens", () => {
  it("maps claims to roles and names the caller", async () => {
    const token = await aToken({ claims: { oid: "the-id", upn: "ann@example", tid: "tenant" } });
    const { identity } = await verify(token);
    assert.deepEqual(identity, {
      id: "the-id",
      name: "ann@example",
      tenantId: "tenant",
      roles: new Set(["Operator"]),
    });
  });

  it("gives no role for a claim it does not know", async () => {
    const { identity } = await verify(await aToken({ claims: { groups: "strangers" } }));
    assert.deepEqual(identity?.roles, new Set());
  });

  it("A6: says that an old token has expired", async () => {
    assert.deepEqual(await verify(await aToken({ lifetime: -300 })), {
      identity: undefined,
      fault: "expired",
    });
  });

  it("A6: refuses foreign issuers, audiences, keys and unsigned tokens", async () => {
    const foreign = await generateKeyPair("ES256");
    const unsigned = new UnsecuredJWT({ sub: "sub", groups: ["backup-operators"] })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime("1h")
      .encode();
    const tokens = [
      await aToken({ issuer: "https://elsewhere.example" }),
      await aToken({ audience: "https://elsewhere.example" }),
      await aToken({ key: foreign.privateKey }),
      unsigned,
      "no token",
      "x".repeat(20_000),
    ];
    for (const token of tokens)
      assert.deepEqual(await verify(token), { identity: undefined, fault: "invalid" }, token);
  });

  it("tells an issuer that cannot be asked from a bad token, and tries again", async () => {
    const verifier = newVerifier();
    const token = await aToken();
    isBroken = true;
    assert.deepEqual(await verifier.verify(token), { identity: undefined, fault: "unavailable" });
    isBroken = false;
    assert.notEqual((await verifier.verify(token)).identity, undefined);
  });

  it("does not let one issuer speak for another", async () => {
    const trusted = issuer.replace("127.0.0.1", "localhost");
    const verdict = await newVerifier(trusted).verify(await aToken({ issuer: trusted }));
    assert.deepEqual(verdict, { identity: undefined, fault: "unavailable" });
  });
});
