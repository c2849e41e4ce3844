import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { SmbStoreSettings } from "../../src/storage/smb-store.ts";
import { makeTempFolder, removeFolder } from "./temp-folder.ts";

export const sambaAccount = {
  domain: "AZSDOM",
  user: "backupsvc",
  password: "P@ss w0rd-é1",
} as const;

export interface SambaOptions {
  /** Default `required`; `off` is a server that can only sign. */
  readonly encryption?: "required" | "off";
  /** Lines for `[global]`. */
  readonly global?: readonly string[];
  /** Lines for the share `backup`. */
  readonly share?: readonly string[];
  /** Further names of the one account, as people may have them; none with a double quote. */
  readonly alsoCalled?: readonly string[];
  /** Puts the share `small` on a file system of 20 MiB, which is empty after each start; see {@link canMount}. */
  readonly smallShare?: boolean;
}

export interface SambaServer {
  readonly port: number;
  /** What the share `backup` shows. */
  readonly folder: string;
  /** What the read-only share `archive` shows. */
  readonly archive: string;
  /** Of the server; its sessions are its children. */
  pid(): number;
  /** Kills the server and all of its sessions at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Runs commands of `smbclient` on the share and returns what it printed. */
  smbclient(commands: string, share?: string): string;
  /** Takes the share `backup` from all who have it open, as an administrator does. */
  closeShare(): void;
  /** Adds or changes an account by `pdbedit`. */
  editAccount(...parameters: readonly string[]): void;
  /** Sets a rule for all accounts, such as "bad lockout attempt". */
  setPolicy(name: string, value: number): void;
}

/** Settings of a store on the share `backup`, without folder. */
export function smbSettings(server: SambaServer): SmbStoreSettings {
  return {
    server: "127.0.0.1",
    port: server.port,
    share: "backup",
    folders: [],
    user: `${sambaAccount.domain}\\${sambaAccount.user}`,
    password: sambaAccount.password,
  };
}

// Where Debian keeps smbd and pdbedit, which are not on the path of ordinary users.
const path = [process.env["PATH"], "/usr/sbin", "/sbin"].filter(Boolean).join(delimiter);

/** Whether this process may mount a file system for a server. */
export const canMount: boolean =
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

/** Starts a Samba server of its own on a free loopback port, below a temporary folder. */
export async function startSamba(options: SambaOptions = {}): Promise<SambaServer> {
  const root = await makeTempFolder();
  const folder = join(root, "share");
  const archive = join(root, "archive");
  const configuration = join(root, "smb.conf");
  const port = await findFreePort();
  for (const name of ["private", "lock", "state", "cache", "pid", "log", "ncalrpc"]) {
    await mkdir(join(root, name), { mode: name === "private" ? 0o700 : 0o755 });
  }
  await mkdir(folder);
  await mkdir(archive);
  const small = join(root, "small");
  await mkdir(small);
  const unixUser = userInfo().username;
  const names = [sambaAccount.user, ...(options.alsoCalled ?? [])].map((name) => `"${name}"`);
  await writeFile(join(root, "usermap"), `${unixUser} = ${names.join(" ")}\n`);
  await writeFile(configuration, writeConfiguration(root, port, options));
  const editAccount = (...parameters: readonly string[]): void => {
    const { password } = sambaAccount;
    const input = `${password}\n${password}\n`;
    runProgram("pdbedit", ["-s", configuration, "-u", unixUser, ...parameters], { input });
  };
  editAccount("-a", "-t");
  let server: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    process.kill(-server.pid, signal); // smbd makes a group of its own, its sessions are in it
    await gone;
    process.off("exit", killAtExit);
  };
  const killAtExit = (): void => {
    if (server?.pid !== undefined && server.exitCode === null) process.kill(-server.pid, "SIGKILL");
  };
  const start = async (): Promise<void> => {
    const smbd = ["smbd", "-s", configuration, "-l", join(root, "log"), "-F"];
    // In a namespace of its own the mount goes with the server, and no other process sees it.
    const mount = 'mount -t tmpfs -o size=20m tmpfs "$1" && shift && exec "$@"';
    const isMounted = options.smallShare === true;
    const [program = "", ...parameters] = isMounted
      ? ["unshare", "-m", "sh", "-c", mount, "sh", small, ...smbd]
      : smbd;
    server = spawn(program, parameters, { env: { ...process.env, PATH: path }, stdio: "ignore" });
    process.on("exit", killAtExit);
    await waitForPort(port, server, join(root, "log", "log.smbd"));
  };
  await start();
  return {
    port,
    folder,
    archive,
    pid: () => server?.pid ?? 0,
    kill: () => end("SIGKILL"),
    start,
    stop: async () => {
      await end("SIGTERM");
      await removeFolder(root);
    },
    smbclient: (commands, share = "backup") =>
      runProgram(
        "smbclient",
        [`//127.0.0.1/${share}`, "-p", String(port), "-m", "SMB3_11", "-s", "/dev/null"].concat(
          ["-U", `${sambaAccount.domain}\\${sambaAccount.user}`, "-c", commands],
          options.encryption === "off" ? [] : ["--client-protection=encrypt"],
        ),
        { cwd: root, password: sambaAccount.password },
      ),
    closeShare: () => {
      runProgram("smbcontrol", ["-s", configuration, "smbd", "close-share", "backup"]);
    },
    editAccount,
    setPolicy: (name, value) => {
      runProgram("pdbedit", ["-s", configuration, "-P", name, "-C", String(value)]);
    },
  };
}

function writeConfiguration(root: string, port: number, options: SambaOptions): string {
  const { encryption = "required", global = [], share = [] } = options;
  const inRoot = (name: string): string => join(root, name);
  const lines = [
    "[global]",
    "server role = standalone server",
    `workgroup = ${sambaAccount.domain}`,
    "netbios name = TESTNAS",
    "interfaces = 127.0.0.1",
    "bind interfaces only = yes",
    `smb ports = ${port}`,
    "disable netbios = yes",
    `passdb backend = tdbsam:${inRoot("private/passdb.tdb")}`,
    `username map = ${inRoot("usermap")}`,
    `private dir = ${inRoot("private")}`,
    `lock directory = ${inRoot("lock")}`,
    `state directory = ${inRoot("state")}`,
    `cache directory = ${inRoot("cache")}`,
    `pid directory = ${inRoot("pid")}`,
    `ncalrpc dir = ${inRoot("ncalrpc")}`,
    `log file = ${inRoot("log/log.%m")}`,
    "server min protocol = SMB3_11",
    "server signing = mandatory",
    `smb encrypt = ${encryption}`,
    "ntlm auth = ntlmv2-only",
    "restrict anonymous = 2",
    "map to guest = never",
    "load printers = no",
    "printing = bsd",
    "printcap name = /dev/null",
    "rpc start on demand helpers = no",
    "unix extensions = no",
    "strict sync = yes",
    ...global,
    ...describeShare("backup", inRoot("share"), "no"),
    ...share,
    ...describeShare("archive", inRoot("archive"), "yes"),
    ...describeShare("small", inRoot("small"), "no"),
  ];
  return `${lines.join("\n")}\n`;
}

function describeShare(name: string, folder: string, readOnly: "yes" | "no"): string[] {
  const modes = ["create mask = 0600", "directory mask = 0700"];
  return [`[${name}]`, `path = ${folder}`, `read only = ${readOnly}`, ...modes];
}

interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly password?: string;
}

function runProgram(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): string {
  const { input = "", cwd, password = "" } = options;
  const run = spawnSync(program, parameters, {
    encoding: "utf8",
    input,
    cwd,
    env: { ...process.env, PATH: path, PASSWD: password },
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = `${run.stdout}${run.stderr}`;
  if (run.status === 0) return output;
  throw new Error(`${program} ended with ${run.status ?? run.error?.message}: ${output}`);
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function waitForPort(port: number, server: ChildProcess, log: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (server.exitCode !== null || server.signalCode !== null) break;
    const socket = connect({ port, host: "127.0.0.1" });
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await pause(50);
  }
  throw new Error(`smbd did not start: ${await readFile(log, "utf8").catch(String)}`);
}
