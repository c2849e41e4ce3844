// The programs of the system that tests use. On Debian, as root, they are installed when missing.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Program → Debian package that brings it. */
const neededPrograms = {
  az: "azure-cli",
  b3sum: "b3sum",
  "ceph-mon": "ceph-mon",
  "ceph-osd": "ceph-osd",
  ceph: "ceph-common",
  openssl: "openssl",
  promtool: "prometheus",
  radosgw: "radosgw",
  sftp: "openssh-client",
  sshd: "openssh-server",
  smbclient: "smbclient",
  smbd: "samba",
  sqlite3: "sqlite3",
  strace: "strace",
};

/** Brings what is missing where that can be done, and returns the programs still missing. */
export function installTestPrograms() {
  const missing = findMissing();
  const canInstall = process.getuid?.() === 0 && existsSync("/etc/debian_version");
  if (missing.length === 0 || !canInstall) return missing;
  const packages = [...new Set(missing.map((program) => neededPrograms[program]))];
  console.log(`Installing ${packages.join(", ")} for the tests …`);
  runApt(["update", "-q"]);
  runApt(["install", "-q", "-y", "--no-install-recommends", ...packages]);
  return findMissing();
}

function findMissing() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return Object.keys(neededPrograms).filter(
    (program) => !folders.some((folder) => isExecutable(join(folder, program))),
  );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function runApt(parameters) {
  const apt = spawnSync("apt-get", parameters, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (apt.status === 0) return;
  const words = [apt.stdout, apt.stderr, apt.error?.message].filter(Boolean).join("\n");
  console.log(`apt-get ${parameters[0]} failed:\n${words}`);
}
