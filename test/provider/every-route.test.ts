import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createTableAuthorizer } from "../../src/arm/authorization.ts";
import type { Contract, ContractRoute } from "../../src/arm/contract.ts";
import { contracts, insightsContracts, lifeCycleContracts } from "../../src/generated/contracts.ts";
import { accessTable } from "../../src/provider/requests/access-rules.ts";
import {
  aModernLocation,
  type Exchange,
  type ProviderServer,
  startProviderServer,
} from "../support/provider-server.ts";
import { makeBackup } from "../support/provider-steps.ts";
import { groupPath, type Json, locationPath, subscriptionId } from "../support/provider-world.ts";
import { frontDoor } from "../support/thing-service.ts";
import { unwatchedHeader } from "../support/watch-exchanges.ts";

interface Place {
  readonly contract: Contract;
  readonly route: ContractRoute;
}

const services = [contracts, insightsContracts, lifeCycleContracts];
const places: readonly Place[] = services
  .flat()
  .flatMap((contract) => contract.routes.map((route) => ({ contract, route })));
const isPoll = ({ route }: Place): boolean =>
  /\/operation(?:Results|Statuses)\/\{[^}]+\}$/.test(route.path);
const nameOf = ({ contract, route }: Place): string =>
  `${contract.apiVersion} ${route.method} ${route.path}`;

/** Behind a front door and the table of access, as the service is. */
let arm: ProviderServer;
let known: Readonly<Record<string, string>>;
before(async () => {
  const authorizer = createTableAuthorizer(accessTable);
  arm = await startProviderServer({ authenticator: frontDoor, authorizer });
  const put = await arm.finish(await arm.send("PUT", locationPath, { body: aModernLocation() }));
  const backup = await makeBackup(arm.world);
  const made = await arm.send("PUT", `${locationPath}/notificationRoutes/hook`, { body: aHook });
  assert.equal(made.status, 201, made.text);
  await arm.world.provider.runWatch();
  const [alert] = (await arm.send("GET", `${locationPath}/alerts`)).body.value;
  known = {
    ...{ subscriptionId, resourceGroupName: "system.redmond", location: "redmond", backup },
    ...{ operationId: put.body.name, deployment: "nightly", settings: "default", route: "hook" },
    ...{ alert: alert.name, alertName: alert.name },
  };
});
after(() => arm.close());

const aHook = {
  properties: {
    kind: "Webhook",
    targetUrl: "https://hooks.example/a",
    signingSecret: "a secret of some length",
  },
};

/** A path of the template, its fixed words changed. */
function pathOf(template: string, spell: (word: string) => string, instead: object = {}): string {
  const names: Readonly<Record<string, string>> = { ...known, ...instead };
  return template
    .split("/")
    .map((segment) => {
      const name = /^\{(.+)\}$/.exec(segment)?.[1];
      return name === undefined ? spell(segment) : (names[name] ?? assert.fail(name));
    })
    .join("/");
}

const asIs = (word: string): string => word;
const mixed = (word: string): string =>
  word.replaceAll(/./g, (letter, at: number) =>
    at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase(),
  );

/** What each request of 2026-12-01 that needs a body needs, by the last words of its path. */
const bodies: readonly (readonly [end: string, body: object])[] = [
  ["/backups/{backup}/restore", { targetPath: "/x" }],
  ["/copy", { targetLocationName: "other" }],
  ["/monitoringSettings/{settings}", { properties: {} }],
  ["/notificationRoutes/{route}", aHook],
];

function bodyOf({ contract, route: { path, body } }: Place): object | undefined {
  // A PUT of a location that is none would make it.
  if (body?.required !== true || path.endsWith("/backupLocations/{location}")) return undefined;
  const isOurs = contract.apiVersion === "2026-12-01";
  return bodies.find(([end]) => isOurs && path.endsWith(end))?.[1] ?? {};
}

function send(place: Place, path: string): Promise<Exchange> {
  return arm.send(place.route.method, path, {
    version: place.contract.apiVersion,
    body: bodyOf(place),
    // Of what is refused on purpose oav has nothing to say.
    isFromElsewhere: true,
  });
}

describe("every route of every api-version", () => {
  it("rules 1, 54 and 67: answers alike in any casing, never 403, with no code but those declared", async () => {
    for (const place of places) {
      const { route } = place;
      // Writes aim at what is not there: they must not change what the next one finds.
      const instead = route.method === "GET" ? {} : { location: "nowhere", operationId: "none" };
      const answers = await Promise.all(
        [asIs, mixed, (word: string) => word.toLowerCase(), (word: string) => word.toUpperCase()]
          .map((spell) => pathOf(route.path, spell, instead))
          .map((path) => send(place, path)),
      );
      const [first] = answers;
      assert.ok(first);
      assert.notEqual(first.status, 403, nameOf(place));
      if (route.method === "GET") assert.equal(first.status, 200, nameOf(place) + first.text);
      if (first.status < 300)
        assert.ok(Object.keys(route.responses).includes(String(first.status)), nameOf(place));
      for (const { status, text } of answers)
        assert.deepEqual([status, text], [first.status, first.text], nameOf(place));
    }
  });

  it("rules 5 and 6: is 400 without an api-version and with an odd one, and tells which there are", async () => {
    for (const service of services) {
      const versions = service.map(({ apiVersion }) => apiVersion);
      for (const place of places.filter(({ contract }) => service.includes(contract))) {
        const { method, path: template } = place.route;
        for (const [query, code] of [
          ["", "MissingApiVersionParameter"],
          ["?api-version=2021-13-45", "InvalidApiVersionParameter"],
          ["?api-version=latest", "InvalidApiVersionParameter"],
        ] as const) {
          const response = await fetch(`${arm.address}${pathOf(template, asIs)}${query}`, {
            method,
            headers: { [unwatchedHeader]: "yes" },
          });
          const { error } = (await response.json()) as Json;
          assert.deepEqual(
            [response.status, error.code, error.target],
            [400, code, "api-version"],
            nameOf(place),
          );
          for (const version of versions) assert.ok(error.message.includes(version), error.message);
        }
      }
    }
  });

  it("rules 14, 100 and 265: below a missing location is 404 that names it, and DELETE 204", async () => {
    const root = "/backupLocations/{location}";
    const below = places.filter((place) => place.route.path.includes(`${root}/`) && !isPoll(place));
    assert.ok(below.length > 30);
    const missing = `${groupPath}/backupLocations/nowhere`;
    for (const place of below) {
      const answer = await send(place, pathOf(place.route.path, asIs, { location: "nowhere" }));
      if (place.route.method === "DELETE") {
        assert.deepEqual([answer.status, answer.text], [204, ""], nameOf(place));
        continue;
      }
      const isRead = place.route.method === "GET";
      assert.equal(answer.status, 404, nameOf(place) + answer.text);
      const { code, target, message } = answer.body.error;
      assert.equal(code, isRead ? "ResourceNotFound" : "ParentResourceNotFound", nameOf(place));
      assert.equal(target, missing, nameOf(place));
      assert.ok(message.includes(`"${missing}"`), message);
    }
    assert.equal((await arm.send("GET", missing)).status, 404);
  });

  it("rule 9: what lies beside it is no type, whatever the verb", async () => {
    for (const path of [
      `${groupPath}/nope/x`,
      `${locationPath}/nope`,
      `${locationPath}/nope/x`,
      `${locationPath}/backups/x/nope`,
      `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/nope`,
      "/providers/Microsoft.Backup.Admin/nope/x",
    ])
      for (const method of ["GET", "PUT", "PATCH", "POST", "DELETE"]) {
        const answer = await arm.send(method, path, { body: method === "GET" ? undefined : {} });
        assert.equal(answer.status, 404, `${method} ${path}`);
        assert.equal(answer.body.error.code, "InvalidResourceType");
      }
  });

  it("rules 20 and 90: a read changes nothing, HEAD of it is 204, and of one thing it takes no parameters", async () => {
    const stored = await arm.world.dump();
    for (const place of places.filter(({ route }) => route.method === "GET")) {
      const { path: template, query } = place.route;
      const path = pathOf(template, asIs);
      const version = place.contract.apiVersion;
      assert.equal((await arm.send("GET", path, { version })).status, 200, nameOf(place));
      if (isPoll(place)) continue;
      const head = await arm.send("HEAD", path, { version });
      assert.deepEqual([head.status, head.text], [204, ""], nameOf(place));
      if (template.endsWith("}")) assert.deepEqual(query, [], nameOf(place));
    }
    assert.equal(await arm.world.dump(), stored);
  });

  it("rules 15 and 264: takes no parameter that the front door signs with, and arguments of actions in the body", () => {
    for (const place of places) {
      const names = place.route.query.map(({ name }) => name);
      for (const signed of ["t", "c", "s", "h"]) assert.ok(!names.includes(signed), nameOf(place));
      if (place.route.method !== "POST") continue;
      assert.deepEqual(names, [], nameOf(place));
      // An action is a word at the end.
      assert.match(place.route.path, /\/[a-zA-Z]+$/);
    }
  });

  it("rules 55, 93 and 144: a list of nothing is 200, empty, and has no next page", async () => {
    const empty = { location: "bare" };
    const body = { location: "redmond", properties: {} };
    await arm.finish(await arm.send("PUT", `${groupPath}/backupLocations/bare`, { body }));
    const lists = places.filter(({ route, contract }) => {
      const name = route.responses[200];
      const definition = typeof name === "string" ? contract.definitions[name] : undefined;
      return (
        route.method === "GET" &&
        Object.hasOwn((definition?.["properties"] as object | undefined) ?? {}, "value")
      );
    });
    assert.ok(lists.length > 15);
    for (const place of lists) {
      const { path: template } = place.route;
      const isBelow = template.includes("{location}/") && !template.includes("{operationId}");
      const other = { subscriptionId: "00000000-0000-0000-0000-000000000009" };
      const answer = await send(place, pathOf(template, asIs, isBelow ? empty : other));
      if (template.includes("{operationId}")) continue;
      assert.equal(answer.status, 200, nameOf(place) + answer.text);
      const { value, nextLink, ...rest } = answer.body;
      assert.ok(Array.isArray(value), nameOf(place));
      assert.deepEqual(rest, {}, nameOf(place));
      assert.ok(nextLink === undefined || nextLink === null, nameOf(place));
      if (template.includes("{subscriptionId}") && !template.includes("regionHealths"))
        assert.deepEqual(value, [], nameOf(place));
    }
  });
});
