import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { makeTempFolder, removeFolder } from "./temp-folder.ts";

const run = promisify(execFile);

/** A real S3 server: Ceph's gateway over a cluster of one monitor and one store in memory. */
export interface RadosGateway {
  readonly url: string;
  /** Runs `radosgw-admin` with the words; returns what it printed. */
  administer(...words: readonly string[]): Promise<string>;
  createUser(name: string, ...words: readonly string[]): Promise<S3User>;
  /** Ends the gateway alone, at once; what it holds stays. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface S3User {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Starts all of it in a folder of its own, on free ports; takes about ten seconds. */
export async function startRadosGateway(): Promise<RadosGateway> {
  const folder = await makeTempFolder();
  const children: ChildProcess[] = [];
  const kill = (): void => children.forEach((child) => child.kill("SIGKILL"));
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.off("exit", kill);
    const alive = children.filter((child) => child.exitCode === null && child.signalCode === null);
    const ended = alive.map((child) => once(child, "exit"));
    kill();
    await Promise.all(ended);
    await removeFolder(folder);
  };
  try {
    const url = await startCluster(folder, children);
    await startGateway(folder, url, children);
    return createGateway(folder, url, children, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function createGateway(
  folder: string,
  url: string,
  children: ChildProcess[],
  stop: () => Promise<void>,
): RadosGateway {
  const configFile = join(folder, "ceph.conf");
  const administer = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await run("radosgw-admin", ["-c", configFile, "-n", gateway, ...words]);
    return stdout;
  };
  return {
    url,
    administer,
    createUser: async (name, ...words) => {
      const accessKeyId = `KEY${randomBytes(8).toString("hex").toUpperCase()}`;
      const secretAccessKey = randomBytes(20).toString("hex");
      const identity = [`--uid=${name}`, `--display-name=${name}`];
      const keys = [`--access-key=${accessKeyId}`, `--secret=${secretAccessKey}`];
      await administer("user", "create", ...identity, ...keys, ...words);
      return { accessKeyId, secretAccessKey };
    },
    kill: async () => {
      const last = children.pop();
      if (last === undefined) return;
      const ended = once(last, "exit");
      last.kill("SIGKILL");
      await ended;
    },
    start: () => startGateway(folder, url, children),
    stop,
  };
}

async function startGateway(folder: string, url: string, children: ChildProcess[]): Promise<void> {
  const words = ["-c", join(folder, "ceph.conf"), "-f", "-n", gateway];
  const child = spawn("radosgw", words, { stdio: "ignore" });
  children.push(child);
  await waitForAnswer(url, child);
}

const gateway = "client.rgw.a";

async function startCluster(folder: string, children: ChildProcess[]): Promise<string> {
  const [monitorPort, gatewayPort] = await findFreePorts();
  const url = `http://127.0.0.1:${gatewayPort}`;
  const file = (name: string): string => join(folder, name);
  const fsid = randomUUID();
  for (const name of ["mon", "osd"]) await mkdir(file(name));
  await writeFile(file("ceph.conf"), describeCluster(folder, fsid, monitorPort, gatewayPort));
  const start = (program: string, ...words: readonly string[]): ChildProcess => {
    const child = spawn(program, ["-c", file("ceph.conf"), "-f", ...words], { stdio: "ignore" });
    children.push(child);
    return child;
  };
  const ask = (...words: readonly string[]): Promise<unknown> =>
    run("ceph", ["-c", file("ceph.conf"), "--connect-timeout", "30", ...words]);

  const address = `[v2:127.0.0.1:${monitorPort}]`;
  const map = ["--create", "--fsid", fsid, "--addv", "a", address, file("monmap")];
  await Promise.all([run("monmaptool", map), makeKeyring(file("keyring"))]);
  const keyring = ["--keyring", file("keyring")];
  const monitor = ["--mkfs", "--monmap", file("monmap"), ...keyring];
  await run("ceph-mon", ["-c", file("ceph.conf"), "-i", "a", ...monitor]);
  start("ceph-mon", "-i", "a");
  await ask("auth", "import", "-i", file("keyring"));
  const store = randomUUID();
  await ask("osd", "new", store);
  await run("ceph-osd", ["-c", file("ceph.conf"), "-i", "0", "--mkfs", "--osd-uuid", store]);
  start("ceph-osd", "-i", "0");
  await ask("osd", "require-osd-release", "pacific");
  return url;
}

/** One keyring for all; without any authentication the gateway hangs. */
async function makeKeyring(path: string): Promise<void> {
  const add = (name: string, ...caps: readonly string[]): Promise<unknown> =>
    run("ceph-authtool", [path, "--gen-key", "-n", name, ...caps]);
  await run("ceph-authtool", ["--create-keyring", path]);
  await add("mon.", "--cap", "mon", "allow *");
  const all = ["mon", "osd", "mgr"].flatMap((service) => ["--cap", service, "allow *"]);
  await add("client.admin", ...all);
  await add(gateway, ...all);
  await add("osd.0", "--cap", "mon", "allow profile osd", "--cap", "osd", "allow *");
}

function describeCluster(
  folder: string,
  fsid: string,
  monitorPort: number,
  gatewayPort: number,
): string {
  return [
    "[global]",
    `fsid = ${fsid}`,
    `mon host = v2:127.0.0.1:${monitorPort}`,
    "auth cluster required = cephx",
    "auth service required = cephx",
    "auth client required = cephx",
    `keyring = ${folder}/keyring`,
    "public addr = 127.0.0.1",
    "cluster addr = 127.0.0.1",
    "ms bind ipv6 = false",
    "osd pool default size = 1",
    "osd pool default pg num = 1",
    "osd pool default pg autoscale mode = off",
    "mon allow pool size one = true",
    "mon warn on pool no redundancy = false",
    "osd crush chooseleaf type = 0",
    "osd objectstore = memstore",
    "memstore device bytes = 2147483648",
    `mon data = ${folder}/mon`,
    `osd data = ${folder}/osd`,
    `run dir = ${folder}`,
    `admin socket = ${folder}/$name.$pid.asok`,
    `pid file = ${folder}/$name.pid`,
    `log file = ${folder}/$name.log`,
    `crash dir = ${folder}`,
    "client mount timeout = 30",
    `[${gateway}]`,
    // Without it the gateway sends the head of an answer, then waits 40 ms for its receipt before the body.
    `rgw frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1`,
    "rgw run sync thread = false",
    "",
  ].join("\n");
}

async function findFreePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()];
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  const [first = 0, second = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return [first, second];
}

async function waitForAnswer(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; child.exitCode === null && attempt < 1200; attempt += 1) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.text();
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error(`radosgw does not answer (exit code ${child.exitCode})`);
}
