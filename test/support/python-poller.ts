import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { PollerCall, PollerOutcome } from "./poller-story.ts";

/** One process of the Azure SDK for Python that the Azure CLI brings; calls run in it side by side. */
export interface PythonPoller {
  run(call: PollerCall, options?: { readonly isLocationOnly: boolean }): Promise<PollerOutcome>;
  close(): Promise<void>;
}

const script = fileURLToPath(new URL("../clients/arm_polling.py", import.meta.url));

export function startPythonPoller(): PythonPoller {
  // Debian's own: another python3 may come first on the path, and lacks the modules.
  const child = spawn("/usr/bin/python3", ["-B", script], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting = new Map<number, PromiseWithResolvers<PollerOutcome>>();
  let errors = "";
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, ...outcome } = JSON.parse(line) as { readonly id: number } & PollerOutcome;
    waiting.get(id)?.resolve(outcome);
    waiting.delete(id);
  });
  const ended = once(child, "close").then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`Python ended:\n${errors}`));
  });
  let calls = 0;
  return {
    run(call, { isLocationOnly } = { isLocationOnly: false }) {
      calls += 1;
      const answer = Promise.withResolvers<PollerOutcome>();
      waiting.set(calls, answer);
      child.stdin.write(`${JSON.stringify({ id: calls, isLocationOnly, ...call })}\n`);
      return answer.promise;
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
