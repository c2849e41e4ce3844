// Adds to package-lock.json the packages of other platforms that npm left out because the registry at
// hand did not carry them: without an entry, `npm ci` refuses the lockfile, and with one it is content
// not to fetch what does not fit the machine. These entries have a version and no hash.
// Run after npm install, as: node .config/complete-lock.mjs
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const [path, owner] of Object.entries(lock.packages)) {
  if (path === "") continue;
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${path}/node_modules/${name}`]) {
      continue;
    }
    lock.packages[`node_modules/${name}`] = describePackage(name, version, owner);
    console.log(`Added ${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en")),
);
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);

/** Reads the platform from the end of the package's name, such as binding-linux-arm64-musl. */
function describePackage(name, version, owner) {
  const [, os, cpu, abi = ""] =
    /\b(aix|android|darwin|freebsd|linux|openharmony|sunos|win32)-(\w+)(?:-(\w+))?$/.exec(name);
  return {
    version,
    cpu: [cpu],
    ...(owner.dev === true && { dev: true }),
    ...(os === "linux" && { libc: [abi.startsWith("musl") ? "musl" : "glibc"] }),
    optional: true,
    os: [os],
    engines: owner.engines,
  };
}
