import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { listProjectFiles, projectRoot, readProjectFile } from "../support/project-files.ts";

describe("the project's files", () => {
  it("link only to files that exist", () => {
    const documents = listProjectFiles("**/*.md");
    const broken = documents.flatMap((document) =>
      findRelativeLinks(readProjectFile(document))
        .filter((link) => !existsSync(join(projectRoot, dirname(document), link)))
        .map((link) => `${document}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it("A88: name no registry and no machine", () => {
    const found = listProjectFiles("**/*").flatMap((file) =>
      findLocalNames(readProjectFile(file)).map((name) => `${file}: ${name}`),
    );
    assert.deepEqual(found, []);
  });

  it("pin every package exactly", () => {
    const manifest = JSON.parse(readProjectFile("package.json")) as Record<
      "dependencies" | "devDependencies" | "optionalDependencies",
      Record<string, string>
    >;
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const versions = Object.values({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    });
    const exact = /^(npm:[\w@/-]+@)?\d+\.\d+\.\d+$/;
    assert.deepEqual(
      versions.filter((version) => !exact.test(version)),
      [],
    );
  });

  it("lock packages by hash, not by address", () => {
    for (const [name, { resolved, integrity, optional, os }] of listLockedPackages()) {
      assert.equal(resolved, undefined, `${name} names an address`);
      // Packages of other platforms may lack a hash, see .config/complete-lock.mjs.
      if (optional === true && os !== undefined && integrity === undefined) continue;
      assert.match(integrity ?? "", /^sha512-/, `${name} has no hash`);
    }
  });

  it("lock the packages of every platform", () => {
    const packages = listLockedPackages();
    const names = new Set(packages.map(([path]) => path));
    const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !names.has(`node_modules/${name}`) && !names.has(`${path}/node_modules/${name}`),
      ),
    );
    assert.deepEqual(missing, [], "run node .config/complete-lock.mjs, or npm ci fails");
  });
});

describe("the checks of files", () => {
  it("see links and not code", () => {
    const text = [
      "[a](b.md) ![c](d/e.png#part) [f](https://g.example/) [h](#i) [j](<k l.md>)",
      "`[code](no.md)`",
      "```",
      "[code](no.md)",
      "```",
      "[ref]: m.md",
    ].join("\n");
    assert.deepEqual(findRelativeLinks(text), ["b.md", "d/e.png", "k l.md", "m.md"]);
  });

  it("see addresses and folders of machines", () => {
    const names = ["registry.npm" + "js.org", "/wo" + "rk/main", "/tm" + "p/x"];
    assert.deepEqual(findLocalNames(`https://${names.join(" ")}`).length, 3);
    assert.deepEqual(findLocalNames("the registry, a/work/b and network/tmp/x"), []);
  });
});

describe("commit subjects", () => {
  it("read area: what it does now", () => {
    assert.deepEqual(
      listSubjects().filter((subject) => !isGoodSubject(subject)),
      [],
    );
  });

  it("are told good from bad", () => {
    assert.ok(isGoodSubject("engine: verify packs before prune deletes them"));
    assert.ok(isGoodSubject("arm, provider: answer 409 while a backup runs"));
    for (const bad of ["fix", "Engine: x", "nowhere: do it", "engine: stop.", "engine:no space"]) {
      assert.equal(isGoodSubject(bad), false, bad);
    }
  });
});

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function listLockedPackages(): [path: string, LockedPackage][] {
  const lock = JSON.parse(readProjectFile("package-lock.json")) as {
    packages: Record<string, LockedPackage>;
  };
  const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
  assert.ok(packages.length > 0);
  return packages;
}

function findRelativeLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");
  const inline = prose.matchAll(/\]\((?:<([^>]+)>|([^)\s]+))(?:\s+"[^"]*")?\)/g);
  const references = prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm);
  return [...inline, ...references]
    .map((match) => match[1] ?? match[2] ?? "")
    .filter((link) => !/^([a-z][a-z0-9+.-]*:|#)/i.test(link))
    .map((link) => decodeURI(link.replace(/#.*$/, "")));
}

function findLocalNames(text: string): string[] {
  const registry = process.env["npm_config_registry"];
  const host = registry === undefined ? undefined : new URL(registry).host;
  const patterns = [/(?<![\w.$}~-])\/(?:work|tmp)\/[\w.-]*/g, /\bregistry\.[\w-]+\.[\w.-]+/g];
  return [
    ...patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([name]) => name)),
    ...(host !== undefined && text.includes(host) ? [host] : []),
  ];
}

function listSubjects(): string[] {
  // An unpacked archive has no history to check.
  if (!existsSync(join(projectRoot, ".git"))) return [];
  const git = ["-c", `safe.directory=${projectRoot}`, "log", "--no-merges", "--format=%s"];
  return execFileSync("git", git, { cwd: projectRoot, encoding: "utf8" }).trim().split("\n");
}

function isGoodSubject(subject: string): boolean {
  const folders = ["src", "."].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name.replace(/^\./, "")),
  );
  const others = [
    "all",
    "bench",
    "deps",
    "docs",
    "front-door",
    "main",
    "portal",
    "prune",
    "quickstart",
    "readme",
    "stores",
    "tools",
    "verify",
  ];
  const areas = new Set([...folders, ...others]);
  const [, area, summary] = /^([a-z, -]+): (\S.*[^.])$/.exec(subject) ?? [];
  return summary !== undefined && (area ?? "").split(", ").every((name) => areas.has(name));
}
