// One busy day in a data set: pages rewritten, bytes put into and cut out of files, logs grown, small files
// edited, added, removed and renamed.
import { appendFileSync, closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join, relative } from "node:path";
import { createChance, type Chance } from "./chance.ts";
import { makeLog, makePage, makeSettings, startCourse, type Course } from "./dataset-content.ts";

const largeBytes = 1 << 20;
const daySeconds = 86_400;

export interface Mutation {
  rewrittenBytes: number;
  insertedBytes: number;
  cutBytes: number;
  appendedBytes: number;
  edited: number;
  added: number;
  removed: number;
  renamed: number;
}

/** Changes about this share of the bytes and of the small files, in place. */
export function mutateDataset(root: string, share: number, seed: string): Mutation {
  const chance = createChance(`mutate ${seed}`);
  const course = startCourse();
  course.row = 50_000_000 + chance.integer(0, 1e7);
  course.milliseconds += 400 * daySeconds * 1000;
  const mutation: Mutation = {
    rewrittenBytes: 0,
    insertedBytes: 0,
    cutBytes: 0,
    appendedBytes: 0,
    edited: 0,
    added: 0,
    removed: 0,
    renamed: 0,
  };
  const day = {
    chance,
    course,
    share,
    mutation,
    second: 1_770_000_000 + Number(seed) * daySeconds,
  };
  for (const path of listFiles(root)) {
    const name = relative(root, path);
    if (statSync(path).size < largeBytes) changeSmall(path, day);
    else if (/^(sqlite|postgres)\/(?!.*\.bak$)/.test(name)) rewritePages(path, name, day);
    else if (/upload-[12]\.bin$|app\.log\.[1-3]$/.test(name)) shiftBytes(path, day);
    else if (name.endsWith("app.log.0")) growLog(path, day);
  }
  return mutation;
}

interface Day {
  readonly chance: Chance;
  readonly course: Course;
  readonly share: number;
  readonly mutation: Mutation;
  readonly second: number;
}

function listFiles(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

/** Most in runs, as a database that vacuums or imports; the rest here and there. */
function rewritePages(path: string, name: string, day: Day): void {
  const bytes = name.startsWith("sqlite") ? 4096 : 8192;
  const pages = Math.floor(statSync(path).size / bytes);
  const file = openSync(path, "r+");
  for (let left = Math.max(1, Math.round(pages * day.share)); left > 0;) {
    const isRun = day.chance.fraction() < 0.1;
    const count = Math.min(left, day.chance.integer(1, isRun ? 400 : 3));
    const first = day.chance.integer(0, pages - count);
    for (let number = first; number < first + count; number += 1) {
      const page = makePage(day.chance, day.course, bytes, number);
      writeSync(file, page, 0, bytes, number * bytes);
    }
    left -= count;
    day.mutation.rewrittenBytes += count * bytes;
  }
  closeSync(file);
  utimesSync(path, day.second, day.second);
}

/** Everything behind such a place lies elsewhere afterwards. */
function shiftBytes(path: string, day: Day): void {
  const before = readFileSync(path);
  const parts: Buffer[] = [];
  let at = 0;
  for (let place = 0; place < 6; place += 1) {
    const next = Math.min(before.length, at + day.chance.integer(1, Math.floor(before.length / 6)));
    parts.push(before.subarray(at, next));
    at = next;
    const count = day.chance.integer(1, 8000);
    if (place % 2 === 0) {
      parts.push(Buffer.from(day.chance.bytes(count)));
      day.mutation.insertedBytes += count;
    } else {
      at = Math.min(before.length, at + count);
      day.mutation.cutBytes += count;
    }
  }
  writeFileSync(path, Buffer.concat([...parts, before.subarray(at)]));
  utimesSync(path, day.second, day.second);
}

function growLog(path: string, day: Day): void {
  const more = makeLog(day.chance, day.course, Math.round(statSync(path).size * day.share * 4));
  appendFileSync(path, more);
  utimesSync(path, day.second, day.second);
  day.mutation.appendedBytes += more.length;
}

function changeSmall(path: string, day: Day): void {
  const { chance, share, mutation } = day;
  const fate = chance.fraction() / share;
  if (fate < 1) {
    writeFileSync(path, makeSettings(chance, Math.max(200, statSync(path).size)));
    utimesSync(path, day.second, day.second);
    mutation.edited += 1;
  } else if (fate < 1.1) {
    rmSync(path);
    mutation.removed += 1;
  } else if (fate < 1.2) {
    renameSync(path, `${path}.moved`);
    mutation.renamed += 1;
  } else if (fate < 1.4) {
    writeFileSync(`${path}-${day.second}.new`, makeSettings(chance, chance.size(200, 8000)));
    mutation.added += 1;
  }
}
