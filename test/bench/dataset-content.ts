// What the files of a service hold: rows in database pages, log lines, settings, certificates.
import type { Chance } from "./chance.ts";

const nouns =
  "account alert archive branch broker bucket cache channel claim cluster column console contract counter credential customer dataset deployment digest directory domain endpoint event export feature firewall fleet gateway group handler history identity image index instance invoice job journal kernel key label ledger license limit listener location log member message meter mirror module monitor network node notice object operator order owner package partition patch peer pipeline plan plugin policy pool port process profile project provider proxy queue quota rack record region registry relay release replica report request resource role route rule scanner schedule schema scope secret sensor server session shard signal site snapshot socket source stage stamp storage stream subnet subscription switch table target task template tenant thread ticket token topic trace update usage user vault vendor version view volume worker zone".split(
    " ",
  );
const verbs =
  "accepted added allowed applied archived attached checked cleared closed committed compared copied created delayed deleted denied detached drained expired failed fetched flushed granted ignored joined kept loaded locked merged moved opened paused pruned queued read received refused released renewed replaced resumed retried rotated scanned sealed sent skipped started stopped stored synced trimmed updated verified written".split(
    " ",
  );
const people =
  "Aisha Bram Chloé Deniz Emil Freja Gita Henk Ivana Jun Kofi Lena Milo Noor Omar Pia".split(" ");
const levels = ["INFO", "INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR"];
const firstMoment = Date.UTC(2025, 0, 6);

/** What goes on from file to file: row numbers and the clock of the logs. */
export interface Course {
  row: number;
  milliseconds: number;
}

export function startCourse(): Course {
  return { row: 1, milliseconds: firstMoment };
}

export function pickWord(chance: Chance): string {
  return chance.pick(nouns);
}

/** A page with a header, an array of cell places growing up, and rows growing down, as databases lay them out. */
export function makePage(chance: Chance, course: Course, bytes: number, number: number): Buffer {
  const page = Buffer.alloc(bytes);
  const free = Math.floor(bytes * chance.fraction() * 0.3);
  page.writeUInt32BE(number, 0);
  let [low, high, rows] = [24, bytes, 0];
  for (;;) {
    const row = makeRow(chance, course);
    if (high - row.length - low - 4 < free) break;
    high -= row.length;
    page.write(row, high, "latin1");
    page.writeUInt16BE(high & 0xffff, low);
    page.writeUInt16BE(row.length, low + 2);
    low += 4;
    rows += 1;
  }
  page.writeUInt16BE(rows, 8);
  page.writeUInt32LE(chance.integer(0, 0xffffffff), 16); // where a checksum would be
  return page;
}

export function makeLog(chance: Chance, course: Course, bytes: number): Buffer {
  const lines: string[] = [];
  let length = 0;
  while (length < bytes) {
    course.milliseconds += chance.integer(1, 1500);
    const time = new Date(course.milliseconds).toISOString();
    const trace = chance.bytes(8).toString("hex");
    const call = `${chance.pick(["GET", "PUT", "POST", "DELETE"])} /${pickWord(chance)}s/${chance.integer(1, 99_999)}/${pickWord(chance)}`;
    const line = `${time} ${chance.pick(levels)} ${pickWord(chance)}-${chance.integer(1, 12)} trace=${trace} ${call} ${chance.pick([200, 200, 200, 202, 304, 404, 409, 500])} ${chance.integer(1, 2500)}ms ${phrase(chance, chance.integer(1, 5))}\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join(""), "latin1").subarray(0, bytes);
}

/** JSON or YAML of about the size. */
export function makeSettings(chance: Chance, bytes: number): Buffer {
  const items: unknown[] = [];
  for (let length = 200; length < bytes; length += 130) {
    items.push({
      [pickWord(chance)]: phrase(chance, chance.integer(1, 4)),
      id: chance.fraction() < 0.4 ? chance.guid() : chance.integer(1, 1e6),
      isEnabled: chance.fraction() < 0.5,
    });
  }
  const name = `${pickWord(chance)}-${pickWord(chance)}`;
  if (chance.fraction() < 0.3) {
    const lines = items.map((item) => `  - ${JSON.stringify(item)}`);
    return Buffer.from(`kind: ${pickWord(chance)}\nname: ${name}\nspec:\n${lines.join("\n")}\n`);
  }
  return Buffer.from(JSON.stringify({ id: chance.guid(), name, items }, null, chance.pick([0, 2])));
}

export function makePem(chance: Chance, bytes: number): Buffer {
  const lines =
    chance
      .bytes(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  const label = chance.pick(["CERTIFICATE", "PRIVATE KEY"]);
  return Buffer.from(`-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`);
}

function makeRow(chance: Chance, course: Course): string {
  const id = course.row;
  course.row += 1;
  const time = new Date(firstMoment + id * 4321).toISOString();
  switch (id % 3) {
    case 0:
      return `${id}|${chance.guid()}|${chance.pick(people)} ${chance.pick(people)}sen|${time}|${chance.integer(0, 9)}|${phrase(chance, chance.integer(1, 5))}`;
    case 1:
      return `{"id":${id},"${pickWord(chance)}":"${chance.guid()}","at":"${time}","value":${(chance.fraction() * 1000).toFixed(3)},"state":"${chance.pick(verbs)}"}`;
    default:
      return `${id}\t${chance.bytes(24).toString("hex")}\t${time}\t${chance.integer(1, 1e6)}\t${phrase(chance, 2)}`;
  }
}

function phrase(chance: Chance, pairs: number): string {
  const words: string[] = [];
  for (let pair = 0; pair < pairs; pair += 1) words.push(pickWord(chance), chance.pick(verbs));
  return words.join(" ");
}
