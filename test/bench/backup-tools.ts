import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** A program that makes backups, as the benchmark calls it. Every list is a command line. */
export interface BackupTool {
  readonly name: string;
  /** What it does, so that times can be compared fairly. */
  readonly work: string;
  readonly repository: string;
  readonly env: Readonly<Record<string, string>>;
  /** Run before the clock. */
  readonly prepare: readonly (readonly string[])[];
  backup(data: string, name: string): readonly string[];
  /** Starts, opens the repository and does nothing else: what a key derivation costs shows here. */
  readonly open: readonly string[];
  restore(name: string, target: string): readonly string[];
  /** Below the target, where the data is after a restore. */
  restoredPath(data: string): string;
  readonly verify: readonly string[];
  readonly deepVerify: readonly string[];
}

const password = "bench";

/** Where a repository is when it is no folder of the tool's home, and what opens it. */
export interface Repository {
  readonly address: string;
  readonly env: Readonly<Record<string, string>>;
  /** Before the other words of every call. */
  readonly options?: readonly string[];
}

/** Our command line, given as the words that start it. */
export function createHoldfast(
  program: readonly string[],
  home: string,
  node: string,
  place?: Repository,
): BackupTool {
  const repository = place?.address ?? join(home, "repo");
  const keys = ["--keys", join(home, "writer.json")];
  const pfx = ["--pfx", join(home, "k", "holdfast.pfx")].concat([
    "--password-file",
    join(home, "k", "holdfast.password"),
  ]);
  const call = (...words: readonly string[]): readonly string[] => [node, ...program, ...words];
  const repo = ["--repo", repository];
  return {
    name: "holdfast",
    work: "chunks cut by content, keyed ids, zstd 1, AES-256-GCM; writes with public keys alone, so no key derivation; every new object is read back and compared before the backup counts; restore checks every chunk and sets owner, mode and times",
    repository,
    env: environment(home, place?.env ?? {}),
    prepare: [
      call("keys", "create", "--out", join(home, "k")),
      call("repo", "init", ...repo, ...keys, "--cert", join(home, "k", "holdfast.cer")),
    ],
    backup: (data) =>
      call("repo", "backup", ...repo, ...keys, "--cache-dir", join(home, "cache"), `data=${data}`),
    open: call("repo", "list", ...repo, ...keys),
    restore: (_name, target) =>
      call("repo", "restore", "latest", ...repo, ...keys, "--target", target, ...pfx),
    restoredPath: () => "data",
    verify: call("repo", "verify", ...repo, ...keys),
    deepVerify: call("repo", "verify", ...repo, ...keys, "--depth", "content", ...pfx),
  };
}

export function createRestic(home: string, place?: Repository): BackupTool {
  const repository = place?.address ?? join(home, "repo");
  const options = place?.options ?? [];
  const call = (...words: readonly string[]): readonly string[] => [
    "restic",
    "-q",
    ...options,
    ...words,
  ];
  return {
    name: "restic",
    work: "chunks cut by content, SHA-256 ids, zstd (auto), AES-256-CTR with Poly1305; scrypt at every start; restore without --verify; check --read-data decrypts and hashes every blob",
    repository,
    env: environment(home, {
      RESTIC_REPOSITORY: repository,
      RESTIC_PASSWORD: password,
      ...place?.env,
    }),
    prepare: [call("init", "--repository-version", "2")],
    backup: (data) => call("backup", data),
    open: call("cat", "config"),
    restore: (_name, target) => call("restore", "latest", "--target", target),
    restoredPath: (data) => data,
    verify: call("check", "--read-data"),
    deepVerify: call("check", "--read-data"),
  };
}

export function createBorg(home: string): BackupTool {
  const repository = join(home, "repo");
  const call = (...words: readonly string[]): readonly string[] => ["borg", ...words];
  return {
    name: "borg",
    work: "chunks cut by content, keyed BLAKE2b ids, zstd 1, AES-256-CTR with HMAC; PBKDF2 at every start; one thread; check --verify-data decrypts and hashes every chunk",
    repository,
    env: environment(home, {
      BORG_REPO: repository,
      BORG_PASSPHRASE: password,
      BORG_BASE_DIR: join(home, "borg"),
      BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
    }),
    prepare: [call("init", "--encryption", "repokey-blake2")],
    backup: (data, name) => call("create", "--compression", "zstd,1", `::${name}`, data),
    open: call("info"),
    restore: (name) => call("extract", `::${name}`),
    restoredPath: (data) => data,
    verify: call("check", "--verify-data"),
    deepVerify: call("check", "--verify-data"),
  };
}

/** Nothing of the caller's settings may reach the programs. */
function environment(
  home: string,
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  mkdirSync(home, { recursive: true });
  const path = process.env["PATH"] ?? "/usr/bin:/bin";
  return { PATH: path, HOME: home, TMPDIR: home, LANG: "C.UTF-8", ...more };
}
