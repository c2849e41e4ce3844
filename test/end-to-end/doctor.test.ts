import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, succeed } from "../support/arm-caller.ts";
import { runCli } from "../support/run-cli.ts";
import { startService, type Service } from "../support/service.ts";
import { makeCertificate } from "../support/test-certificates.ts";

interface Line {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly remediation: readonly string[];
}

describe("holdfast doctor", () => {
  let service: Service;
  before(async () => {
    service = await startService();
    const { certificateBase64 } = makeCertificate(service.folder, "doctor", "rsa:2048");
    mkdirSync(join(service.folder, "store"));
    const api = service.call("2026-12-01");
    const properties = {
      store: { kind: "Local", path: join(service.folder, "store") },
      encryption: { recipients: [{ certificateBase64 }] },
      schedule: { isEnabled: true, frequencyInHours: 12 },
    };
    await succeed(api, await api.put(pathOf("north"), { location: "north", properties }));
    await succeed(api, await api.post(pathOf("north", "/createBackup")));
  });
  after(() => service.close());

  const run = async (
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly text: string }> => {
    const environment = { HOLDFAST_URL: service.url };
    const { code, stdout, stderr } = await runCli(service.folder, ["doctor", ...words], {
      environment,
    });
    assert.equal(stderr, "");
    return { code, text: stdout };
  };
  const list = async (
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly checks: readonly Line[] }> => {
    const { code, text } = await run("--output", "json", ...words);
    return { code, ...(JSON.parse(text) as { readonly checks: readonly Line[] }) };
  };

  it("looks at settings, service and stores in one go", async () => {
    const { code, text } = await run();
    // All is well, but nobody is told of alerts.
    assert.equal(code, 3, text);
    for (const name of ["settings", "folders", "sources", "sealing-key", "service", "state"])
      assert.match(text, new RegExp(`^ok    ${name}: `, "m"));
    assert.match(text, /^ok {4}north recovery-point: The newest recovery point is 0 minutes old/m);
    assert.match(text, /^ok {4}north store-test: The store does all that a backup needs/m);
    assert.match(text, /^warn {2}north routes: .*\n {8}1\. /m);
    assert.doesNotMatch(text, /^FAIL/m);
  });

  it("tells who holds the store, and what to do about a writer that died", async () => {
    const free = await list();
    const leaseOf = ({ checks }: { readonly checks: readonly Line[] }): Line | undefined =>
      checks.find(({ name }) => name === "lease");
    assert.equal(leaseOf(free)?.message, "No writer holds the repository");
    const locks = join(service.folder, "store", "holdfast", "locks");
    const file = join(locks, "000000000900");
    const write = (validUntil: number): void =>
      writeFileSync(file, JSON.stringify({ installationId: "another", jobFence: 1, validUntil }));
    try {
      write(Date.now() + 3_600_000);
      const held = leaseOf(await list());
      assert.equal(held?.status, "Warning");
      assert.match(held.message, /"another", holds the repository until .*give one of the two/);
      write(Date.parse("2026-01-01T00:00:00Z"));
      const { text } = await run();
      assert.match(text, /^warn {2}north lease: .*"another", held .*next backup takes it over/m);
    } finally {
      rmSync(file);
    }
  });

  it("tells which step a store fails at", async () => {
    const store = join(service.folder, "store");
    renameSync(store, `${store}-away`);
    try {
      const { code, checks } = await list();
      assert.equal(code, 1);
      const test = checks.find(({ name }) => name === "store-test");
      assert.equal(test?.status, "Failed", JSON.stringify(checks));
      const quick = await list("--quick");
      assert.equal(
        quick.checks.some(({ name }) => name === "store-test"),
        false,
      );
    } finally {
      rmSync(store, { recursive: true, force: true });
      renameSync(`${store}-away`, store);
    }
    // The store that was tried out again is known to be well, also to who asks the state alone.
    const healed = await list();
    assert.equal(healed.checks.find(({ name }) => name === "store-test")?.status, "Passed");
  });

  it("sees all of it from the state when the service is down, and that the sealing key is lost", async () => {
    await service.kill();
    const down = await list();
    assert.equal(down.code, 1);
    const failed = down.checks.filter(({ status }) => status === "Failed");
    assert.deepEqual(
      failed.map(({ name }) => name),
      ["service"],
    );
    assert.match(failed[0]?.message ?? "", /holdfast serve/);
    assert.ok(down.checks.some(({ name }) => name === "recovery-point"));
    const key = join(service.folder, "state", "sealing.key");
    renameSync(key, `${key}-away`);
    const lost = await list();
    renameSync(`${key}-away`, key);
    const found = lost.checks.find(({ name }) => name === "sealing-key");
    assert.equal(found?.status, "Failed");
    assert.match(found.remediation.join(), /Bring it back/);
    await service.restart();
  });

  it("says what is wrong with the settings", async () => {
    const { code, checks } = await list("--config", "nowhere.yaml");
    assert.equal(code, 1);
    const settings = checks.find(({ name }) => name === "settings");
    assert.equal(settings?.status, "Failed");
  });
});
