// npm run ok: the quick verdict, under a minute. With --write, also redraws the picture of the layers.
import { runChecks } from "./checks.mjs";

const passed = await runChecks({ write: process.argv.includes("--write") });
process.exitCode = passed ? 0 : 1;
