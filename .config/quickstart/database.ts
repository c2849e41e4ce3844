import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";

const accounts = 60_000;
const balance = 1_000;

/** A database of a bank in which money only moves: whatever happens, the sum stays. */
export function createDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec(`
    CREATE TABLE account (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, balance INTEGER NOT NULL, note TEXT);
    CREATE TABLE transfer (id INTEGER PRIMARY KEY, source INTEGER, target INTEGER, amount INTEGER);
    BEGIN`);
  const insert = database.prepare(
    "INSERT INTO account (id, owner, balance, note) VALUES (?, ?, ?, ?)",
  );
  for (let id = 1; id <= accounts; id += 1) {
    // Text with some sense and some chance in it, as real tables have: 400 bytes a row.
    const note = `Account ${id} opened by branch ${id % 97}; `.repeat(6);
    insert.run(
      id,
      `Customer ${(id * 7919) % 100_003}`,
      balance,
      `${note}${(id * 2654435761) % 1e9}`,
    );
  }
  database.exec("COMMIT");
  database.close();
}

/** What a restored copy says about itself; empty when it is sound. */
export function checkDatabase(path: string): {
  readonly faults: string[];
  readonly transfers: number;
} {
  const database = new DatabaseSync(path, { readOnly: true });
  const faults: string[] = [];
  const { integrity_check: verdict } = database.prepare("PRAGMA integrity_check").get() as {
    integrity_check: string;
  };
  if (verdict !== "ok") faults.push(`integrity_check says ${verdict}`);
  const { total } = database.prepare("SELECT sum(balance) AS total FROM account").get() as {
    total: number;
  };
  if (total !== accounts * balance) faults.push(`the balances sum up to ${total}`);
  const { transfers } = database.prepare("SELECT count(*) AS transfers FROM transfer").get() as {
    transfers: number;
  };
  database.close();
  return { faults, transfers };
}

/** A program that keeps moving money until it is stopped. */
export interface Writer {
  readonly child: ChildProcess;
  /** Ends it and tells how many transactions it committed. */
  stop(): Promise<number>;
}

export async function startWriter(path: string): Promise<Writer> {
  const program = fileURLToPath(new URL("move-money.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "close").then(() => {
      throw new Error("The program that writes to the database ended at once");
    }),
  ]);
  return {
    child,
    stop: async () => {
      const closed = once(child, "close");
      child.stdin.end();
      await closed;
      return Number(/(\d+) transactions/.exec(said)?.[1]);
    },
  };
}
