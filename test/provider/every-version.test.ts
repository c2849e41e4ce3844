import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { JsonSchema } from "../../src/arm/contract.ts";
import { parseResourceId } from "../../src/arm/resource-id.ts";
import { contracts } from "../../src/generated/contracts.ts";
import type { BackupLocation } from "../../src/provider/model.ts";
import { findContract } from "../support/contracts.ts";
import { aCertificate } from "../support/fake-identity.ts";
import {
  type Exchange,
  type ProviderServer,
  publicBaseUrl,
  startProviderServer,
} from "../support/provider-server.ts";
import { aGate } from "../support/provider-steps.ts";
import { groupPath, type Json } from "../support/provider-world.ts";

const versions = contracts.map(({ apiVersion }) => apiVersion);
const ours = "2026-12-01";
const published = versions.filter((version) => version !== ours);

let arm: ProviderServer;
let path = "";
let number = 0;
before(async () => {
  arm = await startProviderServer();
});
after(() => arm.close());
beforeEach(() => {
  arm.world.engine.behavior = {};
  number += 1;
  path = `${groupPath}/backupLocations/place-${number}`;
});

/** Everything that can be set, in our own version; stores of one kind each. */
function aFullLocation(store: object): Json {
  return {
    location: "redmond",
    tags: { Env: "Two  Blanks", "": "x" },
    properties: {
      store,
      encryption: {
        recipients: ["zebra", "ant"].map((name) => ({ certificateBase64: aCertificate(name) })),
      },
      schedule: {
        isEnabled: true,
        cron: "30 3 * * 1,4",
        timeZone: "Europe/Berlin",
        windows: [
          { days: ["Sunday", "Monday"], start: "22:00", end: "24:00" },
          { days: ["Thursday"], start: "01:00", end: "05:30" },
        ],
        blackouts: [
          { from: "2027-01-01T00:00:00Z", to: "2027-01-02T00:00:00Z", reason: "Year's end" },
          { from: "2026-06-01T00:00:00Z", to: "2026-06-02T00:00:00Z", reason: null },
        ],
        pausedUntil: "2026-04-01T00:00:00Z",
      },
      retention: {
        ...{ periodInDays: 3650, count: 5, hourly: 6, daily: 7, weekly: 8, monthly: 9, yearly: 2 },
      },
    },
  };
}

const host = "files.example";
const stores: readonly (() => Json)[] = [
  () => ({ kind: "Local", path: `/Full-${number}/ÄÖ  x` }),
  () => ({
    ...{ kind: "Smb", path: `\\\\${host}\\b\\Full-${number}`, userName: "North\\Backup" },
    ...{ password: "canary-share", port: 10_445, requireEncryption: false },
  }),
  () => ({
    ...{ kind: "AzureBlob", containerUrl: `https://north.blob.example/full-${number}/a` },
    ...{ authentication: "Sas", sasToken: "sv=2021&sig=canary", serviceVersion: "2019-07-07" },
  }),
  () => ({
    ...{ kind: "S3", endpoint: "https://s3.example", bucket: `full-${number}`, prefix: "A/b" },
    ...{ region: "eu-1", accessKeyId: "ID", secretAccessKey: "canary", sessionToken: "canary-2" },
    ...{ usesPathStyle: false },
  }),
  () => ({
    ...{ kind: "Sftp", host: "sftp.example", port: 2222, path: `/srv/full-${number}` },
    ...{ userName: "backup", hostKey: `SHA256:${"A".repeat(43)}` },
    ...{ privateKey: "canary-key", privateKeyPassphrase: "canary-words" },
  }),
];

/** Everything that can be set in a published version. */
function aPublishedLocation(version: string): Json {
  const store = {
    ...{ path: `\\\\${host}\\b\\Full-${number}`, userName: "North\\Backup", password: "canary" },
    ...{ backupFrequencyInHours: 5, isBackupSchedulerEnabled: true },
    ...{ backupRetentionPeriodInDays: 3 },
    ...(version === "2016-05-01"
      ? { encryptionKeyBase64: "QUJD".repeat(22) }
      : { encryptionCertBase64: aCertificate("north") }),
  };
  return { location: "redmond", properties: { externalStoreDefault: store } };
}

async function put(body: Json, version = ours, where = path): Promise<Exchange> {
  const answer = await arm.send("PUT", where, { version, body });
  assert.ok([200, 201, 202].includes(answer.status), answer.text);
  const ended = await arm.finish(answer);
  assert.equal(ended.body.status, "Succeeded", ended.text);
  return answer;
}

async function read(version = ours, where = path): Promise<Json> {
  const answer = await arm.send("GET", where, { version });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

async function readStored(): Promise<Pick<BackupLocation, "settings" | "secrets">> {
  const found = await arm.world.store.get<BackupLocation>("location", path.toLowerCase());
  assert.ok(found);
  const { settings, secrets } = found.value;
  return { settings, secrets };
}

const statusUrl = (answer: Exchange): string => answer.headers.get("azure-asyncoperation") ?? "";
const resultUrl = (answer: Exchange): string => answer.headers.get("location") ?? "";

/** The sent part of what is shown, secrets left out. */
function sentPart(shown: Json, sent: Json): Json {
  if (Array.isArray(sent)) return sent.map((item: Json, at: number) => sentPart(shown[at], item));
  if (typeof sent !== "object" || sent === null) return shown;
  return Object.fromEntries(
    Object.entries(sent)
      .filter(([name]) => !isSecret(name))
      .map(([name, value]) => [name, sentPart(shown[name], value)]),
  );
}

const isSecret = (name: string): boolean =>
  /^(?:password|sasToken|secretAccessKey|sessionToken|privateKey|privateKeyPassphrase)$/.test(name);

describe("names in any casing", () => {
  it("rules 2 and 3: are one key, and are shown as they were written last", async () => {
    const spellings = ["RG-One/Local", "rg-ONE/lOCAL"].map((spelling) => {
      const [group = "", name = ""] = spelling.split("/");
      return `${groupPath.replace("system.redmond", group)}/backupLocations/${name}`;
    });
    const [first = "", last = ""] = spellings;
    const body = aFullLocation({ kind: "Local", path: "/case" });
    assert.equal((await put(body, ours, first)).status, 201);
    const backup = await arm.finish(await arm.send("POST", `${first}/createBackup`));
    const again = await put(body, ours, last);
    assert.equal(again.status, 200);
    assert.equal(again.body.id, last);
    const list = last.slice(0, last.lastIndexOf("/"));
    const items = (await read(ours, list.replace("rg-ONE", "RG-ONE"))).value;
    assert.deepEqual(
      items.map(({ id, name }: Json) => [id, name]),
      [[last, "lOCAL"]],
    );
    assert.equal((await read(ours, first)).id, last);
    const { id, name } = (await read(ours, `${first}/backups`)).value[0];
    assert.equal(id, `${last}/backups/${backup.body.name}`);
    assert.deepEqual((await read(ours, id)).id, id);
    assert.equal((await read("2018-09-01", id)).name, `lOCAL/${name}`);
    for (const verb of ["pin", "unpin"])
      assert.equal((await arm.send("POST", `${first}/backups/${name}/${verb}`)).body.id, id);
    await put(aPublishedLocation("2021-09-01"), "2021-09-01", first);
    assert.equal((await read(ours, last)).id, first);
  });

  it("rule 13: are decoded in ids and bodies, and encoded in addresses", async () => {
    const name = `north (${number}) ä+b`;
    const encoded = encodeURIComponent(name);
    const where = `${groupPath}/backupLocations/${encoded}`;
    const answer = await put(aFullLocation({ kind: "Local", path: "/odd" }), ours, where);
    assert.equal(answer.body.name, name);
    assert.equal(answer.body.id, `${groupPath}/backupLocations/${name}`);
    for (const url of [statusUrl(answer), resultUrl(answer)])
      assert.ok(url.includes(`/locations/${encoded}/`), url);
    assert.equal((await read(ours, where)).id, answer.body.id);
    const result = await arm.send("GET", resultUrl(answer));
    assert.equal(result.body.id, answer.body.id);
    // A name that looks encoded is another one, and none.
    const twice = `${groupPath}/backupLocations/${encodeURIComponent(encoded)}`;
    assert.equal((await arm.send("GET", twice)).status, 400);
  });
});

describe("what is written", () => {
  it("covers every property of a request", () => {
    const { definitions } = findContract(ours);
    const sent = new Set<string>();
    const collect = (value: Json): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [name, child] of Object.entries(value)) {
        sent.add(name);
        collect(child);
      }
    };
    for (const store of stores) collect(aFullLocation(store()));
    const seen = new Set<string>();
    const missing: string[] = [];
    const walk = (definition: string): void => {
      if (seen.has(definition)) return;
      seen.add(definition);
      const schema = definitions[definition] ?? {};
      const properties = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>);
      for (const [name, { readOnly }] of properties)
        if (readOnly !== true && !sent.has(name)) missing.push(`${definition}.${name}`);
      for (const [, below = ""] of JSON.stringify(schema).matchAll(/#\/definitions\/(\w+)/g))
        walk(below);
    };
    walk("BackupLocationRequest");
    // They go with other ways to sign in, or another way to say when.
    assert.deepEqual(missing, [
      "AzureBlobStoreRequest.accountKey",
      "AzureBlobStoreRequest.clientId",
      "ScheduleRequest.frequencyInHours",
    ]);
  });

  for (const [index, store] of stores.entries()) {
    it(`rules 68, 96 and 64: comes back as written, and goes when it is left out (store ${index + 1})`, async () => {
      const sent = aFullLocation(store());
      const answer = await put(sent);
      const wanted = sentPart(sent, sent);
      assert.deepEqual(sentPart(answer.body, sent), wanted);
      assert.deepEqual(sentPart(await read(), sent), wanted);
      for (const field of ["id", "name", "type"]) assert.ok(answer.body[field], field);
      assert.equal(answer.body.properties.provisioningState, "Creating");
      const least = { location: "redmond" };
      await put(least);
      const left = await read();
      const fresh = `${path}-fresh`;
      await put(least, ours, fresh);
      const bare = await read(ours, fresh);
      assert.deepEqual(left.tags, bare.tags);
      // Capacity was measured of a store that is gone.
      assert.deepEqual(left.properties, bare.properties);
    });
  }

  for (const [index, store] of stores.entries()) {
    it(`rule 81: a PATCH keeps, removes and replaces by the book (store ${index + 1})`, async () => {
      const sent = aFullLocation(store());
      await put(sent);
      const earlier = await read();
      const windows = [{ days: ["Friday"], start: "02:00", end: "03:00" }];
      const properties = {
        schedule: { windows, blackouts: null, timeZone: null },
        retention: { daily: null },
      };
      const answer = await arm.send("PATCH", path, { body: { properties } });
      assert.equal(answer.status, 200, answer.text);
      const { schedule, retention, store: kept, encryption } = answer.body.properties;
      assert.deepEqual(schedule.windows, windows);
      assert.deepEqual([schedule.blackouts, schedule.timeZone], [[], "UTC"]);
      assert.equal(schedule.cron, sent.properties.schedule.cron);
      assert.equal(schedule.pausedUntil, sent.properties.schedule.pausedUntil);
      assert.deepEqual(retention, { ...sent.properties.retention, daily: 0 });
      assert.deepEqual(kept, earlier.properties.store);
      assert.deepEqual(encryption, earlier.properties.encryption);
      assert.deepEqual(answer.body.tags, earlier.tags);
    });
  }

  it("rule 48: a number that no version set is refused with its bounds", async () => {
    await put(aPublishedLocation("2018-09-01"), "2018-09-01");
    for (const [name, value, words] of [
      ["backupFrequencyInHours", 13, "between 4 and 12"],
      ["backupFrequencyInHours", 3, "between 4 and 12"],
      ["backupRetentionPeriodInDays", 15, "between 2 and 14"],
      ["backupRetentionPeriodInDays", 1, "between 2 and 14"],
    ] as const)
      for (const version of published) {
        const store = { [name]: value };
        const body = { location: "redmond", properties: { externalStoreDefault: store } };
        const answer = await arm.send("PUT", path, { version, body });
        assert.equal(answer.status, 400, answer.text);
        const { code, target, message } = answer.body.error;
        assert.deepEqual(
          [code, target],
          ["InvalidProperty", `properties.externalStoreDefault.${name}`],
        );
        assert.ok(message.endsWith(words), message);
      }
  });

  const ways: readonly (readonly [string, () => Json])[] = [
    ...published.map((version) => [version, () => aPublishedLocation(version)] as const),
    ...stores.map((store) => [ours, () => aFullLocation(store())] as const),
  ];
  for (const [at, [version, body]] of ways.entries()) {
    it(`rules 122 and 278: by ${version} and sent back in any version loses nothing, secrets too (${at + 1})`, async () => {
      await put(body(), version);
      const stored = await readStored();
      for (const other of versions) {
        await put(await read(other), other);
        assert.deepEqual(await readStored(), stored, other);
      }
    });
  }
});

describe("operations in every version", () => {
  const verbs: readonly (readonly [version: string, method: string, below: string, body?: Json])[] =
    [
      ...versions.map((version) => [version, "PUT", ""] as const),
      ["2021-09-01", "PATCH", ""],
      [ours, "PATCH", "", { properties: { store: { kind: "Local", path: "/elsewhere" } } }],
      ...versions.map((version) => [version, "POST", "/createBackup"] as const),
      ...["2018-09-01", "2021-09-01", ours].map(
        (version) => [version, "POST", "/pruneExternalStore"] as const,
      ),
      [ours, "POST", "/verify"],
      [ours, "POST", "/testStore"],
      [ours, "DELETE", ""],
    ];
  const bodyFor = (version: string, method: string): Json => {
    if (method !== "PUT" && method !== "PATCH") return undefined;
    if (version === ours) return aFullLocation(stores[0]?.());
    return { location: "redmond", properties: { externalStoreDefault: { path: `/${number}` } } };
  };

  for (const [version, method, below, body] of verbs) {
    it(`rules 7, 17, 43, 152, 153, 155 and 189: ${method} ${below} of ${version} is polled in every version`, async () => {
      await put(aFullLocation(stores[0]?.()));
      const gate = aGate();
      const wait = (): Promise<void> => gate.opened;
      arm.world.engine.behavior = {
        ...{ probe: wait, backup: wait, verify: wait, prune: wait, prepare: wait },
      };
      const sent = body ?? bodyFor(version, method);
      const started = await arm.send(method, `${path}${below}`, { version, body: sent });
      assert.ok([200, 201, 202].includes(started.status), started.text);
      const addresses = [statusUrl(started), resultUrl(started)];
      assert.notEqual(addresses[0], addresses[1]);
      for (const url of addresses) {
        assert.ok(url.startsWith(`${publicBaseUrl}/subscriptions/`), url);
        assert.equal(new URL(url).searchParams.get("api-version"), version);
        assert.ok(parseResourceId(new URL(url).pathname), url);
      }
      const others = [...started.headers].filter(
        ([name]) => name !== "location" && name !== "azure-asyncoperation",
      );
      for (const text of [started.text, JSON.stringify(others)])
        assert.doesNotMatch(text, /operation(?:Status|Result)/i);
      const polls = versions.flatMap((other) =>
        addresses.map((url) => url.replace(`api-version=${version}`, `api-version=${other}`)),
      );
      const seen = async (): Promise<readonly Exchange[]> =>
        Promise.all(polls.map((url) => arm.send("GET", url)));
      for (const { status, text, body: shown } of await seen()) {
        assert.ok([200, 202, 204].includes(status), text);
        if (status !== 200) assert.equal(text, "");
        else assert.match(shown.status, /^(?:Accepted|Running|Succeeded)$/);
      }
      arm.world.engine.behavior = {};
      gate.open();
      await arm.finish(started);
      for (const [at, { status, body: shown }] of (await seen()).entries()) {
        assert.ok(status === 200 || status === 204, polls[at]);
        if (at % 2 === 0) assert.equal(shown.status, "Succeeded", polls[at]);
        // A status document is no result.
        else assert.equal(shown?.status, undefined, polls[at]);
        // Its own id is the one address that a body may show.
        const { id: _id, ...rest } = shown ?? {};
        assert.doesNotMatch(JSON.stringify(rest), /operation(?:Status|Result)/i);
      }
      const lists = [path, `${path}/backups`, `${groupPath}/backupLocations`];
      for (const list of lists)
        assert.doesNotMatch((await arm.send("GET", list)).text, /operation(?:Status|Result)/i);
    });
  }
});

describe("what is read", () => {
  it("rules 92 and 93: items of a list look like the resource, in every version", async () => {
    await put(aFullLocation(stores[0]?.()));
    await arm.finish(await arm.send("POST", `${path}/createBackup`));
    for (const version of versions) {
      for (const list of [path.slice(0, path.lastIndexOf("/")), `${path}/backups`]) {
        const { value, nextLink, ...rest } = await read(version, list);
        assert.deepEqual(rest, {}, version);
        assert.ok(nextLink === null || nextLink === undefined, version);
        assert.ok(value.length > 0);
        for (const item of value) assert.deepEqual(item, await read(version, item.id), version);
      }
    }
  });

  it("rules 88 and 95: has the same properties in every state, and none of its children", async () => {
    const keysOf = (value: Json): Json =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([name, child]) =>
            ["capacity", "tags"].includes(name) ? [] : [name, keysOf(child)],
          )
        : [];
    const states: string[] = [];
    const forms = new Map<string, string>();
    const look = async (): Promise<void> => {
      for (const version of versions) {
        const shown = await read(version);
        if (version === ours) states.push(shown.properties.provisioningState);
        const form = JSON.stringify(keysOf(shown));
        assert.equal(forms.get(version) ?? form, form, `${version} ${states.at(-1)}`);
        forms.set(version, form);
        assert.doesNotMatch(form, /"(?:backups|alerts|notificationRoutes)"/);
      }
    };
    await arm.world.stopWorkers();
    const cancel = async (answer: Exchange): Promise<void> => {
      const id = /operationStatuses\/([^?]+)/.exec(statusUrl(answer))?.[1] ?? "";
      assert.equal(await arm.world.store.requestCancel(id), true);
      arm.world.startWorker();
      await arm.finish(answer);
      await arm.world.stopWorkers();
    };
    const full = aFullLocation(stores[0]?.());
    const created = await arm.send("PUT", path, { body: full });
    await look();
    arm.world.startWorker();
    await arm.finish(created);
    await look();
    await arm.world.stopWorkers();
    const changed = await arm.send("PUT", path, { body: full });
    await look();
    await cancel(changed);
    await look();
    const removal = await arm.send("DELETE", path);
    await look();
    await cancel(removal);
    await look();
    assert.deepEqual(states, [
      ...["Creating", "Succeeded", "Updating", "Canceled", "Deleting", "Canceled"],
    ]);
    arm.world.startWorker();
    await arm.finish(await arm.send("DELETE", path));
    for (const version of versions)
      assert.equal((await arm.send("GET", path, { version })).status, 404);
  });
});
