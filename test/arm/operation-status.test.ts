import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Answer } from "../../src/arm/answer.ts";
import { routeKey, type ContractRoute, type Method } from "../../src/arm/contract.ts";
import {
  endedResultAnswer,
  runningResultAnswer,
  startAnswer,
  statusAnswer,
  type PolledOperation,
  type RenderedOutcome,
} from "../../src/arm/operation-status.ts";
import type { OperationRecord } from "../../src/arm/operation-record.ts";
import { createContractValidator } from "../support/contract-validator.ts";
import { findContract } from "../support/contracts.ts";

const id = "99999999-2222-3333-4444-555555555555";
const subscriptionId = "11111111-2222-3333-4444-555555555555";
const base = "https://mgmt.example";
const locationPath = `/subscriptions/${subscriptionId}/resourceGroups/system.local/providers/Microsoft.Backup.Admin/backupLocations/local`;
const regionPath = `/subscriptions/${subscriptionId}/providers/Microsoft.Backup.Admin/locations/local`;
const resource = {
  id: locationPath,
  name: "local",
  type: "Microsoft.Backup.Admin/backupLocations",
  location: "local",
  tags: {},
  properties: { externalStoreDefault: { path: "/b" }, provisioningState: "Succeeded" },
};
const outcome: RenderedOutcome = {
  result: resource,
  target: { id: locationPath, name: "local" },
};
const failed = {
  state: "Failed",
  error: { code: "StoreFull", message: "Free some room" },
} as const;
// Published addresses answer in short with IsAsyncOperation=1, in full under operationStatuses.
const forms = [
  ["2016-05-01", "short"],
  ["2018-09-01", "short"],
  ["2021-09-01", "short"],
  ["2021-09-01", "full"],
  ["2026-12-01", "full"],
] as const;
const versions = ["2016-05-01", "2018-09-01", "2021-09-01", "2026-12-01"];
const internal = "InternalServerError";
const pollHeaderNames = ["Location", "Azure-AsyncOperation", "Retry-After"];

describe("starting an operation", () => {
  const starts: readonly (readonly [string, Method, string, boolean, number, boolean, string])[] = [
    // api-version, method, last word of the path, created, status, has a body, Retry-After
    ["2016-05-01", "PUT", "{location}", true, 202, true, "60"],
    ["2018-09-01", "PUT", "{location}", false, 202, true, "5"],
    ["2018-09-01", "POST", "createBackup", false, 202, true, "60"],
    ["2018-09-01", "POST", "restore", false, 202, false, "60"],
    ["2018-09-01", "POST", "pruneExternalStore", false, 202, false, "60"],
    ["2021-09-01", "PATCH", "{location}", false, 202, true, "5"],
    ["2026-12-01", "PUT", "{location}", true, 201, true, "10"],
    ["2026-12-01", "PUT", "{location}", false, 200, true, "10"],
    ["2026-12-01", "PATCH", "{location}", false, 202, false, "10"],
    ["2026-12-01", "DELETE", "{location}", false, 202, false, "10"],
    ["2026-12-01", "POST", "createBackup", false, 202, false, "10"],
  ];
  for (const [version, method, word, created, status, hasBody, seconds] of starts) {
    const code = created ? `${status} for a new one` : `${status}`;
    it(`rules 153, 157, 159: ${method} ${word} of ${version} answers ${code}`, () => {
      const polled = anOperation(version, method, word);
      const { operation } = polled;
      const answer = startAnswer(polled, { kind: "accepted", operation, body: resource, created });
      assert.equal(answer.status, status);
      assert.deepEqual(answer.body, hasBody ? resource : undefined);
      assert.deepEqual(Object.keys(answer.headers ?? {}).sort(), [...pollHeaderNames].sort());
      assert.equal(answer.headers?.["Retry-After"], seconds);
      for (const name of ["Location", "Azure-AsyncOperation"]) {
        const url = new URL(answer.headers?.[name] ?? "");
        assert.equal(url.origin, base, "rule 155: absolute");
        assert.equal(url.searchParams.get("api-version"), version, "rule 155: with a version");
      }
    });
  }

  it("rule 164: published versions poll under the location, its group in lower case", () => {
    for (const version of ["2016-05-01", "2018-09-01", "2021-09-01"]) {
      const polled = anOperation(version, "POST", "restore", { resourceGroupName: "System.Local" });
      const url = `${base}${locationPath}/operationResults/${id}?api-version=${version}`;
      assert.deepEqual(addressesOf(startAnswer(polled, accepted(polled))), {
        Location: url,
        "Azure-AsyncOperation": `${url}&IsAsyncOperation=1`,
      });
    }
  });

  it("rule 163: the newest version polls under subscription and location", () => {
    const polled = anOperation("2026-12-01", "POST", "createBackup");
    assert.deepEqual(addressesOf(startAnswer(polled, accepted(polled))), {
      Location: `${base}${regionPath}/operationResults/${id}?api-version=2026-12-01`,
      "Azure-AsyncOperation": `${base}${regionPath}/operationStatuses/${id}?api-version=2026-12-01`,
    });
  });

  it("names in addresses are percent-encoded", () => {
    for (const version of ["2018-09-01", "2026-12-01"]) {
      const polled = anOperation(version, "PUT", "{location}", { locationName: "a b#ü" });
      const { Location } = addressesOf(startAnswer(polled, accepted(polled)));
      assert.match(Location, /\/a%20b%23%C3%BC\/operationResults\//);
    }
  });

  it("rule 157: a bound on Retry-After never makes it zero", () => {
    for (const [bound, seconds] of [
      [0, "1"],
      [0.2, "1"],
      [3, "3"],
      [600, "60"],
    ] as const) {
      const polled = {
        ...anOperation("2016-05-01", "PUT", "{location}"),
        maximumRetrySeconds: bound,
      };
      assert.equal(startAnswer(polled, accepted(polled)).headers?.["Retry-After"], seconds);
    }
  });
});

describe("polling the Location", () => {
  const running: readonly (readonly [string, string])[] = [
    ["2016-05-01", "60"],
    ["2018-09-01", "60"],
    ["2021-09-01", "30"],
    ["2026-12-01", "10"],
  ];
  for (const [version, seconds] of running) {
    it(`rule 185: a running one of ${version} is 202 without a body`, () => {
      for (const state of ["Accepted", "Running"] as const) {
        const polled = anOperation(version, "PUT", "{location}", { state });
        const answer = runningResultAnswer(polled);
        assert.equal(answer.status, 202);
        assert.equal(answer.body, undefined);
        assert.deepEqual(answer.headers, {
          Location: addressesOf(startAnswer(polled, accepted(polled))).Location,
          "Retry-After": seconds,
        });
      }
    });
  }

  type Row = readonly [string, Method, string, unknown, status: number, body: unknown];
  const ended: readonly Row[] = [
    ["2016-05-01", "PUT", "{location}", resource, 200, resource],
    ["2018-09-01", "POST", "restore", undefined, 200, undefined],
    ["2021-09-01", "POST", "restore", undefined, 200, null],
    ["2018-09-01", "POST", "pruneExternalStore", resource, 200, resource],
    ["2026-12-01", "PUT", "{location}", resource, 200, resource],
    ["2026-12-01", "PATCH", "{location}", resource, 200, resource],
    ["2026-12-01", "POST", "restore", { roles: [] }, 200, { roles: [] }],
    ["2026-12-01", "DELETE", "{location}", undefined, 204, undefined],
  ];
  for (const [version, method, word, result, status, body] of ended) {
    const kind = body === undefined ? "nothing" : body === null ? "null" : "the result";
    it(`rules 186, 190: ${method} ${word} of ${version} ends with ${status} and ${kind}`, () => {
      const polled = anOperation(version, method, word, { state: "Succeeded" });
      const answer = endedResultAnswer(polled, { ...outcome, result });
      assert.equal(answer.status, status);
      assert.deepEqual(answer.body, body);
      assertNoPollHeaders(answer);
    });
  }

  it("the first generation fails with its recorded 500", () => {
    const answer = endedResultAnswer(
      anOperation("2018-09-01", "PUT", "{location}", failed),
      outcome,
    );
    assert.equal(answer.status, 500);
    assert.equal(answer.headers?.["x-ms-failure-cause"], "service");
    assert.deepEqual(answer.body, {
      error: { code: "StoreFull", message: "Free some room" },
      properties: { provisioningState: "Failed" },
    });
    assert.equal(answer.contentType, "application/json");
    assertNoPollHeaders(answer);
  });

  for (const [version, method, word] of [
    ["2018-09-01", "POST", "pruneExternalStore"],
    ["2021-09-01", "PUT", "{location}"],
    ["2026-12-01", "PUT", "{location}"],
    ["2026-12-01", "DELETE", "{location}"],
  ] as const) {
    it(`rule 187: a failed ${method} ${word} of ${version} is 4xx with its root cause`, () => {
      const full = endedResultAnswer(anOperation(version, method, word, failed), outcome);
      assert.equal(full.status, 409);
      assert.equal((full.body as Body).error?.code, "StoreFull");
      assertNoPollHeaders(full);
      const error = { code: "InvalidBackupPath", message: "Give another" };
      const bad = anOperation(version, method, word, { state: "Failed", error });
      assert.equal(endedResultAnswer(bad, outcome).status, 400);
      const bug = { code: "Internal", message: "Look into the log" };
      const broken = anOperation(version, method, word, { state: "Failed", error: bug });
      assert.equal(endedResultAnswer(broken, outcome).status, 409);
      assert.equal((endedResultAnswer(broken, outcome).body as Body).error?.code, internal);
    });
  }

  it("rule 196: a canceled one is 409 in every version", () => {
    for (const version of versions) {
      const answer = endedResultAnswer(
        anOperation(version, "PUT", "{location}", { state: "Canceled" }),
        outcome,
      );
      assert.equal(answer.status, 409);
      assert.equal((answer.body as Body).error?.code, "OperationCanceled");
    }
  });

  it("published results say no charset", () => {
    for (const version of versions) {
      const polled = anOperation(version, "PUT", "{location}", { state: "Succeeded" });
      const expected = version === "2026-12-01" ? undefined : "application/json";
      assert.equal(endedResultAnswer(polled, outcome).contentType, expected);
    }
  });
});

/** The modern document tells of roles besides. */
const statusOf = (version: string): string =>
  version === "2026-12-01" ? "OperationStatus" : "OperationStatusResult";

describe("polling the status", () => {
  const states = [
    { state: "Accepted" },
    { state: "Running", percentComplete: 100, progress: "Uploading 3 of 4" },
    { state: "Succeeded", percentComplete: 40, endTime: "2026-01-01T00:01:00Z" },
    { ...failed, endTime: "2026-01-01T00:01:00Z" },
    { state: "Canceled", endTime: "2026-01-01T00:01:00Z" },
  ] as const satisfies readonly Partial<OperationRecord>[];

  for (const [version, form] of forms) {
    for (const part of states) {
      const isEnded = "endTime" in part;
      const shown = form === "full" || isEnded ? part.state : "Accepted";

      it(`rules 168, 170–173, 179: a ${part.state} one of ${version} in ${form} is 200 and ${shown}`, () => {
        const polled = anOperation(version, "PUT", "{location}", part);
        const answer = statusAnswer(polled, isEnded ? outcome : undefined, form);
        assert.equal(answer.status, 200);
        assert.equal((answer.body as Body).status, shown);
        if (isEnded) return assertNoPollHeaders(answer);
        assert.deepEqual(Object.keys(answer.headers ?? {}).sort(), [...pollHeaderNames].sort());
      });

      it(`rules 169, 174: a ${part.state} one of ${version} in ${form} is as declared`, () => {
        const polled = anOperation(version, "PUT", "{location}", part);
        const body = wire(statusAnswer(polled, isEnded ? outcome : undefined, form)) as Body;
        const { validate } = createContractValidator(findContract(version));
        assert.deepEqual(validate(statusOf(version), body), []);
        const hasFailed = part.state === "Failed" || part.state === "Canceled";
        assert.equal(body.error !== undefined, hasFailed);
        if (!hasFailed) return;
        assert.ok((body.error?.code ?? "") !== "" && (body.error?.message ?? "") !== "");
      });
    }
  }

  it("the second generation shows one word while it runs", () => {
    const polled = anOperation("2021-09-01", "PATCH", "{location}", { state: "Running" });
    const answer = statusAnswer(polled, undefined, "short");
    const text = JSON.stringify(answer.body);
    assert.equal(text, '{"status":"Accepted","properties":{"provisioningState":"Accepted"}}');
    assert.equal(answer.contentType, "application/json");
    assert.equal(answer.headers?.["Retry-After"], "30");
  });

  it("the second generation ends with the resource's id, name and properties", () => {
    const polled = anOperation("2021-09-01", "PATCH", "{location}", { state: "Succeeded" });
    const { properties } = resource;
    const expected = { status: "Succeeded", id: locationPath, name: "local", properties };
    assert.equal(
      JSON.stringify(statusAnswer(polled, outcome, "short").body),
      JSON.stringify(expected),
    );
  });

  it("the second generation's restore ends with the bare word", () => {
    const polled = anOperation("2021-09-01", "POST", "restore", { state: "Succeeded" });
    const answer = statusAnswer(polled, { ...outcome, result: undefined }, "short");
    assert.equal(JSON.stringify(answer.body), '{"status":"Succeeded"}');
  });

  it("rule 169: the newest version's status has its own id, times and progress", () => {
    const running = states[1];
    const polled = anOperation("2026-12-01", "PUT", "{location}", running);
    assert.deepEqual(wire(statusAnswer(polled, undefined, "full")), {
      id: `${regionPath}/operationStatuses/${id}`,
      name: id,
      resourceId: locationPath,
      status: "Running",
      startTime: "2026-01-01T00:00:00Z",
      percentComplete: 99,
      progress: "Uploading 3 of 4",
    });
    const ended = anOperation("2026-12-01", "PUT", "{location}", states[2]);
    const body = wire(statusAnswer(ended, outcome, "full")) as Body;
    assert.equal(body.endTime, "2026-01-01T00:01:00Z");
    assert.deepEqual(body.properties, resource.properties);
  });

  it("rule 175: properties never contradict the status", () => {
    for (const [version, form] of forms) {
      for (const provisioningState of ["Updating", "Failed", "PartialSucceeded"]) {
        const result = { ...resource, properties: { provisioningState } };
        const polled = anOperation(version, "PUT", "{location}", { state: "Succeeded" });
        const body = statusAnswer(polled, { ...outcome, result }, form).body as Body;
        assert.equal(body.properties?.["provisioningState"], "Succeeded");
      }
    }
  });

  it("rule 176: no body names an address to follow", () => {
    for (const [version, form] of forms) {
      for (const part of states) {
        const polled = anOperation(version, "PUT", "{location}", part);
        const answer = statusAnswer(polled, outcome, form);
        assert.ok(!/resourceLocation|https?:/.test(JSON.stringify(answer.body)));
      }
    }
  });

  it("rule 180: only success is 100 percent", () => {
    for (const part of states) {
      const polled = anOperation("2026-12-01", "PUT", "{location}", part);
      const answer = statusAnswer(polled, outcome, "full");
      const { percentComplete } = answer.body as Body;
      if (part.state === "Succeeded") assert.equal(percentComplete, 100);
      else assert.ok(percentComplete === undefined || percentComplete < 100);
    }
  });

  it("rule 177: the same question has the same answer", () => {
    const polled = anOperation("2026-12-01", "PUT", "{location}", states[2]);
    for (const form of ["full", "short"] as const) {
      assert.deepEqual(statusAnswer(polled, outcome, form), statusAnswer(polled, outcome, form));
    }
  });
});

interface Body {
  readonly status?: string;
  readonly error?: { readonly code?: string; readonly message?: string };
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly percentComplete?: number;
  readonly endTime?: string;
}

function anOperation(
  version: string,
  method: Method,
  word: string,
  part: Partial<OperationRecord> = {},
): PolledOperation {
  const route = findRoute(version, method, word);
  assert.ok(route.longRunning !== undefined);
  const operation: OperationRecord = {
    id,
    subscriptionId,
    resourceGroupName: "system.local",
    locationName: "local",
    route: routeKey(route),
    apiVersion: version,
    state: "Accepted",
    startTime: "2026-01-01T00:00:00Z",
    resourceId: locationPath,
    correlationId: "c",
    ...part,
  };
  return {
    operation,
    route,
    longRunning: route.longRunning,
    maximumRetrySeconds: 600,
    context: {
      requestId: "r",
      correlationId: "c",
      clientRequestId: undefined,
      returnClientRequestId: false,
      apiVersion: version,
      publicBaseUrl: base,
      tenantId: undefined,
      principal: { id: "p", name: "p", kind: "development" },
      systemData: undefined,
      receivedAt: 0,
    },
  };
}

function findRoute(version: string, method: Method, word: string): ContractRoute {
  const route = findContract(version).routes.find(
    (one) => one.method === method && one.path.endsWith(`/${word}`),
  );
  if (route === undefined) throw new Error(`No route "${method} ${word}" in ${version}`);
  return route;
}

function accepted({ operation }: PolledOperation) {
  return { kind: "accepted", operation } as const;
}

function addressesOf({ headers = {} }: Answer) {
  return {
    Location: headers["Location"] ?? "",
    "Azure-AsyncOperation": headers["Azure-AsyncOperation"] ?? "",
  };
}

function assertNoPollHeaders({ headers = {} }: Answer): void {
  for (const name of pollHeaderNames) assert.ok(!(name in headers), name);
}

/** As it travels: without undefined parts. */
function wire({ body }: Answer): unknown {
  return JSON.parse(JSON.stringify(body));
}
