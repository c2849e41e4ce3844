// Races our command line against restic through servers: an S3 gateway, an SFTP server, a share.
//
//   npm run bench -- --stores [--runs 3] [--size 256M] [--stores-of s3,sftp,smb] [--from-source]
//
// Each server is of the bench's own, on loopback. restic speaks to a share through rclone.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { startRadosGateway } from "../support/rados-gateway.ts";
import { sambaAccount, startSamba } from "../support/samba.ts";
import { startSshd } from "../support/sshd.ts";
import { createHoldfast, createRestic, type BackupTool, type Repository } from "./backup-tools.ts";
import { medianOf, runMeasured } from "./run-measured.ts";

const root = resolve(import.meta.dirname, "..", "..");
const phases = ["first", "unchanged", "restore"] as const;
type Phase = (typeof phases)[number];

/** A running server: where each program finds a fresh place on it. */
interface Place {
  readonly title: string;
  /** Of a round. */
  readonly holdfast: (round: number) => Promise<Repository>;
  readonly restic: (round: number) => Promise<Repository>;
  readonly stop: () => Promise<void>;
}

type Times = Record<string, Record<Phase, number[]>>;

/** Runs the race and writes `results-stores.md`. */
export async function benchStores(
  findProgram: (fromSource: boolean) => readonly string[],
): Promise<void> {
  const { values } = parseArgs({
    options: {
      stores: { type: "boolean" },
      runs: { type: "string", default: "3" },
      size: { type: "string", default: "256M" },
      "stores-of": { type: "string", default: "s3,sftp,smb" },
      "from-source": { type: "boolean", default: false },
    },
  });
  installRclone();
  const work = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  process.on("exit", () => rmSync(work, { recursive: true, force: true }));
  // The servers end with the process: a signal must not leave them behind.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  const data = join(work, "data");
  const made = makeData(data, values.size);
  const program = findProgram(values["from-source"]);
  const runs = Number(values.runs);
  const sections: string[] = [];
  for (const name of values["stores-of"].split(",")) {
    sections.push(await raceOn(name, { work, data, program }, runs));
  }
  const report = render(sections, made, program, runs);
  writeFileSync(join(root, "test/bench/results-stores.md"), report);
  console.log(`\n${report}`);
}

interface Made {
  readonly files: number;
  readonly bytes: number;
}

function makeData(data: string, size: string): Made {
  const script = join(import.meta.dirname, "make-dataset.ts");
  const words = ["--disable-warning=ExperimentalWarning", script, "mixed", "--size", size];
  const text = execFileSync(process.execPath, [...words, "--out", data], {
    encoding: "utf8",
  });
  return JSON.parse(text) as Made;
}

async function raceOn(name: string, setting: Setting, runs: number): Promise<string> {
  const start = starters[name];
  if (start === undefined) throw new Error(`No store "${name}": s3, sftp or smb`);
  const place = await start();
  try {
    return describe(place.title, await race(place, setting, runs));
  } finally {
    await place.stop();
  }
}

function render(
  sections: readonly string[],
  { files, bytes }: Made,
  program: readonly string[],
  runs: number,
): string {
  const isSource = program.some((word) => word.endsWith(".ts"));
  const parts = [
    "# Benchmark results: through servers",
    `${new Date().toISOString().slice(0, 16)}Z · ${runs} interleaved runs, medians · set a, ${files} files, ${Math.round(bytes / 1e6)} MB`,
    `holdfast ${isSource ? "from source" : "built"}, Node ${process.versions.node} · ${readVersion("restic", "version")} · ${readVersion("rclone", "version")}`,
    ...sections,
    "Wall-clock seconds of whole processes against servers on the same machine, processor seconds of the program in brackets.\nEvery object of ours is read back over the line before a backup counts, which restic does not do.",
  ];
  return `${parts.join("\n\n")}\n`;
}

interface Setting {
  readonly work: string;
  readonly data: string;
  readonly program: readonly string[];
}

interface Result {
  readonly times: Times;
  readonly cpu: Times;
}

async function race(place: Place, setting: Setting, runs: number): Promise<Result> {
  const { work, data, program } = setting;
  const result: Result = { times: {}, cpu: {} };
  for (let round = 1; round <= runs; round += 1) {
    const home = (name: string): string => join(work, `${name}-${round}`);
    const tools: BackupTool[] = [
      createHoldfast(program, home("holdfast"), process.execPath, await place.holdfast(round)),
      createRestic(home("restic"), await place.restic(round)),
    ];
    // Nobody is always first.
    if (round % 2 === 0) tools.reverse();
    for (const tool of tools)
      for (const command of tool.prepare)
        runMeasured(command, { cwd: homeOf(tool), env: tool.env });
    for (const phase of phases)
      for (const tool of tools) {
        const measure = runPhase(tool, phase, data);
        note(result.times, tool.name, phase, measure.seconds);
        note(result.cpu, tool.name, phase, measure.cpuSeconds);
        console.log(
          `${place.title} ${round} ${phase.padEnd(9)} ${tool.name.padEnd(8)} ${measure.seconds.toFixed(2)} s`,
        );
      }
    for (const tool of tools) rmSync(homeOf(tool), { recursive: true, force: true });
  }
  return result;
}

function runPhase(tool: BackupTool, phase: Phase, data: string): ReturnType<typeof runMeasured> {
  const options = { cwd: homeOf(tool), env: tool.env };
  if (phase !== "restore") return runMeasured(tool.backup(data, phase), options);
  const target = join(homeOf(tool), "out");
  mkdirSync(target);
  const measure = runMeasured(tool.restore("unchanged", target), {
    ...options,
    cwd: target,
  });
  execFileSync("diff", ["-r", "--no-dereference", data, join(target, tool.restoredPath(data))]);
  rmSync(target, { recursive: true });
  return measure;
}

function note(times: Times, tool: string, phase: Phase, seconds: number): void {
  const known = (times[tool] ??= { first: [], unchanged: [], restore: [] });
  known[phase].push(seconds);
}

function describe(title: string, { times, cpu }: Result): string {
  const lines = phases.map((phase) => {
    const at = (all: Times, tool: string): number => medianOf(all[tool]?.[phase] ?? []);
    const [ours, theirs] = ["holdfast", "restic"].map(
      (tool) => `${at(times, tool).toFixed(2)} (${at(cpu, tool).toFixed(2)})`,
    );
    const ratio = at(times, "restic") / at(times, "holdfast");
    return `| ${phase} | ${ours} | ${theirs} | ${ratio.toFixed(2)}× |`;
  });
  const head =
    "| step | holdfast s (cpu) | restic s (cpu) | restic ÷ ours |\n| --- | --- | --- | --- |";
  return `## ${title}\n\n${head}\n${lines.join("\n")}`;
}

const starters: Readonly<Record<string, () => Promise<Place>>> = {
  s3: startS3Place,
  sftp: startSftpPlace,
  smb: startSmbPlace,
};

async function startS3Place(): Promise<Place> {
  const gateway = await startRadosGateway();
  const user = await gateway.createUser("bench", "--max-buckets=100");
  const client = new S3Client({
    endpoint: gateway.url,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: user,
  });
  const make = async (bucket: string): Promise<string> => {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    return `${gateway.url}/${bucket}`;
  };
  const { accessKeyId, secretAccessKey } = user;
  return {
    title: "S3 (Ceph's RADOS gateway)",
    holdfast: async (round) => ({
      address: `s3:${await make(`ours-${round}`)}`,
      env: {
        HOLDFAST_S3_ACCESS_KEY_ID: accessKeyId,
        HOLDFAST_S3_SECRET_ACCESS_KEY: secretAccessKey,
      },
    }),
    restic: async (round) => ({
      address: `s3:${await make(`theirs-${round}`)}`,
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    }),
    stop: async () => {
      client.destroy();
      await gateway.stop();
    },
  };
}

async function startSftpPlace(): Promise<Place> {
  const sshd = await startSshd();
  const { port, userName, files, writerKeyFile, knownHostsFile, hostKey } = sshd;
  const make = (name: string): string => {
    mkdirSync(join(files, name));
    return `${files}/${name}`;
  };
  const ssh = `ssh -p ${port} -i ${writerKeyFile} -o UserKnownHostsFile=${knownHostsFile} ${userName}@127.0.0.1 -s sftp`;
  return {
    title: "SFTP (OpenSSH)",
    holdfast: (round) =>
      Promise.resolve({
        address: `sftp://${userName}@127.0.0.1:${port}${make(`ours-${round}`)}`,
        env: {
          HOLDFAST_SFTP_KEY_FILE: writerKeyFile,
          HOLDFAST_SFTP_HOST_KEY: hostKey,
        },
      }),
    restic: (round) =>
      Promise.resolve({
        address: `sftp:${userName}@127.0.0.1:${make(`theirs-${round}`)}`,
        env: {},
        options: ["-o", `sftp.command=${ssh}`],
      }),
    stop: () => sshd.dispose(),
  };
}

async function startSmbPlace(): Promise<Place> {
  const samba = await startSamba();
  const { domain, user, password } = sambaAccount;
  const make = (name: string): string => {
    mkdirSync(join(samba.folder, name));
    return name;
  };
  const obscured = execFileSync("rclone", ["obscure", "-"], {
    input: password,
    encoding: "utf8",
  });
  return {
    title: "SMB, encrypted (Samba; restic through rclone)",
    holdfast: (round) =>
      Promise.resolve({
        address: `smb://${domain};${user}@127.0.0.1:${samba.port}/backup/${make(`ours-${round}`)}`,
        env: { HOLDFAST_PASSWORD: password },
      }),
    restic: (round) =>
      Promise.resolve({
        address: `rclone:bench:backup/${make(`theirs-${round}`)}`,
        env: {
          RCLONE_CONFIG_BENCH_TYPE: "smb",
          RCLONE_CONFIG_BENCH_HOST: "127.0.0.1",
          RCLONE_CONFIG_BENCH_PORT: String(samba.port),
          RCLONE_CONFIG_BENCH_USER: user,
          RCLONE_CONFIG_BENCH_DOMAIN: domain,
          RCLONE_CONFIG_BENCH_PASS: obscured.trim(),
        },
      }),
    stop: () => samba.stop(),
  };
}

function installRclone(): void {
  if (spawnSync("rclone", ["version"]).status === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", "rclone"], { env });
}

function readVersion(program: string, word: string): string {
  return execFileSync(program, [word], { encoding: "utf8" }).split("\n")[0] ?? "";
}

function homeOf(tool: BackupTool): string {
  return tool.env["HOME"] ?? "";
}
