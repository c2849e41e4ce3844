/** The last words of a program, with secrets taken out. */
export interface RedactedTail {
  add(chunk: Uint8Array): void;
  /** One line of printable text; "" when nothing was said. */
  read(): string;
}

const tailBytes = 2048; // enough for the reason, too little to fill a log
const shortestSecret = 3; // shorter values would blank out half of every text

/** Keeps a bounded tail; every occurrence of a secret in it is shown as `***`, also one cut at its start. */
export function createRedactedTail(secrets: readonly string[]): RedactedTail {
  const hidden = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .map((secret) => Buffer.from(secret).toString("latin1"))
    .toSorted((a, b) => b.length - a.length);
  const capacity = tailBytes + (hidden[0]?.length ?? 0);
  let tail = "";
  let isCut = false;
  return {
    add: (chunk) => {
      const joined = tail + Buffer.from(chunk).toString("latin1");
      isCut ||= joined.length > capacity;
      tail = joined.slice(-capacity);
    },
    read: () => {
      let text = isCut ? dropCutSecret(tail, hidden) : tail;
      for (const secret of hidden) text = text.replaceAll(secret, "***");
      const words = Buffer.from(text.slice(-tailBytes), "latin1").toString("utf8");
      return words.replace(/[\p{Cc}\p{Cf}\ufffd\s]+/gu, " ").trim();
    },
  };
}

/** Takes off the end of a secret whose start fell out of the tail. */
function dropCutSecret(text: string, hidden: readonly string[]): string {
  let drop = 0;
  for (const secret of hidden) {
    for (let start = 1; start < secret.length; start += 1) {
      if (!text.startsWith(secret.slice(start))) continue;
      drop = Math.max(drop, secret.length - start);
      break;
    }
  }
  return text.slice(drop);
}
