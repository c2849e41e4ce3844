import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathOf, succeed, type Answer, type ArmCaller } from "./arm-caller.ts";
import { startService, type Service } from "./service.ts";
import { makeCertificate, type TestCertificate } from "./test-certificates.ts";
import { waitForFile } from "./wait-for-file.ts";

/** A service with a location whose backups wait at a gate: their one role is a program that writes when it is opened. */
export interface GatedService {
  readonly service: Service;
  readonly api: ArmCaller;
  readonly certificate: TestCertificate;
  /** Closes the gate and starts a backup; resolves when it waits there, with the process of its engine. */
  startBackup(): Promise<{ readonly accepted: Answer; readonly engine: number }>;
  /** The process that runs the engine, once its backup waits at the gate; each is told once. */
  nextEngine(): Promise<number>;
  openGate(): void;
}

/** What a backup holds of the role. */
export const behindTheGate = "what was behind the gate";

export async function startGatedService(
  config: Readonly<Record<string, unknown>> = {},
): Promise<GatedService> {
  const service = await startService({ makeRoles, config });
  const { folder } = service;
  const certificate = makeCertificate(folder, "backup", "P-256");
  const api = service.call("2026-12-01");
  try {
    await putLocation(api, join(folder, "store"), certificate);
  } catch (error) {
    await service.close();
    throw error;
  }
  const [gate, running] = [join(folder, "gate"), join(folder, "running")];
  const nextEngine = async (): Promise<number> => {
    await waitForFile(running);
    const engine = Number(readFileSync(running, "utf8"));
    rmSync(running);
    assert.notEqual(engine, service.pid);
    return engine;
  };
  return {
    ...{ service, api, certificate, nextEngine },
    startBackup: async () => {
      for (const file of [gate, running]) rmSync(file, { force: true });
      const accepted = await api.post(pathOf("north", "/createBackup"));
      return { accepted, engine: await nextEngine() };
    },
    openGate: () => writeFileSync(gate, behindTheGate),
  };
}

/** It says who started it, and writes nothing until it finds a file. */
function makeRoles(folder: string): readonly object[] {
  const wait = "while [ ! -e gate ]; do sleep 0.02; done; cat gate";
  const script = `echo $PPID > soon; mv soon running; ${wait}`;
  const settings = { command: "sh", args: ["-c", script], workingDirectory: folder };
  return [{ name: "gated", adapter: "command", essential: true, settings }];
}

async function putLocation(
  api: ArmCaller,
  path: string,
  { certificateBase64 }: TestCertificate,
): Promise<void> {
  mkdirSync(path);
  const encryption = { recipients: [{ certificateBase64 }] };
  const body = { location: "north", properties: { store: { kind: "Local", path }, encryption } };
  await succeed(api, await api.put(pathOf("north"), body));
}
