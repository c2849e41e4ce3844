/** A count with its word, e.g. `1 job`, `2 jobs`, `12,345 files`. */
export function countOf(count: number, word: string, many = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : many}`;
}

/** A count with separators, e.g. `12,345`. */
export function formatCount(count: number): string {
  // Not `toLocaleString`: it loads the tables of all languages, which takes longer than many a command.
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
