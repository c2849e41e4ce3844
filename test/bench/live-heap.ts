import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

/** What of a service's heap is in use when all garbage has been collected, in bytes. */
export interface LiveHeap {
  read(): Promise<number>;
  close(): void;
}

/** Opens the inspector of a service that was started with `--inspect-port=127.0.0.1:0`. */
export async function openLiveHeap(service: Service): Promise<LiveHeap> {
  const log = join(service.folder, "log");
  const { size } = statSync(log);
  process.kill(service.pid, "SIGUSR1");
  const find = (): string | undefined =>
    /Debugger listening on (ws:\S+)/.exec(readFrom(log, size))?.[1];
  await waitFor("the inspector listens", () => find() !== undefined);
  const socket = new WebSocket(find() ?? "");
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("No inspector")), { once: true });
  });
  let lastId = 0;
  const ask = (method: string, params: object = {}): Promise<InspectorAnswer> => {
    const id = (lastId += 1);
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => {
      const onMessage = ({ data }: MessageEvent): void => {
        const answer = JSON.parse(String(data)) as InspectorAnswer;
        if (answer.id !== id) return;
        socket.removeEventListener("message", onMessage);
        resolve(answer);
      };
      socket.addEventListener("message", onMessage);
    });
  };
  return {
    read: async () => {
      await ask("HeapProfiler.collectGarbage");
      const { result } = await ask("Runtime.getHeapUsage");
      return result.usedSize ?? 0;
    },
    close: () => socket.close(),
  };
}

/** What was written behind a place: the log of a loaded service is too long for a text. */
function readFrom(file: string, start: number): string {
  const bytes = Buffer.alloc(64 * 1024);
  const log = openSync(file, "r");
  try {
    return bytes.toString("utf8", 0, readSync(log, bytes, 0, bytes.length, start));
  } finally {
    closeSync(log);
  }
}

interface InspectorAnswer {
  readonly id: number;
  readonly result: { readonly usedSize?: number };
}
