import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { contracts } from "../../src/generated/contracts.ts";
import { aPfx } from "../support/fake-identity.ts";
import { aGate } from "../support/provider-steps.ts";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  startProviderServer,
} from "../support/provider-server.ts";
import { groupPath } from "../support/provider-world.ts";

const path = `${groupPath}/backupLocations/redmond`;
const unknown = "00000000-0000-4000-8000-000000000000";
const pfx = { decryptionCertBase64: aPfx("north"), decryptionCertPassword: "right" };
const otherPfx = { ...pfx, decryptionCertBase64: aPfx("south") };
const wrongPassword = { ...pfx, decryptionCertPassword: "wrong" };

/** A body's folder for a restore, where the version wants one; `ROOT` is where restores may go. */
function targetIn(version: string): object {
  return version === "2026-12-01" ? { targetPath: "ROOT/x" } : {};
}

/** What no state of the location makes right, by the action below it. */
const wrong: Readonly<
  Record<string, readonly (readonly [version: string, body: object | undefined, status: number])[]>
> = {
  "/verify": [
    ["2026-12-01", { subset: { part: 8, of: 7 } }, 400],
    ["2026-12-01", { depth: "Content", ...wrongPassword }, 400],
  ],
  "/copy": [
    ["2026-12-01", { targetLocationName: "nowhere" }, 400],
    ["2026-12-01", { targetLocationName: "redmond" }, 400],
    ["2026-12-01", { targetLocationName: "encrypted" }, 400],
    ["2026-12-01", { targetLocationName: "copies", backupIds: [unknown] }, 404],
  ],
  "/backups/{backup}/verify": [
    ["2026-12-01", { subset: { part: 8, of: 7 } }, 400],
    ["2026-12-01", { depth: "Content" }, 400],
    ["2026-12-01", { depth: "Content", ...wrongPassword }, 400],
    ["2026-12-01", { depth: "Content", ...otherPfx }, 400],
  ],
  "/backups/{backup}/restore": [
    // It has no body that could hold a key.
    ["2016-05-01", undefined, 400],
    ...["2018-09-01", "2021-09-01", "2026-12-01"].flatMap((version) =>
      [{}, wrongPassword, otherPfx, { ...pfx, roleName: "nobody" }].map(
        (body) => [version, { ...body, ...targetIn(version) }, 400] as const,
      ),
    ),
    ["2026-12-01", { ...pfx, targetPath: "/etc" }, 400],
    ["2026-12-01", pfx, 400],
  ],
};

/** Actions that wait for nobody: they do not ask what else is under way. */
const neverBusy: ReadonlySet<string> = new Set([
  ...["/testStore", "/previewSchedule", "/previewRetention", "/backups/{backup}/pin"],
  ...["/backups/{backup}/unpin", "/alerts/{alert}/close", "/notificationRoutes/{route}/test"],
]);

interface Request {
  readonly version: string;
  readonly action: string;
  readonly body: object | undefined;
  /** Absent: right, but for the state. */
  readonly status?: number;
}

const location = "/backupLocations/{location}/";
const actions = contracts.flatMap(({ apiVersion: version, routes }) =>
  routes
    .filter(({ method, path: one }) => method === "POST" && one.includes(location))
    .map((route) => ({
      version,
      action: route.path.slice(route.path.indexOf(location) + location.length - 1),
      hasBody: route.body !== undefined,
    })),
);

const wrongRequests: readonly Request[] = [
  ...actions
    .filter(({ hasBody }) => hasBody)
    .map(({ version, action }) => ({ version, action, body: { odd: 1 }, status: 400 })),
  ...Object.entries(wrong).flatMap(([action, cases]) =>
    cases.map(([version, body, status]) => ({ version, action, body, status })),
  ),
];

function isAlwaysWrong(version: string, action: string): boolean {
  return version === "2016-05-01" && action.endsWith("/restore");
}

function rightBody(version: string, action: string): object {
  if (action === "/copy") return { targetLocationName: "copies" };
  return action.endsWith("/restore") ? { ...pfx, ...targetIn(version) } : {};
}

const rightRequests: readonly Request[] = actions
  .filter(({ version, action }) => !neverBusy.has(action) && !isAlwaysWrong(version, action))
  .map(({ version, action, hasBody }) => ({
    version,
    action,
    body: hasBody ? rightBody(version, action) : undefined,
  }));

describe("actions", () => {
  let arm: ProviderServer;
  let backup = "";

  const ask = ({ version, action, body }: Request): Promise<Exchange> => {
    const text = JSON.stringify(body ?? null).replace("ROOT", arm.world.restoreRoot);
    const sent = body === undefined ? {} : { body: JSON.parse(text) as object };
    return arm.send("POST", `${path}${action.replace("{backup}", backup)}`, { version, ...sent });
  };

  const make = async (name: string, properties: object): Promise<void> => {
    const place = `${groupPath}/backupLocations/${name}`;
    const body = aModernLocation({ store: { kind: "Local", path: `/${name}` }, ...properties });
    const ended = await arm.finish(await arm.send("PUT", place, { body }));
    assert.equal(ended.body.status, "Succeeded", ended.text);
  };

  before(async () => {
    arm = await startProviderServer();
    await make("redmond", {});
    await make("encrypted", {});
    await make("copies", { encryption: undefined });
    const ended = await arm.finish(await arm.send("POST", `${path}/createBackup`));
    backup = String(ended.body.properties.id ?? ended.body.name).replace(/.*\//, "");
  });
  after(() => arm.close());

  async function proveAll(): Promise<void> {
    for (const request of wrongRequests) {
      const answer = await ask(request);
      const title = `${JSON.stringify(request)} ${answer.text}`;
      assert.equal(answer.status, request.status, title);
      assert.equal(answer.headers.get("retry-after"), null, title);
    }
  }

  async function proveBusy(): Promise<void> {
    for (const request of rightRequests) {
      const answer = await ask(request);
      const title = `${JSON.stringify(request)} ${answer.text}`;
      assert.equal(answer.status, 409, title);
      assert.notEqual(answer.headers.get("retry-after"), null, title);
    }
  }

  it("are refused for what is wrong in the request while the location is idle", proveAll);

  it("rule 56: are refused for the same while a backup runs, and only what is right is told to wait", async () => {
    const gate = aGate();
    arm.world.engine.behavior = { backup: () => gate.opened };
    const running = await arm.send("POST", `${path}/createBackup`);
    try {
      await proveAll();
      await proveBusy();
      const elsewhere = aModernLocation({ store: { kind: "Local", path: "relative" } });
      assert.equal((await arm.send("PUT", path, { body: elsewhere })).status, 400);
    } finally {
      gate.open();
      arm.world.engine.behavior = {};
      await arm.finish(running);
    }
  });
});
