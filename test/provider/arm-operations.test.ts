import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { parseResourceId } from "../../src/arm/resource-id.ts";
import { AppError } from "../../src/base/errors.ts";
import { contracts } from "../../src/generated/contracts.ts";
import type { BackupLocation } from "../../src/provider/model.ts";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  publicBaseUrl,
  startProviderServer,
} from "../support/provider-server.ts";
import { aGate } from "../support/provider-steps.ts";
import { groupPath, type Json } from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

let arm: ProviderServer;
let path = "";
let number = 0;
before(async () => {
  arm = await startProviderServer();
});
after(() => arm.close());
beforeEach(() => {
  number += 1;
  path = `${groupPath}/backupLocations/place-${number}`;
});

function aLocation(properties: object = {}): Json {
  return aModernLocation({ store: { kind: "Local", path: `/backup-${number}` }, ...properties });
}

async function setUp(): Promise<void> {
  assert.equal(
    (await arm.finish(await arm.send("PUT", path, { body: aLocation() }))).body.status,
    "Succeeded",
  );
}

const statusUrl = (answer: Exchange): string => answer.headers.get("azure-asyncoperation") ?? "";
const resultUrl = (answer: Exchange): string => answer.headers.get("location") ?? "";

/** The engine fails what it is asked for next. */
function failNext(): void {
  const refuse = (): never => {
    throw new AppError("BackupPathNotFound", 'Folder "/x" does not exist: create it or mount it');
  };
  arm.world.engine.behavior = { probe: refuse, backup: refuse };
}

describe("starting an operation over HTTP", () => {
  it("rules 152–155, 160 and 162: every verb names two addresses of a fresh id", async () => {
    const headers = { "x-ms-correlation-request-id": "00000000-0000-4000-8000-000000000001" };
    const answers: Exchange[] = [];
    const start = async (method: string, below = "", body?: Json): Promise<void> => {
      const answer = await arm.send(method, `${path}${below}`, { headers, body });
      answers.push(answer);
      await arm.finish(answer);
    };
    await start("PUT", "", aLocation());
    await start("PATCH", "", {
      properties: { store: { kind: "Local", path: `/other-${number}` } },
    });
    await start("POST", "/createBackup");
    await start("POST", "/verify");
    await start("DELETE");
    const ids = answers.map((answer) => {
      const [location, status] = [resultUrl(answer), statusUrl(answer)];
      for (const url of [location, status]) {
        assert.ok(url.startsWith(`${publicBaseUrl}/subscriptions/`), url);
        assert.equal(new URL(url).searchParams.get("api-version"), "2026-12-01");
      }
      assert.notEqual(location, status);
      assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
      return /operationStatuses\/([0-9a-f-]{36})\?/.exec(status)?.[1] ?? "";
    });
    assert.equal(new Set(ids).size, answers.length);
    assert.ok(!ids.includes(headers["x-ms-correlation-request-id"]));
  });

  it("rule 154: a PUT that changes nothing names its Location too, in every version", async () => {
    await setUp();
    for (const { apiVersion: version } of contracts) {
      const store = { path: `/backup-${number}` };
      const old = { location: "redmond", properties: { externalStoreDefault: store } };
      for (let turn = 0; turn < 2; turn += 1) {
        const body = version === "2026-12-01" ? aLocation() : old;
        const answer = await arm.send("PUT", path, { version, body });
        assert.ok([200, 202].includes(answer.status), answer.text);
        assert.match(resultUrl(answer), new RegExp(`^https://.*api-version=${version}$`));
        assert.equal((await arm.finish(answer)).body.status, "Succeeded");
        assert.equal((await arm.send("GET", resultUrl(answer))).status, 200);
      }
    }
  });

  it("rules 25 and 27: the ids of the caller are kept with the operation", async () => {
    const correlation = "00000000-0000-4000-8000-000000000025";
    const headers = {
      "x-ms-client-request-id": "abc",
      "x-ms-correlation-request-id": correlation,
    };
    const put = await arm.send("PUT", path, { body: aLocation(), headers });
    const { id } = (await arm.finish(put)).body;
    const operation = await arm.world.provider.provider.findOperation(id.split("/").at(-1));
    assert.equal(operation?.clientRequestId, "abc");
    assert.equal(operation?.correlationId, correlation);
  });

  it("rule 17: poll addresses are ids any parser takes", async () => {
    for (const version of ["2018-09-01", "2026-12-01"]) {
      const store = { path: `/backup-${number}` };
      const body =
        version === "2026-12-01"
          ? aLocation()
          : { location: "redmond", properties: { externalStoreDefault: store } };
      const answer = await arm.send("PUT", path, { version, body });
      for (const url of [statusUrl(answer), resultUrl(answer)])
        assert.ok(parseResourceId(new URL(url).pathname), url);
      await arm.finish(answer);
    }
  });

  it("rules 158 and 167: Retry-After as it was recorded, and no header of other planes", async () => {
    const seconds: Record<string, string> = {};
    const body = {
      location: "redmond",
      properties: { externalStoreDefault: { path: `/backup-${number}` } },
    };
    for (const [method, version] of [
      ["PUT", "2016-05-01"],
      ["PUT", "2018-09-01"],
      ["PUT", "2021-09-01"],
      ["PATCH", "2021-09-01"],
    ] as const) {
      const answer = await arm.send(method, path, { version, body });
      assert.equal(answer.headers.get("operation-location"), null);
      seconds[`${method} ${version}`] = answer.headers.get("retry-after") ?? "";
      await arm.finish(answer);
    }
    assert.deepEqual(seconds, {
      "PUT 2016-05-01": "60",
      "PUT 2018-09-01": "5",
      "PUT 2021-09-01": "60",
      "PATCH 2021-09-01": "5",
    });
  });

  it("rule 151: nothing waits for a store that hangs", async () => {
    await setUp();
    const gate = aGate();
    const wait = (): Promise<void> => gate.opened;
    arm.world.engine.behavior = { probe: wait, backup: wait, verify: wait };
    const backup = await arm.send("POST", `${path}/createBackup`);
    assert.equal(backup.status, 202);
    const change = { properties: { retention: { periodInDays: 8 } } };
    assert.equal((await arm.send("PATCH", path, { body: change })).status, 200);
    assert.equal((await arm.send("GET", path)).status, 200);
    assert.equal((await arm.send("GET", `${path}/backups`)).status, 200);
    assert.equal((await arm.send("GET", statusUrl(backup))).status, 200);
    arm.world.engine.behavior = {};
    gate.open();
    await arm.finish(backup);
  });

  it("rule 166: what can be seen at once is refused at once", async () => {
    const before_ = await arm.world.store.list("operation", { limit: 1000 });
    for (const body of [
      aLocation({ schedule: { frequencyInHours: 0 } }),
      aLocation({ encryption: { recipients: [{ certificateBase64: "AAAA" }] } }),
      aLocation({ store: { kind: "Local", path: "relative" } }),
    ]) {
      const answer = await arm.send("PUT", path, { body });
      assert.equal(answer.status, 400, answer.text);
    }
    assert.deepEqual(await arm.world.store.list("operation", { limit: 1000 }), before_);
    assert.equal((await arm.send("GET", path)).status, 404);
  });

  it("rule 193: what createBackup shows at its end is what GET shows, retention too, and stays so", async () => {
    await setUp();
    const ended = await arm.finish(await arm.send("POST", `${path}/createBackup`));
    const { body } = await arm.send("GET", `${path}/backups/${ended.body.name}`);
    assert.notDeepEqual(body.properties.keptBecause, []);
    assert.equal(body.properties.pin, null);
    assert.deepEqual(ended.body.properties, body.properties);
    const pin = await arm.send("POST", `${path}/backups/${ended.body.name}/pin`, { body: {} });
    assert.equal(pin.status, 200, pin.text);
    const status = `/subscriptions${ended.body.id.split("/subscriptions").at(-1)}`;
    assert.equal((await arm.send("GET", status)).body.properties.pin, null);
  });

  it("tells of every role how far it is while a backup runs, by events too, and no more at its end", async () => {
    await setUp();
    const gate = aGate();
    const told = aGate();
    const roles = [
      {
        name: "files",
        status: "Succeeded",
        filesDone: 3,
        bytesDone: 30,
        filesTotal: 3,
        bytesTotal: 31,
      },
      { name: "directory", status: "Copying", filesDone: 1, bytesDone: 10 },
      { name: "database", status: "Waiting", filesDone: 0, bytesDone: 0 },
    ] as const;
    arm.world.engine.behavior = {
      backup: async (_run, report) => {
        const counts = { filesDone: 4, bytesDone: 40, bytesTotal: 0, storedBytes: 0 };
        report({ phase: "copying", role: "directory", ...counts, roles });
        told.open();
        await gate.opened;
      },
    };
    const started = await arm.send("POST", `${path}/createBackup`);
    await told.opened;
    const read = async (): Promise<Json> => (await arm.send("GET", statusUrl(started))).body;
    await waitUntil(async () => (await read()).roles !== undefined);
    assert.deepEqual((await read()).roles, roles);
    const address = `${arm.address}${statusUrl(started).slice(publicBaseUrl.length)}`;
    const events = await fetch(address, { headers: { accept: "text/event-stream" } });
    const first = await events.body?.getReader().read();
    const text = Buffer.from(first?.value ?? []).toString("utf8");
    assert.deepEqual(JSON.parse(text.slice(text.indexOf("{"))).roles, roles);
    arm.world.engine.behavior = {};
    gate.open();
    const ended = await arm.finish(started);
    assert.equal(ended.body.status, "Succeeded");
    assert.equal(ended.body.roles, undefined);
  });

  it("rule 228: a backup can follow its location at once", async () => {
    await setUp();
    const backup = await arm.send("POST", `${path}/createBackup`);
    assert.equal(backup.status, 202, backup.text);
    await arm.finish(backup);
  });
});

describe("polling over HTTP", () => {
  it("rules 130, 131 and 178: the resource and both addresses turn together", async () => {
    const gate = aGate();
    arm.world.engine.behavior = { probe: () => gate.opened };
    const put = await arm.send("PUT", path, { body: aLocation() });
    const look = async (): Promise<readonly unknown[]> => {
      const status = (await arm.send("GET", statusUrl(put))).body.status;
      const { provisioningState } = (await arm.send("GET", path)).body.properties;
      const result = (await arm.send("GET", resultUrl(put))).status;
      return [status === "Succeeded", provisioningState === "Succeeded", result === 200];
    };
    assert.deepEqual(await look(), [false, false, false]);
    arm.world.engine.behavior = {};
    gate.open();
    // Later looks may only see more: whoever read the status first and the resource after it never sees less.
    for (let turn = 0; turn < 1000; turn += 1) {
      const seen = await look();
      assert.ok(
        seen.every((one, index) => index === 0 || one || !seen[index - 1]),
        seen.join(),
      );
      if (seen.every(Boolean)) return;
    }
    assert.fail("It does not end");
  });

  it("rules 187–189: whoever follows either address sees a failure", async () => {
    failNext();
    const put = await arm.send("PUT", path, { body: aLocation() });
    const status = await arm.finish(put);
    arm.world.engine.behavior = {};
    assert.equal(status.status, 200);
    assert.equal(status.body.status, "Failed");
    const result = await arm.send("GET", resultUrl(put));
    assert.ok(result.status >= 400 && result.status < 500, result.text);
    assert.deepEqual(result.body.error, status.body.error);
    assert.equal(result.body.error.code, "BackupPathNotFound");
    assert.equal(result.body.status, undefined);
  });

  for (const version of contracts.map(({ apiVersion }) => apiVersion)) {
    it(`rule 266: createBackup of ${version} leads to the backup by every road`, async () => {
      await setUp();
      const start = await arm.send("POST", `${path}/createBackup`, { version });
      await arm.finish(start);
      const byLocation = await arm.send("GET", resultUrl(start));
      assert.equal(byLocation.status, 200);
      const again = await arm.send("GET", resultUrl(start));
      assert.equal(again.text, byLocation.text);
      const byStatus = await arm.send("GET", statusUrl(start));
      assert.equal(byStatus.body.status, "Succeeded");
      assert.deepEqual(byStatus.body.properties, byLocation.body.properties);
      assert.match(byLocation.body.type, /\/backups$/);
      const id = /\/backups\/([0-9a-f-]{36})$/.exec(byLocation.body.id)?.[1];
      assert.ok(statusUrl(start).includes(`/${id}?`), "The operation has the backup's id");
    });
  }

  it("rule 200: the backup tells its outcome when its operation is forgotten", async () => {
    await setUp();
    const start = await arm.send("POST", `${path}/createBackup`);
    const { resourceId } = (await arm.finish(start)).body;
    await arm.world.stopWorkers();
    await arm.world.clock.advance(8 * 86_400_000);
    arm.world.startWorker();
    assert.equal((await arm.send("GET", statusUrl(start))).status, 404);
    const backup = await arm.send("GET", resourceId);
    assert.equal(backup.body.properties.status, "Succeeded");
  });
});

describe("the operations list over HTTP", () => {
  for (const version of contracts.map(({ apiVersion }) => apiVersion)) {
    it(`rules 220–222: of ${version} has its form`, async () => {
      const answer = await arm.send("GET", "/providers/Microsoft.Backup.Admin/operations", {
        version,
      });
      assert.equal(answer.status, 200);
      for (const { name, display } of answer.body.value) {
        assert.match(
          name,
          /^Microsoft\.Backup\.Admin(?:\/[a-z]\w*)*\/(?:read|write|delete|\w+\/action)$/i,
        );
        assert.deepEqual(Object.keys(display), [
          "provider",
          "resource",
          "operation",
          "description",
        ]);
        assert.ok(Object.values(display).every((text) => typeof text === "string" && text !== ""));
      }
    });
  }

  it("rule 226: every type has a display name of its own", async () => {
    const { value } = (await arm.send("GET", "/providers/Microsoft.Backup.Admin/operations")).body;
    const types = new Map<string, Set<string>>();
    for (const { name, display } of value as readonly Json[]) {
      if (!name.endsWith("/read")) continue;
      const known = types.get(display.resource) ?? new Set<string>();
      types.set(display.resource, known.add(name));
    }
    for (const [resource, names] of types) assert.equal(names.size, 1, resource);
  });
});

describe("answers of any kind", () => {
  it("rule 34: Accept-Language changes no code", async () => {
    const codes = await Promise.all(
      ["de", "fr-CA;q=0.7, *", ""].map(async (language) => {
        const headers = { "Accept-Language": language };
        return (await arm.send("GET", path, { headers })).body.error.code;
      }),
    );
    assert.deepEqual(codes, ["ResourceNotFound", "ResourceNotFound", "ResourceNotFound"]);
  });

  it("rule 45: no answer is a redirect", async () => {
    for (const odd of [
      `${path}/`,
      path.replaceAll("/", "//"),
      `${path}/backups/`,
      path.toUpperCase(),
    ]) {
      const response = await fetch(`${arm.address}${odd}?api-version=2026-12-01`, {
        redirect: "manual",
      });
      assert.equal(Math.floor(response.status / 100), 4, odd);
    }
  });

  it("rule 61: no code asks clients to register", async () => {
    const { armErrorStatus } = await import("../../src/arm/errors.ts");
    assert.ok(!("MissingSubscriptionRegistration" in armErrorStatus));
  });

  it("rule 263: times are UTC", async () => {
    await setUp();
    const start = await arm.send("POST", `${path}/createBackup`);
    await arm.finish(start);
    const texts = [
      (await arm.send("GET", path)).text,
      (await arm.send("GET", `${path}/backups`)).text,
      (await arm.send("GET", statusUrl(start))).text,
    ].join("");
    const times = texts.match(/"\d{4}-\d\d-\d\dT[^"]*"/g) ?? [];
    assert.ok(times.length > 5);
    for (const time of times)
      assert.match(time, /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z"$/);
  });
});

async function readLocation(): Promise<BackupLocation> {
  const found = await arm.world.store.get<BackupLocation>("location", path.toLowerCase());
  return found?.value ?? assert.fail("The location is gone");
}

describe("the state of a location", () => {
  it("rules 126, 127: is there in every version and ends in one of three", async () => {
    await setUp();
    for (const { apiVersion: version } of contracts) {
      const { properties } = (await arm.send("GET", path, { version })).body;
      assert.equal(properties.provisioningState, "Succeeded", version);
    }
    // Every end there is, as the wire shows it.
    const ends: string[] = [];
    const end = async (body: Json, until: () => Promise<void>): Promise<void> => {
      const put = await arm.send("PUT", path, { body });
      await until();
      ends.push((await arm.finish(put)).body.status);
      ends.push((await arm.send("GET", path)).body.properties.provisioningState);
    };
    failNext();
    const other = aLocation({ store: { kind: "Local", path: `/other-${number}` } });
    await end(other, () => Promise.resolve());
    arm.world.engine.behavior = {};
    await arm.world.stopWorkers();
    await end(other, async () => {
      await arm.world.store.requestCancel((await readLocation()).activeOperationId ?? "");
      arm.world.startWorker();
    });
    assert.deepEqual([...new Set(ends)].toSorted(), ["Canceled", "Failed"]);
    for (const state of ends) assert.match(state, /^(?:Succeeded|Failed|Canceled)$/);
    assert.doesNotMatch(JSON.stringify(contracts), /Cancelled/);
  });

  it("rule 129: a backup does not touch it", async () => {
    await setUp();
    const gate = aGate();
    arm.world.engine.behavior = { backup: () => gate.opened };
    const backup = await arm.send("POST", `${path}/createBackup`);
    const read = (await arm.send("GET", path)).body;
    assert.equal(read.properties.provisioningState, "Succeeded");
    arm.world.engine.behavior = {};
    gate.open();
    await arm.finish(backup);
    assert.equal((await arm.send("GET", path)).body.properties.provisioningState, "Succeeded");
  });

  it("rule 133: the operation keeps the cause of a failure", async () => {
    arm.world.engine.behavior = {
      probe: () => {
        throw new Error("odd");
      },
    };
    const put = await arm.send("PUT", path, { body: aLocation() });
    for (let turn = 0; turn < 60; turn += 1) await arm.world.clock.advance(1000);
    await arm.finish(put);
    arm.world.engine.behavior = {};
    await arm.world.clock.advance(3_600_000);
    const { status, error } = (await arm.send("GET", put.headers.get("azure-asyncoperation") ?? ""))
      .body;
    assert.equal(status, "Failed");
    assert.ok(error.code.length > 0 && error.message.length > 10);
  });
});
