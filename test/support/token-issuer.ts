import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** An issuer of tokens on loopback, with the settings that make a service believe it. */
export interface TokenIssuer {
  /** `authentication` of the configuration; each role has a group of its name in lower case. */
  readonly authentication: object;
  /** A token of somebody in these groups. */
  issue(name: string, ...groups: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const audience = "https://backup.example";

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const keys = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "1", alg: "ES256" };
  const server = createServer((_request, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const names = ["Reader", "Operator", "Administrator", "RecoveryOfficer", "Auditor"];
  const roles = Object.fromEntries(names.map((name) => [name, [name.toLowerCase()]]));
  const bearer = { issuer, audience, jwksUrl: `${issuer}/keys`, rolesClaim: "groups", roles };
  return {
    authentication: { mode: "bearer", bearer },
    issue: (name, ...groups) =>
      new SignJWT({ sub: name, groups })
        .setProtectedHeader({ alg: "ES256", kid: "1" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime("30m")
        .sign(keys.privateKey),
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
