import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  publicBaseUrl,
  startProviderServer,
} from "../support/provider-server.ts";
import { groupPath, type Json, subscriptionId } from "../support/provider-world.ts";
import { frontDoor } from "../support/thing-service.ts";

const list = `${groupPath}/backupLocations`;
let arm: ProviderServer;
before(async () => {
  arm = await startProviderServer();
  for (let number = 0; number < 25; number += 1)
    await make(`Place-${String(number).padStart(2, "0")}`);
});
after(() => arm.close());

async function make(name: string): Promise<void> {
  const body = aModernLocation({ store: { kind: "Local", path: `/${name}` } });
  await arm.finish(await arm.send("PUT", `${list}/${name}`, { body }));
}

/** Follows the links to the end; the names of each page. */
async function readPages(
  first: string,
  between?: (page: number) => Promise<void>,
): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  for (let next: string | null = first; next !== null;) {
    assert.ok(pages.length < 50, "The links do not end");
    const { body, status, text } = await arm.send("GET", next);
    assert.equal(status, 200, text);
    pages.push(body.value.map(({ name }: Json) => name));
    next = body.nextLink;
    if (next !== null) assert.ok(next.startsWith(`${publicBaseUrl}/subscriptions/`), next);
    await between?.(pages.length);
  }
  return pages;
}

describe("pages of locations", () => {
  it("rules 143 and 144: following the links shows everything once, the last has none", async () => {
    const pages = await readPages(`${list}?$top=10`);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [10, 10, 5],
    );
    const all = pages.flat();
    assert.equal(new Set(all).size, 25);
    assert.deepEqual(all, [...all].sort());
  });

  it("rules 22 and 143: behind a front door the links start like its referer", async () => {
    const refererHosts = ["portal.example"];
    const behind = await startProviderServer({ authenticator: frontDoor, refererHosts });
    try {
      for (const name of ["a", "b"]) {
        const body = aModernLocation({ store: { kind: "Local", path: `/${name}` } });
        await behind.finish(await behind.send("PUT", `${list}/${name}`, { body }));
      }
      const headers = { Referer: `https://portal.example${list}?$top=1` };
      const { body } = await behind.send("GET", `${list}?$top=1`, { headers });
      assert.ok(body.nextLink.startsWith("https://portal.example/subscriptions/"), body.nextLink);
      const next = (await behind.send("GET", body.nextLink, { headers })).body;
      assert.deepEqual([body.value[0].name, next.value[0].name], ["a", "b"]);
    } finally {
      await behind.close();
    }
  });

  it("rule 148: $skip and $top together", async () => {
    const pages = await readPages(`${list}?$top=10&$skip=5`);
    assert.deepEqual(
      pages.map((names) => names[0]),
      ["Place-05", "Place-15"],
    );
    assert.equal(pages.flat().length, 20);
  });

  it("rules 16 and 147: counts in any casing; zero, negative and odd ones are 400, endless ones clamped", async () => {
    const first = await arm.send("GET", `${list}?$TOP=3`);
    assert.equal(first.body.value.length, 3);
    for (const count of ["0", "-1", "abc", "1.5", "1e3", "99999999999"]) {
      const answer = await arm.send("GET", `${list}?$top=${count}`);
      assert.equal(answer.status, 400, count);
      assert.equal(answer.body.error.target, "$top");
    }
    assert.equal((await arm.send("GET", `${list}?$top=99999`)).body.value.length, 25);
    assert.equal((await arm.send("GET", `${list}?$top=`)).status, 200);
  });

  it("rule 145, A25: a token of another list, or a changed one, is 400", async () => {
    const { nextLink } = (await arm.send("GET", `${list}?$top=3`)).body;
    const token = new URL(nextLink).searchParams.get("$skipToken") ?? "";
    const encoded = encodeURIComponent(token);
    const other = list.replace("system.redmond", "other");
    const whole = `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/backupLocations`;
    const foreign = list.replace(subscriptionId, "00000000-0000-0000-0000-000000000001");
    for (const where of [other, whole, foreign]) {
      const answer = await arm.send("GET", `${where}?$skipToken=${encoded}`);
      assert.equal(answer.status, 400, where);
      assert.equal(answer.body.error.code, "InvalidSkipToken");
    }
    const spoilt = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;
    for (const odd of [spoilt, token.slice(1), "AAAA", "%00"]) {
      const answer = await arm.send("GET", `${list}?$skipToken=${encodeURIComponent(odd)}`);
      assert.equal(answer.status, 400, odd);
    }
  });

  it("rule 149: what comes and goes meanwhile moves nothing else", async () => {
    const pages = await readPages(`${list}?$top=5`, async (page) => {
      if (page === 1) await make("Place-00a");
      if (page === 2) await make("Place-12a");
      if (page === 3) await arm.finish(await arm.send("DELETE", `${list}/Place-24`));
    });
    const seen = pages.flat();
    assert.equal(new Set(seen).size, seen.length);
    const lasting = Array.from(
      { length: 24 },
      (_none, at) => `Place-${String(at).padStart(2, "0")}`,
    );
    assert.deepEqual(
      lasting.filter((name) => !seen.includes(name)),
      [],
    );
    assert.ok(seen.includes("Place-12a"));
  });

  it("rule 237: deleting what a group lists, in any order, leaves it empty", async () => {
    const names = (await readPages(`${list}?$top=7`)).flat();
    const shuffled = [...names].sort((one, other) => one.charCodeAt(7) - other.charCodeAt(7));
    const removals = await Promise.all(
      shuffled.map((name) => arm.send("DELETE", `${list}/${name}`)),
    );
    for (const removal of removals) await arm.finish(removal);
    assert.deepEqual((await arm.send("GET", list)).body.value, []);
    assert.deepEqual(await arm.world.store.list("backup", { limit: 10 }), []);
  });
});

describe("pages of backups", () => {
  const backups = `${list}/history/backups`;
  before(async () => {
    await make("history");
    for (let number = 0; number < 7; number += 1) {
      const started = await arm.send("POST", `${list}/history/createBackup`);
      await arm.finish(started);
      await arm.world.stopWorkers();
      await arm.world.clock.advance(number === 3 ? 500 : 61_000);
      arm.world.startWorker();
    }
  });
  const times = async (query: string): Promise<readonly string[]> => {
    const seen: string[] = [];
    for (let next: string | null = `${backups}?${query}`; next !== null;) {
      const { body, text, status }: Exchange = await arm.send("GET", next);
      assert.equal(status, 200, text);
      seen.push(...body.value.map(({ properties }: Json) => properties.startTime));
      next = body.nextLink;
    }
    return seen;
  };
  const sorted = (all: readonly string[]): readonly string[] =>
    [...all].sort((one, other) => Date.parse(one) - Date.parse(other));

  it("rule 143: $orderby holds over all pages, both ways", async () => {
    const rising = await times("$orderby=startTime&$top=2");
    assert.equal(rising.length, 7);
    assert.deepEqual(rising, sorted(rising));
    assert.deepEqual(await times("$orderby=startTime desc&$top=3"), rising.toReversed());
  });

  it("rules 143 and 150: $filter holds over all pages", async () => {
    const rising = await times("$orderby=startTime");
    const since = rising[3] ?? "";
    const filter = encodeURIComponent(`startTime ge ${since} and status eq 'succeeded'`);
    assert.deepEqual(sorted(await times(`$filter=${filter}&$top=2`)), rising.slice(3));
    assert.deepEqual(await times("$filter=isAutomaticBackup eq true"), []);
  });

  it("rule 150, A26: what cannot be understood is 400", async () => {
    for (const odd of ["$filter=x eq 1", "$orderby=password", "$filter=status eq 'a' or 1 eq 1"]) {
      const answer = await arm.send("GET", `${backups}?${odd}`);
      assert.equal(answer.status, 400, odd);
      assert.equal(answer.body.error.code, "InvalidQueryParameter");
    }
  });

  it("rule 145: a token of another order is 400", async () => {
    const { nextLink } = (await arm.send("GET", `${backups}?$orderby=startTime&$top=2`)).body;
    const other = nextLink.replace("startTime", "endTime");
    assert.equal((await arm.send("GET", other)).body.error.code, "InvalidSkipToken");
  });

  it("rule 258, A27: pages of large items stay below 8 MB", async () => {
    const key = `${backups}/`.toLowerCase();
    const [document] = await arm.world.store.list<Json>("backup", { prefix: key, limit: 1 });
    assert.ok(document);
    const role = { ...document.value.record.roles[0], warnings: 0 };
    const roles = Array.from({ length: 3_000 }, (_none, at) => ({ ...role, name: `role-${at}` }));
    const record = { ...document.value.record, roles };
    for (let number = 0; number < 30; number += 1) {
      const id = `ffffffff-0000-4000-8000-${String(number).padStart(12, "0")}`;
      const value = { ...document.value, id, record };
      await arm.world.store.commit([{ op: "put", kind: "backup", key: `${key}${id}`, value }]);
    }
    for (const version of ["2026-12-01"]) {
      const ids = new Set<string>();
      let pages = 0;
      for (
        let next: string | null = `${backups}?api-version=${version}`;
        next !== null;
        pages += 1
      ) {
        const { body, text }: Exchange = await arm.send("GET", next);
        assert.ok(pages < 50, "The links do not end");
        assert.ok(text.length < 8 * 2 ** 20, `${text.length} bytes`);
        body.value.forEach(({ id }: Json) => ids.add(id));
        next = body.nextLink;
      }
      assert.ok(pages > 1);
      assert.equal(ids.size, 37);
    }
  });
});
