// The least an Express service can be: answers bytes it was given, with the headers they had. `file` holds a list of
// `[path and query, status, headers, body]`.
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import express from "express";

type Recorded = readonly [string, number, Readonly<Record<string, string>>, string];

const recorded = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as readonly Recorded[];
const answers = new Map(
  recorded.map(([target, status, headers, body]) => [target, { status, headers, body }]),
);
const app = express();
app.set("etag", false);
app.disable("x-powered-by");
app.use((request, response) => {
  const answer = answers.get(request.originalUrl);
  if (answer === undefined) response.status(404).end();
  else response.writeHead(answer.status, answer.headers).end(answer.body);
});
const server = app.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening http://127.0.0.1:${port}\n`);
});
