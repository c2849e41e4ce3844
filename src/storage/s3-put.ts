import type { PutObjectCommand } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import { delayAbort } from "./abort-grace.ts";
import type { LoadedS3 } from "./s3-client.ts";

const sliceBytes = 256 * 1024;

/**
 * Uploads in one request under a name that must be absent. Until the last slice has left, an abort breaks the
 * request off and no object can come of it; afterwards the answer is waited for, as it says whether one did.
 */
export async function uploadObject(
  { library, client }: LoadedS3,
  where: { readonly Bucket: string; readonly Key: string },
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stop = new AbortController();
  const late = delayAbort(signal);
  let hasLeft = false;
  const onAbort = (): void => {
    if (!hasLeft) stop.abort(signal?.reason);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  late.signal.addEventListener("abort", () => stop.abort(late.signal.reason), { once: true });
  const slices = sliceBody(view, signal, () => {
    hasLeft = true;
  });
  const command = new library.PutObjectCommand({
    ...where,
    Body: Readable.from(slices, { objectMode: false, highWaterMark: sliceBytes }),
    ContentLength: view.length,
    ContentMD5: createHash("md5").update(view).digest("base64"),
    ContentType: "application/octet-stream",
    IfNoneMatch: "*",
  });
  signPayloadHash(command, createHash("sha256").update(view).digest("hex"));
  try {
    await client.send(command, { abortSignal: stop.signal });
  } finally {
    late.release();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The request is signed with the hash of its bytes: the library would not sign a stream otherwise. */
function signPayloadHash(command: PutObjectCommand, hash: string): void {
  command.middlewareStack.add(
    (next) => (step) => {
      const { headers } = step.request as { readonly headers: Record<string, string> };
      headers["x-amz-content-sha256"] = hash;
      return next(step);
    },
    { step: "build", name: "signPayloadHash" },
  );
}

/** A last slice that left is a copy: the caller may change its bytes once its signal aborted. */
function* sliceBody(
  view: Buffer,
  signal: AbortSignal | undefined,
  onLast: () => void,
): Generator<Buffer, void, undefined> {
  for (let offset = 0; offset < view.length; offset += sliceBytes) {
    if (signal?.aborted === true) return; // the request is being broken off
    const isLast = offset + sliceBytes >= view.length;
    if (isLast) onLast();
    const slice = view.subarray(offset, offset + sliceBytes);
    yield isLast ? Buffer.from(slice) : slice;
  }
}
