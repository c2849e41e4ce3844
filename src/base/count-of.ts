/** A count with its word, e.g. `1 job`, `2 jobs`. */
export function countOf(count: number, word: string, many = `${word}s`): string {
  return `${count} ${count === 1 ? word : many}`;
}
