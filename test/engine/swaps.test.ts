import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { inspect } from "node:util";
import { isAppError } from "../../src/base/errors.ts";
import { encodeSignedDocument } from "../../src/engine/format/signed-document.ts";
import type { Opener, Recipient } from "../../src/engine/model.ts";
import { prepareRepository, signerOf } from "../../src/engine/repository.ts";
import { openMemoryStore, type MemoryObjects } from "../../src/storage/memory.ts";
import {
  aStreamRole,
  copyObjects,
  createHost,
  createRepository,
  openRepository,
  someDeployment,
  somePassword,
  type TestRepository,
} from "../support/a-repository.ts";
import { someContent } from "../support/odd-tree.ts";
import { withTempFolder } from "../support/temp-folder.ts";

const limits = { timeout: 120_000 };
const otherPassword: Recipient & Opener = {
  kind: "pre-shared-key",
  keyBase64: Buffer.from("another pre-shared key of 33 bytes").toString("base64"),
};

/** A backup whose objects are of the same kinds and sizes as those of the others. */
interface Side {
  readonly repository: TestRepository;
  readonly objects: MemoryObjects;
  readonly number: number;
  /** What this backup added, by folder. */
  readonly added: ReadonlyMap<string, string>;
}

let victim: Side;
let donors: Readonly<Record<string, Side>> = {};

before(async () => {
  const objects: MemoryObjects = new Map();
  const repository = await createRepository(openMemoryStore(objects));
  victim = await addBackup(repository, objects, 1);
  const second = await addBackup(repository, objects, 2);
  const { store, keys, host } = repository;
  const rotated = await prepareRepository(store, keys, [otherPassword], someDeployment, host);
  const later = openRepository(store, rotated, otherPassword, createHost("later"));
  const epochs = new Map(objects);
  const third = await addBackup(later, objects, 3);
  const strange: MemoryObjects = new Map();
  const stranger = await createRepository(
    ...([openMemoryStore(strange), somePassword, somePassword, createHost("strange")] as const),
  );
  const epoch = [...epochs.keys()].filter((name) => name.startsWith("epochs/")).at(-1) ?? "";
  donors = {
    "another backup": second,
    "another epoch": { ...third, added: new Map([...third.added, ["epochs", epoch]]) },
    "another repository": await addBackup(stranger, strange, 1),
  };
});

const contentOf = (number: number): Buffer => someContent(10_000, `own ${number}`);

async function addBackup(
  repository: TestRepository,
  objects: MemoryObjects,
  number: number,
): Promise<Side> {
  const earlier = new Set(number === 1 ? [] : objects.keys());
  await repository.backup(number, [aStreamRole("own", () => [contentOf(number)])]);
  const added = new Map<string, string>();
  for (const name of objects.keys())
    if (!earlier.has(name) && !name.startsWith("locks/")) added.set(name.split("/")[0] ?? "", name);
  return { repository, objects, number, added };
}

describe("an object in the place of the victim's", limits, () => {
  const kinds = ["config", "epochs", "keys", "data", "index", "refs", "backups"];
  for (const from of ["another backup", "another epoch", "another repository"])
    for (const kind of kinds)
      it(`${kind} of ${from}: a named error, and never wrong data`, async (context) => {
        const donor = donors[from];
        const [target, source] = [victim.added.get(kind), donor?.added.get(kind)];
        const given = donor?.objects.get(source ?? "");
        const isSame = target === source && donor?.objects === victim.objects;
        if (target === undefined || given === undefined || isSame) {
          const isShared = kind === "config" || (kind === "epochs" && from === "another backup");
          assert.ok(isShared && from !== "another repository", `${kind} of ${from}`);
          context.diagnostic("is the same object in both");
          return;
        }
        await checkSwap((objects) => objects.set(target, given));
      });

  it("blocks of packs of the same layout: a named error, and never wrong data", async () => {
    const target = victim.added.get("data") ?? "";
    for (const [from, donor] of Object.entries(donors)) {
      const [ours, theirs] = [
        victim.objects.get(target)?.bytes,
        donor.objects.get(donor.added.get("data") ?? "")?.bytes,
      ];
      assert.ok(ours !== undefined && theirs !== undefined);
      // Header of the victim, everything else of the donor; and the other way round.
      for (const [head, tail] of [
        [ours, theirs],
        [theirs, ours],
      ] as const) {
        const bytes = Buffer.concat([head.subarray(0, 80), tail.subarray(80)]);
        await checkSwap((objects) => objects.set(target, { bytes, modifiedAt: 1 }), from);
      }
    }
  });

  for (const [kind, field] of [
    ["keys", "wrapped"],
    ["epochs", "wrapped"],
    ["backups", "sealed"],
    ["backups", "refs"],
  ] as const)
    it(`${field} of ${kind} of another, signed as our own: a named error`, async () => {
      // Whoever has the signing key still cannot make one thing pass for another.
      for (const [from, donor] of Object.entries(donors)) {
        const name = victim.added.get(kind) ?? "";
        const source = donor.added.get(kind);
        if (source === undefined || theirsIsOurs(donor, source, name)) continue;
        const theirs = bodyOf(donor.objects, source)[field];
        const body = { ...bodyOf(victim.objects, name), [field]: theirs };
        const bytes = encodeSignedDocument(name, body, signerOf(victim.repository.keys));
        const isShown = field === "refs" && from !== "another repository";
        await checkSwap((objects) => objects.set(name, { bytes, modifiedAt: 1 }), from, !isShown);
      }
    });
});

function theirsIsOurs({ objects }: Side, source: string, name: string): boolean {
  return objects === victim.objects && source === name;
}

/** After the change: verify tells of it, and a restore ends by name or gives what was backed up. */
async function checkSwap(
  change: (objects: MemoryObjects) => void,
  label = "",
  isFound = true,
): Promise<void> {
  const objects = copyObjects(victim.objects);
  change(objects);
  const repository = victim.repository.on(openMemoryStore(objects));
  const report = await repository.verify({ depth: "content" }).catch(toError);
  if (isAppError(report)) assert.notEqual(report.code, "Internal", label);
  else if (isFound) assert.ok((report as { findings: unknown[] }).findings.length > 0, label);
  await withTempFolder(async (folder) => {
    const failure = await repository.restore(1, `${folder}/target`).then(() => undefined, toError);
    const dump = `${folder}/target/own/dump`;
    if (failure === undefined || existsSync(dump))
      assert.ok(readFileSync(dump).equals(contentOf(1)), label);
    if (failure !== undefined)
      assert.ok(isAppError(failure) && failure.code !== "Internal", `${label} ${inspect(failure)}`);
  });
}

function bodyOf(objects: MemoryObjects, name: string): Record<string, unknown> {
  const [line = ""] = Buffer.from(objects.get(name)?.bytes ?? [])
    .toString()
    .split("\n");
  return JSON.parse(line) as Record<string, unknown>;
}

function toError(error: unknown): unknown {
  return error;
}
