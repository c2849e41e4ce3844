import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { projectRoot, readProjectFile } from "../support/project-files.ts";
import { checkSeenExchanges, countSeenExchanges, recorder } from "../support/seen-exchanges.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const run = promisify(execFile);

/** The shell blocks of the README's worked example, in order. */
function readBlocks(): string[] {
  const section = readProjectFile("README.md").split("## By hand")[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] as string);
}

/** The same commands for a folder of the test's own, on a port of its own. */
function fit(block: string, folder: string, url: string): string {
  const cli = `node --disable-warning=ExperimentalWarning ${join(projectRoot, "src/cli/main.ts")}`;
  return block
    .replaceAll("npm run holdfast --", cli)
    .replaceAll("http://127.0.0.1:8443", url)
    .replaceAll("/srv/backup", join(folder, "store"));
}

async function runBlock(block: string, folder: string, url: string): Promise<string> {
  const script = `set -euo pipefail\n${fit(block, folder, url)}`;
  const { stdout } = await run("bash", ["-c", script], {
    cwd: folder,
    env: { ...process.env, HOLDFAST_URL: url },
  });
  return stdout;
}

/** Starts the block's `serve` line, listening on a free port; the lines before it run first. Its exchanges are watched. */
async function startService(
  block: string,
  folder: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const lines = block.trim().split("\n");
  const serve = lines.pop() ?? "";
  assert.match(serve, /serve --config/);
  await runBlock(lines.join("\n"), folder, "");
  await run("sed", ["-i", "s#port: 8443#port: 0#; s#path: /etc#path: ./source#", "holdfast.yaml"], {
    cwd: folder,
  });
  await run("sed", ["-i", `s#\\./source#${join(folder, "source")}#`, "holdfast.yaml"], {
    cwd: folder,
  });
  const exchanges = join(folder, "exchanges");
  const service = spawn("bash", ["-c", `exec ${fit(serve, folder, "")}`], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=${recorder}`,
      HOLDFAST_EXCHANGES: exchanges,
    },
  });
  const [line] = (await once(createInterface(service.stdout), "line")) as [string];
  const stop = async (): Promise<void> => {
    const closed = once(service, "close");
    service.kill("SIGTERM");
    await closed;
    assert.ok(countSeenExchanges(exchanges) > 5);
    await checkSeenExchanges(exchanges);
  };
  return { url: line.replace("listening ", ""), stop };
}

async function waitForBackup(url: string): Promise<void> {
  const group = "/subscriptions/5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21/resourceGroups/system.local";
  const address = `${url}${group}/providers/Microsoft.Backup.Admin/backupLocations/local/backups?api-version=2026-12-01`;
  for (let attempt = 0; attempt < 300; attempt++) {
    const body = await (await fetch(address)).text();
    if (body.includes('"status":"Succeeded"')) return;
    await setTimeout(50);
  }
  assert.fail("The backup did not end");
}

describe("the README", () => {
  it("shows a worked example that works", () =>
    withTempFolder(async (folder) => {
      const [start, requests, recovery] = readBlocks();
      assert.ok(start !== undefined && requests !== undefined && recovery !== undefined);
      mkdirSync(join(folder, "source"));
      symlinkSync("README.md", join(folder, "source", "link"));
      symlinkSync(join(projectRoot, "deploy"), join(folder, "deploy"));
      const service = await startService(start, folder);
      try {
        const created = await runBlock(requests, folder, service.url);
        assert.match(created, /"provisioningState":"Creating"/);
        assert.match(created, /HTTP\/1\.1 202 Accepted/);
        await waitForBackup(service.url);
        const recovered = await runBlock(recovery, folder, service.url);
        assert.match(recovered, /No damage/);
        assert.deepEqual(readdirSync(join(folder, "restored", "Configuration")), ["link"]);
      } finally {
        await service.stop();
      }
    }));
});
