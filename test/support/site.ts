import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { someContent } from "./odd-tree.ts";

/** A little of everything a backup meets, about 3.5 MB. */
export function writeSiteTree(root: string): void {
  mkdirSync(join(root, "etc", "empty"), { recursive: true });
  mkdirSync(join(root, "var", "lib", "deep er"), { recursive: true });
  for (let number = 0; number < 40; number += 1) {
    writeFileSync(
      join(root, "etc", `setting-${number}.conf`),
      `value = ${number}\n`.repeat(number),
    );
  }
  writeFileSync(join(root, "var", "big"), someContent(3_400_000));
  writeFileSync(join(root, "var", "lib", "deep er", "ünï\nline"), someContent(9000, "odd"));
  linkSync(join(root, "etc", "setting-9.conf"), join(root, "var", "same as nine"));
  symlinkSync("../etc/setting-1.conf", join(root, "var", "link"));
  symlinkSync("nowhere", join(root, "var", "dangling"));
  chmodSync(join(root, "etc", "setting-2.conf"), 0o4750);
  chmodSync(join(root, "etc", "empty"), 0o1777);
  lutimesSync(join(root, "var", "dangling"), 1_000_000_000.25, 1_000_000_000.25);
  utimesSync(join(root, "etc", "setting-3.conf"), 1_234_567_890.123_457, 1_234_567_890.123_457);
  utimesSync(join(root, "etc"), 1_111_111_111.5, 1_111_111_111.5);
}

/** A small database with a table of known sum. */
export function writeSiteDatabase(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE account (id INTEGER, amount INTEGER)");
  const insert = database.prepare("INSERT INTO account VALUES (?, ?)");
  for (let id = 1; id <= 100; id += 1) insert.run(id, 1000);
  database.close();
}

/** The sum over the accounts of a copy. */
export function sumSiteDatabase(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const row = database.prepare("SELECT sum(amount) AS total FROM account").get();
  database.close();
  return Number(row?.["total"]);
}

/** Makes tree and database in the folder; the roles that back them up. */
export function makeSite(folder: string): readonly object[] {
  writeSiteTree(join(folder, "source"));
  writeSiteDatabase(join(folder, "accounts.db"));
  return [
    {
      name: "files",
      adapter: "directory",
      essential: true,
      settings: { path: join(folder, "source") },
    },
    {
      name: "accounts",
      adapter: "sqlite",
      essential: true,
      settings: { path: join(folder, "accounts.db") },
    },
    {
      name: "listing",
      adapter: "command",
      settings: { command: "ls", args: [join(folder, "source", "etc")] },
    },
  ];
}
