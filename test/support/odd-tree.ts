import { createCipheriv, createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
  type BigIntStats,
} from "node:fs";

/** Bytes without a pattern, the same for the same seed. */
export function someContent(bytes: number, seed = "content"): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

const kibi = 1024;
const borders = [16 * kibi, 64 * kibi, 256 * kibi, 1024 * kibi];

/** Files at the borders of chunks and blocks. */
export const bordersOfSize: readonly number[] = [
  0,
  1,
  ...borders.flatMap((size) => [size - 1, size, size + 1]),
  5 * kibi * kibi,
];

/** Names as raw bytes, latin1. */
export const oddNames: readonly string[] = [
  " leading and trailing ",
  "-rf",
  "a\nnew line",
  "back\\slash",
  "quote\"'`$(x)",
  Buffer.from("ünïcödé 名前 🗄", "utf8").toString("latin1"),
  "invalid \xff\xfe\x80 utf-8",
  "\x01\x7f control",
  "n".repeat(255),
  "...",
];

/** Fills a folder with every kind of file that backups have got wrong. */
export function writeOddTree(root: string): void {
  for (const size of bordersOfSize)
    writeFileSync(`${root}/size ${size}`, someContent(size, `${size}`));
  writeFileSync(`${root}/zeros`, Buffer.alloc(700_001));
  mkdirSync(`${root}/names`);
  for (const name of oddNames) writeFileSync(rawPath(`${root}/names/${name}`), name);
  writeModes(`${root}/modes`);
  writeTimes(`${root}/times`);
  writeLinks(`${root}/links`);
  mkdirSync(`${root}/empty`);
  mkdirSync(`${root}/${Array.from({ length: 60 }, (_, depth) => `deep ${depth}`).join("/")}`, {
    recursive: true,
  });
  writeSparse(`${root}/sparse`);
  // Orders in which naive walks go wrong.
  for (const name of ["order", "order.d", "order-e", "order!"])
    mkdirSync(`${root}/walk/${name}`, { recursive: true });
  for (const name of ["order/x", "order.d/x", "order-e/x", "order!/x", "order0"])
    writeFileSync(`${root}/walk/${name}`, name);
}

function writeModes(folder: string): void {
  mkdirSync(folder);
  for (const mode of [0, 0o400, 0o777, 0o4755, 0o2755, 0o6711]) {
    writeFileSync(`${folder}/${mode.toString(8)}`, `mode ${mode}`);
    chmodSync(`${folder}/${mode.toString(8)}`, mode);
  }
  mkdirSync(`${folder}/sticky`);
  chmodSync(`${folder}/sticky`, 0o1777);
  mkdirSync(`${folder}/closed`);
  writeFileSync(`${folder}/closed/inside`, "inside");
  chmodSync(`${folder}/closed`, 0o500);
}

function writeTimes(folder: string): void {
  mkdirSync(folder);
  const times = { old: -86_400.25, epoch: 0, fraction: 1_234_567_890.123_457, far: 4_102_444_800 };
  for (const [name, time] of Object.entries(times)) {
    writeFileSync(`${folder}/${name}`, name);
    utimesSync(`${folder}/${name}`, time, time);
  }
}

function writeLinks(folder: string): void {
  mkdirSync(folder);
  writeFileSync(`${folder}/first`, someContent(100_000, "first"));
  linkSync(`${folder}/first`, `${folder}/second`);
  mkdirSync(`${folder}/below`);
  linkSync(`${folder}/first`, `${folder}/below/third`);
  writeFileSync(`${folder}/empty first`, "");
  linkSync(`${folder}/empty first`, `${folder}/empty second`);
  const targets = {
    dangling: "nowhere",
    absolute: "/etc/hostname",
    up: "../..",
    self: "self",
    folder: "below",
    "odd target": "a\nb \u00e9",
  };
  for (const [name, target] of Object.entries(targets)) symlinkSync(target, `${folder}/${name}`);
  lutimesSync(`${folder}/dangling`, 1_000_000_000.5, 1_000_000_000.5);
}

function writeSparse(folder: string): void {
  mkdirSync(folder);
  writeHoles(`${folder}/hole at end`, 3_000_000, [[0, someContent(300_000, "a")]]);
  writeHoles(`${folder}/hole at start`, 3_000_000, [[2_700_000, someContent(300_000, "b")]]);
  writeHoles(`${folder}/only hole`, 2_500_000, []);
}

/** Writes a file of this size that has bytes at the given places only. */
export function writeHoles(
  path: string,
  size: number,
  pieces: readonly (readonly [number, Buffer])[],
): void {
  const file = openSync(path, "w");
  ftruncateSync(file, size);
  for (const [offset, bytes] of pieces) writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

/** Every difference between two trees, in words; times may differ by a microsecond. */
export function compareTrees(expected: string, actual: string): string[] {
  const differences: string[] = [];
  const names = { expected: new Map<bigint, string>(), actual: new Map<bigint, string>() };
  const visit = (path: string): void => {
    const fault = (what: string): void => void differences.push(`${JSON.stringify(path)}: ${what}`);
    const [a, b] = [`${expected}${path}`, `${actual}${path}`];
    const [left, right] = [statOf(a), statOf(b)];
    if (left === undefined || right === undefined)
      return fault(right === undefined ? "missing" : "not expected");
    compareStats(left, right, fault);
    const linked = (side: "expected" | "actual", stats: BigIntStats): string => {
      const first = names[side].get(stats.ino);
      if (first === undefined) names[side].set(stats.ino, path);
      return first ?? path;
    };
    if (left.nlink > 1n && left.isFile() && linked("expected", left) !== linked("actual", right))
      fault("is linked otherwise");
    if (left.isSymbolicLink() && right.isSymbolicLink() && readLink(a) !== readLink(b))
      fault("points elsewhere");
    if (
      left.isFile() &&
      right.isFile() &&
      !readFileSync(rawPath(a)).equals(readFileSync(rawPath(b)))
    )
      fault("other bytes");
    if (!left.isDirectory() || !right.isDirectory()) return;
    for (const name of new Set([...listFolder(a), ...listFolder(b)])) visit(`${path}/${name}`);
  };
  visit("");
  return differences;
}

/**
 * Every file of `actual` that is not byte for byte the one of `expected`: what a restore of a damaged backup
 * must never leave. Files that are missing are no difference here.
 */
export function findWrongFiles(expected: string, actual: string, path = ""): string[] {
  const [a, b] = [`${expected}${path}`, `${actual}${path}`];
  const [left, right] = [statOf(a), statOf(b)];
  if (right === undefined) return [];
  if (left === undefined || typeOf(left) !== typeOf(right)) return [path];
  if (right.isFile())
    return readFileSync(rawPath(a)).equals(readFileSync(rawPath(b))) ? [] : [path];
  if (!right.isDirectory()) return [];
  return listFolder(b).flatMap((name) => findWrongFiles(expected, actual, `${path}/${name}`));
}

function compareStats(left: BigIntStats, right: BigIntStats, fault: (what: string) => void): void {
  if (typeOf(left) !== typeOf(right)) fault("is of another type");
  if (left.mode !== right.mode) fault(`mode ${left.mode.toString(8)}, ${right.mode.toString(8)}`);
  if (left.uid !== right.uid || left.gid !== right.gid) fault("other owner");
  const apart = left.mtimeNs - right.mtimeNs;
  if (apart > 1000n || apart < -1000n) fault(`mtime ${left.mtimeNs}, ${right.mtimeNs}`);
  const isSparse = left.isFile() && left.blocks * 512n < left.size / 2n;
  if (isSparse && right.blocks * 512n >= right.size) fault("holes are filled");
}

function typeOf(stats: BigIntStats): bigint {
  return stats.mode & 0o170000n;
}

function statOf(path: string): BigIntStats | undefined {
  return lstatSync(rawPath(path), { bigint: true, throwIfNoEntry: false });
}

function readLink(path: string): string {
  return readlinkSync(rawPath(path), "latin1");
}

function listFolder(path: string): string[] {
  return readdirSync(rawPath(path), "latin1");
}

/** Raw bytes kept as latin1, as the file system wants them. */
function rawPath(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
