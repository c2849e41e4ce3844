// Moves money between accounts of a database, one transaction at a time, until standard input ends.
import { randomInt } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

const pauseMilliseconds = 4; // busy, but not the whole machine
const [path = ""] = process.argv.slice(2);
const database = new DatabaseSync(path, { timeout: 20_000 });
const { count } = database.prepare("SELECT count(*) AS count FROM account").get() as {
  count: number;
};
const change = database.prepare("UPDATE account SET balance = balance + ? WHERE id = ?");
const record = database.prepare("INSERT INTO transfer (source, target, amount) VALUES (?, ?, ?)");

let isStopped = false;
process.stdin.on("end", () => {
  isStopped = true;
});
process.stdin.resume();
process.stdout.write("moving\n");

let transactions = 0;
while (!isStopped) {
  const [source, target, amount] = [
    randomInt(1, count + 1),
    randomInt(1, count + 1),
    randomInt(1, 9),
  ];
  database.exec("BEGIN IMMEDIATE");
  change.run(-amount, source);
  change.run(amount, target);
  record.run(source, target, amount);
  database.exec("COMMIT");
  transactions += 1;
  await sleep(pauseMilliseconds);
}
database.close();
process.stdout.write(`${transactions} transactions\n`);
