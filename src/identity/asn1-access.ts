import forge from "node-forge";

export type Asn1 = forge.asn1.Asn1;

/** Parses BER or DER; throws a plain `Error`. */
export function parseAsn1(bytes: Uint8Array): Asn1 {
  return forge.asn1.fromDer(Buffer.from(bytes).toString("latin1"));
}

export function encodeAsn1(node: Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(node).getBytes(), "latin1");
}

/** The values inside a constructed value; throws for a primitive one. */
export function childrenOf(node: Asn1 | undefined): readonly Asn1[] {
  if (node === undefined || !Array.isArray(node.value)) throw new Error("Not a constructed value");
  return node.value;
}

/** The bytes of an octet string, also of one in pieces. */
export function octetsOf(node: Asn1 | undefined): Buffer {
  if (node === undefined) throw new Error("Value is absent");
  if (typeof node.value === "string") return Buffer.from(node.value, "latin1");
  return Buffer.concat(node.value.map((piece) => octetsOf(piece)));
}

/** An object identifier with dots. */
export function oidOf(node: Asn1 | undefined): string {
  if (node?.type !== forge.asn1.Type.OID) throw new Error("Not an object identifier");
  return forge.asn1.derToOid(octetsOf(node).toString("latin1"));
}

/** A count; infinite when it has more than 31 bits or is negative. */
export function countOf(node: Asn1 | undefined): number {
  if (node?.type !== forge.asn1.Type.INTEGER) throw new Error("Not an integer");
  const bytes = octetsOf(node);
  if (bytes.length === 0 || bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) return Infinity;
  return bytes.readUIntBE(0, bytes.length);
}

export function isInteger(node: Asn1 | undefined): boolean {
  return node?.type === forge.asn1.Type.INTEGER;
}
