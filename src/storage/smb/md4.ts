const rounds = [
  {
    constant: 0,
    shifts: [3, 7, 11, 19],
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  },
  {
    constant: 0x5a827999,
    shifts: [3, 5, 9, 13],
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  },
  {
    constant: 0x6ed9eba1,
    shifts: [3, 9, 11, 15],
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
  },
] as const;

/** MD4 (RFC 1320), which NTLM wants for passwords and OpenSSL 3 no longer has by default. */
export function md4(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(((message.length + 8) >> 6) * 64 + 64);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) state = mixBlock(state, padded.subarray(at));
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => digest.writeUInt32LE(word >>> 0, index * 4));
  return digest;
}

function mixBlock(state: readonly number[], block: Buffer): number[] {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  rounds.forEach(({ constant, shifts, order }, round) => {
    order.forEach((word, step) => {
      const sum = (a + mix(round, b, c, d) + block.readUInt32LE(word * 4) + constant) | 0;
      const shift = shifts[step % 4] ?? 0;
      [a, b, c, d] = [d, (sum << shift) | (sum >>> (32 - shift)), b, c];
    });
  });
  return [a, b, c, d].map((word, index) => (word + (state[index] ?? 0)) | 0);
}

function mix(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d);
  return round === 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
}
