import { der, readDer } from "./der.ts";
import type { DerElement } from "./der.ts";
import { nonsense } from "./smb-error.ts";

const spnegoId = Buffer.from("06062b0601050502", "hex");
const ntlmId = Buffer.from("060a2b06010401823702020a", "hex");
const acceptIncomplete = Buffer.from([0x0a, 1, 1]);

/** What the MIC of the exchange covers: the list of mechanisms we offer, which is NTLM alone. */
export const mechanismList: Buffer = der(0x30, ntlmId);

/** The first token: SPNEGO with NTLM as the only mechanism (RFC 4178 4.2.1). */
export function wrapFirstToken(token: Buffer): Buffer {
  const init = der(0x30, der(0xa0, mechanismList), der(0xa2, der(0x04, token)));
  return der(0x60, spnegoId, der(0xa0, init));
}

/** The answer to the challenge, with the MIC over the mechanisms. */
export function wrapLastToken(token: Buffer, mic: Buffer): Buffer {
  const parts = [
    der(0xa0, acceptIncomplete),
    der(0xa2, der(0x04, token)),
    der(0xa3, der(0x04, mic)),
  ];
  return der(0xa1, der(0x30, ...parts));
}

/** The NTLM token in the server's answer. */
export function unwrapToken(bytes: Buffer): Buffer {
  const [answer] = readDer(bytes);
  if (answer?.tag !== 0xa1) throw nonsense("an answer that is not SPNEGO");
  const fields = child(readDer(answer.content), 0x30);
  return child(child(fields, 0xa2), 0x04, false);
}

function child(elements: readonly DerElement[], tag: number): DerElement[];
function child(elements: readonly DerElement[], tag: number, isNested: false): Buffer;
function child(
  elements: readonly DerElement[],
  tag: number,
  isNested = true,
): DerElement[] | Buffer {
  const found = elements.find((element) => element.tag === tag);
  if (found === undefined) throw nonsense("a SPNEGO answer without a token");
  return isNested ? readDer(found.content) : found.content;
}
