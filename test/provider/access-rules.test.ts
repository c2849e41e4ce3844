import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Caller } from "../../src/arm/access.ts";
import { createTableAuthorizer } from "../../src/arm/authorization.ts";
import { routeKey } from "../../src/arm/contract.ts";
import { isAppError } from "../../src/base/errors.ts";
import { contracts, insightsContracts, lifeCycleContracts } from "../../src/generated/contracts.ts";
import { accessTable, roles } from "../../src/provider/requests/access-rules.ts";

const routes = new Set(
  [...contracts, ...lifeCycleContracts, ...insightsContracts].flatMap((contract) =>
    contract.routes.map(routeKey),
  ),
);
const polls = Object.keys(accessTable).filter((key) => key.endsWith("/{operationId}"));
const location =
  "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}";

function caller(kind: Caller["principal"]["kind"], ...granted: readonly string[]): Caller {
  return {
    principal: { id: "id", name: "name", kind },
    tenantId: undefined,
    isFrontDoor: kind === "arm",
    roles: new Set(granted),
  };
}

const authorizer = createTableAuthorizer(accessTable);

async function may(who: Caller, method: string, path: string): Promise<boolean> {
  try {
    await authorizer.authorize(who, { method, path, params: {} });
    return true;
  } catch (error) {
    assert.equal((error as { readonly code?: string }).code, "Forbidden");
    assert.equal(isAppError(error, "InvalidArgument"), false);
    return false;
  }
}

describe("the table of access", () => {
  it("has one line for each route of the contracts, and no other but polls", () => {
    const written = Object.keys(accessTable).filter((key) => !polls.includes(key));
    const declared = [...routes].filter((key) => !polls.includes(key));
    assert.deepEqual(written.toSorted(), declared.toSorted());
    assert.equal(polls.length, 4);
  });

  it("A46: lets an Administrator alone try out stores", async () => {
    for (const role of roles)
      assert.equal(
        await may(caller("bearer", role), "POST", `${location}/testStore`),
        role === "Administrator",
      );
  });

  it("A7: refuses what has no line, whoever asks", async () => {
    for (const kind of ["arm", "development", "bearer"] as const)
      assert.equal(await may(caller(kind, ...roles), "POST", `${location}/newAction`), false);
  });

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["GET", location, roles],
    ["HEAD", location, roles],
    ["PUT", location, ["Administrator"]],
    ["DELETE", location, ["Administrator"]],
    ["POST", `${location}/createBackup`, ["Operator", "Administrator"]],
    ["POST", `${location}/backups/{backup}/restore`, ["RecoveryOfficer"]],
  ];
  for (const [method, path, allowed] of cases) {
    it(`${method} ${path.replace(/^.*backupLocations/, "…")} is for ${allowed.join(", ")}`, async () => {
      for (const role of [...roles, "Stranger"])
        assert.equal(await may(caller("bearer", role), method, path), allowed.includes(role), role);
      assert.equal(await may(caller("bearer"), method, path), false);
      assert.equal(await may(caller("arm"), method, path), true);
    });
  }
});
