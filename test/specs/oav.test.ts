import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { listProjectFiles, projectRoot } from "../support/project-files.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";

const documents = listProjectFiles("specs/resource-manager/*/stable/*/*.json");
const child = join(projectRoot, "test/support/oav-child.ts");

/** Whoever closes an alert sends all of it back, read-only values too, and so does its example. */
const sendsReadOnly =
  "specs/resource-manager/Microsoft.InfrastructureInsights.Admin/stable/2016-05-01/alerts.json";

/** What authors of Azure's specifications run before anybody looks at them. */
describe("oav's checks of our documents", { concurrency: 2 }, () => {
  let folder: string;
  before(async () => {
    folder = await makeTempFolder();
  });
  after(() => removeFolder(folder));

  const run = async (command: string, document: string): Promise<string> => {
    // It keeps logs in its home.
    const env = { ...process.env, HOME: folder };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [child, command, document],
      { env },
    );
    return stdout + stderr;
  };

  it("look at every document", () => {
    assert.ok(documents.length >= 5, documents.join());
  });

  for (const document of documents)
    for (const [command, words] of [
      ["validate-spec", /without error/],
      ["validate-example", /without errors/],
    ] as const) {
      if (command === "validate-example" && document === sendsReadOnly) continue;
      it(`${command} takes ${document.replace("specs/resource-manager/", "")}`, async () => {
        assert.match(await run(command, join(projectRoot, document)), words);
      });
    }

  it("object to nothing else in the one example that is left out", async () => {
    await assert.rejects(
      run("validate-example", join(projectRoot, sendsReadOnly)),
      ({ stdout }) => {
        const codes = [...String(stdout).matchAll(/^ {2}code: '([A-Z_]+)'/gm)].map(
          ([, code]) => code,
        );
        assert.deepEqual([...new Set(codes)], ["READONLY_PROPERTY_NOT_ALLOWED_IN_REQUEST"]);
        return true;
      },
    );
  });

  it("find a reference to nothing, and an example of another type", async () => {
    cpSync(join(projectRoot, "specs/resource-manager"), join(folder, "specs"), { recursive: true });
    const stable = join(folder, "specs/Microsoft.Backup.Admin/stable/2026-12-01");
    const example = join(stable, "examples/BackupLocations_Get.json");
    change(example, /"name": "[^"]*"/, '"name": 7');
    await assert.rejects(run("validate-example", join(stable, "backup.json")));
    change(join(stable, "backup.json"), '#/definitions/BackupLocation"', '#/definitions/Nothing"');
    await assert.rejects(run("validate-spec", join(stable, "backup.json")));
  });
});

function change(file: string, from: RegExp | string, to: string): void {
  const text = readFileSync(file, "utf8");
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  writeFileSync(file, changed);
}
