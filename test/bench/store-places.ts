// The servers that the stores' bench runs, each of its own, on loopback.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { startRadosGateway } from "../support/rados-gateway.ts";
import { sambaAccount, startSamba } from "../support/samba.ts";
import { startSshd } from "../support/sshd.ts";
import type { Repository } from "./backup-tools.ts";

/** A running server: where each program finds a fresh place on it. */
export interface Place {
  readonly title: string;
  /** What is to be known of the server and of how it is reached. */
  readonly note: string;
  /** Of a round. */
  readonly holdfast: (round: number) => Promise<Repository>;
  readonly restic: (round: number) => Promise<Repository>;
  readonly stop: () => Promise<void>;
}

export const starters: Readonly<Record<string, () => Promise<Place>>> = {
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
    note: "Ceph in memory; the gateway's frontend runs with `tcp_nodelay=1`, for both programs: without it each of its answers waits 40 ms between head and body. Plain HTTP.",
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
    note: "The same server and key; restic speaks through Debian's ssh.",
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
    note: "Samba with `smb encrypt = required`. restic has no SMB of its own: rclone speaks it, signed and encrypted as well.",
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
