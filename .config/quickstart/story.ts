import { type ChildProcess, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createArmClient, type ArmClient } from "./arm-client.ts";
import { chooseFolders, sumOf, type ChosenFolder } from "./choose-folders.ts";
import { compareAll } from "./compare-all.ts";
import { countOf, say, sayStep, secondsSince, sizeOf } from "./console.ts";
import { createDatabase, startWriter } from "./database.ts";
import { findFreePort, startService, stopService } from "./service.ts";
import { buildStage, describeService, nameOf, root, type Stage } from "./stage.ts";

const subscription = "5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21";
const locationPath = `/subscriptions/${subscription}/resourceGroups/system.local/providers/Microsoft.Backup.Admin/backupLocations/local`;

interface BackupDocument {
  readonly name: string;
  readonly properties: {
    readonly status: string;
    readonly plainBytes: number;
    readonly newBytes: number;
    readonly storedBytes: number;
    readonly roles: readonly {
      readonly name: string;
      readonly status: string;
      readonly files: number;
      readonly error?: { readonly message?: string };
    }[];
  };
}

interface VerifyDocument {
  readonly isHealthy: boolean;
  readonly objects: number;
  readonly bytes: number;
  readonly findings: readonly { readonly object: string; readonly message: string }[];
}

/** Backs up real files through the API, restores them and compares; 0 only when nothing differs. */
export async function tellStory(): Promise<number> {
  const children = new Set<ChildProcess>();
  const controller = new AbortController();
  const stopAll = (): void => {
    for (const child of children) child.kill("SIGTERM");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new Error("Stopped on request")));
  }
  process.on("exit", stopAll);
  try {
    return await play(children, controller.signal);
  } catch (error) {
    say();
    say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    return controller.signal.aborted ? 130 : 1;
  } finally {
    stopAll();
  }
}

async function play(children: Set<ChildProcess>, signal: AbortSignal): Promise<number> {
  const stage = buildStage();
  const folders = chooseFolders(join(root, "node_modules"));
  introduce(stage, folders);
  const pfxPassword = makeKeys(stage);
  createDatabase(stage.database);
  const url = await start(stage, folders, children);
  const arm = createArmClient(url, signal);

  await configure(arm, stage);
  const backup = await backUpWhileWriting(arm, stage, children);
  await listAndVerify(arm);
  const target = join(stage.restoreRoot, "first");
  await restore(arm, backup, target, stage, pfxPassword);
  sayStep("Compared with the originals: bytes, modes, owners, times (to 1 µs), link targets");
  const faults = compareAll(stage, folders, target);
  await backUpAgain(arm);
  await end(stage, children, url);

  for (const line of faults.differences.slice(0, 20)) say(`  DIFFERENT: ${line}`);
  say();
  say(`restored ${faults.files} files, ${faults.differences.length} differences`);
  return faults.differences.length === 0 ? 0 : 1;
}

function introduce(stage: Stage, folders: readonly ChosenFolder[]): void {
  const { files, bytes } = sumOf(folders);
  say(
    "Holdfast makes encrypted backups of an infrastructure. You will now see one go out and come",
  );
  say(
    `back, through the API that Azure tools speak. Everything made is kept in ${nameOf(stage.home)}/.`,
  );
  sayStep("What is backed up");
  for (const folder of folders) {
    say(`  ${folder.path}: ${countOf(folder.files)} files, ${sizeOf(folder.bytes)}`);
  }
  say(
    `  together ${countOf(files)} real files of this machine, ${sizeOf(bytes)}, read where they lie;`,
  );
  if (files < 5000 || bytes < 200e6)
    say("  (less than usual: this machine has no more of its own)");
  say("  an SQLite database that a program keeps writing to; and the output of a command");
}

function makeKeys(stage: Stage): string {
  sayStep("A certificate: whoever has its private key can open the backups, the service cannot");
  runHoldfast(["keys", "create", "--out", stage.keys]);
  say(`  for the service:  ${nameOf(join(stage.keys, "holdfast.cer"))}`);
  say(
    `  for you alone:    ${nameOf(join(stage.keys, "holdfast.pfx"))}, password in holdfast.password`,
  );
  return readFileSync(join(stage.keys, "holdfast.password"), "utf8").trim();
}

/** Runs the command line as its user would; its own words are shown only when it fails. */
function runHoldfast(args: readonly string[]): void {
  const program = join(root, "src", "cli", "main.ts");
  const options = ["--disable-warning=ExperimentalWarning", program, ...args];
  const run = spawnSync(process.execPath, options, { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`holdfast ${args.join(" ")}: ${run.stderr.trim()}`);
}

async function start(
  stage: Stage,
  folders: readonly ChosenFolder[],
  children: Set<ChildProcess>,
): Promise<string> {
  sayStep("The service, on this machine only");
  const port = await findFreePort();
  // JSON is YAML too.
  writeFileSync(
    stage.config,
    `${JSON.stringify(describeService(stage, folders, port), null, 2)}\n`,
  );
  const service = await startService(root, stage.config, stage.log);
  children.add(service.child);
  say(`  listens on ${service.url}; its log is ${nameOf(stage.log)}`);
  return service.url;
}

async function configure(arm: ArmClient, stage: Stage): Promise<void> {
  sayStep("PUT backupLocations/local: where backups go, and for whose key");
  const certificate = readFileSync(join(stage.keys, "holdfast.cer")).toString("base64");
  await arm.run("PUT", locationPath, {
    location: "local",
    properties: {
      store: { kind: "Local", path: stage.store },
      encryption: { recipients: [{ certificateBase64: certificate }] },
    },
  });
  say(`  the store is ${nameOf(stage.store)}`);
}

async function backUpWhileWriting(
  arm: ArmClient,
  stage: Stage,
  children: Set<ChildProcess>,
): Promise<BackupDocument> {
  sayStep("POST createBackup, while a program writes to the database");
  const writer = await startWriter(stage.database);
  children.add(writer.child);
  const backup = await backUp(arm);
  const transactions = await writer.stop();
  children.delete(writer.child);
  say(`  meanwhile ${countOf(transactions)} transactions were committed to the database`);
  return backup;
}

async function backUp(arm: ArmClient): Promise<BackupDocument> {
  const startedAt = performance.now();
  const result = await arm.run("POST", `${locationPath}/createBackup`, undefined);
  const backup = result as BackupDocument;
  const { status, plainBytes, newBytes, storedBytes, roles } = backup.properties;
  say(`  backup ${backup.name} ${status} after ${secondsSince(startedAt)}`);
  say(
    `  ${sizeOf(plainBytes)} in ${roles.length} roles; new among it ${sizeOf(newBytes)}; the store grew by ${sizeOf(storedBytes)}`,
  );
  for (const role of roles) {
    if (role.status === "Succeeded") continue;
    say(`  role ${role.name} ${role.status}: ${role.error?.message ?? "see the log"}`);
  }
  if (status !== "Succeeded") throw new Error(`The backup ended ${status}`);
  return backup;
}

async function listAndVerify(arm: ArmClient): Promise<void> {
  sayStep("GET backups, POST verify: every stored byte is read again, without any key");
  const { value } = (await arm.get(`${locationPath}/backups`)) as { value: BackupDocument[] };
  for (const { name, properties } of value) say(`  ${name}  ${properties.status}`);
  const result = await arm.run("POST", `${locationPath}/verify`, { depth: "Ciphertext" });
  const { isHealthy, objects, bytes, findings } = result as VerifyDocument;
  for (const { object, message } of findings) say(`  DAMAGED ${object}: ${message}`);
  if (!isHealthy) throw new Error("The store is damaged");
  say(`  ${countOf(objects)} objects, ${sizeOf(bytes)}: no damage`);
}

async function restore(
  arm: ArmClient,
  backup: BackupDocument,
  targetPath: string,
  stage: Stage,
  decryptionCertPassword: string,
): Promise<void> {
  sayStep("POST restore: only now the private key is shown to the service, for this run");
  const startedAt = performance.now();
  const pfx = readFileSync(join(stage.keys, "holdfast.pfx"));
  const result = await arm.run("POST", `${locationPath}/backups/${backup.name}/restore`, {
    targetPath,
    decryptionCertBase64: pfx.toString("base64"),
    decryptionCertPassword,
  });
  const { files, bytes, warnings } = result as {
    files: number;
    bytes: number;
    warnings: readonly { path: string; message: string }[];
  };
  for (const { path, message } of warnings.slice(0, 10)) say(`  warning: ${path}: ${message}`);
  say(
    `  ${countOf(files)} files, ${sizeOf(bytes)} in ${nameOf(targetPath)} after ${secondsSince(startedAt)}`,
  );
}

async function backUpAgain(arm: ArmClient): Promise<void> {
  sayStep("POST createBackup once more: what is stored already is not stored again");
  await backUp(arm);
}

async function end(stage: Stage, children: Set<ChildProcess>, url: string): Promise<void> {
  const [child] = children;
  if (child !== undefined) {
    await stopService({ child, url });
    children.delete(child);
  }
  const name = nameOf(stage.home);
  sayStep("Done. To look further:");
  say(`  npm run holdfast -- repo list --repo ${name}/store`);
  say(`  npm run holdfast -- repo verify --repo ${name}/store`);
  say(
    `  npm run holdfast -- repo restore latest --repo ${name}/store --target holdfast-quickstart/again \\`,
  );
  say(`    --pfx ${name}/keys/holdfast.pfx --password-file ${name}/keys/holdfast.password`);
  say(`  npm run holdfast -- serve --config ${name}/service.yaml     and then, beside it:`);
  say(`  npm run holdfast -- backup list --location local --url ${url}`);
  say(`  curl '${url}${locationPath}?api-version=2026-12-01'`);
  say(`  The store, the keys, the service's state and what was restored are in ${name}/;`);
  say("  remove that folder when you have seen enough.");
}
