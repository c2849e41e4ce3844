import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { makeTempFolder, removeFolder } from "./temp-folder.ts";

/** OpenSSH's server on a free port of 127.0.0.1, with keys, accounts and folders of its own. */
export interface Sshd {
  readonly port: number;
  readonly userName: string;
  /** Folder for the files of tests. */
  readonly files: string;
  /** A file system of 24 MB that only the server sees; undefined where nothing can be mounted. */
  readonly small: string | undefined;
  /** As `ssh-keygen -l` prints it. */
  readonly hostKey: string;
  /** Private keys, as text: one may do all, the other only read. */
  readonly writerKey: string;
  readonly readerKey: string;
  readonly writerKeyFile: string;
  readonly knownHostsFile: string;
  /** Of the server; its sessions are its children. */
  pid(): number;
  /** Ends the server and every session at once. */
  kill(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

const deadlineMilliseconds = 30_000;
// In a mount namespace of its own the mount goes with the server, and no other process sees it.
const canMount = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

export async function startSshd(): Promise<Sshd> {
  const folder = await makeTempFolder();
  const files = join(folder, "files");
  await mkdir(files);
  await mkdir(join(folder, "small"));
  for (const name of ["host", "writer", "reader"]) makeKey(join(folder, name));
  const port = await findFreePort();
  await writeConfig(folder, port);
  const server = new SshdProcess(folder, port);
  const hostPublicKey = (await readFile(join(folder, "host.pub"), "utf8")).trim();
  await writeFile(join(folder, "known_hosts"), `[127.0.0.1]:${port} ${hostPublicKey}\n`);
  try {
    await server.start();
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
  return {
    port,
    userName: userInfo().username,
    files,
    small: canMount ? join(folder, "small") : undefined,
    hostKey: fingerprintOf(join(folder, "host.pub")),
    writerKey: await readFile(join(folder, "writer"), "utf8"),
    readerKey: await readFile(join(folder, "reader"), "utf8"),
    writerKeyFile: join(folder, "writer"),
    knownHostsFile: join(folder, "known_hosts"),
    pid: () => server.pid,
    kill: () => server.kill(),
    start: () => server.start(),
    dispose: async () => {
      await server.kill();
      await removeFolder(folder);
    },
  };
}

/** A port that nothing listened on a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

class SshdProcess {
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    const small = join(this.#folder, "small");
    const mount = canMount ? `mount -t tmpfs -o size=24m,mode=700 none "$1" && ` : "";
    const sshd = `exec ${findSshd()} -D -e -f "$2"`;
    const args = ["sh", "-c", `${mount}${sshd}`, "sh", small, join(this.#folder, "sshd_config")];
    const command = canMount ? ["unshare", "-m", ...args] : args;
    const log: string[] = [];
    const child = spawn(command[0] ?? "", command.slice(1), {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true, // a group of its own, so that its sessions can be ended with it
    });
    child.stderr.on("data", (data: Buffer) => log.push(data.toString()));
    this.#process = child;
    const deadline = Date.now() + deadlineMilliseconds;
    while (!(await isListening(this.#port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`sshd did not start:\n${log.join("")}`);
      }
      await sleep(20);
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    for (const pid of [...descendantsOf(child.pid), child.pid]) killHard(pid);
    await ended;
  }
}

/** Sessions make process groups of their own, so they are found by their parents. */
function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found: number[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    parents = pairs.filter(([, parent = 0]) => parents.includes(parent)).map(([id = 0]) => id);
    found.push(...parents);
  }
  return found;
}

function killHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return; // gone already
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  const isOpen = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "close").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return isOpen;
}

function makeKey(file: string): void {
  run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file]);
}

function fingerprintOf(publicKeyFile: string): string {
  return run("ssh-keygen", ["-l", "-f", publicKeyFile]).split(" ")[1] ?? "";
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return stdout;
}

function findSshd(): string {
  return ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].find((path) => existsSync(path)) ?? "sshd";
}

async function writeConfig(folder: string, port: number): Promise<void> {
  const [writer, reader] = await Promise.all(
    ["writer.pub", "reader.pub"].map((name) => readFile(join(folder, name), "utf8")),
  );
  const keys = `${writer}restrict,command="internal-sftp -R" ${reader}`;
  await writeFile(join(folder, "authorized_keys"), keys, { mode: 0o600 });
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true }); // privilege separation
  await writeFile(
    join(folder, "sshd_config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `PidFile ${join(folder, "pid")}`,
      `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
      "UsePAM no",
      "StrictModes no",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "MaxStartups 100",
      "LogLevel ERROR",
      "Subsystem sftp internal-sftp",
      "",
    ].join("\n"),
  );
}
