// Starts a process bound to itself, stops it, tells its number, and waits to be killed.
import { once } from "node:events";
import { startBackgroundProcess } from "../../src/base/background-process.ts";

const program = new URL("counting-child.ts", import.meta.url);
const child = startBackgroundProcess(program, "low", true);
await once(child, "message");
process.kill(Number(child.pid), "SIGSTOP");
process.send?.(child.pid);
