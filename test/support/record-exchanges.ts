import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { createShapeFilter } from "./exchange-shape.ts";
import { watchExchanges } from "./watch-exchanges.ts";

/*
 * Loaded into a service that a test starts, before the service itself: writes an exchange of each shape to a file, a line
 * each, whoever called. The test holds them against our documents when it is done with the service.
 */
const file = process.env["HOLDFAST_EXCHANGES"];

if (isMainThread && file !== undefined) {
  const isNew = createShapeFilter();
  watchExchanges((exchange) => {
    if (isNew(exchange)) appendFileSync(file, `${JSON.stringify(exchange)}\n`);
  });
}
