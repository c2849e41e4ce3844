import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { counters } from "../../src/metrics/counters.ts";
import { gauges } from "../../src/metrics/gauges.ts";
import { pathOf, succeed } from "../support/arm-caller.ts";
import { listProjectFiles, projectRoot, readProjectFile } from "../support/project-files.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate } from "../support/test-certificates.ts";
import { waitFor } from "../support/wait-for.ts";
import { alertTypes } from "../../src/alerts/alert-types.ts";

const canary = "canary-4d1f";

describe("metrics", () => {
  let service: Service;
  let internalUrl: string;
  let thumbprintCount: number;
  let text: string;

  before(async () => {
    service = await startService({ config: { internal: { port: 0 } } });
    const address = /"address":"(http:[^"]+)"/;
    await waitFor("the log tells the address", () => address.test(service.readLog()));
    internalUrl = address.exec(service.readLog())?.[1] ?? "";
    const api = service.call("2021-09-01");
    const path = join(service.folder, "store");
    mkdirSync(path);
    const { certificateBase64 } = makeCertificate(service.folder, "p256", "P-256");
    const store = { path, password: canary, encryptionCertBase64: certificateBase64 };
    const schedule = { isBackupSchedulerEnabled: true, backupFrequencyInHours: 8 };
    const body = {
      location: "north",
      properties: { externalStoreDefault: { ...store, ...schedule } },
    };
    await succeed(api, await api.put(pathOf("north"), body));
    await succeed(api, await api.post(pathOf("north", "/createBackup")));
    await api.put(pathOf("bare"), { location: "north", properties: {} });
    await api.get(pathOf(`nobody-${canary}`));
    await api.send("GET", `/nowhere/${canary}`);
    text = await scrape();
    thumbprintCount = valuesOf(text, "holdfast_certificate_not_after_timestamp_seconds").length;
  });
  after(() => service.close());

  const scrape = async (): Promise<string> => {
    const answer = await fetch(`${internalUrl}/metrics`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    return answer.text();
  };

  it("tell of a location what its documents tell", () => {
    const now = Date.now() / 1000;
    const north = (name: string, further = ""): number => {
      const labels = `subscription="5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21",resource_group="system.north",location="north"${further}`;
      return valueOf(text, `${name}{${labels}}`);
    };
    assert.equal(valueOf(text, "holdfast_locations"), 2);
    assert.equal(north("holdfast_location_configured"), 1);
    assert.equal(north("holdfast_schedule_enabled"), 1);
    assert.equal(north("holdfast_backups", ',status="Succeeded"'), 1);
    assert.equal(north("holdfast_backups", ',status="Failed"'), 0);
    assert.equal(north("holdfast_backup_last_status", ',status="Succeeded"'), 1);
    assert.equal(north("holdfast_backup_last_status", ',status="Failed"'), 0);
    assert.equal(north("holdfast_backup_last_bytes", ',kind="plain"'), "a file".length);
    assert.ok(north("holdfast_backups_stored_bytes") > 0);
    assert.equal(north("holdfast_recovery_point_target_seconds"), 16 * 3600);
    const success = north("holdfast_backup_last_success_timestamp_seconds");
    assert.ok(Math.abs(now - success) < 600, `${success}`);
    assert.ok(Math.abs(north("holdfast_recovery_point_age_seconds")) < 600);
    const nextRun = north("holdfast_schedule_next_run_timestamp_seconds");
    assert.ok(nextRun > now - 600 && nextRun < now + 9 * 3600, `${nextRun}`);
    assert.ok(north("holdfast_store_free_bytes") > 0);
    assert.equal(thumbprintCount, 1);
    assert.match(text, /^holdfast_location_configured\{[^}]*location="bare"\} 0$/m);
    assert.doesNotMatch(text, /^holdfast_recovery_point_age_seconds\{[^}]*location="bare"/m);
  });

  it("rule 276: tell of work that is over that none waits, and how it ended", () => {
    assert.equal(valueOf(text, 'holdfast_jobs{kind="createBackup",state="running"}'), 0);
    assert.equal(valueOf(text, "holdfast_jobs_oldest_due_age_seconds"), 0);
    const ended = 'holdfast_work_ended_total{kind="createBackup",result="succeeded"}';
    assert.equal(valueOf(text, ended), 1);
    const took = 'holdfast_work_duration_seconds_count{kind="createBackup"}';
    assert.equal(valueOf(text, took), 1);
    assert.equal(valueOf(text, 'holdfast_work_attempts_total{kind="createBackup"}'), 1);
    assert.deepEqual(valuesOf(text, "holdfast_work_leases_lost_total"), []);
  });

  it("count calls to stores by kind, their errors, and what came of backups", () => {
    const calls = (operation: string): number =>
      valueOf(
        text,
        `holdfast_store_operation_duration_seconds_count{store="local",operation="${operation}"}`,
      );
    for (const operation of ["open", "put", "get", "list", "probe"])
      assert.ok(calls(operation) > 0, operation);
    const counted = (name: string, ...labels: readonly string[]): number =>
      valueOf(text, `holdfast_${name}{${labels.join(",")}}`);
    const asked = 'trigger="request"';
    assert.equal(counted("backup_attempts_total", asked, 'result="Succeeded"'), 1);
    // What the configuration tried out was not there before.
    assert.ok(valuesOf(text, "holdfast_store_operation_errors_total").length > 0);
  });

  it("rule 275: count requests by the template of their route and never by what callers wrote", () => {
    const route =
      "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Backup.Admin/backupLocations/{location}";
    const of = (method: string, status: number, path: string): number =>
      valueOf(
        text,
        `holdfast_http_requests_total{method="${method}",route="${path}",status="${status}"}`,
      );
    assert.equal(of("GET", 404, route), 1);
    assert.ok(of("GET", 404, "none") >= 1);
    const labels = `method="GET",route="none"`;
    assert.ok(valueOf(text, `holdfast_http_request_duration_seconds_count{${labels}}`) >= 1);
    assert.equal(text.includes(canary), false);
  });

  it("have exactly the labels that their table names", () => {
    for (const [name, { labels }] of Object.entries({ ...gauges, ...counters }))
      for (const found of valuesOf(text, name)) {
        const names = [...found.matchAll(/([a-z_]+)="/g)].map(([, label = ""]) => label);
        assert.deepEqual(names.toSorted(), [...labels].toSorted(), found);
      }
    for (const name of Object.keys({ ...gauges, ...counters }))
      assert.ok(text.includes(`# HELP ${name} `), name);
  });

  it("please the checker of Prometheus", () => {
    assert.deepEqual(promtool(["check", "metrics"], text), { status: 0, output: "" });
  });

  it("are read with GET", async () => {
    const posted = await fetch(`${internalUrl}/metrics`, { method: "POST" });
    assert.equal(posted.status, 405);
    assert.equal(posted.headers.get("allow"), "GET, HEAD");
    const head = await fetch(`${internalUrl}/metrics`, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(await head.text(), "");
  });

  it("are not at the listener of the API", async () => {
    assert.equal((await fetch(`${service.url}/metrics`)).status, 404);
  });

  it("are all that rules and board ask for", () => {
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const files = listProjectFiles("deploy/{prometheus,grafana}/*");
    assert.equal(files.length, 3);
    for (const file of files) {
      const asked = readProjectFile(file).match(/\bholdfast_[a-z0-9_]+/g) ?? [];
      assert.ok(asked.length > 10, file);
      const unknown = asked.filter((name) => !known.has(name.replace(/_(bucket|sum|count)$/, "")));
      assert.deepEqual(unknown, [], file);
    }
  });
});

describe("the rules of alerting", () => {
  it("name types of alerts that exist", () => {
    const named = /type=~"([^"]+)"/.exec(readProjectFile("deploy/prometheus/alerts.yml"));
    const unknown = (named?.[1] ?? "none")
      .split("|")
      .filter((id) => !Object.hasOwn(alertTypes, id));
    assert.deepEqual(unknown, []);
  });

  it("are proved one by one", () => {
    const rules = readProjectFile("deploy/prometheus/alerts.yml");
    const names = [...rules.matchAll(/- alert: (\S+)/g)].map(([, name]) => name);
    const tests = readProjectFile("deploy/prometheus/alerts.test.yml");
    assert.ok(names.length > 10);
    const unproved = names.filter((name) => !tests.includes(`alertname="${name}"`));
    assert.deepEqual(unproved, []);
  });

  it("do as their tests say", () => {
    assert.equal(promtool(["check", "rules", "alerts.yml"]).status, 0);
    const { status, output } = promtool(["test", "rules", "alerts.test.yml"]);
    assert.equal(status, 0, output);
  });
});

function promtool(
  args: readonly string[],
  input = "",
): { readonly status: number | null; readonly output: string } {
  const cwd = join(projectRoot, "deploy/prometheus");
  const run = spawnSync("promtool", args, { cwd, input, encoding: "utf8", timeout: 120_000 });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}

/** The lines of a metric. */
function valuesOf(text: string, name: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

function valueOf(text: string, series: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? assert.fail(`No ${series} in\n${text}`));
}
