// Gives a changed text in the place of one file, in every thread of a process of `npm run mutate`.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

const changed = pathToFileURL(process.env.MUTATED_FILE ?? "").href;
registerHooks({
  load: (url, context, next) =>
    url === changed
      ? {
          format: "module-typescript",
          source: readFileSync(process.env.MUTATED_TEXT, "utf8"),
          shortCircuit: true,
        }
      : next(url, context),
});
