import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, it } from "node:test";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { foldStatus, isRecoveryReady } from "../../src/engine/backup/role-results.ts";
import type { Progress, RoleResult } from "../../src/engine/model.ts";
import type { ObjectStore } from "../../src/engine/object-store.ts";
import type { SourceEntry } from "../../src/engine/source.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import {
  aFolderRole,
  anEntry,
  aRole,
  aSource,
  aStreamRole,
  createRepository,
  listNames,
  restoredPath,
} from "../support/a-repository.ts";
import { compareTrees, someContent, writeHoles } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const limits = { timeout: 60_000 };

describe("streams", limits, () => {
  it("come back whole from pieces of any size", async () => {
    await withTempFolder(async (folder) => {
      const whole = someContent(4_000_003, "stream");
      const sizes = [0, 1, 0, 65_537, 3 * 1024 * 1024, 7];
      const pieces: Buffer[] = [];
      let at = 0;
      for (const size of sizes) pieces.push(whole.subarray(at, (at += size)));
      pieces.push(whole.subarray(at), Buffer.alloc(0));
      const repository = await createRepository();
      const record = await repository.backup(1, [aStreamRole("dump", () => pieces)], {
        workers: 2,
      });
      assert.equal(record.plainBytes, whole.length);
      await repository.restore(1, `${folder}/target`);
      assert.ok(readFileSync(`${folder}/target/dump/dump`).equals(whole));
    });
  });

  it("are told of role by role, with the sizes of the backup before", async () => {
    const repository = await createRepository();
    const told: Progress[] = [];
    const onProgress = (progress: Progress): void => void told.push(progress);
    const failing = aStreamRole(
      "failing",
      async function* () {
        yield Buffer.alloc(5);
        throw new AppError("SourceFailed", "The program ended with exit code 1");
      },
      { required: false },
    );
    const roles = [aStreamRole("first", () => [Buffer.alloc(100)]), failing];
    await repository.backup(1, roles, { onProgress });
    const atStart = told.find(({ role }) => role === "first")?.roles;
    const nothing = { filesDone: 0, bytesDone: 0 };
    assert.deepEqual(atStart, [
      { name: "first", status: "Copying", ...nothing },
      { name: "failing", status: "Waiting", ...nothing },
    ]);
    const [first, second] = told.at(-1)?.roles ?? [];
    assert.deepEqual(first, { name: "first", status: "Succeeded", filesDone: 1, bytesDone: 100 });
    assert.equal(second?.status, "Failed");
    told.length = 0;
    await repository.backup(2, roles, { onProgress });
    const again = told.at(-1)?.roles?.[0];
    assert.equal(again?.bytesTotal, 100);
    assert.equal(again?.filesTotal, 1);
  });

  it("come back empty when nothing was delivered", async () => {
    await withTempFolder(async (folder) => {
      const repository = await createRepository();
      await repository.backup(1, [aStreamRole("dump", () => [])]);
      await repository.restore(1, `${folder}/target`);
      assert.equal(readFileSync(`${folder}/target/dump/dump`).length, 0);
    });
  });

  it("that fail at their end leave nothing of their role", async () => {
    await withTempFolder(async (folder) => {
      const repository = await createRepository();
      const failing = aStreamRole(
        "failing",
        async function* () {
          yield someContent(500_000, "doomed");
          throw new AppError("SourceFailed", "The program ended with exit code 1");
        },
        { required: false },
      );
      const record = await repository.backup(1, [
        failing,
        aStreamRole("good", () => [Buffer.of(1)]),
      ]);
      assert.equal(record.status, "PartialSucceeded");
      assert.equal(record.isCloudRecoveryReady, false);
      const [first] = record.roles;
      assert.deepEqual(first?.error, {
        code: "SourceFailed",
        message: "The program ended with exit code 1",
      });
      const summary = await repository.restore(1, `${folder}/target`);
      assert.deepEqual(
        summary.roles.map((role) => role.name),
        ["good"],
      );
      assert.ok(!existsSync(`${folder}/target/failing`));
      await assert.rejects(repository.restore(1, `${folder}/other`, { roles: ["failing"] }), {
        code: "RoleNotFound",
      });
    });
  });
});

describe("sources that misbehave", limits, () => {
  const refused: Record<string, readonly SourceEntry[]> = {
    "the same path twice": [anEntry("a"), anEntry("a")],
    "paths out of order": [anEntry("b"), anEntry("a")],
    "a path upwards": [anEntry("a", { type: "directory" }), anEntry("a/..")],
    "a path without its directory": [anEntry("a/b")],
    "a path with an empty segment": [anEntry("a", { type: "directory" }), anEntry("a//b")],
    "a name longer than the format's bound": [anEntry("n".repeat(4097))],
    "a root that is no directory": [anEntry("")],
  };
  for (const [what, entries] of Object.entries(refused)) {
    it(`fail their role for ${what}`, async () => {
      const root = entries[0]?.path === "" ? [] : [anEntry("", { type: "directory" })];
      const repository = await createRepository();
      const bad = aRole("bad", () => aSource([...root, ...entries]));
      const record = await repository.backup(1, [bad, aStreamRole("good", () => [Buffer.of(1)])]);
      assert.deepEqual(
        record.roles.map((role) => role.status),
        ["Failed", "Succeeded"],
      );
    });
  }

  it("cost a warning for a file that vanished", async () => {
    const { record } = await backupWith("/nonexistent/gone");
    assert.equal(record.status, "Succeeded");
    assert.deepEqual([record.roles[0]?.warnings, record.roles[0]?.files], [1, 1]);
  });

  it("end PartialSucceeded for a file that cannot be read", async () => {
    await withTempFolder(async (folder) => {
      symlinkSync("anything", `${folder}/link`);
      const { record, warnings } = await backupWith(`${folder}/link`);
      assert.equal(record.status, "PartialSucceeded");
      assert.deepEqual(warnings, ["ELOOP"]);
    });
  });

  it("end PartialSucceeded for a link whose file vanished", async () => {
    const link = anEntry("z", { type: "hardlink", linkTarget: "lost" });
    const { record, warnings } = await backupWith("/nonexistent/gone", [link]);
    assert.equal(record.status, "PartialSucceeded");
    assert.deepEqual(warnings, ["Vanished", "LinkTargetLost"]);
  });

  it("are a failure when they give nothing", async () => {
    const repository = await createRepository();
    const empty = aRole("empty", () => aSource([anEntry("", { type: "directory" })]));
    await assert.rejects(repository.backup(1, [empty]), { code: "NothingBackedUp" });
    await assert.rejects(repository.backup(1, []), { code: "NothingBackedUp" });
    assert.deepEqual(await listNames(repository.store, "backups/"), []);
    const allowed = await repository.backup(1, [{ ...empty, allowEmpty: true }]);
    assert.equal(allowed.status, "Succeeded");
  });

  it("are refused names that are no folders", async () => {
    const repository = await createRepository();
    for (const name of ["", ".", "..", "a/b", "n".repeat(256)])
      await assert.rejects(repository.backup(1, [aStreamRole(name, () => [])]), {
        code: "InvalidConfiguration",
      });
  });
});

/** A role with one sound file and one named `lost` at the given place. */
async function backupWith(localPath: string, more: readonly SourceEntry[] = []) {
  const warnings: string[] = [];
  const repository = await createRepository();
  const entries = [
    anEntry("", { type: "directory" }),
    anEntry("empty"),
    anEntry("lost", { localPath, size: 10 }),
    ...more,
  ];
  const record = await repository.backup(1, [aRole("files", () => aSource(entries))], {
    onWarning: (_role, warning) => void warnings.push(warning.code),
  });
  return { record, warnings };
}

describe("status folding", () => {
  const table: readonly [string, string, boolean][] = [
    ["Succeeded", "Succeeded", true],
    ["Succeeded Succeeded", "Succeeded", true],
    ["Succeeded PartialSucceeded", "PartialSucceeded", false],
    ["Succeeded Failed", "Failed", false],
    ["PartialSucceeded", "PartialSucceeded", false],
    ["Failed", "Failed", false],
    ["Failed Failed", "Failed", false],
    ["Skipped Failed", "Failed", false],
    ["Succeeded Skipped", "PartialSucceeded", false],
  ];
  for (const [roles, status, isReady] of table) {
    it(`${roles} is ${status}`, () => {
      const results = roles.split(" ").map((role) => aResult({ status: role as never }));
      assert.equal(foldStatus(results), status);
      assert.equal(isRecoveryReady(results), isReady);
    });
  }

  it("counts an optional role that failed as a part", () => {
    const failed = aResult({ status: "Failed", required: false, essential: false });
    assert.equal(foldStatus([aResult({}), failed]), "PartialSucceeded");
    assert.equal(foldStatus([failed]), "Failed");
    assert.equal(isRecoveryReady([aResult({}), failed]), true);
  });

  it("forgives optional roles that were skipped", () => {
    const skipped = aResult({ status: "Skipped", required: false, essential: false });
    assert.equal(foldStatus([aResult({}), skipped]), "Succeeded");
    assert.equal(isRecoveryReady([aResult({}), skipped]), true);
    assert.equal(isRecoveryReady([skipped]), false);
  });
});

function aResult(changes: Partial<RoleResult>): RoleResult {
  return {
    name: "role",
    status: "Succeeded",
    required: true,
    essential: true,
    startedAt: "",
    endedAt: "",
    files: 1,
    directories: 0,
    otherEntries: 0,
    plainBytes: 0,
    newBytes: 0,
    warnings: 0,
    ...changes,
  };
}

describe("a run that is stopped", limits, () => {
  it("ends Canceled, and the next one adopts its packs", async () => {
    const repository = await createRepository();
    const cancel = new AbortController();
    const role = aStreamRole("dump", async function* () {
      yield someContent(40 * 1024 * 1024, "long");
      cancel.abort();
      yield Buffer.of(1);
    });
    const stopped = repository.backup(1, [role], { signal: cancel.signal });
    await assert.rejects(stopped, { name: "AppError", code: "Canceled" });
    assert.deepEqual(await listNames(repository.store, "backups/"), []);
    const packs = await listNames(repository.store, "data/");
    const again = aStreamRole("dump", () => [someContent(40 * 1024 * 1024, "long"), Buffer.of(1)]);
    const record = await repository.backup(1, [again]);
    assert.equal(record.status, "Succeeded");
    if (packs.length > 0) assert.ok(record.storedBytes < 20 * 1024 * 1024, `${record.storedBytes}`);
    assert.deepEqual((await repository.verify()).findings, []);
  });

  it("names the reason of its stop", async () => {
    const repository = await createRepository();
    const reason = new AppError("TimedOut", "The backup took too long");
    const signal = AbortSignal.abort(reason);
    await assert.rejects(repository.backup(1, [aStreamRole("a", () => [])], { signal }), {
      code: "TimedOut",
    });
    const plain = AbortSignal.abort();
    await assert.rejects(repository.backup(1, [aStreamRole("a", () => [])], { signal: plain }), {
      code: "Canceled",
    });
    await repository.backup(1, [aStreamRole("a", () => [])]);
    await assert.rejects(repository.restore(1, "/nonexistent", { signal: plain }), (error) =>
      isAppError(error),
    );
  });

  it("closes every source that was prepared", async () => {
    const repository = await createRepository();
    const cancel = new AbortController();
    let open = 0;
    const counted = (name: string) =>
      aRole(name, () => ({
        ...aSource([anEntry("", { type: "directory" })]),
        prepare: async () => {
          open += 1;
          if (name === "second") cancel.abort();
        },
        close: async () => void (open -= 1),
      }));
    await assert.rejects(
      repository.backup(1, [counted("first"), counted("second")], { signal: cancel.signal }),
      { code: "Canceled" },
    );
    assert.equal(open, 0);
  });

  it("continues where it failed under the same id", async () => {
    await withTempFolder(async (folder) => {
      mkdirSync(`${folder}/source`);
      for (const name of ["a", "b", "c"])
        writeFileSync(`${folder}/source/${name}`, someContent(24 * 1024 * 1024, name));
      const repository = await createRepository();
      const role = aFolderRole(`${folder}/source`);
      let packs = 0;
      const failpoint = (step: string): void => {
        if (step === "backup.pack-stored" && (packs += 1) === 2)
          throw new AppError("StoreUnreachable", "The network is gone");
      };
      await assert.rejects(repository.backup(1, [role], { failpoint }), {
        code: "StoreUnreachable",
      });
      const record = await repository.backup(1, [role]);
      assert.equal(record.status, "Succeeded");
      assert.ok(record.storedBytes < 30 * 1024 * 1024, `${record.storedBytes} bytes stored`);
      await repository.restore(1, `${folder}/target`);
      assert.deepEqual(compareTrees(`${folder}/source`, restoredPath(`${folder}/target`)), []);
    });
  });

  it("gives the same record when it had ended", async () => {
    const repository = await createRepository();
    const first = await repository.backup(1, [aStreamRole("a", () => [Buffer.of(1)])]);
    const names = await listNames(repository.store);
    assert.deepEqual(await repository.backup(1, []), first);
    assert.deepEqual(await listNames(repository.store), names);
  });
});

describe("a run whose store lies", limits, () => {
  it("A94: does not publish what it cannot read back", async () => {
    const objects: MemoryObjects = new Map();
    const honest = openMemoryStore(objects);
    const repository = await createRepository(honest);
    for (const prefix of ["data/", "index/", "refs/", "backups/", "keys/"]) {
      const lying: ObjectStore = {
        ...honest,
        get: async (name, range) => {
          const bytes = await honest.get(name, range);
          if (name.startsWith(prefix))
            bytes[bytes.length >> 1] = 255 ^ (bytes[bytes.length >> 1] ?? 0);
          return bytes;
        },
      };
      const content = someContent(1000, prefix);
      await assert.rejects(repository.on(lying).backup(1, [aStreamRole("a", () => [content])]), {
        code: "StoreTampered",
      });
      if (prefix !== "backups/") assert.deepEqual(await listNames(honest, "backups/"), []);
      for (const name of await listNames(honest, "backups/")) await honest.remove(name);
    }
  });
});

describe("restores", limits, () => {
  it("give only the roles asked for", async () => {
    await withTempFolder(async (folder) => {
      const repository = await createRepository();
      const roles = ["a", "b", "c"].map((name) => aStreamRole(name, () => [Buffer.from(name)]));
      await repository.backup(1, roles);
      const summary = await repository.restore(1, `${folder}/target`, { roles: ["b"] });
      assert.deepEqual(
        summary.roles.map((role) => role.name),
        ["b"],
      );
      assert.equal(readFileSync(`${folder}/target/b/dump`, "utf8"), "b");
      assert.ok(!existsSync(`${folder}/target/a`));
    });
  });

  it("A63: refuse a target that is not empty or a link", async () => {
    await withTempFolder(async (folder) => {
      const repository = await createRepository();
      await repository.backup(1, [aStreamRole("a", () => [Buffer.of(1)])]);
      mkdirSync(`${folder}/full`);
      writeFileSync(`${folder}/full/kept`, "mine");
      symlinkSync(`${folder}/full`, `${folder}/link`);
      await assert.rejects(repository.restore(1, `${folder}/full`), {
        code: "RestoreTargetNotEmpty",
      });
      await assert.rejects(repository.restore(1, `${folder}/link`), {
        code: "RestoreTargetNotAllowed",
      });
      await repository.restore(1, `${folder}/full`, { overwrite: true });
      assert.equal(readFileSync(`${folder}/full/kept`, "utf8"), "mine");
      await repository.restore(1, `${folder}/full`, { overwrite: true });
    });
  });

  it("write anew what has the size and time of what is restored", async () => {
    await withTempFolder(async (folder) => {
      mkdirSync(`${folder}/source`);
      writeFileSync(`${folder}/source/file`, "right");
      // A whole second: times are not rounded on their way.
      const seconds = 1_700_000_000;
      utimesSync(`${folder}/source/file`, seconds, seconds);
      const repository = await createRepository();
      await repository.backup(1, [aFolderRole(`${folder}/source`)]);
      await repository.restore(1, `${folder}/target`);
      const path = `${restoredPath(`${folder}/target`)}/file`;
      writeFileSync(path, "wrong");
      utimesSync(path, seconds, seconds);
      await repository.restore(1, `${folder}/target`, { overwrite: true });
      assert.equal(readFileSync(path, "utf8"), "right");
    });
  });

  it("A61: make no hard link out of the target", async () => {
    for (const linkTarget of ["../../secret", "/etc/passwd", "a/../../secret", "down/secret"]) {
      await withTempFolder(async (folder) => {
        writeFileSync(`${folder}/secret`, "secret");
        const entries = [
          anEntry("", { type: "directory" }),
          anEntry("down", { type: "symlink", linkTarget: "../.." }),
          anEntry("kept"),
          anEntry("link", { type: "hardlink", linkTarget }),
        ];
        const repository = await createRepository();
        await repository.backup(1, [aRole("files", () => aSource(entries))]);
        await repository
          .restore(1, `${folder}/target`)
          .catch((error: unknown) => assert.ok(isAppError(error, "UnsafePath"), String(error)));
        assert.ok(!existsSync(`${folder}/target/files/link`));
      });
    }
  });

  it("end sparse files with their hole across packs", async () => {
    await withTempFolder(async (folder) => {
      const source = `${folder}/source`;
      mkdirSync(source);
      writeHoles(`${source}/first`, 3_000_000, []);
      const repository = await createRepository();
      await repository.backup(1, [aFolderRole(source)]);
      writeHoles(`${source}/second`, 3_000_000, [[0, someContent(100_000, "data")]]);
      await repository.backup(2, [aFolderRole(source)]);
      await repository.restore(2, `${folder}/target`);
      assert.deepEqual(compareTrees(source, restoredPath(`${folder}/target`)), []);
    });
  });

  it("leave no file behind when they fail midway", async () => {
    await withTempFolder(async (folder) => {
      const source = `${folder}/source`;
      mkdirSync(source);
      for (const name of ["a", "b"]) writeFileSync(`${source}/${name}`, someContent(300_000, name));
      const repository = await createRepository();
      await repository.backup(1, [aFolderRole(source)]);
      const failing: ObjectStore = {
        ...repository.store,
        get: async (name, range) => {
          if (name.startsWith("data/") && range?.offset === 0 && range.length > 80)
            throw new AppError("StoreUnreachable", "The network is gone");
          return repository.store.get(name, range);
        },
      };
      await assert.rejects(repository.on(failing).restore(1, `${folder}/target`), {
        code: "StoreUnreachable",
      });
      for (const name of ["a", "b"]) assert.ok(!existsSync(`${folder}/target/files/${name}`));
    });
  });
});
