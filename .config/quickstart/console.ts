const { stdout } = process;
const startedAt = performance.now();
let isDrawn = false;

/** Prints a line of the story. */
export function say(line = ""): void {
  clear();
  stdout.write(`${line}\n`);
}

/** Prints the heading of the next step. */
export function sayStep(title: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  say();
  say(`[${seconds} s] ${title}`);
}

/** Draws a bar over the last one; without a terminal nothing moves, so nothing is drawn. */
export function drawBar(percent: number, text: string): void {
  if (!stdout.isTTY) return;
  const width = 30;
  const filled = Math.round((Math.max(0, Math.min(100, percent)) / 100) * width);
  const bar = `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
  const line = `  ${bar} ${String(Math.floor(percent)).padStart(3)} %  ${text}`;
  stdout.write(`\r\u001b[K${line.slice(0, (stdout.columns ?? 80) - 1)}`);
  isDrawn = true;
}

/** A size as people read it. */
export function sizeOf(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** A count as people read it. */
export function countOf(count: number): string {
  return count.toLocaleString("en-US");
}

/** Seconds since a moment of `performance.now()`, as people read them. */
export function secondsSince(moment: number): string {
  return `${((performance.now() - moment) / 1000).toFixed(1)} s`;
}

function clear(): void {
  if (isDrawn) stdout.write("\r\u001b[K");
  isDrawn = false;
}
