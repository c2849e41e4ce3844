import { existsSync, readFileSync } from "node:fs";
import { createShapeFilter } from "./exchange-shape.ts";
import { checkExchanges, type SeenExchange } from "./live-validator.ts";

/** What a service has to load before itself, so that it writes its exchanges to the file its environment names. */
export const recorder: string = new URL("record-exchanges.ts", import.meta.url).href;

/** Holds what a service wrote there against our documents; a program that was started again wrote each shape again. */
export async function checkSeenExchanges(file: string): Promise<void> {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const isNew = createShapeFilter();
  const seen = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as SeenExchange);
  await checkExchanges(seen.filter(isNew));
}

/** How many exchanges were written there. */
export function countSeenExchanges(file: string): number {
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").length : 0;
}
