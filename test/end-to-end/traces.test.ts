import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed, type Answer } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate } from "../support/test-certificates.ts";
import {
  startTraceReceiver,
  type ReceivedSpan,
  type TraceReceiver,
} from "../support/trace-receiver.ts";
import { waitFor } from "../support/wait-for.ts";

const canary = "canary-7c20";

describe("rule 38: traces of a running service", () => {
  let receiver: TraceReceiver;
  let service: Service;

  before(async () => {
    receiver = await startTraceReceiver();
    const tracing = { endpoint: receiver.endpoint, allowedHosts: [receiver.host] };
    service = await startService({ config: { tracing } });
  });
  after(async () => {
    await service.close();
    receiver.close();
  });

  const traceId = randomBytes(16).toString("hex");
  const callerSpan = randomBytes(8).toString("hex");
  /** Asks as a caller that keeps traces. */
  const send = (method: string, path: string, body?: object): Promise<Answer> =>
    service.call("2026-12-01").send(method, path, {
      headers: {
        "content-type": "application/json",
        traceparent: `00-${traceId}-${callerSpan}-01`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const find = (name: string): ReceivedSpan | undefined =>
    receiver.spans.find((span) => span.traceId === traceId && span.name === name);
  const childrenOf = ({ spanId }: ReceivedSpan): readonly ReceivedSpan[] =>
    receiver.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
  const parts = [
    ...["role:files", "phase:preparing", "phase:copying", "phase:committing", "phase:checking"],
    ...["store:open", "store:put", "store:get", "store:list"],
  ];
  const location =
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}";

  it("lead from the caller through the request and its job to roles, phases and stores", async () => {
    const api = service.call("2026-12-01");
    const { certificateBase64 } = makeCertificate(service.folder, "traced", "P-256");
    mkdirSync(join(service.folder, "store"));
    const store = { kind: "Local", path: join(service.folder, "store") };
    const properties = { store, encryption: { recipients: [{ certificateBase64 }] } };
    const tags = { canary };
    const made = await send("PUT", pathOf("north"), { location: "north", properties, tags });
    await succeed(api, made);
    const ended = await succeed(api, await send("POST", pathOf("north", "/createBackup")));
    const request = `POST ${location}/createBackup`;
    await waitFor("all spans came", () =>
      [request, "createBackup", ...parts].every((name) => find(name) !== undefined),
    );
    const [top, job] = [find(request), find("createBackup")];
    assert.equal(top?.parentSpanId, callerSpan);
    assert.equal(job?.parentSpanId, top.spanId);
    const belowJob = new Set(childrenOf(job).map(({ name }) => name));
    for (const name of parts) assert.ok(belowJob.has(name), `${name}: ${[...belowJob].join()}`);
    const writes = childrenOf(job).find(({ name }) => name === "store:put");
    assert.equal(writes?.attributes["holdfast.store"], "local");
    assert.ok(Number(writes.attributes["holdfast.store.calls"]) >= 3);
    // Calls to stores are told of together: their number does not grow with the backup.
    assert.ok(childrenOf(job).length < 40, String(childrenOf(job).length));
    assert.equal(top.attributes["http.response.status_code"], 202);
    const operationId = ended.resultAnswer.body.name;
    assert.equal(top.attributes["holdfast.operation_id"], operationId);
    assert.equal(job.attributes["holdfast.operation_id"], operationId);
    assert.equal(find(`PUT ${location}`)?.parentSpanId, callerSpan);
  });

  it("tell nothing of what was sent", () => {
    for (const word of [canary, "BEGIN", service.folder])
      assert.equal(receiver.text().includes(word), false, word);
  });

  it("are told of before the process ends", async () => {
    await send("GET", pathOf("north"));
    await service.stop();
    assert.ok(find(`GET ${location}`));
    await service.restart();
  });
});
