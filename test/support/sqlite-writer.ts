// A process that moves money between accounts of a database until it is killed: every transaction keeps the
// sum at 100,000 and the journal as long as the count says. Started with the path of a database and the
// milliseconds to rest after each transaction.
import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(process.argv[2] ?? "", { timeout: 5000 });
const move = database.prepare("UPDATE account SET amount = amount + ? WHERE id = ?");
const note = database.prepare("INSERT INTO journal (text) VALUES (randomblob(2000))");
const count = database.prepare("UPDATE counter SET value = value + 1");

const rest = new Int32Array(new SharedArrayBuffer(4));
const restMilliseconds = Number(process.argv[3] ?? 0);

for (let round = 0; ; round += 1) {
  database.exec("BEGIN IMMEDIATE");
  const amount = (round % 97) + 1;
  move.run(-amount, (round % 100) + 1);
  move.run(amount, ((round * 7) % 100) + 1);
  note.run();
  count.run();
  database.exec("COMMIT");
  if (restMilliseconds > 0) Atomics.wait(rest, 0, 0, restMilliseconds);
  if (round % 20 === 0) process.stdout.write(`${round}\n`);
}
