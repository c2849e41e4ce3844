import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAppError } from "../../src/base/errors.ts";
import { parseConfig, type Config } from "../../src/config.ts";

const usual = { stateDirectory: "state", restoreRoot: "restored", deployment: { region: "north" } };
const tls = { certificateFile: "server.pem", keyFile: "server.key" };
const bearer = {
  issuer: "https://login.example/tenant",
  audience: "https://backup.example",
  roles: { Operator: ["backup-operators"] },
};
const arm = { metadataUrl: "https://arm.example/metadata/authentication?api-version=2015-01-01" };

function read(authentication: object, more: object = {}): Config["authentication"] {
  return parseConfig({ ...usual, authentication, ...more }, "/etc/holdfast").authentication;
}

describe("rule 253: the ways to sign in", () => {
  it("are nobody's by default", () => {
    assert.deepEqual(parseConfig(usual, "/").authentication, { mode: "none" });
  });

  it("read tokens and certificates as written", () => {
    const modes = [
      read({ mode: "bearer", bearer }),
      read({ mode: "arm", arm: { ...arm, refererHosts: ["portal.example"] } }, { tls }),
    ];
    assert.deepEqual(modes, [
      { mode: "bearer", bearer: { ...bearer, rolesClaim: "roles" } },
      { mode: "arm", arm: { ...arm, refererHosts: ["portal.example"] } },
    ]);
  });

  const everywhere = { listen: { host: "0.0.0.0" } };
  const refusals: readonly (readonly [string, string, object, object?])[] = [
    ["development beyond this machine", "authentication.mode", { mode: "development" }, everywhere],
    ["tokens in the clear", "tls", { mode: "bearer", bearer }, everywhere],
    ["the front door without HTTPS", "tls", { mode: "arm", arm }],
    ["an unknown mode", "authentication.mode", { mode: "basic" }],
    [
      "an issuer on plain HTTP",
      "authentication.bearer.issuer",
      { mode: "bearer", bearer: { ...bearer, issuer: "http://login.example" } },
    ],
    [
      "an unknown role",
      "authentication.bearer.roles.Owner",
      { mode: "bearer", bearer: { ...bearer, roles: { Owner: ["all"] } } },
    ],
    [
      "roles that are no list",
      "authentication.bearer.roles.Reader",
      { mode: "bearer", bearer: { ...bearer, roles: { Reader: "all" } } },
    ],
  ];
  for (const [title, target, authentication, more] of refusals) {
    it(`refuse ${title}`, () => {
      assert.throws(
        () => read(authentication, more),
        (error) => isAppError(error, "InvalidConfiguration") && error.target === target,
      );
    });
  }
});
