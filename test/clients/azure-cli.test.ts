import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pathOf, type Json } from "../support/arm-caller.ts";
import { aLocation, allVersions, pollerConfig, tellStory } from "../support/poller-story.ts";
import { startPythonPoller, type PythonPoller } from "../support/python-poller.ts";
import { startService, type Service } from "../support/service.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import { makeCertificate } from "../support/test-certificates.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const script = fileURLToPath(new URL("mgmt_resource.py", import.meta.url));

let service: Service;
let python: PythonPoller;

before(async () => {
  service = await startService({ config: pollerConfig });
  python = startPythonPoller();
});
after(async () => {
  await python.close();
  await service.close();
});

describe("ARMPolling of the SDK that the Azure CLI brings", { concurrency: true }, () => {
  for (const version of allVersions) {
    for (const via of ["default", "location", "azure-async-operation"] as const) {
      it(`${version} final-state-via ${via}`, () =>
        tellStory(service, `python-${version}-${via}`, version, via, (call) => python.run(call)));
    }
    it(`${version} by the Location alone`, () =>
      tellStory(service, `python-${version}-alone`, version, "default", (call) =>
        python.run(call, { isLocationOnly: true }),
      ));
  }
});

describe("the generic client of the SDK that the Azure CLI brings", { concurrency: true }, () => {
  let secure: Service;
  let authority: string;
  before(async () => {
    // It sends its token over HTTPS only.
    const folder = await makeTempFolder();
    authority = join(folder, "own.pem");
    const keyFile = join(folder, "own.key");
    const { certPem, keyPem } = makeTlsPair();
    writeFileSync(authority, certPem);
    writeFileSync(keyFile, keyPem, { mode: 0o600 });
    const tls = { certificateFile: authority, keyFile };
    secure = await startService({ config: { ...pollerConfig, tls } });
  });
  after(async () => {
    await secure.close();
    await removeFolder(dirname(authority));
  });

  for (const version of allVersions) {
    it(`creates, finds, writes back, patches and deletes in ${version}`, async () => {
      const name = `life-${version}`;
      const store = join(secure.folder, name);
      mkdirSync(store);
      const steps = await lead(name, version, aLocation(secure, name, version, store));
      const { create, patch, ...rest } = steps;
      const { properties } = create;
      assert.equal(properties.provisioningState, "Succeeded", JSON.stringify(create));
      const back = rest["write back"];
      assert.deepEqual(
        [back.id, back.location, back.tags],
        [create.id, "north", { site: "north" }],
      );
      assert.deepEqual({ ...back.properties, ...moving }, { ...properties, ...moving });
      assert.deepEqual([rest["exists before"], rest["exists"]], [false, true]);
      if (version >= "2021") assert.deepEqual(patch.tags, { site: "south" });
      if (version !== "2026-12-01") return;
      assert.deepEqual(
        [rest["exists after"], rest["delete"], rest["delete again"], rest["get"]],
        [false, null, null, { status: 404, code: "ResourceNotFound" }],
      );
    });
  }

  /** What time alone changes. */
  const moving = { capacity: null, availableCapacity: null };

  /** What each step has brought. */
  async function lead(
    name: string,
    version: string,
    body: object,
  ): Promise<Readonly<Record<string, Json>>> {
    const [, , subscription = "", , group = ""] = pathOf(name).split("/");
    const { stdout } = await runProgram(
      "/usr/bin/python3",
      ["-B", script, secure.url, subscription, group, name, version, JSON.stringify(body)],
      { env: { ...process.env, REQUESTS_CA_BUNDLE: authority } },
    );
    const lines = stdout.trim().split("\n");
    const steps = lines.map((line): Json => JSON.parse(line));
    return Object.fromEntries(steps.map(({ step, body: brought }) => [step, brought]));
  }
});

describe("az rest", () => {
  it("configures, backs up, lists and says what is wrong", async () => {
    const store = join(service.folder, "az");
    mkdirSync(store);
    const { certificateBase64 } = makeCertificate(service.folder, "az", "P-256");
    const properties = {
      store: { kind: "Local", path: store },
      encryption: { recipients: [{ certificateBase64 }] },
    };
    const body = JSON.stringify({ location: "north", properties });
    const made = await az("put", "", "--body", body);
    assert.equal(made.name, "az");
    await settle(() => az("get", ""));
    // It never polls: success without output is all it says of a 202.
    await az("post", "/createBackup");
    const [backup] = await settle(async () => (await az("get", "/backups")).value);
    assert.equal(backup.properties.status, "Succeeded");
    await assert.rejects(az("get", "/backups/0"), { stderr: /Bad Request|Not Found/ });
    await assert.rejects(az("put", "", "--body", '{"location":"north","properties":7}'), {
      stderr: /Bad Request\(\{"error":\{"code":"[A-Za-z]+"/,
    });
  });
});

const runProgram = promisify(execFile);

async function az(method: string, below: string, ...more: readonly string[]): Promise<Json> {
  const url = `${service.url}${pathOf("az", below)}?api-version=2026-12-01`;
  const args = ["rest", "--method", method, "--url", url, "--skip-authorization-header", ...more];
  const settings = {
    AZURE_CONFIG_DIR: join(service.folder, "azure"),
    AZURE_CORE_COLLECT_TELEMETRY: "0",
  };
  const { stdout } = await runProgram("az", args, { env: { ...process.env, ...settings } });
  return stdout === "" ? undefined : JSON.parse(stdout);
}

/** Asks until nothing is under way any more. */
async function settle(ask: () => Promise<Json>): Promise<Json> {
  for (;;) {
    const answer = await ask();
    if (!/"(Accepted|Creating|Queued|Running|Updating|InProgress)"/.test(JSON.stringify(answer)))
      return answer;
  }
}
