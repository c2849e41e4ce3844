/** A value as one word of a line: in quotes where it has blanks or quotes, or is empty. */
export function quoteBlanks(value: string): string {
  return /[\s"]|^$/.test(value) ? JSON.stringify(value) : value;
}
