// Makes the trees that benchmarks back up, the same for the same seed.
//
//   node test/bench/make-dataset.ts mixed  --out DIR [--size 2G] [--seed 1]     state of services
//   node test/bench/make-dataset.ts tiny   --out DIR [--files 50000] [--seed 1] 64 B to 4 KiB each
//   node test/bench/make-dataset.ts mutate --dir DIR [--fraction 0.02] [--seed 2]
import { closeSync, copyFileSync, mkdirSync, openSync, readSync } from "node:fs";
import { symlinkSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { createChance, type Chance } from "./chance.ts";
import { makeLog, makePage, makePem, makeSettings, pickWord } from "./dataset-content.ts";
import { startCourse, type Course } from "./dataset-content.ts";
import { mutateDataset } from "./mutate-dataset.ts";
import { parseSize } from "./parse-size.ts";

interface Maker {
  readonly root: string;
  readonly chance: Chance;
  readonly course: Course;
  files: number;
  bytes: number;
}

const firstSecond = 1_736_150_400;
const pieceBytes = 1 << 20;

/** Page files 52 %, logs 18 %, random blobs and media 14 %, archives 6 %, duplicates 5 %, small files 5 %. */
function makeMixed(maker: Maker, size: number): void {
  const { chance, course } = maker;
  const pages = (bytes: number) => (at: number) =>
    Buffer.concat(
      Array.from({ length: pieceBytes / bytes }, (_, index) =>
        (at / bytes + index) % 101 === 100
          ? Buffer.alloc(bytes)
          : makePage(chance, course, bytes, at / bytes + index),
      ),
    );
  const shares: readonly (readonly [string, number])[] = [
    ["sqlite/inventory.db", 0.15],
    ["sqlite/events.db", 0.1],
    ["sqlite/vault/items.db", 0.05],
  ];
  for (const [name, share] of shares) addLarge(maker, name, size * share, pages(4096));
  for (let number = 0; number < 5; number += 1) {
    addLarge(maker, `postgres/base/16400/${17000 + number * 7}`, size * 0.036, pages(8192));
  }
  for (let number = 0; number < 8; number += 1) {
    const used = size * 0.005 * (0.5 + chance.fraction() / 2);
    const write = pages(8192);
    addLarge(maker, `postgres/wal/0000000A0000000${number}`, size * 0.005, (at) =>
      at > used ? Buffer.alloc(pieceBytes) : write(at),
    );
  }
  for (let number = 0; number < 9; number += 1) {
    addLarge(maker, `logs/${pickWord(chance)}/app.log.${number}`, size * 0.02, () =>
      makeLog(chance, course, pieceBytes),
    );
  }
  addIncompressible(maker, size);
  addDuplicates(maker, size);
  addSmallFiles(maker, Math.max(100, Math.round((size / 2 ** 31) * 20_000)), size * 0.05);
  symlinkSync("inventory.db", join(maker.root, "sqlite", "current"));
  mkdirSync(join(maker.root, "empty"));
}

function addIncompressible(maker: Maker, size: number): void {
  const { chance, course } = maker;
  for (let number = 0; number < 4; number += 1) {
    addLarge(maker, `blobs/upload-${number}.bin`, size * 0.0225, () => chance.bytes(pieceBytes));
  }
  fill(size * 0.05, (left) => {
    const bytes = chance.bytes(Math.min(left, chance.size(20_000, 4_000_000)));
    return add(maker, `blobs/media/${chance.integer(10, 59)}/${chance.guid()}.jpg`, bytes);
  });
  fill(size * 0.06, (left) => {
    const archive = gzipSync(makeLog(chance, course, 5 << 20), { level: 1 }).subarray(0, left);
    return add(maker, `logs/old/${chance.guid()}.log.gz`, archive);
  });
}

/** A part of a database behind a short heading, so that nothing lies where it lay; and a plain copy. */
function addDuplicates(maker: Maker, size: number): void {
  const original = openSync(join(maker.root, "sqlite/inventory.db"), "r");
  const heading = Buffer.from("copy made before the upgrade\n");
  addLarge(maker, "sqlite/inventory.db.bak", size * 0.03, (at) => {
    const piece = Buffer.alloc(pieceBytes);
    readSync(original, piece, 0, pieceBytes, at);
    return at === 0 ? Buffer.concat([heading, piece]).subarray(0, pieceBytes) : piece;
  });
  closeSync(original);
  const copy = join(maker.root, "blobs/upload-0 (1).bin");
  copyFileSync(join(maker.root, "blobs/upload-0.bin"), copy);
  utimesSync(copy, firstSecond, firstSecond);
  maker.files += 1;
  maker.bytes += Math.round(size * 0.0225);
}

function addSmallFiles(maker: Maker, count: number, size: number): void {
  const { chance } = maker;
  // A log-uniform size between these has the wanted mean.
  const largest = Math.max(600, (size / count) * 3.6);
  for (let number = 0; number < count; number += 1) {
    const folder = `settings/${number % 37}/${(number * 11) % 127}`;
    const isPem = number % 6 === 3;
    const bytes = isPem
      ? makePem(chance, chance.integer(200, 1500))
      : makeSettings(chance, chance.size(200, largest));
    add(maker, `${folder}/${pickWord(chance)}-${number}.${isPem ? "pem" : "json"}`, bytes);
  }
}

function makeTiny(maker: Maker, count: number): void {
  const { chance } = maker;
  for (let number = 0; number < count; number += 1) {
    const size = chance.size(64, 4096);
    const bytes =
      number % 8 === 5 ? chance.bytes(size) : makeSettings(chance, size).subarray(0, 4096);
    add(maker, `${number % 61}/${(number * 29) % 89}/${pickWord(chance)}-${number}`, bytes);
  }
}

function fill(size: number, addOne: (left: number) => number): void {
  for (let left = Math.round(size); left > 0;) left -= addOne(left);
}

function add(maker: Maker, name: string, bytes: Uint8Array): number {
  const path = join(maker.root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  finish(maker, path, bytes.length);
  return bytes.length;
}

function addLarge(maker: Maker, name: string, share: number, next: (at: number) => Buffer): void {
  const size = Math.max(8192, Math.round(share / 8192) * 8192);
  const path = join(maker.root, name);
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w");
  for (let at = 0; at < size; at += pieceBytes) {
    writeSync(file, next(at).subarray(0, size - at));
  }
  closeSync(file);
  finish(maker, path, size);
}

function finish(maker: Maker, path: string, bytes: number): void {
  const second = firstSecond + maker.chance.integer(0, 9_000_000);
  utimesSync(path, second, second);
  maker.files += 1;
  maker.bytes += bytes;
}

function run(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: "string" },
      dir: { type: "string" },
      size: { type: "string", default: "2G" },
      files: { type: "string", default: "50000" },
      fraction: { type: "string", default: "0.02" },
      seed: { type: "string" },
    },
  });
  const [kind] = positionals;
  if (kind === "mutate" && values.dir !== undefined) {
    const seed = values.seed ?? "2";
    console.log(JSON.stringify(mutateDataset(values.dir, Number(values.fraction), seed)));
    return;
  }
  if (values.out === undefined || (kind !== "mixed" && kind !== "tiny")) {
    console.error("Usage: make-dataset.ts mixed|tiny --out DIR, or mutate --dir DIR");
    process.exitCode = 2;
    return;
  }
  const chance = createChance(`${kind} ${values.seed ?? "1"}`);
  const maker: Maker = { root: values.out, chance, course: startCourse(), files: 0, bytes: 0 };
  if (kind === "mixed") makeMixed(maker, parseSize(values.size));
  else makeTiny(maker, Number(values.files));
  console.log(JSON.stringify({ files: maker.files, bytes: maker.bytes }));
}

run();
