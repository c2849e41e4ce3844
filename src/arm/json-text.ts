/** A body as it is sent, and how long it is: what is sent again and again is not counted again. */
export interface JsonText {
  readonly text: string;
  readonly bytes: number;
}

/** Of any value but undefined. */
export function writeJson(body: unknown): JsonText {
  const text = JSON.stringify(body);
  return { text, bytes: Buffer.byteLength(text) };
}
